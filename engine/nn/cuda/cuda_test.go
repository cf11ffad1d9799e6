package cuda_test

import (
	"errors"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"frglab/engine"
	"frglab/engine/nn"
	"frglab/engine/nn/cuda"
	"frglab/engine/nn/cuda/shim"
	"frglab/engine/nn/nntest"
	"frglab/engine/nn/ref"
)

// TestShimIsBuiltAgain has a link to each source of the kernels beside the shim that includes them: Go
// looks at no other folder to see whether to compile it again, and would test kernels of long ago.
func TestShimIsBuiltAgain(t *testing.T) {
	sources, err := filepath.Glob("kernels/*")
	if err != nil || len(sources) == 0 {
		t.Fatal("no kernels: ", err)
	}
	for _, path := range sources {
		link := "shim/kernel_" + strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)) + ".h"
		if to, err := os.Readlink(link); err != nil || to != "../"+path {
			t.Errorf("%s is no link to %s (%v): ln -s ../%s engine/nn/cuda/%s", link, path, err, path, link)
		}
	}
}

func open(t *testing.T, p cuda.Precision) *cuda.Backend {
	t.Helper()
	m := &shim.Machine{}
	b := cuda.New(m, p)
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if n := m.Left(); n != 0 {
			t.Errorf("%d pieces of memory were not given back", n)
		}
	})
	return b
}

// TestLayersMatchReference gives TF32 numbers that it need not round: what it rounds
// otherwise pushes some over the edge of an activation or before another in a pool, which
// is no mistake. Only a gradient behind a leaky activation is rounded, by at most 2^-11.
func TestLayersMatchReference(t *testing.T) {
	for _, c := range []struct {
		p                cuda.Precision
		grain, tolerance float64
	}{{cuda.Float32, 0, 1e-4}, {cuda.TF32, 1.0 / 64, 5e-4}} {
		t.Run(string(c.p), func(t *testing.T) {
			t.Parallel()
			oracle := ref.New(1)
			defer oracle.Close()
			nntest.Match(t, open(t, c.p), oracle, nntest.Layers(), c.grain, c.tolerance)
		})
	}
}

// TestRounding is what cuda.TF32 costs where no activation makes more of it.
func TestRounding(t *testing.T) {
	t.Parallel()
	oracle := ref.New(1)
	defer oracle.Close()
	for _, c := range []nntest.Case{
		{X: []int{2, 17, 9, 7}, Layer: nn.Layer{Kind: nn.Conv, Out: 33, Kernel: 5, Pad: 2}},
		{X: []int{10, 700}, Layer: nn.Layer{Kind: nn.Dense, Out: 65}},
	} {
		got := nntest.NewRig(t, open(t, cuda.TF32), c.Layer, c.X, true, nntest.Plain).Run(true)
		for what, want := range nntest.NewRig(t, oracle, c.Layer, c.X, true, nntest.Plain).Run(true) {
			d := nntest.Apart(got[what], want)
			if d > 3e-3 || d == 0 && what != "p1" && what != "dp1" {
				t.Errorf("%s: %s is %g apart, want some, and at most 3e-3", c.Layer.Kind, what, d)
			}
		}
	}
}

func TestTrainingFollowsReference(t *testing.T) {
	for _, c := range []struct {
		p         cuda.Precision
		steps     int
		tolerance float64
	}{{cuda.Float32, 50, 1e-3}, {cuda.TF32, 15, 0.05}} {
		t.Run(string(c.p), func(t *testing.T) {
			t.Parallel()
			oracle := ref.New(1)
			defer oracle.Close()
			nntest.Follow(t, open(t, c.p), oracle, c.steps, c.tolerance)
		})
	}
}

func TestSameBits(t *testing.T) {
	t.Parallel()
	for _, p := range []cuda.Precision{cuda.Float32, cuda.TF32} {
		first := nntest.Losses(t, open(t, p), nntest.Small(), 3, 3)
		for i, again := range nntest.Losses(t, open(t, p), nntest.Small(), 3, 3) {
			if first[i] != again {
				t.Errorf("%s: loss of step %d is %v, and %v the second time", p, i, first[i], again)
			}
		}
	}
}

