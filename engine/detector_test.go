package engine

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"strings"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/nntest"
	"frglab/engine/nn/ref"
)

// fakeNet is a classifier made of a function from an encoded window to the face's logit.
type fakeNet struct {
	size  int
	face  func(x []float32) float32
	calls []int // windows of each call
	after func()
	err   error
}

func (f *fakeNet) Logits(x []float32, count int) ([]float32, error) {
	f.calls = append(f.calls, count)
	if f.after != nil {
		defer f.after()
	}
	var out []float32
	n := 3 * f.size * f.size
	for i := range count {
		out = append(out, f.face(x[i*n:(i+1)*n]), 0)
	}
	return out, f.err
}

func (f *fakeNet) Close() error { return nil }

// fakeDetector runs f on windows of 16x16 pixels, encoded as 0 to 1.
func fakeDetector(face func(x []float32) float32) (*Detector, *fakeNet) {
	f := &fakeNet{size: 16, face: face}
	return newDetector(f, &Checkpoint{Arch: nn.Arch{Size: 16}, Mean: make([]float32, 3), Scale: 255}), f
}

// brightness is the logit of a window: high for white, low for black.
func brightness(x []float32) float32 {
	sum := float32(0)
	for _, v := range x {
		sum += v
	}
	return 20*sum/float32(len(x)) - 10
}

// canvas is a black picture with white boxes.
func canvas(r image.Rectangle, white ...image.Rectangle) *image.RGBA {
	img := image.NewRGBA(r)
	draw.Draw(img, r, image.Black, image.Point{}, draw.Src)
	for _, w := range white {
		draw.Draw(img, w, image.White, image.Point{}, draw.Src)
	}
	return img
}

