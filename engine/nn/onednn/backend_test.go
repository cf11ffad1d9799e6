package onednn

import (
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/nntest"
	"frglab/engine/nn/ref"
)

// TestLargeWeights is about the gradient that is computed when it is needed: by Read,
// or never, where Update computes it on the fly.
func TestLargeWeights(t *testing.T) {
	ours, oracle := open(t, 3), ref.New(0)
	defer oracle.Close()
	layer := nn.Layer{Kind: nn.Dense, Name: "fc", Out: 1027, Act: nn.Leaky}
	h := nn.SGD{Rate: 0.1, Momentum: 0.9, Decay: 0.01}
	type state struct{ grad, value, velocity []float32 }
	steps := map[string]func(r *nntest.Rig) state{
		"read, then update": func(r *nntest.Rig) state {
			grad := nntest.Read(t, r.Params[0].Grad)
			r.Must(r.B.Update(r.Params, h))
			return state{grad, nntest.Read(t, r.Params[0].Value), nntest.Read(t, r.Params[0].Velocity)}
		},
		"update, then read": func(r *nntest.Rig) state {
			r.Must(r.B.Update(r.Params, h))
			return state{nntest.Read(t, r.Params[0].Grad), nntest.Read(t, r.Params[0].Value), nntest.Read(t, r.Params[0].Velocity)}
		},
		"input overwritten": func(r *nntest.Rig) state {
			r.Must(r.X.Value.Write(make([]float32, 5*1031)))
			r.Must(r.K.Out().Grad.Write(make([]float32, 5*1027)))
			r.Must(r.K.Forward(1))
			r.Must(r.B.Update(r.Params, h))
			return state{nntest.Read(t, r.Params[0].Grad), nntest.Read(t, r.Params[0].Value), nntest.Read(t, r.Params[0].Velocity)}
		},
		"kernel closed": func(r *nntest.Rig) state {
			r.Must(r.K.Close())
			r.Must(r.B.Update(r.Params, h))
			return state{nntest.Read(t, r.Params[0].Grad), nntest.Read(t, r.Params[0].Value), nntest.Read(t, r.Params[0].Velocity)}
		},
		"gradient written": func(r *nntest.Rig) state {
			r.Must(r.Params[0].Grad.Write(make([]float32, 1027*1031)))
			r.Must(r.B.Update(r.Params, h))
			return state{nntest.Read(t, r.Params[0].Grad), nntest.Read(t, r.Params[0].Value), nntest.Read(t, r.Params[0].Velocity)}
		},
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			var states []state
			for _, b := range []nn.Backend{ours, oracle} {
				r := nntest.NewRig(t, b, layer, []int{5, 1031}, true, nntest.Plain)
				for i, p := range r.Params {
					var err error
					p.Velocity, err = b.NewBuffer(p.Value.Shape()...)
					r.Must(err)
					r.Must(p.Velocity.Write(nntest.Normal(rand.New(rand.NewPCG(4, uint64(i))), len(nntest.Read(t, p.Value)))))
				}
				r.Must(r.K.Forward(1))
				r.Must(r.K.Out().Grad.Write(nntest.Normal(rand.New(rand.NewPCG(3, 3)), 5*1027)))
				r.Must(r.K.Backward())
				states = append(states, step(r))
			}
			got, want := states[0], states[1]
			for what, d := range map[string]float64{
				"gradient": nntest.Apart(got.grad, want.grad), "value": nntest.Apart(got.value, want.value),
				"velocity": nntest.Apart(got.velocity, want.velocity),
			} {
				if d > 1e-5 {
					t.Errorf("%s is %g apart", what, d)
				}
			}
		})
	}
}

// TestKernelsShareParameters: whatever changes a parameter, every kernel sees it,
// though each keeps a copy in a layout of its own.
func TestKernelsShareParameters(t *testing.T) {
	b := open(t, 2)
	layer := nn.Layer{Kind: nn.Conv, Name: "conv", Out: 32, Kernel: 3, Pad: 1, Act: nn.ReLU}
	r := nntest.NewRig(t, b, layer, []int{2, 16, 8, 8}, true, nntest.Blocked)
	infer := r.Layer(layer, r.X, r.Params, false)
	for _, p := range r.Params {
		var err error
		p.Velocity, err = b.NewBuffer(p.Value.Shape()...)
		r.Must(err)
	}
	r.Run(true)
	var before []float32
	for _, change := range []struct {
		name string
		make func() error
	}{
		{"none", func() error { return nil }},
		{"update", func() error { return b.Update(r.Params, nn.SGD{Rate: 0.1}) }},
		{"write", func() error { return r.Params[0].Value.Write(nntest.Normal(rand.New(rand.NewPCG(8, 8)), 32*16*9)) }},
	} {
		r.Must(change.make())
		r.Must(infer.Forward(0))
		fresh := r.Layer(layer, r.X, r.Params, false)
		r.Must(fresh.Forward(0))
		want := r.Run(true)["y"]
		for name, k := range map[string]nn.Kernel{"first": infer, "new": fresh} {
			if d := nntest.Apart(nntest.Read(t, k.Out().Value), want); d > 1e-5 {
				t.Errorf("after %s the %s kernel for inference is %g from the one that trains", change.name, name, d)
			}
		}
		if before != nil && nntest.Apart(want, before) < 0.01 {
			t.Errorf("%s changed nothing", change.name)
		}
		before = want
	}
}

