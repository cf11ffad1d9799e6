package engine

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestFineTuneGoesOnFromANetwork(t *testing.T) {
	first, err := Train(t.Context(), tinyRun(t))
	if err != nil {
		t.Fatal(err)
	}
	first.Mean = []float32{1, 2, 3} // not that of any crops
	r := tinyRun(t)
	r.Config = r.Config.FineTune(first)
	r.Config.Mean = MeanChannel
	r.Config.Rate = 1e-9
	r.From = first
	r.StopAt = 1
	c, err := Train(t.Context(), r)
	if c == nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Mean, first.Mean) {
		t.Errorf("mean %v, want that of the network it started from, %v", c.Mean, first.Mean)
	}
	for i, w := range c.Weights {
		if strings.Contains(w.Name, "running") {
			continue
		}
		for k, v := range w.Data {
			if d := math.Abs(float64(v - first.Weights[i].Data[k])); d > 1e-6 {
				t.Fatalf("%s is off by %g after one tiny step", w.Name, d)
			}
		}
	}
}

func TestFineTuningResumes(t *testing.T) {
	first, err := Train(t.Context(), tinyRun(t))
	if err != nil {
		t.Fatal(err)
	}
	first.Mean[0] += 5
	start := func() Run {
		r := tinyRun(t)
		r.Config = r.Config.FineTune(first)
		r.From = first
		return r
	}
	whole := start()
	if _, err := Train(t.Context(), whole); err != nil {
		t.Fatal(err)
	}
	parts := start()
	parts.StopAt = 3
	if _, err := Train(t.Context(), parts); err == nil {
		t.Fatal("not stopped")
	}
	parts.StopAt, parts.Resume, parts.From = 0, true, nil // the state knows where it came from
	if _, err := Train(t.Context(), parts); err != nil {
		t.Fatal(err)
	}
	if a, b := filesBelow(t, whole.Dir), filesBelow(t, parts.Dir); a["/"+LastFile] != b["/"+LastFile] {
		t.Error("resumed, it ends elsewhere than in one go")
	}
}

func TestFromMustFit(t *testing.T) {
	first, err := Train(t.Context(), tinyRun(t))
	if err != nil {
		t.Fatal(err)
	}
	r := tinyRun(t)
	r.From = first
	r.Config.Scale = float64(first.Scale) * 2
	if _, err := Train(t.Context(), r); err == nil || !strings.Contains(err.Error(), "network to start from") {
		t.Errorf("error %v", err)
	}
	if m, _ := filepath.Glob(filepath.Join(r.Dir, "*.safetensors")); len(m) > 0 {
		t.Errorf("%v was written", m)
	}
}
