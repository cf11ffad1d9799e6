package nn

import (
	"fmt"
	"testing"
)

func TestNextBatch(t *testing.T) {
	for count, want := range map[int]string{
		1: "[1]", 2: "[1 1]", 3: "[4]", 4: "[4]", 5: "[4 1]", 9: "[4 4 1]", 13: "[16]", 15: "[16]", 16: "[16]",
		33: "[16 16 1]", 48: "[16 16 16]", 63: "[64]", 64: "[64]", 100: "[64 16 16 4]", 127: "[64 64]",
	} {
		var got []int
		for left := count; left > 0; left -= got[len(got)-1] {
			got = append(got, next(inferBatches, left))
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%d crops are computed as %v, want %s", count, got, want)
		}
	}
}
