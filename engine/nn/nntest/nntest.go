// Package nntest is what tests share: layers to try on a backend, a rig that runs one of them,
// a small network that learns, and the probabilities of logits by their definition.
package nntest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"frglab/engine/nn"
)

// Case is a layer and the shape of its input.
type Case struct {
	X     []int
	Layer nn.Layer
}

// Layers is what every kind of layer is tried with: channels that fill no vector,
// odd sizes, one crop, and windows that hang over the edge.
func Layers() []Case {
	type c = Case
	var cs []c
	conv := func(x []int, out, kernel, pad int, act nn.Act) {
		cs = append(cs, c{x, nn.Layer{Kind: nn.Conv, Out: out, Kernel: kernel, Pad: pad, Act: act}})
	}
	conv([]int{1, 3, 9, 7}, 5, 3, 1, nn.Linear)
	conv([]int{2, 3, 16, 16}, 96, 5, 2, nn.ReLU)
	conv([]int{10, 5, 8, 8}, 17, 3, 0, nn.Leaky)
	conv([]int{2, 17, 6, 5}, 3, 3, 1, nn.Leaky)
	conv([]int{1, 24, 31, 31}, 128, 5, 2, nn.Linear)
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

// Rig is a layer on one backend, behind a copy of its input in the layout that the
// backend's own kernels put out.
type Rig struct {
	t      *testing.T
	B      nn.Backend
	X      *nn.Var
	Params []*nn.Var
	K      nn.Kernel
	Before nn.Kernel // nil: x is plain memory
	grain  float64
}

// Place is where a layer's input comes from.
type Place string

// The places.
const (
	Plain   Place = "plain"   // memory in row-major order
	First   Place = "first"   // the same, without a gradient: a net's input
	Blocked Place = "blocked" // a convolution that copies, in the layout it chose
)

// NewRig fills every tensor from one seed.
func NewRig(t *testing.T, b nn.Backend, l nn.Layer, shape []int, train bool, p Place) *Rig {
	t.Helper()
	return newRig(t, b, l, shape, train, p, 0)
}

func newRig(t *testing.T, b nn.Backend, l nn.Layer, shape []int, train bool, p Place, grain float64) *Rig {
	t.Helper()
	r := &Rig{t: t, B: b, grain: grain}
	rng := rand.New(rand.NewPCG(7, uint64(len(shape))))
	r.X = r.variable("x", rng, train && p != First, shape...)
	if p == Blocked && len(shape) == 4 {
		r.Before = r.Layer(nn.Layer{Kind: nn.Conv, Name: "copy", Out: shape[1], Kernel: 1}, r.X, r.identity(shape[1]), train)
		r.X = r.Before.Out()
	}
	r.Params = params(r, rng, l, shape, train)
	r.K = r.Layer(l, r.X, r.Params, train)
	t.Cleanup(func() {
		if err := r.K.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func params(r *Rig, rng *rand.Rand, l nn.Layer, shape []int, train bool) []*nn.Var {
	_, shapes, err := l.Over(shape)
	r.Must(err)
	var ps []*nn.Var
	for i, s := range shapes {
		p := r.variable(fmt.Sprint("p", i), rng, train && i < 2, s...)
		if i == 3 { // a variance
			v := Read(r.t, p.Value)
			for j := range v {
				v[j] = v[j]*v[j] + 0.5
			}
			r.Must(p.Value.Write(v))
		}
		ps = append(ps, p)
	}
	return ps
}

// identity are the parameters of a 1x1 convolution that copies n channels.
func (r *Rig) identity(n int) []*nn.Var {
	r.t.Helper()
	w, err := r.B.NewBuffer(n, n, 1, 1)
	r.Must(err)
	bias, err := r.B.NewBuffer(n)
	r.Must(err)
	one := make([]float32, n*n)
	for i := range n {
		one[i*n+i] = 1
	}
	r.Must(w.Write(one))
	return []*nn.Var{{Name: "w", Value: w}, {Name: "b", Value: bias}}
}

func (r *Rig) variable(name string, rng *rand.Rand, grad bool, shape ...int) *nn.Var {
	r.t.Helper()
	v := &nn.Var{Name: name}
	var err error
	v.Value, err = r.B.NewBuffer(shape...)
	r.Must(err)
	n := 1
	for _, d := range shape {
		n *= d
	}
	r.Must(v.Value.Write(r.normal(rng, n)))
	if grad {
		v.Grad, err = r.B.NewBuffer(shape...)
		r.Must(err)
	}
	return v
}

// Layer makes the kernel of a layer.
func (r *Rig) Layer(l nn.Layer, x *nn.Var, ps []*nn.Var, train bool) nn.Kernel {
	r.t.Helper()
	k, err := r.B.Layer(l, x, ps, train)
	r.Must(err)
	return k
}

// Must fails the test on an error.
func (r *Rig) Must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// Run is forward, and backward from a fixed gradient; it returns all that came out.
func (r *Rig) Run(train bool) map[string][]float32 {
	r.t.Helper()
	if r.Before != nil {
		r.Must(r.Before.Forward(0))
	}
	r.Must(r.K.Forward(99))
	out := map[string][]float32{"y": Read(r.t, r.K.Out().Value)}
	if train {
		g := r.K.Out().Grad
		n := len(Read(r.t, g))
		r.Must(g.Write(r.normal(rand.New(rand.NewPCG(3, 3)), n)))
		r.Must(r.K.Backward())
		if r.X.Grad != nil {
			out["dx"] = Read(r.t, r.X.Grad)
		}
	}
	for _, p := range r.Params {
		if p.Grad != nil {
			out["d"+p.Name] = Read(r.t, p.Grad)
		} else {
			out[p.Name] = Read(r.t, p.Value)
		}
	}
	return out
}

// normal are n numbers of a normal distribution, multiples of the grain where there is one.
func (r *Rig) normal(rng *rand.Rand, n int) []float32 {
	v := Normal(rng, n)
	if r.grain > 0 {
		for i := range v {
			v[i] = float32(math.Round(float64(v[i])/r.grain) * r.grain)
		}
	}
	return v
}

// Normal are n numbers of a normal distribution.
func Normal(rng *rand.Rand, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(rng.NormFloat64())
	}
	return v
}

// Read is what a buffer holds.
func Read(t *testing.T, b nn.Buffer) []float32 {
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

// Apart is the largest difference, relative to the largest value wanted.
func Apart(got, want []float32) float64 {
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

// Match runs the layers, in training and outside, on both backends, and fails where a
// result is further apart than the tolerance allows. All that goes in is a multiple of the
// grain (0: anything): a backend that rounds what it multiplies must find nothing to round.
func Match(t *testing.T, ours, oracle nn.Backend, layers []Case, grain, tolerance float64) {
	for _, c := range layers {
		for _, train := range []bool{true, false} {
			for _, p := range []Place{Plain, First, Blocked} {
				name := fmt.Sprintf("%s %v %+v train=%v %s", c.Layer.Kind, c.X, c.Layer, train, p)
				t.Run(name, func(t *testing.T) {
					got := newRig(t, ours, c.Layer, c.X, train, p, grain).Run(train)
					want := newRig(t, oracle, c.Layer, c.X, train, p, grain).Run(train)
					for what, w := range want {
						if d := Apart(got[what], w); d > tolerance {
							t.Errorf("%s is %g apart, at most %g is allowed", what, d, tolerance)
						}
					}
				})
			}
		}
	}
}
