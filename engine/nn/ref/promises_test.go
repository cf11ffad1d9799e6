package ref

import (
	"slices"
	"strings"
	"testing"
	"unsafe"

	"frglab/engine/nn"
)

// bigLayers have more work than one worker's share.
func bigLayers(t *testing.T, b *Backend) map[string]nn.Kernel {
	x := variable(t, b, []int{3, 5, 21, 19})
	c := []int{5}
	return map[string]nn.Kernel{
		"conv": newLayer(t, b, nn.Layer{Kind: nn.Conv, Out: 7, Kernel: 3, Pad: 1, Act: nn.Leaky}, x,
			variable(t, b, []int{7, 5, 3, 3}), variable(t, b, []int{7})),
		"batchnorm": newLayer(t, b, nn.Layer{Kind: nn.BatchNorm, Act: nn.ReLU}, x,
			variable(t, b, c), variable(t, b, c), variable(t, b, c), variable(t, b, c)),
		"maxpool": newLayer(t, b, nn.Layer{Kind: nn.MaxPool, Kernel: 5, Stride: 2}, x),
		"dense": newLayer(t, b, nn.Layer{Kind: nn.Dense, Out: 50, Act: nn.Leaky}, x,
			variable(t, b, []int{50, 5 * 21 * 19}), variable(t, b, []int{50})),
		"dropout": newLayer(t, b, nn.Layer{Kind: nn.Dropout, Drop: 0.5}, x),
	}
}

func pass(t *testing.T, k nn.Kernel) {
	t.Helper()
	y := forward(t, k, 3)
	copy(floats(k.Out().Grad), y)
	if err := k.Backward(); err != nil {
		t.Fatal(err)
	}
}

// everything is all that a kernel filled.
func everything(k nn.Kernel) (all []float32) {
	s := k.(*kernel).site
	all = append(all, floats(k.Out().Value)...)
	all = append(all, s.x.grad...)
	for _, p := range s.params {
		all = append(all, p.value...)
		all = append(all, p.grad...)
	}
	return all
}

func TestThreadsDoNotMatter(t *testing.T) {
	want := map[string][]float32{}
	for _, threads := range []int{1, 2, 4, 7} {
		b := New(threads)
		for name, k := range bigLayers(t, b) {
			pass(t, k)
			got := everything(k)
			if want[name] == nil {
				want[name] = got
			} else if !slices.Equal(got, want[name]) {
				t.Errorf("%s: %d threads gave other bits", name, threads)
			}
		}
		b.Close()
	}
}

func TestNothingIsAllocated(t *testing.T) {
	b := New(3)
	defer b.Close()
	for name, k := range bigLayers(t, b) {
		if n := testing.AllocsPerRun(5, func() { pass(t, k) }); n > 0 {
			t.Errorf("%s: %v allocations a pass", name, n)
		}
	}
}

