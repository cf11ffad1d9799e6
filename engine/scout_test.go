package engine

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/ref"
)

// brightScout takes what is bright for a face: its windows have 8x8 pixels, their
// log-odds are 8 where all is white, -8 where all is black. Its network is nothing but the sum.
func brightScout(t *testing.T) *Scout {
	t.Helper()
	arch := nn.Arch{Name: "bright", Size: 8, Layers: []nn.Layer{
		{Kind: nn.MaxPool, Name: "pool", Kernel: 2, Stride: 2},
		{Kind: nn.Dense, Name: "sum", Out: 2},
	}}
	weights, err := nn.NewWeights(arch, nn.He, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range weights[0].Data {
		weights[0].Data[i] = 0
		if i < 48 {
			weights[0].Data[i] = 16.0 / 48
		}
	}
	weights[1].Data[0] = -8
	c := &Checkpoint{Arch: arch, Classes: []string{"face", "other"}, Mean: []float32{0, 0, 0}, Scale: 255, Weights: weights}
	b := ref.New(1)
	s, err := NewScout(c, b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); b.Close() })
	return s
}

// whiteSquare is a black picture with a white square.
func whiteSquare(bounds, square image.Rectangle) *image.RGBA {
	img := image.NewRGBA(bounds)
	draw.Draw(img, bounds, image.NewUniform(color.Black), image.Point{}, draw.Src)
	draw.Draw(img, square, image.White, image.Point{}, draw.Src)
	return img
}

func TestScoutLooksWhereItsNetworkSays(t *testing.T) {
	s := brightScout(t)
	for _, c := range []struct{ bounds, square image.Rectangle }{
		{image.Rect(0, 0, 200, 150), image.Rect(60, 30, 100, 70)},
		{image.Rect(0, 0, 200, 150), image.Rect(0, 0, 48, 48)},        // a corner
		{image.Rect(0, 0, 200, 150), image.Rect(150, 100, 200, 150)},  // the other one
		{image.Rect(0, 0, 1200, 700), image.Rect(500, 200, 700, 400)}, // shrunk
		{image.Rect(10, 20, 210, 170), image.Rect(70, 50, 120, 100)},  // bounds that start elsewhere
		{image.Rect(0, 0, 80, 60), image.Rect(10, 0, 70, 60)},         // as high as the picture
	} {
		found, err := s.Look(context.Background(), whiteSquare(c.bounds, c.square), preset(t, ModeScout))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 {
			t.Errorf("%v in %v: nothing", c.square, c.bounds)
			continue
		}
		for _, d := range found {
			if d.Score < lookMargin || !d.Box.In(image.Rectangle{Max: c.bounds.Size()}) {
				t.Errorf("%v in %v: found %v", c.square, c.bounds, d)
			}
		}
		// All windows within the square are equally good, and those of its own size among them.
		best, nearest := bestFirst(found)[0], 0.0
		if got := shareOfSmaller(best.Box.Add(c.bounds.Min), c.square); got < 0.9 || best.Score < 7 {
			t.Errorf("%v in %v: the best is %v, %.2f of it in the square", c.square, c.bounds, best, got)
		}
		for _, d := range found {
			nearest = max(nearest, IoU(d.Box.Add(c.bounds.Min), c.square))
		}
		if nearest < 0.65 {
			t.Errorf("%v in %v: no window fits it, the nearest has IoU %.2f", c.square, c.bounds, nearest)
		}
	}
}

// In mode scout a window scores what the network says of it, moved by what the scout says.
func TestDetectAsksTheNetworkOnlyAboutCandidates(t *testing.T) {
	d, f := fakeDetector(func(x []float32) float32 { return 1 })
	d.scout = brightScout(t)
	img := whiteSquare(image.Rect(0, 0, 200, 150), image.Rect(60, 30, 100, 70))
	p := preset(t, ModeScout)
	p.Suppress, p.Threshold, p.Prior, p.Settled = SuppressNone, 0, 0, 0
	for _, n := range []int{1, 3, 5} {
		p.Candidates, f.calls = n, nil
		if found := detect(t, d, img, p); len(found) != n || !slices.Equal(f.calls, []int{n}) || d.Stats().Windows != n {
			t.Errorf("%d candidates: %d found, calls %v, stats %+v", n, len(found), f.calls, d.Stats())
		}
	}
	p.Candidates, p.Trust = 1, 0
	plain := detect(t, d, img, p)[0]
	if want := faceProbability(1, 0); math.Abs(plain.Score-want) > 1e-12 {
		t.Errorf("without trust the score is %v, want the network's %v", plain.Score, want)
	}
	p.Trust = 0.5
	odds := bestFirst(must(d.scout.Look(context.Background(), img, p)))[0].Score
	if got, want := detect(t, d, img, p)[0].Score, faceProbability(1+odds/2, 0); math.Abs(got-want) > 1e-9 {
		t.Errorf("with trust 0.5 the score is %v, want %v", got, want)
	}
	if got := shareOfSmaller(plain.Box, image.Rect(60, 30, 100, 70)); got < 0.9 {
		t.Errorf("found %v", plain.Box)
	}
}

