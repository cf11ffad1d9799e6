package cuda_test

import (
	"image"
	"image/color"
	"math/rand/v2"
	"slices"
	"testing"

	"frglab/engine"
	"frglab/engine/nn"
	"frglab/engine/nn/cuda"
	"frglab/engine/nn/cuda/shim"
	"frglab/engine/nn/nntest"
)

// blots are crops of two classes in random colours.
type blots struct{ n, size int }

func (b blots) Len() int { return b.n }

func (b blots) At(i int) (image.Image, int, error) {
	rng := rand.New(rand.NewPCG(uint64(b.n), uint64(i)))
	img := image.NewRGBA(image.Rect(0, 0, b.size, b.size))
	for y := range b.size {
		for x := range b.size {
			img.SetRGBA(x, y, color.RGBA{uint8(rng.Uint32()), uint8(rng.Uint32()), uint8(200 * (i % 2)), 255})
		}
	}
	return img, i % 2, nil
}

// sender is a backend that keeps no crops.
type sender struct {
	nn.Backend
	e nn.Encoder
}

func (s sender) Encode(dst nn.Buffer, p nn.Pixels) error { return s.e.Encode(dst, p) }

// TestKeptCrops trains with crops that are kept and changed on the machine, and with crops that package
// engine changes: every turn, and every change of preset modern, to the same bits.
func TestKeptCrops(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"modern", "2015"} {
		c, err := engine.Preset(preset)
		if err != nil {
			t.Fatal(err)
		}
		c.Arch = nntest.Small()
		c.Batch, c.Epochs, c.MinSteps, c.ValidEvery = 7, 1, 0, 100
		if preset == "2015" {
			c.Rate = 0.01
		} else {
			c.Zoom, c.Shift = 0.5, 0.4 // over the edges
		}
		run := func(keeps bool) *engine.Checkpoint {
			b := cuda.New(&shim.Machine{}, cuda.Float32)
			defer b.Close()
			r := engine.Run{Config: c, Device: b, Train: blots{70, 16}, Valid: blots{12, 20}, Dir: t.TempDir(), StopAt: 6}
			if !keeps {
				r.Device = sender{b, b}
			}
			checkpoint, err := engine.Train(t.Context(), r)
			if checkpoint == nil || checkpoint.Step != 6 {
				t.Fatal(err)
			}
			return checkpoint
		}
		want := run(false)
		for i, w := range run(true).Weights {
			if !slices.Equal(w.Data, want.Weights[i].Data) {
				t.Errorf("%s: %s is not that of crops changed by package engine", preset, w.Name)
			}
		}
	}
}

// TestCropsAreKeptSafely refuses crops that are not there, and those given back.
func TestCropsAreKeptSafely(t *testing.T) {
	b := open(t, cuda.Float32)
	if _, err := b.Keep(1, 257); err == nil {
		t.Error("a crop of 257 pixels square was taken")
	}
	k, err := b.Keep(2, 4)
	if err != nil {
		t.Fatal(err)
	}
	u, err := b.NewBuffer(1, 3, 4, 4)
	if err != nil {
		t.Fatal(err)
	}
	mean := []float32{1, 2, 3}
	fails := func(what string, err error) {
		if err == nil {
			t.Errorf("%s is no error", what)
		}
	}
	fails("half a crop", k.Write(0, make([]byte, 24)))
	fails("a crop beyond the last", k.Write(1, make([]byte, 96)))
	for _, c := range []int{-1, 2} {
		fails("a crop that is not there", k.Encode(u, []nn.Change{{Crop: c, Zoom: 1}}, mean, 1))
	}
	fails("two crops for a tensor of one", k.Encode(u, make([]nn.Change, 2), mean, 1))
	fails("a mean of two", k.Encode(u, make([]nn.Change, 1), mean[:2], 1))
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	fails("writing what was given back", k.Write(0, make([]byte, 48)))
	fails("asking for what was given back", k.Encode(u, make([]nn.Change, 1), mean, 1))
}
