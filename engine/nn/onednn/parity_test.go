package onednn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/ref"
)

// layers is what every kind of layer is tried with: channels that fill no vector,
// odd sizes, one crop, and windows that hang over the edge.
func layers() []struct {
	x []int
	l nn.Layer
} {
	type c = struct {
		x []int
		l nn.Layer
	}
	var cs []c
	conv := func(x []int, out, kernel, pad int, act nn.Act) {
		cs = append(cs, c{x, nn.Layer{Kind: nn.Conv, Out: out, Kernel: kernel, Pad: pad, Act: act}})
	}
	conv([]int{1, 3, 9, 7}, 5, 3, 1, nn.Linear)
	conv([]int{2, 3, 16, 16}, 96, 5, 2, nn.ReLU)
	conv([]int{10, 5, 8, 8}, 17, 3, 0, nn.Leaky)
	conv([]int{2, 17, 6, 5}, 3, 3, 1, nn.Leaky)
	conv([]int{1, 96, 31, 31}, 128, 5, 2, nn.Linear)
	conv([]int{3, 32, 14, 14}, 48, 3, 1, nn.ReLU)
	conv([]int{2, 1, 5, 5}, 1, 1, 0, nn.Linear)
	conv([]int{2, 16, 7, 7}, 8, 7, 3, nn.ReLU)
	for _, act := range []nn.Act{nn.Linear, nn.ReLU, nn.Leaky} {
		cs = append(cs,
			c{[]int{2, 3, 5, 7}, nn.Layer{Kind: nn.BatchNorm, Act: act}},
			c{[]int{10, 17, 4, 4}, nn.Layer{Kind: nn.BatchNorm, Act: act}},
			c{[]int{1, 96, 9, 9}, nn.Layer{Kind: nn.BatchNorm, Act: act}},
			c{[]int{1, 3, 4, 4}, nn.Layer{Kind: nn.Dense, Out: 5, Act: act}},
			c{[]int{10, 17, 3, 5}, nn.Layer{Kind: nn.Dense, Out: 96, Act: act}},
			c{[]int{2, 300}, nn.Layer{Kind: nn.Dense, Out: 3, Act: act}})
	}
	for _, p := range [][2]int{{5, 2}, {3, 2}, {5, 3}, {2, 2}, {3, 1}} {
		cs = append(cs,
			c{[]int{2, 3, 16, 16}, nn.Layer{Kind: nn.MaxPool, Kernel: p[0], Stride: p[1]}},
			c{[]int{1, 17, 9, 7}, nn.Layer{Kind: nn.MaxPool, Kernel: p[0], Stride: p[1]}},
			c{[]int{10, 96, 14, 14}, nn.Layer{Kind: nn.MaxPool, Kernel: p[0], Stride: p[1]}})
	}
	cs = append(cs,
		c{[]int{10, 333}, nn.Layer{Kind: nn.Dropout, Drop: 0.5}},
		c{[]int{2, 17, 5, 3}, nn.Layer{Kind: nn.Dropout, Drop: 0.3}},
		c{[]int{1, 7}, nn.Layer{Kind: nn.Dropout, Drop: 0}})
	return cs
}

// rig is a layer on one backend, behind a copy of its input in the layout that the
// backend's own kernels put out.
type rig struct {
	t      *testing.T
	b      nn.Backend
	x      *nn.Var
	params []*nn.Var
	k      nn.Kernel
	before nn.Kernel // nil: x is plain memory
}

// place is where a layer's input comes from.
type place string

const (
	plain   place = "plain"   // memory in row-major order
	first   place = "first"   // the same, without a gradient: a net's input
	blocked place = "blocked" // a convolution that copies, in the layout it chose
)