func TestWrongShapesAreErrors(t *testing.T) {
	b := New(1)
	defer b.Close()
	x, list := variable(t, b, []int{2, 3, 6, 6}), variable(t, b, []int{2, 4})
	weight, bias := variable(t, b, []int{4, 3, 3, 3}), variable(t, b, []int{4})
	torn := variable(t, b, []int{4})
	torn.Grad, _ = b.NewBuffer(5)
	foreign := &nn.Var{Name: "foreign", Value: elsewhere{}}
	for _, tt := range []struct {
		name   string
		layer  nn.Layer
		x      *nn.Var
		params []*nn.Var
		want   string // in the message
	}{
		{"no input", nn.Layer{Kind: nn.Conv, Out: 4, Kernel: 3}, nil, nil, "missing"},
		{"no memory", nn.Layer{Kind: nn.Conv, Out: 4, Kernel: 3}, &nn.Var{}, nil, "missing"},
		{"memory of another backend", nn.Layer{Kind: nn.Dropout}, foreign, nil, "another backend"},
		{"gradient of another shape", nn.Layer{Kind: nn.Conv, Out: 4, Kernel: 3}, x, []*nn.Var{weight, torn}, "its gradient"},
		{"unknown kind", nn.Layer{Kind: "magic"}, x, nil, "unknown kind"},
		{"unknown activation", nn.Layer{Kind: nn.Conv, Out: 4, Kernel: 3, Act: "tanh"}, x, []*nn.Var{weight, bias}, "unknown activation"},
		{"convolution of a list", nn.Layer{Kind: nn.Conv, Out: 4, Kernel: 3}, list, []*nn.Var{weight, bias}, "shape [2 4]"},
		{"no parameters", nn.Layer{Kind: nn.Conv, Out: 4, Kernel: 3}, x, nil, "0 parameters, want 2"},
		{"other channels", nn.Layer{Kind: nn.Conv, Out: 5, Kernel: 3}, x, []*nn.Var{weight, bias}, "want [5 3 3 3]"},
		{"kernel does not fit", nn.Layer{Kind: nn.Conv, Out: 4, Kernel: 9}, x, []*nn.Var{weight, bias}, "does not fit"},
		{"negative pad", nn.Layer{Kind: nn.Conv, Out: 4, Kernel: 3, Pad: -1}, x, []*nn.Var{weight, bias}, "pad -1"},
		{"stride", nn.Layer{Kind: nn.Conv, Out: 4, Kernel: 3, Stride: 2}, x, []*nn.Var{weight, bias}, "stride 2"},
		{"normalised list", nn.Layer{Kind: nn.BatchNorm}, list, []*nn.Var{bias, bias, bias, bias}, "shape [2 4]"},
		{"other channels", nn.Layer{Kind: nn.BatchNorm}, x, []*nn.Var{bias, bias, bias, bias}, "want [3]"},
		{"pool does not fit", nn.Layer{Kind: nn.MaxPool, Kernel: 7, Stride: 2}, x, nil, "kernel 7"},
		{"pool skips pixels", nn.Layer{Kind: nn.MaxPool, Kernel: 2, Stride: 3}, x, nil, "stride 3"},
		{"pool with activation", nn.Layer{Kind: nn.MaxPool, Kernel: 2, Stride: 2, Act: nn.ReLU}, x, nil, "activation"},
		{"dense without outputs", nn.Layer{Kind: nn.Dense}, list, []*nn.Var{weight, bias}, "out 0"},
		{"dense of other inputs", nn.Layer{Kind: nn.Dense, Out: 4}, x, []*nn.Var{weight, bias}, "want [4 108]"},
		{"drops everything", nn.Layer{Kind: nn.Dropout, Drop: 1}, x, nil, "drop 1"},
		{"lone axis", nn.Layer{Kind: nn.Dropout}, bias, nil, "shape [4]"},
	} {
		t.Run(string(tt.layer.Kind)+"/"+tt.name, func(t *testing.T) {
			k, err := b.Layer(tt.layer, tt.x, tt.params, true)
			if err == nil || k != nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, %v, want an error with %q", k, err, tt.want)
			}
		})
	}
	for _, tt := range []struct {
		name    string
		logits  *nn.Var
		targets nn.Buffer
	}{
		{"no logits", nil, list.Value},
		{"no targets", list, nil},
		{"other shape", list, bias.Value},
		{"pictures", x, x.Value},
		{"memory of another backend", list, elsewhere{}},
	} {
		if k, err := b.Loss(tt.logits, tt.targets); err == nil || k != nil {
			t.Errorf("loss, %s: got %v, %v, want an error", tt.name, k, err)
		}
	}
	for _, shape := range [][]int{{0}, {2, -1}, {1 << 20, 1 << 20}, {1 << 40, 1 << 40, 1 << 40}} {
		if _, err := b.NewBuffer(shape...); err == nil {
			t.Errorf("buffer of shape %v: no error", shape)
		}
	}
	if x.Value.Read(make([]float32, 3)) == nil || x.Value.Write(make([]float32, 3)) == nil {
		t.Error("a slice of another length was taken")
	}
	if err := b.Update([]*nn.Var{{Name: "w", Value: bias.Value, Grad: list.Value, Velocity: bias.Value}}, nn.SGD{}); err == nil {
		t.Error("update with a gradient of another shape: no error")
	}
}

// elsewhere is memory of another backend.
type elsewhere struct{}

func (elsewhere) Shape() []int                        { return []int{2, 4} }
func (elsewhere) Read([]float32) error                { return nil }
func (elsewhere) Write([]float32) error               { return nil }
func (elsewhere) Memory() (unsafe.Pointer, int, bool) { return nil, 8, false }
func (elsewhere) Close() error                        { return nil }

func TestKernelRules(t *testing.T) {
	b := New(2)
	x := variable(t, b, []int{2, 3, 4, 4})
	l := nn.Layer{Kind: nn.MaxPool, Name: "p", Kernel: 2, Stride: 2}
	asked, err := b.Layer(l, x, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	forward(t, asked, 0)
	wantError(t, "backward outside training", asked.Backward(), "outside training")
	if asked.Out().Grad != nil {
		t.Error("a kernel made without training has a gradient")
	}
	k := newLayer(t, b, l, x)
	wantError(t, "backward first", k.Backward(), "after a forward")
	forward(t, k, 0)
	if err := k.Close(); err != nil {
		t.Error(err)
	}
	wantError(t, "forward of a closed kernel", k.Forward(0), "closed")
	if k.Out().Value.Read(make([]float32, 24)) == nil {
		t.Error("the output of a closed kernel can be read")
	}
	wantError(t, "closing twice", k.Close(), "")

	k = newLayer(t, b, l, x)
	b.Close()
	b.Close()
	wantError(t, "forward on a closed backend", k.Forward(0), "closed")
	wantError(t, "backward on a closed backend", k.Backward(), "closed")
	_, err = b.Layer(l, x, nil, true)
	wantError(t, "layer of a closed backend", err, "closed")
	_, err = b.NewBuffer(1)
	wantError(t, "memory of a closed backend", err, "closed")
	_, err = b.Loss(x, x.Value)
	wantError(t, "loss of a closed backend", err, "closed")
	wantError(t, "update on a closed backend", b.Update([]*nn.Var{x}, nn.SGD{}), "closed")
}

// wantError expects a message that contains want; none where that is empty.
func wantError(t *testing.T, what string, err error, want string) {
	t.Helper()
	if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("%s: got %v, want %q", what, err, want)
	}
}