func detect(t *testing.T, d *Detector, img *image.RGBA, p DetectParams) []Detection {
	t.Helper()
	found, err := d.Detect(t.Context(), img, p)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// A white square is found where it is, at any size and place, also in a part of a picture.
func TestDetectFindsThePlace(t *testing.T) {
	d, _ := fakeDetector(func(x []float32) float32 { // white inside, black at the corners
		return brightness(x) - 8*(x[0]+x[15]+x[16*15]+x[16*16-1])
	})
	p := preset(t, ModeWindows)
	p.MinSize, p.Stride, p.Factor, p.Threshold = 48, 0.1, 1.2, 0.2
	for _, c := range []struct{ bounds, square image.Rectangle }{
		{image.Rect(0, 0, 400, 300), square(100, 60, 60)},
		{image.Rect(0, 0, 1600, 900), square(1200, 500, 250)}, // counted as 512 wide, in pixels of the original
		{image.Rect(0, 0, 300, 900), square(150, 700, 90)},
		{image.Rect(50, 70, 450, 370), square(150, 130, 60)}, // bounds that begin elsewhere
	} {
		whole := canvas(c.bounds.Inset(-20), c.square)
		found := detect(t, d, whole.SubImage(c.bounds).(*image.RGBA), p)
		if len(found) == 0 {
			t.Errorf("%v in %v: nothing found", c.square, c.bounds)
			continue
		}
		// The best window has black corners, so it is 16/14 of the square or more.
		off := found[0].Box.Min.Add(found[0].Box.Max).Sub(c.square.Min).Sub(c.square.Max)
		if far := 2 * c.square.Dx() / 10; IoU(found[0].Box, c.square) < 0.5 || max(off.X, off.Y) > far || min(off.X, off.Y) < -far {
			t.Errorf("%v in %v: found %v", c.square, c.bounds, found[0])
		}
	}
}

// Every window fires: boxes are those of Windows, in their order of equal scores,
// clipped to the picture.
func TestDetectReportsTheWindows(t *testing.T) {
	d, f := fakeDetector(func(x []float32) float32 { return 3 })
	img := canvas(image.Rect(0, 0, 150, 100))
	for _, name := range []string{ModeWindows, Mode2015, "repository"} {
		p := preset(t, name)
		p.Suppress, p.MaxSize = SuppressNone, 1.5
		ws, err := p.Windows(150, 100, 16)
		if err != nil {
			t.Fatal(err)
		}
		f.calls = nil
		found := detect(t, d, img, p)
		if len(found) != len(ws) || len(ws) == 0 {
			t.Fatalf("%s: %d detections for %d windows", name, len(found), len(ws))
		}
		for i, w := range ws {
			if want := w.Intersect(img.Rect); found[i].Box != want {
				t.Errorf("%s, window %d: got %v, want %v", name, i, found[i].Box, want)
			}
		}
		sum := 0
		for i, n := range f.calls {
			if sum += n; n != chunk && i < len(f.calls)-1 {
				t.Errorf("%s: call %d has %d windows, want %d", name, i, n, chunk)
			}
		}
		if s := d.Stats(); sum != len(ws) || s.Windows != len(ws) || s.Network <= 0 || s.Prepare <= 0 {
			t.Errorf("%s: %d of %d windows classified, stats %+v", name, sum, len(ws), s)
		}
	}
}

// The pixels that reach the network in mode 2015, for a picture that is shrunk and a
// window that is resized.
func TestDetect2015Pixels(t *testing.T) {
	img := colours(image.Rect(0, 0, 1024, 200))
	var first []float32
	d, _ := fakeDetector(func(x []float32) float32 {
		if first == nil {
			first = slices.Clone(x)
		}
		return 0
	})
	detect(t, d, img, preset(t, Mode2015))
	for y := range 16 {
		for x := range 16 {
			// 1024 to 512 takes every second pixel, 48 to 16 every third.
			want := img.RGBAAt(2*3*x, 2*3*y)
			got := [3]float32{first[y*16+x], first[256+y*16+x], first[512+y*16+x]}
			if got != [3]float32{float32(want.R) / 255, float32(want.G) / 255, float32(want.B) / 255} {
				t.Fatalf("pixel %d,%d: got %v, want %v / 255", x, y, got, want)
			}
		}
	}
}

// Scores are probabilities. Mode 2015 has them in float32, where sure windows tie
// and the later one stays; mode windows keeps telling them apart.
func TestDetectScores(t *testing.T) {
	if got, want := faceProbability(1, -1), 1/(1+math.Exp(-2)); math.Abs(got-want) > 1e-15 {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := faceProbability(2.5, 2.5); got != 0.5 {
		t.Errorf("equal logits: got %v, want 0.5", got)
	}
	logit := float32(30)
	d, _ := fakeDetector(func(x []float32) float32 { logit -= 5; return logit }) // 25, 20
	p := preset(t, Mode2015)
	p.Sizes = []WindowSize{{48, 16}}
	found := detect(t, d, canvas(image.Rect(0, 0, 49, 65)), p)
	if want := []Detection{{square(0, 16, 48), 1}}; !slices.Equal(found, want) {
		t.Errorf("2015: got %v, want %v", found, want)
	}
	logit = 20
	d, _ = fakeDetector(func(x []float32) float32 { logit++; return logit })
	p = preset(t, ModeWindows)
	p.Suppress = SuppressNone
	found = detect(t, d, canvas(image.Rect(0, 0, 40, 60)), p)
	if len(found) < 2 || found[0].Score <= found[1].Score || found[0].Box.Min.Y == 0 {
		t.Errorf("windows: got %v, want the last window first", found)
	}
}

func TestScanAnswersAgain(t *testing.T) {
	d, f := fakeDetector(brightness)
	img := canvas(image.Rect(0, 0, 200, 150), square(30, 40, 60), square(120, 60, 50))
	p := preset(t, ModeWindows)
	s, err := d.Scan(t.Context(), img, p)
	if err != nil {
		t.Fatal(err)
	}
	f.calls = nil
	most := math.MaxInt
	for _, threshold := range []float64{0, 0.5, 0.9, 1} {
		p.Threshold = threshold
		found, err := s.Detections(p)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > most {
			t.Errorf("threshold %v: %d detections, more than the %d of a lower one", threshold, len(found), most)
		}
		most = len(found)
		for _, d := range found {
			if d.Score < threshold {
				t.Errorf("threshold %v: got %v", threshold, d)
			}
		}
		if !slices.Equal(found, detect(t, d, img, p)) {
			t.Errorf("threshold %v: a scan and Detect differ", threshold)
		}
	}
	p.IoU = 7
	if _, err := s.Detections(p); err == nil {
		t.Error("no error for an IoU of 7")
	}
}

// TestPriorMovesTheLogit checks Bayes' rule: odds of the score are odds of the network
// times odds of the prior.
func TestPriorMovesTheLogit(t *testing.T) {
	d, _ := fakeDetector(func(x []float32) float32 { return 6 })
	p := preset(t, ModeWindows)
	p.Prior, p.Threshold = 0.01, 0
	found := detect(t, d, canvas(image.Rect(0, 0, 40, 40)), p) // one window
	odds := math.Exp(6) * 0.01 / 0.99
	if len(found) != 1 || math.Abs(found[0].Score-odds/(1+odds)) > 1e-12 {
		t.Errorf("got %v, want one with score %v", found, odds/(1+odds))
	}
}

func TestDetectShrinks(t *testing.T) {
	d, _ := fakeDetector(func(x []float32) float32 { return 3 })
	p := preset(t, ModeWindows)
	p.Shrink, p.Down = 0.5, 0.1
	found := detect(t, d, canvas(image.Rect(0, 0, 40, 40)), p) // one window
	if want := []Detection{{image.Rect(10, 14, 30, 34), faceProbability(3, 0)}}; !slices.Equal(found, want) {
		t.Errorf("got %v, want %v", found, want)
	}
	p.Shrink, p.Down = 0.1, 1 // below the picture
	if found := detect(t, d, canvas(image.Rect(0, 0, 40, 40)), p); len(found) != 0 {
		t.Errorf("got %v outside of the picture", found)
	}
}

func TestDetectSmallPictures(t *testing.T) {
	d, f := fakeDetector(func(x []float32) float32 { return 3 })
	d.scout = brightScout(t)
	d.openMapper = func() (*mapper, error) { return d.scout.net, nil }
	for _, name := range DetectPresets() {
		for _, r := range []image.Rectangle{{}, image.Rect(0, 0, 1, 1), image.Rect(0, 0, 39, 900), image.Rect(0, 0, 9000, 3)} {
			if found := detect(t, d, image.NewRGBA(r), preset(t, name)); len(found) != 0 {
				t.Errorf("%s, picture %v: got %v, want nothing", name, r, found)
			}
		}
	}
	if len(f.calls) != 0 {
		t.Errorf("the network was asked for %v windows", f.calls)
	}
}

func TestDetectStops(t *testing.T) {
	img := canvas(image.Rect(0, 0, 300, 200))
	p := preset(t, ModeWindows)
	ctx, cancel := context.WithCancel(t.Context())
	d, f := fakeDetector(brightness)
	f.after = cancel
	if _, err := d.Detect(ctx, img, p); !errors.Is(err, context.Canceled) || len(f.calls) != 1 {
		t.Errorf("cancelled: got %v after %d calls, want %v after 1", err, len(f.calls), context.Canceled)
	}
	d, f = fakeDetector(brightness)
	f.err = errors.New("out of memory")
	if _, err := d.Detect(t.Context(), img, p); !errors.Is(err, f.err) || !strings.Contains(err.Error(), "64 windows") {
		t.Errorf("broken device: got %v, want what was done and %v", err, f.err)
	}
	d, _ = fakeDetector(func(x []float32) float32 { return float32(math.NaN()) })
	if _, err := d.Detect(t.Context(), img, p); err == nil || !strings.Contains(err.Error(), "use an earlier checkpoint") {
		t.Errorf("answers of NaN: got %v", err)
	}
	p.Stride = 0
	if _, err := d.Detect(t.Context(), img, p); err == nil || !strings.Contains(err.Error(), "stride") {
		t.Errorf("bad parameters: got %v", err)
	}
}

// tinyCheckpoint is a small network with every kind of layer and a mean per pixel.
func tinyCheckpoint(t *testing.T) *Checkpoint {
	t.Helper()
	arch := nn.Arch{Name: "tiny", Size: 12, Layers: []nn.Layer{
		{Kind: nn.Conv, Name: "conv", Out: 4, Kernel: 3, Pad: 1},
		{Kind: nn.BatchNorm, Name: "bn", Act: nn.ReLU},
		{Kind: nn.MaxPool, Name: "pool", Kernel: 3, Stride: 2},
		{Kind: nn.Dense, Name: "fc", Out: 8, Act: nn.Leaky},
		{Kind: nn.Dropout, Name: "drop", Drop: 0.5},
		{Kind: nn.Dense, Name: "out", Out: 2},
	}}
	ws, err := nn.NewWeights(arch, nn.He, 7)
	if err != nil {
		t.Fatal(err)
	}
	for i := range ws[4].Data { // running mean and variance that matter
		ws[4].Data[i], ws[5].Data[i] = 0.1*float32(i), 0.5+float32(i)
	}
	mean := make([]float32, 3*12*12)
	for i := range mean {
		mean[i] = float32(i % 200)
	}
	return &Checkpoint{Arch: arch, Classes: []string{"face", "other"}, Mean: mean, Scale: 64, Weights: ws}
}

// A detector and the network that was trained give the same window the same score:
// the same encoding, and folding changes nothing.
func TestDetectorAgreesWithTheNetwork(t *testing.T) {
	c := tinyCheckpoint(t)
	dev := ref.New(1)
	defer dev.Close()
	d, err := NewDetector(c, dev)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	net, err := nn.New(dev, c.Arch, c.Weights)
	if err != nil {
		t.Fatal(err)
	}
	defer net.Close()

	crop := image.NewRGBA(image.Rect(0, 0, 12, 12))
	for i := range 144 {
		crop.SetRGBA(i%12, i/12, color.RGBA{uint8(i), uint8(3 * i), uint8(7 * i), 255})
	}
	x := make([]float32, 3*12*12)
	Encode(x, crop, c.Mean, c.Scale)
	want, err := net.Logits(x, 1)
	if err != nil {
		t.Fatal(err)
	}
	nntest.Softmax(want, 2)

	p := preset(t, ModeWindows)
	p.MinSize, p.Threshold = 12, 0
	found := detect(t, d, crop, p)
	if len(found) != 1 || found[0].Box != crop.Rect || math.Abs(found[0].Score-float64(want[0])) > 1e-5 {
		t.Errorf("got %v, want one of %v with score %v", found, crop.Rect, want[0])
	}
}

func TestNewDetectorRefuses(t *testing.T) {
	dev := ref.New(1)
	defer dev.Close()
	for _, c := range []struct {
		name   string
		change func(*Checkpoint)
		want   string
	}{
		{"other first", func(c *Checkpoint) { c.Classes = []string{"other", "face"} }, "labels 0 = face, 1 = other"},
		{"one class name", func(c *Checkpoint) { c.Classes = c.Classes[:1] }, "1 classes"},
		{"three classes", func(c *Checkpoint) {
			c.Classes = []string{"face", "hand", "other"}
			c.Arch.Layers[5].Out = 3
			c.Weights, _ = nn.NewWeights(c.Arch, nn.He, 1)
		}, "labels 0 = face, 1 = other"},
		{"no weights", func(c *Checkpoint) { c.Weights = nil }, "0 tensors"},
		{"no layers", func(c *Checkpoint) { c.Arch.Layers = nil }, "0 layers"},
		{"mean of another size", func(c *Checkpoint) { c.Mean = c.Mean[:9] }, "mean"},
		{"scale", func(c *Checkpoint) { c.Scale = 0 }, "scale"},
	} {
		cp := tinyCheckpoint(t)
		c.change(cp)
		d, err := NewDetector(cp, dev)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q in it", c.name, err, c.want)
		}
		if d != nil {
			t.Errorf("%s: got a detector", c.name)
		}
	}
	cp := tinyCheckpoint(t)
	cp.Classes[0] = "Face"
	d, err := NewDetector(cp, dev)
	if err != nil {
		t.Errorf("Face with a capital: %v", err)
	} else if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func BenchmarkDetectWithoutNetwork(b *testing.B) {
	f := &fakeNet{size: 64, face: func(x []float32) float32 { return x[2000] }}
	d := newDetector(f, &Checkpoint{Arch: nn.Arch{Size: 64}, Mean: make([]float32, 3), Scale: 255})
	for _, size := range []image.Point{{512, 288}, {1920, 1080}} {
		img := colours(image.Rectangle{Max: size})
		for _, name := range []string{Mode2015, ModeWindows} {
			p, err := DefaultDetectParams(name)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%s/%dx%d", name, size.X, size.Y), func(b *testing.B) {
				for b.Loop() {
					if _, err := d.Detect(b.Context(), img, p); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
