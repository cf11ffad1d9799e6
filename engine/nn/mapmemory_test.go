package nn

import (
	"math"
	"testing"
)

// picture is an input of a graph that was never built.
type picture struct {
	Buffer
	w, h   int
	closed bool
}

func (p *picture) Shape() []int { return []int{1, 3, p.h, p.w} }
func (p *picture) Close() error { p.closed = true; return nil }

func TestMapFloats(t *testing.T) {
	a := Arch{Size: 8, Layers: []Layer{
		{Kind: Conv, Out: 5, Kernel: 3},              // 5 x 8 x 18
		{Kind: MaxPool, Kernel: 3, Stride: 2},        // 5 x 4 x 9
		{Kind: Conv, Out: 2, Kernel: 3, Pad: 1},      // 2 x 4 x 9
		{Kind: BatchNorm}, {Kind: Dropout, Drop: .5}, // each once more
	}}
	if got, want := a.MapFloats(20, 10), 3*200+5*144+5*36+3*2*36; got != want {
		t.Errorf("got %d, want %d", got, want)
	}
	if got, want := a.MapGFLOP(20, 10), 2e-9*(5*144*3*9+2*36*5*9); math.Abs(got-want) > 1e-12 {
		t.Errorf("got %g GFLOP, want %g", got, want)
	}
}

// Graphs used longest ago go first, until both bounds hold.
func TestMapsAreForgotten(t *testing.T) {
	for _, c := range []struct{ count, pixels, left int }{{3, 1 << 20, 3}, {2, 1 << 20, 2}, {3, 200, 2}, {3, 1, 0}, {0, 1 << 20, 0}} {
		n := &Net{}
		var all []*picture
		for range 3 {
			p := &picture{w: 10, h: 10}
			all, n.maps = append(all, p), append(n.maps, &graph{net: n, x: p})
		}
		if err := n.forgetMaps(c.count, 3*c.pixels); err != nil {
			t.Fatal(err)
		}
		if len(n.maps) != c.left {
			t.Errorf("%d graphs of %d pixels: %d are left, want %d", c.count, c.pixels, len(n.maps), c.left)
		}
		for i, p := range all {
			if p.closed != (i < 3-c.left) {
				t.Errorf("%d graphs of %d pixels: graph %d closed: %v", c.count, c.pixels, i, p.closed)
			}
		}
	}
}
