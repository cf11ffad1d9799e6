package engine

import (
	"context"
	"errors"
	"image"
	"math"
	"slices"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/ref"
)

// untrained is a checkpoint with random weights.
func untrained(t *testing.T, a nn.Arch, seed uint64) *Checkpoint {
	t.Helper()
	w, err := nn.NewWeights(a, nn.He, seed)
	if err != nil {
		t.Fatal(err)
	}
	return &Checkpoint{
		Arch: a, Weights: w, Classes: []string{"face", "other"},
		Mean: []float32{120, 120, 120}, Scale: 64, Threshold: 0.5,
	}
}

func TestJudge(t *testing.T) {
	dev := ref.New(2)
	defer dev.Close()
	linear := nn.Arch{Name: "linear", Size: 8, Layers: []nn.Layer{{Kind: nn.Dense, Name: "fc", Out: 2}}}
	for _, arch := range []nn.Arch{tinyNet(), linear} {
		c := untrained(t, arch, 1)
		j, err := NewJudge(c, dev)
		if err != nil {
			t.Fatal(err)
		}
		defer j.Close()
		s := synthetic{n: 2*chunk + 3, size: 10, seed: 1}
		var crops []image.Image
		for i := range s.n {
			img, _, _ := s.At(i)
			crops = append(crops, img)
		}
		faces, vectors, err := j.Judge(t.Context(), crops)
		if err != nil || len(faces) != s.n || len(vectors) != s.n {
			t.Fatalf("%s: %d and %d answers for %d crops, %v", arch.Name, len(faces), len(vectors), s.n, err)
		}
		want, err := Evaluate(t.Context(), c, dev, s, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range faces {
			if math.Abs(p-want.Scores[i]) > 1e-5 {
				t.Fatalf("%s: crop %d is a face with %v, but an evaluation says %v", arch.Name, i, p, want.Scores[i])
			}
			if l := math.Sqrt(float64(product(vectors[i], vectors[i]))); len(vectors[i]) != EmbeddingSize || math.Abs(l-127) > 4 {
				t.Fatalf("%s: vector %d has %d numbers and length %.1f", arch.Name, i, len(vectors[i]), l)
			}
		}
		// A crop alone is judged as among others, and by another judge of the same network.
		again, err := NewJudge(c, dev)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		_, alone, err := again.Judge(t.Context(), crops[70:71])
		if err != nil || product(alone[0], vectors[70]) < 126*126 {
			t.Errorf("%s: alone crop 70 is %v, among others %v, %v", arch.Name, alone, vectors[70], err)
		}
		if product(vectors[0], vectors[1]) >= product(vectors[0], vectors[0]) {
			t.Errorf("%s: crops 0 and 1 have the same vector", arch.Name)
		}
	}
}

func product(a, b []int8) (sum int) {
	for i, v := range a {
		sum += int(v) * int(b[i])
	}
	return sum
}

func TestJudgeName(t *testing.T) {
	dev := ref.New(1)
	defer dev.Close()
	base := untrained(t, tinyNet(), 1)
	changes := []func(*Checkpoint){
		func(*Checkpoint) {},
		func(c *Checkpoint) { c.Weights = untrained(t, tinyNet(), 2).Weights },
		func(c *Checkpoint) { c.Weights[0].Data[0] += 1e-3 },
		func(c *Checkpoint) { c.Mean = []float32{120, 120, 121} },
		func(c *Checkpoint) { c.Scale = 65 },
	}
	var names []string
	for _, change := range changes {
		c := *base
		c.Weights = base.Weights.Clone()
		change(&c)
		j, err := NewJudge(&c, dev)
		if err != nil {
			t.Fatal(err)
		}
		defer j.Close()
		if slices.Contains(names, j.Name()) {
			t.Errorf("two networks are called %s", j.Name())
		}
		names = append(names, j.Name())
	}
	c := *base
	c.Preset, c.Step = "2015", 7
	j, err := NewJudge(&c, dev)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if j.Name() != names[0] {
		t.Errorf("the same network is called %s and %s", names[0], j.Name())
	}
}

func TestJudgeRefuses(t *testing.T) {
	dev := ref.New(1)
	defer dev.Close()
	c := untrained(t, tinyNet(), 1)
	c.Classes = []string{"cat", "dog"}
	if _, err := NewJudge(c, dev); err == nil {
		t.Error("a network that knows no faces judges")
	}
	c.Classes = []string{"face", "other"}
	j, err := NewJudge(c, dev)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if _, _, err := j.Judge(t.Context(), []image.Image{image.NewRGBA(image.Rectangle{})}); err == nil {
		t.Error("an empty crop was judged")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	crop, _, _ := synthetic{n: 1, size: 8, seed: 1}.At(0)
	if _, _, err := j.Judge(ctx, []image.Image{crop}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// BenchmarkJudge judges 64 crops of 200x200 by the network that comes with the program.
func BenchmarkJudge(b *testing.B) {
	dev := ref.New(4)
	defer dev.Close()
	w, err := nn.NewWeights(nn.FrgNet64S(), nn.He, 1)
	if err != nil {
		b.Fatal(err)
	}
	j, err := NewJudge(&Checkpoint{
		Arch: nn.FrgNet64S(), Weights: w, Classes: []string{"face", "other"}, Mean: []float32{120, 120, 120}, Scale: 64, Threshold: 0.5,
	}, dev)
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	var crops []image.Image
	for i := range chunk {
		img, _, _ := synthetic{n: chunk, size: 200, seed: 1}.At(i)
		crops = append(crops, img)
	}
	for b.Loop() {
		if _, _, err := j.Judge(b.Context(), crops); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(chunk*b.N)/b.Elapsed().Seconds(), "crops/s")
}
