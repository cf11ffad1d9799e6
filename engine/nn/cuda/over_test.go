package cuda

import (
	"math"
	"testing"
)

// TestOver divides as kernels do.
func TestOver(t *testing.T) {
	for d := 1; d < 1<<31; d += 1 + d/70 {
		by := over(d)
		for _, n := range []int{0, 1, d - 1, d, d + 1, 7*d - 1, 7 * d, 1000*d - 1, 1000 * d, math.MaxInt32 / d * d, math.MaxInt32/d*d - 1, math.MaxInt32} {
			if n > math.MaxInt32 {
				continue
			}
			if got := uint64(n) * uint64(uint32(by)) >> (by >> 32); got != uint64(n/d) {
				t.Errorf("%d / %d is %d", n, d, got)
			}
		}
	}
}