func TestMistakesAreErrors(t *testing.T) {
	b, other := open(t, 1), open(t, 1)
	in := func(b *Backend, shape ...int) *nn.Var {
		m, err := b.NewBuffer(shape...)
		if err != nil {
			t.Fatal(err)
		}
		return &nn.Var{Name: "v", Value: m}
	}
	make := func(l nn.Layer, x *nn.Var, ps ...*nn.Var) error {
		_, err := b.Layer(l, x, ps, true)
		return err
	}
	x := in(b, 2, 3, 8, 8)
	conv := nn.Layer{Kind: nn.Conv, Name: "c", Out: 4, Kernel: 3, Pad: 1}
	w, bias := in(b, 4, 3, 3, 3), in(b, 4)
	pool := nn.Layer{Kind: nn.MaxPool, Name: "p", Kernel: 2, Stride: 2}
	closed := in(b, 2, 3, 8, 8)
	if err := closed.Value.(*buffer).Close(); err != nil {
		t.Fatal(err)
	}
	wide := conv
	wide.Pad = 3
	withGrad := in(b, 2, 3, 8, 8)
	withGrad.Grad = in(b, 2, 3, 8, 8).Value
	k, err := b.Layer(pool, x, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	early, err := b.Layer(conv, x, []*nn.Var{w, bias}, true)
	if err != nil {
		t.Fatal(err)
	}
	_, huge := b.NewBuffer(1<<20, 1<<20)
	_, empty := b.NewBuffer(3, 0)
	_, negative := New(-1)
	_, unlike := b.Loss(in(b, 2, 3), in(b, 2, 4).Value)
	for _, c := range []struct {
		err  error
		want string
	}{
		{make(conv, x, in(b, 4, 3, 5, 5), bias), "want [4 3 3 3]"},
		{make(conv, x, w), "1 parameters, want 2"},
		{make(conv, in(b, 2, 3), w, bias), "cannot be built"},
		{make(conv, in(other, 2, 3, 8, 8), w, bias), "not in this backend's memory"},
		{make(conv, closed, w, bias), "not in this backend's memory"},
		{make(conv, nil, w, bias), "missing"},
		{make(wide, withGrad, w, bias), "pad"},
		{make(nn.Layer{Kind: nn.MaxPool, Kernel: 2, Stride: 3}, x), "cannot be built"},
		{make(nn.Layer{Kind: nn.Dropout, Drop: 1}, x), "cannot be built"},
		{make(nn.Layer{Kind: nn.BatchNorm, Act: "tanh"}, x, bias, bias, bias, bias), "unknown activation"},
		{make(nn.Layer{Kind: "nothing"}, x), "cannot be built"},
		{unlike, "not of one shape"},
		{huge, "empty or too large"},
		{empty, "empty or too large"},
		{negative, "-1 threads"},
		{k.Backward(), "outside training"},
		{early.Backward(), "after a forward pass"},
		{x.Value.Read(nil), "0 numbers"},
		{x.Value.Write(nil), "0 numbers"},
		{closed.Value.Write(nil), "closed"},
		{b.Update([]*nn.Var{{Value: w.Value, Grad: bias.Value, Velocity: w.Value}}, nn.SGD{}), "one shape"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("got error %v, want one with %q", c.err, c.want)
		}
	}
}

func TestClosedIsAnError(t *testing.T) {
	b, err := New(1)
	if err != nil {
		t.Fatal(err)
	}
	r := nntest.NewRig(t, b, nn.Layer{Kind: nn.Dropout, Name: "d", Drop: 0.5}, []int{2, 8}, true, nntest.Plain)
	x, k := r.X, r.K
	r.Must(k.Forward(1))
	r.Must(k.Close())
	r.Must(k.Close())
	closed := []error{k.Forward(1), k.Backward(), k.Out().Value.Read(make([]float32, 16))}
	r.Must(b.Close())
	r.Must(b.Close())
	_, buffer := b.NewBuffer(3)
	_, layer := b.Layer(nn.Layer{Kind: nn.Dropout}, x, nil, true)
	closed = append(closed, buffer, layer, x.Value.Read(make([]float32, 16)), b.Update(nil, nn.SGD{}))
	for i, err := range closed {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("use %d after Close: got error %v, want ErrClosed", i, err)
		}
	}
}

// status is a number of /proc/self/status, which is in kB or plain.
func status(t *testing.T, field string) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("no /proc here")
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); f[0] == field+":" {
			n, err := strconv.Atoi(f[1])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("no %s in /proc/self/status", field)
	return 0
}

