package ref

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"frglab/engine/nn"
)

// The gradients of every layer are checked in ../grad_test.go, whole networks in
// ../golden_test.go and ../learn_test.go. Here are the cases by hand and the promises.

func variable(t *testing.T, b *Backend, shape []int, data ...float32) *nn.Var {
	t.Helper()
	v := &nn.Var{Name: "v"}
	for _, p := range []*nn.Buffer{&v.Value, &v.Grad} {
		m, err := b.NewBuffer(shape...)
		if err != nil {
			t.Fatal(err)
		}
		*p = m
	}
	if data == nil {
		rng := rand.New(rand.NewPCG(1, uint64(len(shape))))
		data = make([]float32, len(floats(v.Value)))
		for i := range data {
			data[i] = float32(rng.NormFloat64())
		}
	}
	if err := v.Value.Write(data); err != nil {
		t.Fatal(err)
	}
	return v
}

func floats(b nn.Buffer) []float32 { return b.(*buffer).data }

func forward(t *testing.T, k nn.Kernel, seed uint64) []float32 {
	t.Helper()
	if err := k.Forward(seed); err != nil {
		t.Fatal(err)
	}
	return floats(k.Out().Value)
}

func newLayer(t *testing.T, b *Backend, l nn.Layer, x *nn.Var, params ...*nn.Var) nn.Kernel {
	t.Helper()
	k, err := b.Layer(l, x, params, true)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestPoolByHand(t *testing.T) {
	nan := float32(math.NaN())
	for _, tt := range []struct {
		name          string
		side, stride  int
		shape         []int
		x, y, dy, dx0 []float32
	}{
		{
			"3/2 on 4x4 hangs over by one", 3, 2,
			[]int{1, 1, 4, 4},
			[]float32{
				1, 2, 3, 4,
				5, 6, 7, 8,
				9, 10, 11, 12,
				13, 14, 15, 16,
			},
			[]float32{11, 12, 15, 16},
			[]float32{1, 2, 3, 4},
			[]float32{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4},
		},
		{
			"2/2 on 3x3: a last window of one pixel", 2, 2,
			[]int{1, 1, 3, 3},
			[]float32{1, 2, 3, 4, 5, 6, 7, 8, -9},
			[]float32{5, 6, 8, -9},
			[]float32{1, 2, 3, 4},
			[]float32{0, 0, 0, 0, 1, 2, 0, 3, 4},
		},
		{
			"the first of equals, windows overlap", 2, 1,
			[]int{1, 1, 2, 3},
			[]float32{7, 7, 7, 7, 7, 7},
			[]float32{7, 7},
			[]float32{1, 2},
			[]float32{1, 2, 0, 0, 0, 0},
		},
		{
			"one maximum of two windows gets both gradients", 2, 1,
			[]int{1, 1, 2, 3},
			[]float32{0, 7, 0, 0, 0, 0},
			[]float32{7, 7},
			[]float32{1, 2},
			[]float32{0, 3, 0, 0, 0, 0},
		},
		{
			"all below zero", 2, 2,
			[]int{1, 2, 2, 2},
			[]float32{-1, -2, -3, -4, -8, -7, -6, -5},
			[]float32{-1, -5},
			[]float32{1, 2},
			[]float32{1, 0, 0, 0, 0, 0, 0, 2},
		},
		{
			"a NaN shows", 2, 2,
			[]int{1, 1, 2, 4},
			[]float32{1, nan, 1, 2, 3, 4, 5, 6},
			[]float32{nan, 6},
			[]float32{1, 2},
			[]float32{0, 1, 0, 0, 0, 0, 0, 2},
		},
		{
			"nothing but NaN", 2, 2,
			[]int{1, 1, 2, 2},
			[]float32{nan, nan, nan, nan},
			[]float32{nan},
			[]float32{1},
			[]float32{0, 0, 0, 1},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := New(2)
			defer b.Close()
			x := variable(t, b, tt.shape, tt.x...)
			k := newLayer(t, b, nn.Layer{Kind: nn.MaxPool, Kernel: tt.side, Stride: tt.stride}, x)
			if got := forward(t, k, 0); !same(got, tt.y) {
				t.Errorf("got %v, want %v", got, tt.y)
			}
			copy(floats(k.Out().Grad), tt.dy)
			if err := k.Backward(); err != nil {
				t.Fatal(err)
			}
			if got := floats(x.Grad); !same(got, tt.dx0) {
				t.Errorf("gradient: got %v, want %v", got, tt.dx0)
			}
		})
	}
}

// same compares bit for bit, but lets every NaN equal every NaN.
func same(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return x == y || x != x && y != y })
}

