package engine

import (
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/ref"
)

// tinyNet has one layer of each kind and trains in milliseconds.
func tinyNet() nn.Arch {
	return nn.Arch{Name: "tiny", Size: 8, Layers: []nn.Layer{
		{Kind: nn.Conv, Name: "conv1", Out: 6, Kernel: 3, Pad: 1},
		{Kind: nn.BatchNorm, Name: "bn1", Act: nn.ReLU},
		{Kind: nn.MaxPool, Name: "pool1", Kernel: 3, Stride: 2},
		{Kind: nn.Dense, Name: "fc2", Out: 16, Act: nn.Leaky},
		{Kind: nn.Dropout, Name: "drop2", Drop: 0.5},
		{Kind: nn.Dense, Name: "fc3", Out: 2},
	}}
}

// synthetic is a source of generated crops: class 0 has a bright middle, class 1 a
// dark one, in any colours and with noise. at, if set, may replace an answer.
type synthetic struct {
	n    int
	size int
	seed uint64
	at   func(i int) (image.Image, int, error, bool)
}

func (s synthetic) Len() int { return s.n }

func (s synthetic) At(i int) (image.Image, int, error) {
	if s.at != nil {
		if img, class, err, ok := s.at(i); ok {
			return img, class, err
		}
	}
	class := i % 2
	rng := rand.New(rand.NewPCG(s.seed, uint64(i)))
	img := image.NewRGBA(image.Rect(0, 0, s.size, s.size))
	base := [3]int{rng.IntN(100) + 60, rng.IntN(100) + 60, rng.IntN(100) + 60}
	for y := range s.size {
		for x := range s.size {
			lift := 0
			if min(x, y, s.size-1-x, s.size-1-y) >= s.size/4 {
				lift = 50 - 100*class
			}
			level := func(c int) uint8 { return uint8(min(max(base[c]+lift+rng.IntN(40)-20, 0), 255)) }
			img.SetRGBA(x, y, color.RGBA{level(0), level(1), level(2), 255})
		}
	}
	return img, class, nil
}

// tinyRun is a short training that uses every part of a configuration.
func tinyRun(t *testing.T) Run {
	t.Helper()
	c := presetModern()
	c.Arch = tinyNet()
	c.Batch, c.Epochs, c.MinSteps, c.ValidEvery = 16, 4, 0, 7
	dev := ref.New(2)
	t.Cleanup(func() { dev.Close() })
	return Run{
		Config: c,
		Device: dev,
		Train:  synthetic{n: 120, size: 10, seed: 1},
		Valid:  synthetic{n: 40, size: 8, seed: 2},
		Dir:    t.TempDir(),
	}
}

// run2015 is the same by the rules of 2015.
func run2015(t *testing.T) Run {
	t.Helper()
	r := tinyRun(t)
	c := preset2015()
	c.Arch = tinyNet()
	c.Rate, c.Epochs, c.ValidEvery = 0.05, 1, 11
	r.Config = c
	return r
}

// sameWeights fails with the first number that differs in any bit.
func sameWeights(t *testing.T, got, want nn.Weights) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d tensors, want %d", len(got), len(want))
	}
	for i, w := range want {
		if got[i].Name != w.Name || fmt.Sprint(got[i].Shape) != fmt.Sprint(w.Shape) {
			t.Fatalf("tensor %q %v, want %q %v", got[i].Name, got[i].Shape, w.Name, w.Shape)
		}
		for k, v := range w.Data {
			if got[i].Data[k] != v {
				t.Fatalf("%s: number %d is %v, want %v", w.Name, k, got[i].Data[k], v)
			}
		}
	}
}
