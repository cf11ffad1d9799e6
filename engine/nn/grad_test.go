package nn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/ref"
)

// layerCase is a layer on an input of that shape.
type layerCase struct {
	name  string
	layer nn.Layer
	shape []int
	noDX  bool // the input wants no gradient, as at the first layer
}

var layerCases = []layerCase{
	{"3x3", nn.Layer{Kind: nn.Conv, Out: 4, Kernel: 3, Pad: 1}, []int{2, 3, 6, 6}, false},
	{"5x5 leaky on an odd size", nn.Layer{Kind: nn.Conv, Out: 3, Kernel: 5, Pad: 2, Act: nn.Leaky}, []int{2, 2, 7, 5}, false},
	{"3x3 relu batch 1", nn.Layer{Kind: nn.Conv, Out: 5, Kernel: 3, Pad: 1, Act: nn.ReLU}, []int{1, 2, 5, 5}, false},
	{"no frame, even kernel", nn.Layer{Kind: nn.Conv, Out: 2, Kernel: 4}, []int{2, 2, 6, 7}, false},
	{"1x1", nn.Layer{Kind: nn.Conv, Out: 1, Kernel: 1}, []int{3, 1, 1, 1}, false},
	{"frame wider than the kernel", nn.Layer{Kind: nn.Conv, Out: 2, Kernel: 2, Pad: 3}, []int{2, 3, 3, 2}, false},
	{"kernel as large as the picture", nn.Layer{Kind: nn.Conv, Out: 3, Kernel: 5, Act: nn.Leaky}, []int{2, 2, 5, 5}, false},
	{"first layer", nn.Layer{Kind: nn.Conv, Out: 4, Kernel: 5, Pad: 2, Act: nn.ReLU}, []int{2, 3, 6, 6}, true},
	{"more than a thousand pixels", nn.Layer{Kind: nn.Conv, Out: 2, Kernel: 3, Pad: 1}, []int{2, 1, 23, 25}, false},
	{"linear", nn.Layer{Kind: nn.BatchNorm}, []int{3, 2, 3, 4}, false},
	{"relu", nn.Layer{Kind: nn.BatchNorm, Act: nn.ReLU}, []int{3, 4, 5, 3}, false},
	{"leaky batch 1", nn.Layer{Kind: nn.BatchNorm, Act: nn.Leaky}, []int{1, 3, 4, 3}, false},
	{"first layer", nn.Layer{Kind: nn.BatchNorm, Act: nn.ReLU}, []int{2, 3, 4, 3}, true},
	{"one number a channel", nn.Layer{Kind: nn.BatchNorm}, []int{1, 2, 1, 1}, false},
	{"5/2 overlapping", nn.Layer{Kind: nn.MaxPool, Kernel: 5, Stride: 2}, []int{2, 2, 8, 9}, false},
	{"3/2 hanging over", nn.Layer{Kind: nn.MaxPool, Kernel: 3, Stride: 2}, []int{1, 3, 6, 8}, false},
	{"5/3", nn.Layer{Kind: nn.MaxPool, Kernel: 5, Stride: 3}, []int{2, 1, 13, 12}, false},
	{"whole picture", nn.Layer{Kind: nn.MaxPool, Kernel: 4, Stride: 4}, []int{2, 2, 4, 4}, false},
	{"of a list", nn.Layer{Kind: nn.Dense, Out: 5}, []int{4, 7}, false},
	{"of pictures, leaky", nn.Layer{Kind: nn.Dense, Out: 4, Act: nn.Leaky}, []int{3, 2, 5, 5}, false},
	{"relu batch 1, one out", nn.Layer{Kind: nn.Dense, Out: 1, Act: nn.ReLU}, []int{1, 6}, false},
	{"first layer", nn.Layer{Kind: nn.Dense, Out: 3, Act: nn.Leaky}, []int{2, 3, 2, 2}, true},
	{"half", nn.Layer{Kind: nn.Dropout, Drop: 0.5}, []int{3, 2, 3, 3}, false},
	{"of a list", nn.Layer{Kind: nn.Dropout, Drop: 0.3}, []int{4, 9}, false},
	{"none", nn.Layer{Kind: nn.Dropout}, []int{2, 5}, false},
}

// tolerance is relative to the larger of 1 and the number itself. The layers are
// compared with float64 functions of the same float32 input, so what
// differs is the float32 of the result and of the gradient behind an activation
// (6e-8 of terms of about 1, of which a few dozen add up), and the differences:
// their step of 1e-6 errs by 1e-12 times the third derivative, plus 1e-16/1e-6.
const (
	tolerance  = 2e-6
	difference = 1e-6
)

