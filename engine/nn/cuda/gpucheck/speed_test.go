//go:build gpu

package gpucheck

import (
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/image/draw"

	"frglab/assets"
	"frglab/engine"
	"frglab/engine/nn"
	"frglab/engine/nn/cuda"
	"frglab/engine/nn/nntest"
)

// TestCardPeak measures what the units that multiply do at best.
func TestCardPeak(t *testing.T) {
	m := card(t)
	defer m.Close()
	rounds, blocks := 1<<14, 16*m.Processors()
	if quick {
		rounds, blocks = 2, 2
	}
	out, err := m.Alloc(4 * blocks * 256)
	if err != nil {
		t.Fatal(err)
	}
	for precision, each := range map[string]float64{"fp32": 2 * 16, "tf32": 64 * 16} {
		kernel := "peak_" + map[string]string{"fp32": "f32", "tf32": "tf32"}[precision]
		if precision == "tf32" && !m.Tensor() {
			continue
		}
		best := math.Inf(1)
		for range 4 {
			start := time.Now()
			err := m.Launch(cuda.Launch{Kernel: kernel, Grid: [3]int{blocks, 1, 1}, Params: []uint64{out, uint64(rounds)}})
			one := make([]float32, 1)
			if err := errors.Join(err, m.Download(unsafe.Slice((*byte)(unsafe.Pointer(&one[0])), 4), out)); err != nil {
				t.Fatal(err)
			}
			best = min(best, time.Since(start).Seconds())
		}
		found.Peak[precision] = float64(rounds*blocks*256) * each / best / 1e12
	}
}

// TestCardSpeed measures training and inference.
func TestCardSpeed(t *testing.T) {
	a, batches := nn.FrgNet64(), []int{10, 64, 256}
	if quick {
		a, batches = nntest.Small(), []int{2}
	}
	w, err := nn.NewWeights(a, nn.He, 1)
	if err != nil {
		t.Fatal(err)
	}
	folded, foldedWeights, err := nn.Fold(a, w) // as a detector does
	if err != nil {
		t.Fatal(err)
	}
	forward, training := a.Work()
	for _, p := range []cuda.Precision{cuda.TF32, cuda.Float32} {
		b := backend(t, p)
		net, err1 := nn.New(b, a, w)
		detector, err2 := nn.New(b, folded, foldedWeights)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		for _, batch := range batches {
			x := nntest.Normal(rand.New(rand.NewPCG(1, 1)), batch*3*a.Size*a.Size)
			targets := make([]float32, 2*batch)
			for i := range batch {
				targets[2*i+i%2] = 1
			}
			speed(t, fmt.Sprintf("train/%s/b%d/%s", a.Name, batch, p), batch, training, func() error {
				_, _, err := net.Step(x, targets, batch, nn.SGD{Rate: 1e-4, Momentum: 0.9, Decay: 1e-4}, 1)
				return err
			})
			crops, changes, err := keep(net, batch)
			if err != nil {
				t.Fatal(err)
			}
			mean := make([]float32, 3)
			speed(t, fmt.Sprintf("train-kept/%s/b%d/%s", a.Name, batch, p), batch, training, func() error { // as frglab train does
				_, _, err := net.StepCrops(crops, changes, mean, 64, targets, nn.SGD{Rate: 1e-4, Momentum: 0.9, Decay: 1e-4}, 1)
				return err
			})
			if err := crops.Close(); err != nil {
				t.Fatal(err)
			}
			speed(t, fmt.Sprintf("infer/%s/b%d/%s", a.Name, batch, p), batch, forward, func() error {
				_, err := detector.Logits(x, batch)
				return err
			})
		}
		if err := errors.Join(net.Close(), detector.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// speed adds crops a second, at so many GFLOP a crop: the best of some rounds.
func speed(t *testing.T, name string, batch int, gflop float64, step func() error) {
	t.Helper()
	for range 3 { // makes the graph, launches one by one, records
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	best := 0.0
	for range 3 {
		start, crops := time.Now(), 0
		for crops == 0 || !quick && time.Since(start) < time.Second {
			if err := step(); err != nil {
				t.Fatal(err)
			}
			crops += batch
		}
		best = max(best, float64(crops)/time.Since(start).Seconds())
	}
	found.Results = append(found.Results, result{Name: name, Value: best, Unit: "crops/s", TFLOPS: best * gflop / 1000})
}

// TestCardDetects finds in a picture what the processor finds, in float32, and measures
// how long each mode takes with all sizes of windows.
func TestCardDetects(t *testing.T) {
	img := sample(t)
	modes := []string{engine.ModeScout, engine.ModeShared, engine.ModeWindows}
	var want map[string][]engine.Detection
	for _, p := range []cuda.Precision{cuda.Float32, cuda.TF32} {
		b := backend(t, p)
		if quick {
			img, modes = scene(40, 36), modes[:1]
		}
		if want == nil {
			want = map[string][]engine.Detection{}
			d := detector(t, oracle(t))
			for _, mode := range modes[:1] { // the others would take minutes there
				want[mode] = detect(t, d, img, mode)
			}
		}
		d := detector(t, b)
		for _, mode := range modes {
			got := detect(t, d, img, mode)
			if w, ok := want[mode]; ok && p == cuda.Float32 && !alike(got, w) {
				t.Errorf("%s: found %v, the processor finds %v", mode, got, w)
			}
			var took []float64
			for begin := time.Now(); len(took) == 0 || !quick && time.Since(begin) < 2*time.Second; {
				start := time.Now()
				detect(t, d, img, mode)
				took = append(took, float64(time.Since(start).Microseconds())/1000)
			}
			slices.Sort(took)
			found.Results = append(found.Results, result{
				Name: fmt.Sprintf("detect/%dx%d/%s/%s", img.Rect.Dx(), img.Rect.Dy(), mode, p), Value: took[len(took)/2], Unit: "ms",
			})
		}
	}
}

func detector(t *testing.T, b nn.Backend) *engine.Detector {
	t.Helper()
	c, err := engine.ParseCheckpoint(assets.Model())
	if err != nil {
		t.Fatal(err)
	}
	d, err := engine.NewScouted(c, assets.Scout(), b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func detect(t *testing.T, d *engine.Detector, img *image.RGBA, mode string) []engine.Detection {
	t.Helper()
	p, err := engine.DefaultDetectParams(mode)
	if err != nil {
		t.Fatal(err)
	}
	found, err := d.Detect(context.Background(), img, p)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// alike says whether two lists hold the same boxes with nearly the same scores.
func alike(a, b []engine.Detection) bool {
	return slices.EqualFunc(a, b, func(x, y engine.Detection) bool { return x.Box == y.Box && math.Abs(x.Score-y.Score) < 1e-3 })
}

// sample is a bundled picture at the size that the budgets are for.
func sample(t *testing.T) *image.RGBA {
	t.Helper()
	if quick {
		return nil
	}
	f, err := assets.Samples().Open("portrait_close.jpg")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	small := image.NewRGBA(image.Rect(0, 0, 512, 288))
	draw.CatmullRom.Scale(small, small.Rect, img, img.Bounds(), draw.Src, nil)
	return small
}