// TestCloseGivesMemoryBack makes 2000 kernels of 3 MB, forgetting none and then in a
// backend that must free them itself.
func TestCloseGivesMemoryBack(t *testing.T) {
	layer := nn.Layer{Kind: nn.Conv, Name: "c", Out: 64, Kernel: 3, Pad: 1, Act: nn.ReLU}
	b := open(t, 2)
	x := nntest.NewRig(t, b, layer, []int{4, 32, 28, 28}, true, nntest.Plain)
	once := func() {
		k := x.Layer(layer, x.X, x.Params, true)
		x.Must(k.Forward(0))
		x.Must(k.Backward())
		extra, err := b.NewBuffer(100, 1000)
		x.Must(err)
		x.Must(extra.Write(make([]float32, 100000)))
		x.Must(extra.(*buffer).Close())
		x.Must(k.Close())
	}
	kernels, buffers := len(b.kernels), len(b.buffers)
	for range 50 {
		once()
	}
	before := status(t, "VmRSS")
	for range 1000 {
		once()
	}
	if grown := status(t, "VmRSS") - before; grown > 100_000 {
		t.Errorf("1000 kernels left %d kB behind", grown)
	}
	if n, m := len(b.kernels), len(b.buffers); n != kernels || m != buffers {
		t.Errorf("%d kernels and %d buffers are known, %d and %d before", n, m, kernels, buffers)
	}
}

// TestCloseTakesNoMemory: a gradient that was put off is not computed for nobody. Its
// 64 MB would lie on top of all that training takes.
func TestCloseTakesNoMemory(t *testing.T) {
	a := nn.Arch{Name: "wide", Size: 16, Layers: []nn.Layer{
		{Kind: nn.Dense, Name: "fc1", Out: 21000, Act: nn.Leaky},
		{Kind: nn.Dense, Name: "fc2", Out: 2},
	}}
	w, err := nn.NewWeights(a, nn.He, 5)
	if err != nil {
		t.Fatal(err)
	}
	net, err := nn.New(open(t, 2), a, w)
	if err != nil {
		t.Fatal(err)
	}
	x, targets := nntest.Stripes(rand.New(rand.NewPCG(1, 1)), 16, 4)
	if _, _, err := net.Step(x, targets, 4, nn.SGD{Rate: 0.01}, 1); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		t.Skip("the peak cannot be set back:", err)
	}
	before := status(t, "VmHWM")
	if err := net.Close(); err != nil {
		t.Fatal(err)
	}
	if grown := status(t, "VmHWM") - before; grown > 20_000 {
		t.Errorf("closing took %d kB", grown)
	}
}

func TestBackendsEndTheirThreads(t *testing.T) {
	once := func() {
		b, err := New(3)
		if err != nil {
			t.Fatal(err)
		}
		nntest.NewRig(t, b, nn.Layer{Kind: nn.Dense, Name: "d", Out: 64}, []int{8, 64}, true, nntest.Plain).Run(true)
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for range 5 {
		once()
	}
	before := status(t, "Threads")
	for range 30 {
		once()
	}
	if now := status(t, "Threads"); now > before+5 {
		t.Errorf("from %d to %d threads after 30 backends", before, now)
	}
}

// TestKernelsOutliveTheirUsers closes a net's layers in the order they were made in.
func TestKernelsOutliveTheirUsers(t *testing.T) {
	b := open(t, 2)
	r := nntest.NewRig(t, b, nn.Layer{Kind: nn.Conv, Name: "c", Out: 8, Kernel: 3, Pad: 1}, []int{2, 8, 6, 6}, true, nntest.Blocked)
	want := r.Run(true)
	r.Must(r.Before.Close())
	r.Must(r.Params[0].Value.(*buffer).Close())
	r.Must(r.K.Forward(99))
	if got := nntest.Read(t, r.K.Out().Value); nntest.Apart(got, want["y"]) != 0 {
		t.Error("the output changed when the layer before was closed")
	}
	weight := r.Params[0].Value.(*buffer)
	if weight.c == nil {
		t.Error("the weight was freed under the kernel")
	}
	r.Must(r.K.Close())
	if n := len(b.kernels); n != 0 || weight.c != nil {
		t.Errorf("%d kernels are left, the weight is freed: %v", n, weight.c == nil)
	}
}

// TestNotANumber: a broken picture or weight must show in the loss, and do no more.
func TestNotANumber(t *testing.T) {
	for _, where := range []string{"picture", "weights"} {
		w, err := nn.NewWeights(nntest.Small(), nn.He, 5)
		if err != nil {
			t.Fatal(err)
		}
		x, targets := nntest.Stripes(rand.New(rand.NewPCG(1, 1)), 16, 4)
		if where == "picture" {
			x[100] = float32(math.NaN())
		} else {
			w[0].Data[7] = float32(math.NaN())
		}
		net, err := nn.New(open(t, 2), nntest.Small(), w)
		if err != nil {
			t.Fatal(err)
		}
		var losses []float64
		for range 3 {
			loss, _, err := net.Step(x, targets, 4, nn.SGD{Rate: 0.01, Momentum: 0.9}, 1)
			if err != nil {
				t.Fatal(err)
			}
			losses = append(losses, loss)
		}
		if !slices.ContainsFunc(losses, math.IsNaN) {
			t.Errorf("not a number in the %s gives losses %v", where, losses)
		}
	}
}