func TestMemoryIsAnError(t *testing.T) {
	m := &shim.Machine{Limit: 1 << 20}
	b := cuda.New(m, cuda.TF32)
	defer b.Close()
	w, err := nn.NewWeights(nntest.Small(), nn.He, 1)
	if err != nil {
		t.Fatal(err)
	}
	net, err := nn.New(b, nntest.Small(), w)
	if err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	step := func(batch int) error {
		_, _, err := net.Step(make([]float32, batch*3*16*16), make([]float32, batch*2), batch, nn.SGD{}, 0)
		return err
	}
	before := m.Left()
	if err := step(512); !errors.Is(err, nn.ErrMemory) || !strings.Contains(err.Error(), "MB on") {
		t.Errorf("error %v, want one that says how much did not fit", err)
	}
	if err := step(2); err != nil {
		t.Errorf("a smaller batch: %v", err)
	}
	if m.Left() < before {
		t.Errorf("%d pieces of memory, %d before", m.Left(), before)
	}
}

// TestCheck passes both precisions, and no machine of which one kernel leaves something out.
func TestCheck(t *testing.T) {
	oracle := ref.New(1)
	defer oracle.Close()
	for _, p := range []cuda.Precision{cuda.Float32, cuda.TF32} {
		if err := cuda.Check(open(t, p), oracle); err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
	for _, kernel := range []string{
		"conv_forward_f32_64", "conv_data_f32_64", "conv_weight_f32_64", "dense_forward_f32_64", "dense_data_f32_64", "dense_weight_f32_64",
		"reduce", "mask", "norm_sums", "norm_forward", "norm_gradients", "norm_backward", "pool_forward", "pool_backward", "dropout", "loss", "sgd",
		"encode", "augment", "zoom_rows", "zoom_cols", "encode_part",
	} {
		t.Run(kernel, func(t *testing.T) {
			t.Parallel()
			b := cuda.New(&careless{&shim.Machine{}, kernel}, cuda.Float32)
			defer b.Close()
			if err := cuda.Check(b, ref.New(1)); err == nil {
				t.Error("the check passed it")
			}
		})
	}
}

// careless is a machine that leaves out the last blocks of one kernel, or its only one.
type careless struct {
	*shim.Machine
	kernel string
}

func (c *careless) Launch(l cuda.Launch) error {
	switch {
	case l.Kernel != c.kernel:
	case l.Grid[0] == 1:
		return nil
	default:
		l.Grid[0]--
	}
	return c.Machine.Launch(l)
}

func (c *careless) Record([]cuda.Launch) (cuda.Piece, error) { return nil, errors.ErrUnsupported }

// TestPixels encodes as package engine does, to the bit, and trains alike from pixels and from
// numbers.
func TestPixels(t *testing.T) {
	const batch, side = 3, 16
	a := nntest.Small()
	w, err := nn.NewWeights(a, nn.He, 1)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	p := nn.Pixels{Data: make([]byte, batch*side*side*4), Scale: 57.3}
	for i := range p.Data {
		p.Data[i] = uint8(rng.Uint32())
	}
	for _, means := range []int{3, 3 * side * side} {
		p.Mean = make([]float32, means)
		for i := range p.Mean {
			p.Mean[i] = 255 * rng.Float32()
		}
		x := make([]float32, batch*3*side*side)
		for i := range batch {
			img := &image.RGBA{Pix: p.Data[i*side*side*4:], Stride: 4 * side, Rect: image.Rect(0, 0, side, side)}
			engine.Encode(x[i*3*side*side:(i+1)*3*side*side], img, p.Mean, p.Scale)
		}
		b := open(t, cuda.Float32)
		u, err := b.NewBuffer(batch, 3, side, side)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Encode(u, p); err != nil {
			t.Fatal(err)
		}
		if got := nntest.Read(t, u); !slices.Equal(got, x) {
			t.Errorf("%d means: the numbers are not those of engine.Encode", means)
		}
		var losses [2]float64
		targets := []float32{1, 0, 0, 1, 1, 0}
		for i, step := range []func(*nn.Net) (float64, []float32, error){
			func(n *nn.Net) (float64, []float32, error) { return n.Step(x, targets, batch, nn.SGD{Rate: 0.01}, 7) },
			func(n *nn.Net) (float64, []float32, error) {
				return n.StepPixels(p, targets, batch, nn.SGD{Rate: 0.01}, 7)
			},
		} {
			net, err := nn.New(b, a, w)
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if losses[i], _, err = step(net); err != nil {
					t.Fatal(err)
				}
			}
			if err := net.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if losses[0] != losses[1] || losses[0] == 0 {
			t.Errorf("%d means: the loss is %v from numbers and %v from pixels", means, losses[0], losses[1])
		}
		if err := b.Encode(u, nn.Pixels{Data: p.Data[4:], Mean: p.Mean, Scale: 1}); err == nil {
			t.Error("a pixel too few is no error")
		}
	}
}
