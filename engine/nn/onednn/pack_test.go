package onednn

import (
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/nntest"
)

// TestPackedWeightsAreShared: a detector builds a kernel for each size of picture over the same
// weights; all of them see one copy in oneDNN's layout, and a change of the weights.
func TestPackedWeightsAreShared(t *testing.T) {
	b := open(t, 2)
	l := nn.Layer{Kind: nn.Conv, Name: "c", Out: 512, Kernel: 3}
	r := nntest.NewRig(t, b, l, []int{1, 1024, 4, 4}, false, nntest.Plain) // 19 MB
	r.Run(false)
	before := status(t, "VmRSS")
	var ks []nn.Kernel
	for side := 5; side < 10; side++ {
		x, err := b.NewBuffer(1, 1024, side, side)
		r.Must(err)
		ones := make([]float32, 1024*side*side)
		for i := range ones {
			ones[i] = 1
		}
		r.Must(x.Write(ones))
		k, err := b.Layer(l, &nn.Var{Name: "x", Value: x}, r.Params, false)
		r.Must(err)
		r.Must(k.Forward(0))
		ks = append(ks, k)
	}
	if grown := status(t, "VmRSS") - before; grown > 2*19<<10 {
		t.Errorf("five more kernels take %d kB, as if each had weights of its own", grown)
	}
	weights := make([]float32, 512*1024*9)
	weights[0], weights[1] = 3, 4
	r.Must(r.Params[0].Value.Write(weights))
	r.Must(r.Params[1].Value.Write(make([]float32, 512)))
	for i, k := range ks {
		r.Must(k.Forward(0))
		y := nntest.Read(t, k.Out().Value)
		if y[0] != 7 || y[len(y)-1] != 0 {
			t.Errorf("kernel %d, after the weights changed: %v and %v, want 7 and 0", i, y[0], y[len(y)-1])
		}
	}
}