// TestLayers compares every kind of layer with the plain formula in float64, and
// its gradients with differences of that formula: number by number, and
// once along a random direction.
func TestLayers(t *testing.T) {
	for _, threads := range []int{1, 3} {
		for _, tt := range layerCases {
			t.Run(fmt.Sprintf("%s/%s/%d threads", tt.layer.Kind, tt.name, threads), func(t *testing.T) {
				b := ref.New(threads)
				defer b.Close()
				checkLayer(t, b, tt)
			})
		}
	}
}

func checkLayer(t *testing.T, b nn.Backend, tt layerCase) {
	const seed = 5
	rng := rand.New(rand.NewPCG(1, 2))
	x := newVar(t, b, "x", tt.shape, rng)
	if tt.noDX {
		x.Grad = nil
	}
	params := newParams(t, b, tt, rng)
	k, err := b.Layer(tt.layer, x, params, true)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	vars := append([]*nn.Var{x}, params...)
	values := valuesOf(t, vars) // before Forward moves the running averages
	if err := k.Forward(seed); err != nil {
		t.Fatal(err)
	}
	y := plainLayer(tt.layer, tt.shape, values, seed)
	near(t, "output", read(t, k.Out().Value), y)

	weights := random(rng, len(y)) // of the sum that is differentiated
	write(t, k.Out().Grad, weights)
	cost := func() float64 {
		sum := 0.0
		for i, v := range plainLayer(tt.layer, tt.shape, values, seed) {
			sum += float64(weights[i]) * v
		}
		return sum
	}
	for range 2 { // the second time over the gradients of the first: they are overwritten
		if err := k.Backward(); err != nil {
			t.Fatal(err)
		}
		checkGradients(t, vars, values, cost, rng)
	}
	near(t, "gradient of the output", read(t, k.Out().Grad), float64s(weights))
}

// checkGradients compares the gradients of vars with differences of cost, a
// function of values.
func checkGradients(t *testing.T, vars []*nn.Var, values [][]float64, cost func() float64, rng *rand.Rand) {
	t.Helper()
	along, slope := make([][]float64, len(vars)), 0.0
	for i, v := range vars {
		if v.Grad == nil {
			continue
		}
		got := read(t, v.Grad)
		want := make([]float64, len(got))
		for j, old := range values[i] {
			values[i][j] = old + difference
			up := cost()
			values[i][j] = old - difference
			want[j] = (up - cost()) / (2 * difference)
			values[i][j] = old
		}
		near(t, "gradient of "+v.Name, got, want)
		along[i] = float64s(random(rng, len(got)))
		for j, g := range got {
			slope += float64(g) * along[i][j]
		}
	}
	move := func(by float64) {
		for i := range along {
			for j, d := range along[i] {
				values[i][j] += by * d
			}
		}
	}
	move(difference)
	up := cost()
	move(-2 * difference)
	want := (up - cost()) / (2 * difference)
	move(difference)
	if math.Abs(slope-want) > 20*tolerance*max(1, math.Abs(want)) { // a sum of many numbers, each within tolerance
		t.Errorf("slope along a direction: got %v, want %v", slope, want)
	}
}

func TestLossGradient(t *testing.T) {
	for _, tt := range []struct {
		name    string
		n, k    int
		scale   float64 // of the logits
		targets []float32
	}{
		{"one hot", 3, 2, 1, []float32{1, 0, 0, 1, 1, 0}},
		{"soft", 2, 3, 1, []float32{0.7, 0.2, 0.1, 0.25, 0.25, 0.5}},
		{"batch 1", 1, 2, 1, []float32{0.9, 0.1}},
		{"one class", 2, 1, 1, []float32{1, 1}},
		{"large logits", 2, 2, 300, []float32{0.5, 0.5, 0, 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := ref.New(2)
			defer b.Close()
			rng := rand.New(rand.NewPCG(3, 4))
			logits := newVar(t, b, "logits", []int{tt.n, tt.k}, rng)
			values := [][]float64{float64s(read(t, logits.Value))}
			scaled := read(t, logits.Value)
			for i := range scaled {
				scaled[i] *= float32(tt.scale)
				values[0][i] = float64(scaled[i])
			}
			write(t, logits.Value, scaled)
			targets, err := b.NewBuffer(tt.n, tt.k)
			if err != nil {
				t.Fatal(err)
			}
			write(t, targets, tt.targets)
			k, err := b.Loss(logits, targets)
			if err != nil {
				t.Fatal(err)
			}
			if err := k.Forward(0); err != nil {
				t.Fatal(err)
			}
			cost := func() float64 { return plainLoss(values[0], tt.targets, tt.k) }
			near(t, "loss", read(t, k.Out().Value), []float64{cost()})
			if err := k.Backward(); err != nil {
				t.Fatal(err)
			}
			checkGradients(t, []*nn.Var{logits}, values, cost, rng)
		})
	}
}

