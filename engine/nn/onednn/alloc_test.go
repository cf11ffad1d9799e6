package onednn_test

import (
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/onednn"
)

// TestStepAllocatesNothing holds in the steady state, once the graph has run.
func TestStepAllocatesNothing(t *testing.T) {
	a := nn.Arch{Name: "tiny", Size: 8, Layers: []nn.Layer{
		{Kind: nn.Conv, Name: "c", Out: 4, Kernel: 3, Pad: 1},
		{Kind: nn.BatchNorm, Name: "b", Act: nn.ReLU},
		{Kind: nn.MaxPool, Name: "p", Kernel: 3, Stride: 2},
		{Kind: nn.Dense, Name: "d", Out: 2},
	}}
	w, err := nn.NewWeights(a, nn.He, 1)
	if err != nil {
		t.Fatal(err)
	}
	dev, err := onednn.New(2)
	if err != nil {
		t.Fatal(err)
	}
	defer dev.Close()
	net, err := nn.New(dev, a, w)
	if err != nil {
		t.Fatal(err)
	}
	x, targets := make([]float32, 2*3*8*8), []float32{1, 0, 0, 1}
	x[0] = 1
	step := func() {
		if _, _, err := net.Step(x, targets, 2, nn.SGD{Rate: 0.01, Momentum: 0.9}, 1); err != nil {
			t.Fatal(err)
		}
	}
	step()
	if n := testing.AllocsPerRun(50, step); n >= 1 {
		t.Errorf("a step allocates %v times, want 0", n)
	}
}
