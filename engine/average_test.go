package engine

import (
	"math"
	"strings"
	"testing"
)

func TestAverageIsTheMeanOfWeights(t *testing.T) {
	a, err := Train(t.Context(), tinyRun(t))
	if err != nil {
		t.Fatal(err)
	}
	b := *a
	b.Weights = a.Weights.Clone()
	for _, w := range b.Weights {
		for k := range w.Data {
			w.Data[k] += 2
		}
	}
	b.Step = 99
	first := a.Weights[0].Data[0]
	c, err := Average(a, &b)
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range c.Weights {
		for k, v := range w.Data {
			if want := a.Weights[i].Data[k] + 1; math.Abs(float64(v-want)) > 1e-6 {
				t.Fatalf("%s: %g, want %g", w.Name, v, want)
			}
		}
	}
	if a.Weights[0].Data[0] != first || c.Step != 99 {
		t.Error("the networks were changed, or the step is not the last one's")
	}

	b.Scale *= 2
	if _, err := Average(a, &b); err == nil || !strings.Contains(err.Error(), "goes on from the other") {
		t.Errorf("of networks that see other numbers: %v", err)
	}
	if _, err := Average(); err == nil {
		t.Error("of none")
	}
}