// newRig fills every tensor from one seed.
func newRig(t *testing.T, b nn.Backend, l nn.Layer, shape []int, train bool, p place) *rig {
	t.Helper()
	r := &rig{t: t, b: b}
	rng := rand.New(rand.NewPCG(7, uint64(len(shape))))
	r.x = r.variable("x", rng, train && p != first, shape...)
	if p == blocked && len(shape) == 4 {
		r.before = r.layer(nn.Layer{Kind: nn.Conv, Name: "copy", Out: shape[1], Kernel: 1}, r.x, r.identity(shape[1]), train)
		r.x = r.before.Out()
	}
	r.params = params(r, rng, l, shape, train)
	r.k = r.layer(l, r.x, r.params, train)
	t.Cleanup(func() {
		if err := r.k.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func params(r *rig, rng *rand.Rand, l nn.Layer, shape []int, train bool) []*nn.Var {
	want, err := paramShapes(l, shape)
	if err != nil {
		r.t.Fatal(err)
	}
	var ps []*nn.Var
	for i, s := range want {
		p := r.variable(fmt.Sprint("p", i), rng, train && i < 2, s...)
		if i == 3 { // a variance
			v := read(r.t, p.Value)
			for j := range v {
				v[j] = v[j]*v[j] + 0.5
			}
			r.must(p.Value.Write(v))
		}
		ps = append(ps, p)
	}
	return ps
}

// identity are the parameters of a 1x1 convolution that copies n channels.
func (r *rig) identity(n int) []*nn.Var {
	r.t.Helper()
	w, err := r.b.NewBuffer(n, n, 1, 1)
	r.must(err)
	bias, err := r.b.NewBuffer(n)
	r.must(err)
	one := make([]float32, n*n)
	for i := range n {
		one[i*n+i] = 1
	}
	r.must(w.Write(one))
	return []*nn.Var{{Name: "w", Value: w}, {Name: "b", Value: bias}}
}

func (r *rig) variable(name string, rng *rand.Rand, grad bool, shape ...int) *nn.Var {
	r.t.Helper()
	v := &nn.Var{Name: name}
	var err error
	v.Value, err = r.b.NewBuffer(shape...)
	r.must(err)
	n := 1
	for _, d := range shape {
		n *= d
	}
	r.must(v.Value.Write(normal(rng, n)))
	if grad {
		v.Grad, err = r.b.NewBuffer(shape...)
		r.must(err)
	}
	return v
}

func (r *rig) layer(l nn.Layer, x *nn.Var, ps []*nn.Var, train bool) nn.Kernel {
	r.t.Helper()
	k, err := r.b.Layer(l, x, ps, train)
	r.must(err)
	return k
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// run is forward, and backward from a fixed gradient; it returns all that came out.
func (r *rig) run(train bool) map[string][]float32 {
	r.t.Helper()
	if r.before != nil {
		r.must(r.before.Forward(0))
	}
	r.must(r.k.Forward(99))
	out := map[string][]float32{"y": read(r.t, r.k.Out().Value)}
	if train {
		g := r.k.Out().Grad
		n := len(read(r.t, g))
		r.must(g.Write(normal(rand.New(rand.NewPCG(3, 3)), n)))
		r.must(r.k.Backward())
		if r.x.Grad != nil {
			out["dx"] = read(r.t, r.x.Grad)
		}
	}
	for _, p := range r.params {
		if p.Grad != nil {
			out["d"+p.Name] = read(r.t, p.Grad)
		} else {
			out[p.Name] = read(r.t, p.Value)
		}
	}
	return out
}

func normal(rng *rand.Rand, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(rng.NormFloat64())
	}
	return v
}

func read(t *testing.T, b nn.Buffer) []float32 {
	t.Helper()
	n := 1
	for _, d := range b.Shape() {
		n *= d
	}
	v := make([]float32, n)
	if err := b.Read(v); err != nil {
		t.Fatal(err)
	}
	return v
}

// apart is the largest difference, relative to the largest value wanted.
func apart(got, want []float32) float64 {
	var diff, top float64
	for i := range want {
		d := math.Abs(float64(got[i]) - float64(want[i]))
		if math.IsNaN(d) {
			return math.Inf(1)
		}
		diff = max(diff, d)
		top = max(top, math.Abs(float64(want[i])))
	}
	if diff == 0 {
		return 0
	}
	return diff / top
}

func open(t testing.TB, threads int) *Backend {
	t.Helper()
	b, err := New(threads)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestLayersMatchReference(t *testing.T) {
	const tolerance = 1e-4
	ours, oracle := open(t, 0), ref.New(0)
	defer oracle.Close()
	for _, c := range layers() {
		for _, train := range []bool{true, false} {
			for _, p := range []place{plain, first, blocked} {
				name := fmt.Sprintf("%s %v %+v train=%v %s", c.l.Kind, c.x, c.l, train, p)
				t.Run(name, func(t *testing.T) {
					got := newRig(t, ours, c.l, c.x, train, p).run(train)
					want := newRig(t, oracle, c.l, c.x, train, p).run(train)
					for what, w := range want {
						if d := apart(got[what], w); d > tolerance {
							t.Errorf("%s is %g apart, at most %g is allowed", what, d, tolerance)
						}
					}
				})
			}
		}
	}
}

// TestNormKeepsDigits has values far from zero and close together, where a sum of
// squares has no digits left.
func TestNormKeepsDigits(t *testing.T) {
	oracle := ref.New(0)
	defer oracle.Close()
	var results []map[string][]float32
	for _, b := range []nn.Backend{open(t, 0), oracle} {
		r := newRig(t, b, nn.Layer{Kind: nn.BatchNorm, Act: nn.ReLU}, []int{3, 17, 9, 11}, true, plain)
		x := read(t, r.x.Value)
		for i := range x {
			x[i] = 1000 + 0.1*x[i]
		}
		r.must(r.x.Value.Write(x))
		results = append(results, r.run(true))
	}
	for what, want := range results[1] {
		if d := apart(results[0][what], want); d > 1e-4 {
			t.Errorf("%s is %g apart", what, d)
		}
	}
}
