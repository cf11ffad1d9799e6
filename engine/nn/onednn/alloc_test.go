package onednn

import (
	"math/rand/v2"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/nntest"
)

// TestStepAllocatesNothing holds in the steady state, once the graph has run.
func TestStepAllocatesNothing(t *testing.T) {
	w, err := nn.NewWeights(nntest.Small(), nn.He, 1)
	if err != nil {
		t.Fatal(err)
	}
	net, err := nn.New(open(t, 2), nntest.Small(), w)
	if err != nil {
		t.Fatal(err)
	}
	x, targets := nntest.Stripes(rand.New(rand.NewPCG(1, 1)), 16, 4)
	step := func() {
		if _, _, err := net.Step(x, targets, 4, nn.SGD{Rate: 0.01, Momentum: 0.9}, 1); err != nil {
			t.Fatal(err)
		}
	}
	step()
	if n := testing.AllocsPerRun(50, step); n >= 1 {
		t.Errorf("a step allocates %v times, want 0", n)
	}
}
