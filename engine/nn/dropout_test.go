package nn_test

import (
	"math"
	"testing"

	"frglab/engine/nn"
)

// These numbers are a contract: a checkpoint's training goes on bit for bit, and
// other backends drop the same elements. A row is elements 0 to 15, left to right.
func TestKeepIsPinned(t *testing.T) {
	for _, tt := range []struct {
		seed uint64
		drop float32
		want string
	}{
		{0, 0.5, "x..x...x.x.xxxxx"},
		{1, 0.5, "xxx..xxx.x.x.x.."},
		{math.MaxUint64, 0.5, "xx..xxx.x..x.x.x"},
		{1, 0.25, "xxxxxxxxxxxxxxx."},
		{1, 0, "xxxxxxxxxxxxxxxx"},
	} {
		if got := kept(tt.seed, 0, 16, tt.drop); got != tt.want {
			t.Errorf("seed %d, drop %v: kept %s, want %s", tt.seed, tt.drop, got, tt.want)
		}
	}
}

func kept(seed uint64, from, to int, drop float32) string {
	s := ""
	for i := from; i < to; i++ {
		if nn.Keep(seed, i, drop) {
			s += "x"
		} else {
			s += "."
		}
	}
	return s
}

// A hundred thousand fair decisions have a standard deviation of at most 0.0016: 5 of them.
func TestKeepStatistics(t *testing.T) {
	const n, slack = 100_000, 0.008
	for _, drop := range []float32{0.1, 0.5, 0.9} {
		for _, seed := range []uint64{0, 1, 2, 1 << 40} {
			keeps, sameNext, sameSeed := 0, 0, 0
			for i := range n {
				keep := nn.Keep(seed, i, drop)
				if keep {
					keeps++
				}
				if keep == nn.Keep(seed, i+1, drop) {
					sameNext++
				}
				if keep == nn.Keep(seed+1, i, drop) {
					sameSeed++
				}
			}
			p := float64(drop)
			same := p*p + (1-p)*(1-p) // of two that know nothing of each other
			for _, c := range []struct {
				what  string
				count int
				want  float64
			}{{"kept", keeps, 1 - p}, {"same as the next element", sameNext, same}, {"same as with the next seed", sameSeed, same}} {
				if got := float64(c.count) / n; math.Abs(got-c.want) > slack {
					t.Errorf("drop %v, seed %d, %s: got %v, want %v", drop, seed, c.what, got, c.want)
				}
			}
		}
	}
}

func TestDropoutScale(t *testing.T) {
	for drop, want := range map[float32]float32{0: 1, 0.5: 2, 0.75: 4} {
		if got := nn.DropoutScale(drop); got != want {
			t.Errorf("drop %v: got %v, want %v", drop, got, want)
		}
	}
}
