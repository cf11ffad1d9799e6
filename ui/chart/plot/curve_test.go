package plot

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"
)

func TestSmoothingIsDebiased(t *testing.T) {
	// An average that began at 0 would give 0.5, 0.75 … for a constant curve.
	s := &Series{style: Style{Smoothing: 0.5}}
	for i := range 5 {
		s.Append(float64(i), 1)
	}
	for i, v := range s.smooth {
		if math.Abs(v-1) > 1e-12 {
			t.Errorf("point %d of a constant curve: got %v, want 1", i, v)
		}
	}
	// 0.25, 0.5 weigh the points 0 and 3: (0.25*0 + 0.5*3) / 0.75.
	s.Set([]float64{0, 1}, []float64{0, 3})
	if got := s.smooth[1]; math.Abs(got-2) > 1e-12 {
		t.Errorf("average of 0 and 3: got %v, want 2", got)
	}
}

func TestSmoothingPassesOverGaps(t *testing.T) {
	s := &Series{style: Style{Smoothing: 0.9}}
	for i, y := range []float64{2, math.NaN(), 2, math.Inf(1), 2} {
		s.Append(float64(i), y)
	}
	for i, v := range s.smooth {
		if gap := i%2 == 1; gap != math.IsNaN(v) || !gap && math.Abs(v-2) > 1e-12 {
			t.Errorf("point %d: got %v", i, v)
		}
	}
}

func TestDecimateKeepsEverySpike(t *testing.T) {
	const n, width = 100_000, 700
	r := rand.New(rand.NewPCG(1, 2))
	ys := make([]float64, n)
	for i := range ys {
		ys[i] = r.Float64()
	}
	ys[12345], ys[77777] = 50, -50
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = float64(i)
	}
	at := place{kx: width / float64(n), ky: 1}
	cols := decimate(xs, ys, width, at)
	for _, c := range []struct {
		i    int
		got  func(column) float64
		want float64
	}{
		{12345, func(c column) float64 { return c.max }, 50},
		{77777, func(c column) float64 { return c.min }, -50},
	} {
		if got := c.got(cols[int(at.x(float64(c.i)))]); got != c.want {
			t.Errorf("point %d: its column shows %v, want %v", c.i, got, c.want)
		}
	}
}

func TestDecimateBreaksAtGaps(t *testing.T) {
	ys := []float64{1, 2, math.NaN(), 3, 4, math.NaN(), math.NaN(), 5}
	xs := []float64{0, 1, 2, 3, 4, 5, 6, 7}
	same := place{kx: 1, ky: 1}
	got := lines(decimate(xs, ys, len(ys), same))
	want := []int{2, 2, 1}
	if len(got) != len(want) {
		t.Fatalf("got %d lines, want %d", len(got), len(want))
	}
	for i, l := range got {
		if len(l) != want[i] {
			t.Errorf("line %d has %d points, want %d", i, len(l), want[i])
		}
	}
	if got := polylines(xs, ys, same); len(got) != 3 {
		t.Errorf("undecimated: got %d lines, want 3", len(got))
	}
}

func TestDashesCoverTheirShare(t *testing.T) {
	var on float64
	for _, s := range dashed([]pt{{0, 0}, {30, 0}, {30, 70}}, 6, 4) {
		for i := 1; i < len(s); i++ {
			on += math.Hypot(float64(s[i].x-s[i-1].x), float64(s[i].y-s[i-1].y))
		}
	}
	if math.Abs(on-60) > 1e-3 {
		t.Errorf("strokes of a line of 100: got %v, want 60", on)
	}
}

func TestNearest(t *testing.T) {
	s := snapshot{Series: &Series{}, xs: []float64{0, 10, 20, 30}, ys: []float64{1, 2, math.NaN(), 4}}
	for _, c := range []struct {
		x    float64
		want int
	}{{-5, 0}, {4, 0}, {6, 1}, {19, 1}, {21, 3}, {99, 3}} {
		if got := s.nearest(c.x); got != c.want {
			t.Errorf("nearest to %v: got %d, want %d", c.x, got, c.want)
		}
	}
	if got := (snapshot{}).nearest(1); got != -1 {
		t.Errorf("no points: got %d, want -1", got)
	}
}

// A snapshot must stay as it was while other goroutines go on.
func TestSnapshotIsStable(t *testing.T) {
	s := &Series{style: Style{Smoothing: 0.5}}
	s.Set([]float64{0, 1, 2}, []float64{5, 6, 7})
	got := s.snapshot()
	s.Clear()
	s.Append(9, 9)
	if got.xs[0] != 0 || got.ys[0] != 5 || got.smooth[0] != 5 {
		t.Error("a snapshot changed when its series began anew")
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 1000 {
				s.Append(float64(i), 0)
			}
			s.Clear()
			s.Set([]float64{9}, []float64{9})
		})
	}
	for range 1000 {
		if got.xs[2] != 2 || got.ys[0] != 5 || got.smooth[0] != 5 || len(got.ys) != 3 {
			t.Error("a snapshot changed")
			break
		}
	}
	wg.Wait()
}

func TestPlaceAgreesWithTheAxes(t *testing.T) {
	x := axis{lo: 5, hi: 25}
	for _, y := range []axis{{lo: -2, hi: 3}, {lo: 0.01, hi: 10, log: true}} {
		p := newPlace(x, y, 30, 10, 400, 200)
		for _, v := range []float64{0.02, 1, 2.5} {
			if got, want := p.y(v), 10+200*(1-y.at(v)); math.Abs(got-want) > 1e-9 {
				t.Errorf("%+v: y of %v is %v, want %v", y, v, got, want)
			}
		}
		if got := p.x(10); math.Abs(got-130) > 1e-9 {
			t.Errorf("x of 10 is %v, want 130", got)
		}
	}
	if p := newPlace(x, axis{lo: 1, hi: 10, log: true}, 0, 0, 1, 1); finite(p.y(0)) || finite(p.y(-1)) {
		t.Error("values without a logarithm have a place on a log axis")
	}
}