// plainLoss is the formula as a textbook has it.
func plainLoss(logits []float64, targets []float32, k int) float64 {
	sum := 0.0
	for n := range len(logits) / k {
		row := logits[n*k : (n+1)*k]
		top := row[0]
		for _, v := range row {
			top = max(top, v)
		}
		total := 0.0
		for _, v := range row {
			total += math.Exp(v - top)
		}
		for i, v := range row {
			sum -= float64(targets[n*k+i]) * (v - top - math.Log(total))
		}
	}
	return sum / float64(len(logits)/k)
}

// newParams makes the parameters that the layer takes, filled with random numbers;
// running averages have no gradient.
func newParams(t *testing.T, b nn.Backend, tt layerCase, rng *rand.Rand) []*nn.Var {
	in := 1
	for _, d := range tt.shape[1:] {
		in *= d
	}
	l, c := tt.layer, tt.shape[1]
	switch l.Kind {
	case nn.Conv:
		return []*nn.Var{
			newVar(t, b, "weight", []int{l.Out, c, l.Kernel, l.Kernel}, rng),
			newVar(t, b, "bias", []int{l.Out}, rng),
		}
	case nn.Dense:
		return []*nn.Var{newVar(t, b, "weight", []int{l.Out, in}, rng), newVar(t, b, "bias", []int{l.Out}, rng)}
	case nn.BatchNorm:
		var vs []*nn.Var
		for _, name := range []string{"weight", "bias", "running_mean", "running_var"} {
			vs = append(vs, newVar(t, b, name, []int{c}, rng))
		}
		vs[2].Grad, vs[3].Grad = nil, nil
		return vs
	}
	return nil
}

// newVar makes a variable of random numbers, with a gradient full of rubbish.
func newVar(t *testing.T, b nn.Backend, name string, shape []int, rng *rand.Rand) *nn.Var {
	t.Helper()
	v := &nn.Var{Name: name}
	var err error
	if v.Value, err = b.NewBuffer(shape...); err != nil {
		t.Fatal(err)
	}
	if v.Grad, err = b.NewBuffer(shape...); err != nil {
		t.Fatal(err)
	}
	n := 1
	for _, d := range shape {
		n *= d
	}
	write(t, v.Value, random(rng, n))
	write(t, v.Grad, random(rng, n))
	return v
}

func random(rng *rand.Rand, n int) []float32 {
	s := make([]float32, n)
	for i := range s {
		s[i] = float32(rng.NormFloat64())
	}
	return s
}

func valuesOf(t *testing.T, vars []*nn.Var) [][]float64 {
	var all [][]float64
	for _, v := range vars {
		all = append(all, float64s(read(t, v.Value)))
	}
	return all
}

func float64s(s []float32) []float64 {
	d := make([]float64, len(s))
	for i, v := range s {
		d[i] = float64(v)
	}
	return d
}

func read(t *testing.T, b nn.Buffer) []float32 {
	t.Helper()
	n := 1
	for _, d := range b.Shape() {
		n *= d
	}
	s := make([]float32, n)
	if err := b.Read(s); err != nil {
		t.Fatal(err)
	}
	return s
}

func write(t *testing.T, b nn.Buffer, s []float32) {
	t.Helper()
	if err := b.Write(s); err != nil {
		t.Fatal(err)
	}
}

// near compares number by number with tolerance and reports the first that is off.
func near(t *testing.T, what string, got []float32, want []float64) {
	t.Helper()
	nearTo(t, what, got, want, tolerance)
}

func nearTo(t *testing.T, what string, got []float32, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d numbers, want %d", what, len(got), len(want))
		return
	}
	for i, w := range want {
		if !(math.Abs(float64(got[i])-w) <= tolerance*max(1, math.Abs(w))) {
			t.Errorf("%s: number %d is %v, want %v", what, i, got[i], w)
			return
		}
	}
}
