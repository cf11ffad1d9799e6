package onednn

import (
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/nntest"
	"frglab/engine/nn/ref"
)

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
	oracle := ref.New(0)
	defer oracle.Close()
	nntest.Match(t, open(t, 0), oracle, nntest.Layers(), 0, 1e-4)
}

// TestNormKeepsDigits has values far from zero and close together, where a sum of
// squares has no digits left.
func TestNormKeepsDigits(t *testing.T) {
	oracle := ref.New(0)
	defer oracle.Close()
	var results []map[string][]float32
	for _, b := range []nn.Backend{open(t, 0), oracle} {
		r := nntest.NewRig(t, b, nn.Layer{Kind: nn.BatchNorm, Act: nn.ReLU}, []int{3, 17, 9, 11}, true, nntest.Plain)
		x := nntest.Read(t, r.X.Value)
		for i := range x {
			x[i] = 1000 + 0.1*x[i]
		}
		r.Must(r.X.Value.Write(x))
		results = append(results, r.Run(true))
	}
	for what, want := range results[1] {
		if d := nntest.Apart(results[0][what], want); d > 1e-4 {
			t.Errorf("%s is %g apart", what, d)
		}
	}
}
