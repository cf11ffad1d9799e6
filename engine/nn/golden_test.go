package nn_test

import (
	"encoding/json"
	"os"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/ref"
)

// golden is what PyTorch computed in float64: see testdata/golden.py.
type golden struct {
	Arch            nn.Arch
	Batch           int
	X, Targets      []float32
	Weights         nn.Weights
	SGD             nn.SGD
	EvalLogits      []float64 `json:"eval_logits"` // before training, by the running averages
	Logits          []float64 // of the first step
	Gradients       []goldenTensor
	Losses          []float64      // of ten steps
	FinalWeights    []goldenTensor `json:"final_weights"` // after them
	FinalEvalLogits []float64      `json:"final_eval_logits"`
}

type goldenTensor struct {
	Name string
	Data []float64
}

// Tolerances are relative to the larger of 1 and the number. What is stored between
// nine layers is float32, which keeps 6e-8: measured, the first step is within 2e-7,
// and ten steps later all within 2e-6.
const (
	firstStep = 1e-6
	tenSteps  = 1e-5
)

func TestGolden(t *testing.T) {
	g := loadGolden(t)
	b := ref.New(0)
	defer b.Close()
	net := newNet(t, b, g.Arch, g.Weights)

	logits, err := net.Logits(g.X, g.Batch)
	if err != nil {
		t.Fatal(err)
	}
	nearTo(t, "logits before training", logits, g.EvalLogits, firstStep)
	for i, want := range g.Losses {
		loss, logits, err := net.Step(g.X, g.Targets, g.Batch, g.SGD, uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		nearTo(t, "loss", []float32{float32(loss)}, []float64{want}, tenSteps)
		if i == 0 {
			nearTo(t, "logits of the first step", logits, g.Logits, firstStep)
		}
	}
	nearTensors(t, "after ten steps ", weightsOf(t, net), g.FinalWeights, tenSteps)
	if logits, err = net.Logits(g.X, g.Batch); err != nil {
		t.Fatal(err)
	}
	nearTo(t, "logits after training", logits, g.FinalEvalLogits, tenSteps)
}

// The velocity after one step of rate 1 without momentum and decay is the negative
// gradient.
func TestGoldenGradients(t *testing.T) {
	g := loadGolden(t)
	b := ref.New(0)
	defer b.Close()
	net := newNet(t, b, g.Arch, g.Weights)
	if _, _, err := net.Step(g.X, g.Targets, g.Batch, nn.SGD{Rate: 1}, 0); err != nil {
		t.Fatal(err)
	}
	velocity, err := net.Velocity()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range velocity {
		for i := range v.Data {
			v.Data[i] = -v.Data[i]
		}
	}
	nearTensors(t, "gradient of ", velocity, g.Gradients, firstStep)
}

func nearTensors(t *testing.T, what string, got nn.Weights, want []goldenTensor, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d tensors, want %d", what, len(got), len(want))
	}
	for i, w := range want {
		if got[i].Name != w.Name {
			t.Fatalf("tensor %d is %s, want %s", i, got[i].Name, w.Name)
		}
		nearTo(t, what+w.Name, got[i].Data, w.Data, tolerance)
	}
}

func loadGolden(t *testing.T) (g golden) {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatalf("testdata/golden.json: %v", err)
	}
	if err := g.Arch.Check(g.Weights); err != nil {
		t.Fatalf("testdata/golden.json: %v", err)
	}
	return g
}

func newNet(t *testing.T, b nn.Backend, a nn.Arch, w nn.Weights) *nn.Net {
	t.Helper()
	net, err := nn.New(b, a, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := net.Close(); err != nil {
			t.Error(err)
		}
	})
	return net
}

func weightsOf(t *testing.T, net *nn.Net) nn.Weights {
	t.Helper()
	w, err := net.Weights()
	if err != nil {
		t.Fatal(err)
	}
	return w
}