func TestRunningAveragesByHand(t *testing.T) {
	b := New(1)
	defer b.Close()
	x := variable(t, b, []int{2, 1, 1, 2}, 1, 2, 3, 6) // mean 3, variance 3.5, unbiased 14/3
	c := []int{1}
	mean, variance := variable(t, b, c, 10), variable(t, b, c, 1)
	l := nn.Layer{Kind: nn.BatchNorm}
	k := newLayer(t, b, l, x, variable(t, b, c, 2), variable(t, b, c, 1), mean, variance)
	got := forward(t, k, 0)
	for i, v := range []float64{1, 2, 3, 6} {
		if want := float32(2*(v-3)/math.Sqrt(3.5+2e-5) + 1); math.Abs(float64(got[i]-want)) > 1e-6 {
			t.Errorf("number %d: got %v, want %v", i, got[i], want)
		}
	}
	if got, want := floats(mean.Value)[0], float32(0.9*10+0.1*3); got != want {
		t.Errorf("running mean: got %v, want %v", got, want)
	}
	if got, want := floats(variance.Value)[0], float32(0.9*1+0.1*14.0/3); got != want {
		t.Errorf("running variance: got %v, want %v", got, want)
	}
	asked, err := b.Layer(l, x, []*nn.Var{variable(t, b, c, 2), variable(t, b, c, 1), mean, variance}, false)
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(floats(mean.Value))
	if got, want := forward(t, asked, 0)[3], float32(2*(6-float64(before[0]))/math.Sqrt(float64(floats(variance.Value)[0])+2e-5)+1); got != want {
		t.Errorf("outside training: got %v, want %v", got, want)
	}
	if !slices.Equal(before, floats(mean.Value)) {
		t.Error("outside training the running mean moved")
	}
}

func TestUpdateByHand(t *testing.T) {
	b := New(1)
	defer b.Close()
	w := variable(t, b, []int{2}, 1, -2)
	w.Velocity, _ = b.NewBuffer(2)
	copy(floats(w.Grad), []float32{0.5, 0.25})
	copy(floats(w.Velocity), []float32{1, 2})
	fixed := variable(t, b, []int{1}, 7) // no velocity: stays
	if err := b.Update([]*nn.Var{w, fixed}, nn.SGD{Rate: 0.5, Momentum: 0.25, Decay: 0.125}); err != nil {
		t.Fatal(err)
	}
	// v = 0.25*1 - 0.5*(0.5 + 0.125*1), v = 0.25*2 - 0.5*(0.25 - 0.125*2)
	if got, want := floats(w.Velocity), []float32{-0.0625, 0.5}; !slices.Equal(got, want) {
		t.Errorf("velocity: got %v, want %v", got, want)
	}
	if got, want := floats(w.Value), []float32{0.9375, -1.5}; !slices.Equal(got, want) {
		t.Errorf("weights: got %v, want %v", got, want)
	}
	if got := floats(fixed.Value)[0]; got != 7 {
		t.Errorf("a parameter without velocity moved to %v", got)
	}
}

func TestDropoutFollowsKeep(t *testing.T) {
	b := New(3)
	defer b.Close()
	x := variable(t, b, []int{7, 5000}) // more than one worker's part
	l := nn.Layer{Kind: nn.Dropout, Drop: 0.75}
	k := newLayer(t, b, l, x)
	y := slices.Clone(forward(t, k, 11))
	for i := range floats(k.Out().Grad) {
		floats(k.Out().Grad)[i] = 1
	}
	if err := k.Backward(); err != nil {
		t.Fatal(err)
	}
	for i, v := range floats(x.Value) {
		want, slope := float32(0), float32(0)
		if nn.Keep(11, i, 0.75) {
			want, slope = 4*v, 4
		}
		if y[i] != want || floats(x.Grad)[i] != slope {
			t.Fatalf("element %d: got %v and gradient %v, want %v and %v", i, y[i], floats(x.Grad)[i], want, slope)
		}
	}
	if slices.Equal(forward(t, k, 12), y) {
		t.Error("another seed dropped the same")
	}
	if !slices.Equal(forward(t, k, 11), y) {
		t.Error("the same seed dropped otherwise")
	}
	asked, err := b.Layer(l, x, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(forward(t, asked, 11), floats(x.Value)) {
		t.Error("outside training something was dropped")
	}
}

func TestLossAtTheEdges(t *testing.T) {
	inf := float32(math.Inf(-1))
	for _, tt := range []struct {
		name            string
		logits, targets []float32
		want            float64
	}{
		{"even", []float32{0, 0}, []float32{1, 0}, math.Ln2},
		{"sure and right", []float32{1000, 0}, []float32{1, 0}, 0},
		{"sure and wrong", []float32{0, 1000}, []float32{1, 0}, 1000},
		{"impossible class that is not asked for", []float32{0, inf}, []float32{1, 0}, 0},
		{"NaN shows", []float32{float32(math.NaN()), 0}, []float32{1, 0}, math.NaN()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := New(1)
			defer b.Close()
			logits, targets := variable(t, b, []int{1, 2}, tt.logits...), variable(t, b, []int{1, 2}, tt.targets...)
			k, err := b.Loss(logits, targets.Value)
			if err != nil {
				t.Fatal(err)
			}
			if got := forward(t, k, 0); !same(got, []float32{float32(tt.want)}) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if err := k.Backward(); err != nil {
				t.Error(err)
			}
		})
	}
}