// Where one answer is sure, the candidates that overlap it are not asked about; where it
// is not, all are.
func TestDetectAsksNoMoreWhereItIsSure(t *testing.T) {
	img := whiteSquare(image.Rect(0, 0, 400, 150), image.Rect(60, 30, 100, 70))
	draw.Draw(img, image.Rect(250, 50, 300, 100), image.White, image.Point{}, draw.Src)
	for _, c := range []struct {
		name    string
		logit   float32
		settled float64
		asked   func(n int) bool
		calls   int // at least
	}{
		{"sure", 8, 0.95, func(n int) bool { return n >= 2 && n <= 12 }, 1},
		{"not sure", 0, 0.95, func(n int) bool { return n == 20 }, 5},
		{"sure, but to ask about all", 8, 0, func(n int) bool { return n == 20 }, 1},
	} {
		d, f := fakeDetector(func(x []float32) float32 { return c.logit })
		d.scout = brightScout(t)
		p := preset(t, ModeScout)
		p.MinSize, p.Candidates, p.Apart, p.Prior, p.Trust, p.Settled = 36, 20, 0.8, 0, 0, c.settled
		found := detect(t, d, img, p)
		if n := d.Stats().Windows; !c.asked(n) || len(f.calls) < c.calls {
			t.Errorf("%s: asked about %d windows in %v", c.name, n, f.calls)
		}
		if len(found) < 2 || IoU(found[0].Box, found[1].Box) > 0 {
			t.Errorf("%s: found %v, want both squares first", c.name, found)
		}
	}
}

// What the network is asked about does not depend on how boxes are chosen afterwards: a scan
// answers for other overlaps as a new look would.
func TestSettledWindowsAreTheScans(t *testing.T) {
	img := whiteSquare(image.Rect(0, 0, 400, 150), image.Rect(60, 30, 100, 70))
	d, _ := fakeDetector(func(x []float32) float32 { return 8 })
	d.scout = brightScout(t)
	p := preset(t, ModeScout)
	p.MinSize, p.Candidates, p.Apart, p.Prior, p.Trust = 36, 20, 0.8, 0, 0
	scan := must(d.Scan(context.Background(), img, p))
	for _, c := range []struct {
		iou, inside float64
		way         string
	}{{0.3, 0.7, SuppressGreedy}, {0.9, 0, SuppressGreedy}, {0.05, 0.7, SuppressGreedy}, {0.3, 0.7, SuppressNone}} {
		q := p
		q.IoU, q.Inside, q.Suppress = c.iou, c.inside, c.way
		if !p.SameScan(q) {
			t.Fatalf("%+v: not the same scan", c)
		}
		if again, anew := must(scan.Detections(q)), detect(t, d, img, q); !slices.Equal(again, anew) {
			t.Errorf("%+v: the scan gives %v, a new look %v", c, again, anew)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestModeScoutNeedsAScout(t *testing.T) {
	d, _ := fakeDetector(func(x []float32) float32 { return 1 })
	_, err := d.Detect(context.Background(), canvas(image.Rect(0, 0, 100, 100)), preset(t, ModeScout))
	if err == nil {
		t.Error("a detector without a scout looked")
	}
	c := &Checkpoint{Arch: nn.Arch{Name: "x", Size: 8, Layers: []nn.Layer{{Kind: nn.Dense, Name: "d", Out: 2}}}, Classes: []string{"face", "other"}, Mean: make([]float32, 192), Scale: 1}
	c.Weights = must(nn.NewWeights(c.Arch, nn.He, 1))
	if _, err := NewScout(c, ref.New(1)); err == nil {
		t.Error("a mean image was accepted")
	}
}

func TestNewScouted(t *testing.T) {
	arch := nn.Arch{Name: "x", Size: 8, Layers: []nn.Layer{{Kind: nn.Dense, Name: "d", Out: 2}}}
	c := &Checkpoint{Arch: arch, Classes: []string{"face", "other"}, Mean: []float32{0, 0, 0}, Scale: 1}
	c.Weights = must(nn.NewWeights(arch, nn.He, 1))
	b := ref.New(1)
	defer b.Close()
	if d, err := NewScouted(c, nil, b); err != nil || d.scout != nil {
		t.Errorf("without a scout: %v", err)
	} else if err := d.Close(); err != nil {
		t.Error(err)
	}
	if _, err := NewScouted(c, []byte("no checkpoint"), b); err == nil {
		t.Error("a file that is no checkpoint was taken for a scout")
	}
}
