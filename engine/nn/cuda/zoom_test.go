package cuda_test

import (
	"image"
	"math/rand/v2"
	"slices"
	"testing"

	"frglab/engine"
	"frglab/engine/nn"
	"frglab/engine/nn/cuda"
	"frglab/engine/nn/cuda/shim"
)

// hostZoom is a backend that resizes no pictures.
type hostZoom struct{ nn.Backend }

// TestZoom looks at pictures that are resized on the machine, and by package engine: to the same
// bits. One network pads, the other may look beyond the edge; pictures are enlarged, shrunk and kept
// as they are, one of them a part of a larger one.
func TestZoom(t *testing.T) {
	t.Parallel()
	for _, pad := range []int{0, 1} {
		a := nn.Arch{Name: "look", Size: 16, Layers: []nn.Layer{
			{Kind: nn.Conv, Name: "conv1", Out: 5, Kernel: 3, Pad: pad, Act: nn.ReLU},
			{Kind: nn.MaxPool, Name: "pool1", Kernel: 2, Stride: 2},
			{Kind: nn.Dense, Name: "fc2", Out: 2},
		}}
		w, err := nn.NewWeights(a, nn.He, 3)
		if err != nil {
			t.Fatal(err)
		}
		c := &engine.Checkpoint{Arch: a, Classes: []string{"face", "other"}, Mean: []float32{99, 100, 101}, Scale: 50, Weights: w}
		p, err := engine.DefaultDetectParams(engine.ModeScout)
		if err != nil {
			t.Fatal(err)
		}
		p.Width, p.MinSize, p.Factor = 0, 11, 1.3
		rng := rand.New(rand.NewPCG(7, 7))
		big := image.NewRGBA(image.Rect(0, 0, 90, 70))
		for i := range big.Pix {
			big.Pix[i] = uint8(rng.Uint32()) | 255*uint8(i%4/3)
		}
		b := cuda.New(&shim.Machine{}, cuda.Float32)
		defer b.Close()
		var looks [2]*engine.Scout
		for i, dev := range []nn.Backend{hostZoom{b}, b} {
			if looks[i], err = engine.NewScout(c, dev); err != nil {
				t.Fatal(err)
			}
			defer looks[i].Close()
		}
		for _, img := range []*image.RGBA{big, big.SubImage(image.Rect(9, 5, 61, 47)).(*image.RGBA), big} {
			want, err1 := looks[0].Look(t.Context(), img, p)
			got, err2 := looks[1].Look(t.Context(), img, p)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			if len(want) < 20 || !slices.Equal(got, want) {
				t.Errorf("pad %d, %v: %d windows with pictures resized on the machine, %d without, or others", pad, img.Rect, len(got), len(want))
			}
		}
	}
}

// TestZoomIsSafe refuses pictures that are not there and sums that reach beyond them.
func TestZoomIsSafe(t *testing.T) {
	b := open(t, cuda.Float32)
	z := b.Zoom()
	fails := func(what string, err error) {
		if err == nil {
			t.Errorf("%s is no error", what)
		}
	}
	sums := func(first int32) *nn.Sums {
		return &nn.Sums{Firsts: []int32{0, first}, Starts: []int32{0, 1, 2}, Weights: []float32{1, 1}}
	}
	fails("a picture without pixels", z.Begin(nil, 0, 4))
	fails("half a picture", z.Begin(make([]byte, 32), 4, 4))
	fails("a copy of nothing", z.Add(0, sums(1), sums(1), 2, 2))
	if err := z.Begin(make([]byte, 64), 4, 4); err != nil {
		t.Fatal(err)
	}
	fails("a column beyond the picture", z.Add(0, sums(4), sums(3), 2, 2))
	fails("a row beyond the picture", z.Add(0, sums(3), sums(4), 2, 2))
	fails("a copy larger than its room", z.Add(0, sums(3), sums(3), 1, 2))
	fails("sums without an end", z.Add(0, &nn.Sums{Firsts: []int32{0}, Starts: []int32{0}}, sums(3), 2, 2))
	u, err := b.NewBuffer(1, 3, 3, 3)
	if err != nil {
		t.Fatal(err)
	}
	fails("a part beyond the picture", z.Encode(u, 0, 2, 0, [3]float32{}, 1))
	fails("a part of a picture that is not there", z.Encode(u, 1, 0, 0, [3]float32{}, 1))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}
