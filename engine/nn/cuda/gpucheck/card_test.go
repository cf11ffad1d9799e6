//go:build gpu

package gpucheck

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"os"
	"os/exec"
	"testing"
	"time"

	"frglab/engine/nn"
	"frglab/engine/nn/cuda"
	"frglab/engine/nn/cuda/driver"
	"frglab/engine/nn/nntest"
	"frglab/engine/nn/ref"
)

// card opens the fastest card, and closes it with the test.
func card(t *testing.T) *watched {
	t.Helper()
	if os.Getenv("FRGLAB_GPU") == "" {
		t.Skip("needs a card: make gpu-check")
	}
	cards, err := driver.Cards()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	m, err := cards[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	found.Opened = max(found.Opened, time.Since(start).Seconds())
	found.Card, found.Memory = cards[0].Name, cards[0].Memory
	found.Capable = fmt.Sprintf("%d.%d", cards[0].Major, cards[0].Minor)
	found.Driver = driver.Version()
	return &watched{Machine: m}
}

// watched notes whether launches could be recorded.
type watched struct{ cuda.Machine }

func (w *watched) Record(all []cuda.Launch) (cuda.Piece, error) {
	p, err := w.Machine.Record(all)
	found.Graphs = "used"
	if err != nil {
		found.Graphs = "not used: " + err.Error()
	}
	return p, err
}

func backend(t *testing.T, p cuda.Precision) nn.Backend {
	t.Helper()
	b := cuda.New(card(t), p)
	t.Log(b.Name())
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func oracle(t *testing.T) nn.Backend {
	t.Helper()
	o := ref.New(0)
	t.Cleanup(func() { _ = o.Close() })
	return o
}

// layers are those that all backends are tried with, and FrgNet64's own.
func layers() []nntest.Case {
	type c = nntest.Case
	cs := nntest.Layers()
	if quick {
		return cs[:2]
	}
	return append(cs,
		c{X: []int{4, 3, 64, 64}, Layer: nn.Layer{Kind: nn.Conv, Out: 96, Kernel: 5, Pad: 2}},
		c{X: []int{1, 96, 31, 31}, Layer: nn.Layer{Kind: nn.Conv, Out: 128, Kernel: 5, Pad: 2}},
		c{X: []int{2, 128, 14, 14}, Layer: nn.Layer{Kind: nn.Conv, Out: 256, Kernel: 3, Pad: 1, Act: nn.ReLU}},
		c{X: []int{2, 256, 7, 7}, Layer: nn.Layer{Kind: nn.Conv, Out: 384, Kernel: 3, Pad: 1, Act: nn.Leaky}},
		c{X: []int{10, 384, 7, 7}, Layer: nn.Layer{Kind: nn.Dense, Out: 256, Act: nn.Leaky}},
		c{X: []int{10, 96, 64, 64}, Layer: nn.Layer{Kind: nn.BatchNorm, Act: nn.ReLU}},
		c{X: []int{10, 96, 64, 64}, Layer: nn.Layer{Kind: nn.MaxPool, Kernel: 5, Stride: 2}},
	)
}

// TestCardLayers compares every layer with the processor, as the tests without a card do.
func TestCardLayers(t *testing.T) {
	t.Run("fp32", func(t *testing.T) {
		nntest.Match(t, backend(t, cuda.Float32), oracle(t), layers(), 0, 1e-4)
	})
	t.Run("tf32", func(t *testing.T) { // of numbers that need no rounding: see package cuda's tests
		nntest.Match(t, backend(t, cuda.TF32), oracle(t), layers(), 1.0/64, 5e-4)
	})
}

// TestCardRounding is the largest difference where no activation makes more of it.
func TestCardRounding(t *testing.T) {
	for p, most := range map[cuda.Precision]float64{cuda.Float32: 1e-4, cuda.TF32: 3e-3} {
		b, o := backend(t, p), oracle(t)
		for _, c := range layers() {
			if c.Layer.Act != nn.Linear || c.Layer.Kind != nn.Conv && c.Layer.Kind != nn.Dense {
				continue
			}
			got := nntest.NewRig(t, b, c.Layer, c.X, true, nntest.Plain).Run(true)
			for what, want := range nntest.NewRig(t, o, c.Layer, c.X, true, nntest.Plain).Run(true) {
				d := nntest.Apart(got[what], want)
				found.Apart[string(p)] = max(found.Apart[string(p)], d)
				if !(d <= most) {
					t.Errorf("%s, %s on %v: %s is %g apart, at most %g is allowed", p, c.Layer.Kind, c.X, what, d, most)
				}
			}
		}
	}
}

// TestCardTrains follows the processor's loss for 200 steps: step by step as long as two sums
// in another order stay together, then on average over 20 steps. Again it has the same bits.
func TestCardTrains(t *testing.T) {
	const whole = 200
	steps, batch, window := whole, 10, 20
	if quick {
		steps, batch, window = 4, 3, 2
	}
	want := nntest.Losses(t, oracle(t), nntest.Small(), batch, steps)
	found.RefLoss = want
	for _, p := range []cuda.Precision{cuda.Float32, cuda.TF32} {
		got := nntest.Losses(t, backend(t, p), nntest.Small(), batch, steps)
		if p == cuda.TF32 {
			found.Loss = got
		}
		for i := range window {
			if tolerance := map[cuda.Precision]float64{cuda.Float32: 1e-3, cuda.TF32: 0.05}[p]; !(math.Abs(got[i]-want[i]) <= tolerance) {
				t.Fatalf("%s: the loss of step %d is %.6f, the processor has %.6f", p, i, got[i], want[i])
			}
		}
		for from := 0; from < steps; from += window {
			if a, b := mean(got[from:from+window]), mean(want[from:from+window]); !(math.Abs(a-b) <= 0.05) {
				t.Errorf("%s: the loss of steps %d to %d is %.4f, the processor has %.4f", p, from, from+window-1, a, b)
			}
		}
		for i, again := range nntest.Losses(t, backend(t, p), nntest.Small(), batch, steps) {
			if got[i] != again {
				t.Fatalf("%s: the loss of step %d is %v, and %v the second time", p, i, got[i], again)
			}
		}
	}
	if steps == whole && !(mean(found.Loss[whole-window:]) < 0.1) {
		t.Errorf("the loss after %d steps is %.3f: nothing was learned", whole, mean(found.Loss[whole-window:]))
	}
	if found.Graphs != "used" {
		t.Logf("graphs %s", found.Graphs)
	}
}

func mean(vs []float64) float64 {
	sum := 0.0
	for _, v := range vs {
		sum += v
	}
	return sum / float64(len(vs))
}

// TestCardSanitized runs a few layers and steps under compute-sanitizer, where there is one: it
// finds what reads or writes beyond its memory.
func TestCardSanitized(t *testing.T) {
	card(t).Close()
	if os.Getenv("FRGLAB_GPU_CHILD") != "" {
		for _, p := range []cuda.Precision{cuda.Float32, cuda.TF32} {
			nntest.Losses(t, backend(t, p), nntest.Small(), 3, 3)
		}
		return
	}
	tool := sanitizer()
	if tool == "" {
		found.Sanitize = "not found here"
		t.Skip("compute-sanitizer is not here")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, tool, "--error-exitcode", "9", os.Args[0], "-test.run=^TestCardSanitized$", "-test.v=false")
	c.Env = append(os.Environ(), "FRGLAB_GPU_CHILD=1")
	out, err := c.CombinedOutput()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		found.Sanitize = "not done in 90 s"
	case err != nil:
		found.Sanitize = "failed"
		t.Errorf("%v\n%s", err, out)
	default:
		found.Sanitize = "passed"
	}
}

func sanitizer() string {
	for _, name := range []string{"compute-sanitizer", "/usr/local/cuda/bin/compute-sanitizer"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// scene is a picture with some structure.
func scene(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			at := img.PixOffset(x, y)
			img.Pix[at] = uint8(x * 255 / w)
			img.Pix[at+1] = uint8(128 + 100*math.Sin(float64(x*y)/900))
			img.Pix[at+2] = uint8((x/17 + y/13) % 2 * 200)
			img.Pix[at+3] = 255
		}
	}
	return img
}
