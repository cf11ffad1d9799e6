package dataset

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSuspects(t *testing.T) {
	p := newProject(t)
	faces := reds(t, p, true, spread(70, 0.7, 1)...)
	others := reds(t, p, true, spread(70, 0, 0.3)...)
	unchecked := reds(t, p, false, spread(20, 0, 1)...)
	wrong := map[int64]Class{faces[3]: Other, faces[40]: Other, others[20]: Face}
	if err := p.Label(wrong, "wrong"); err != nil {
		t.Fatal(err)
	}
	review := func() Findings {
		t.Helper()
		f, err := p.Review(t.Context(), &redness{name: "a"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	if f := review(); f.Suspects != len(wrong) {
		t.Errorf("found %d suspects, want %d", f.Suspects, len(wrong))
	}
	worst, err := p.IDs(Filter{Checked: new(true), Order: BySuspicion})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range worst[:len(wrong)] {
		if _, ok := wrong[id]; !ok {
			t.Errorf("sample %d is among the worst, want %v", id, wrong)
		}
	}
	s, err := p.Samples([]int64{faces[3], faces[4], unchecked[0]})
	if err != nil || s[0].Suspicion < 0.6 || s[1].Suspicion > 0.4 || s[2].Suspicion != 0 || !s[2].Judged {
		t.Errorf("got %+v, %v", s, err)
	}

	// A label that is mended is no suspect any more, and one that is broken is one.
	label(t, p, faces[3], Face)
	label(t, p, others[5], Face)
	label(t, p, faces[40], Unsure)
	want := []int64{others[5], others[20]}
	wantIDs(t, p, "after mending", Filter{Suspected: Suspicion}, want...)
	for range 3 {
		if _, err := p.Undo(); err != nil {
			t.Fatal(err)
		}
	}
	wantIDs(t, p, "after undo", Filter{Suspected: Suspicion}, slices.Sorted(slices.Values(worst[:3]))...)

	// With fewer than fifty of a class nobody knows.
	if err := p.Remove(others[:25], "remove"); err != nil {
		t.Fatal(err)
	}
	if f := review(); f.Suspects != 0 {
		t.Errorf("found %d suspects among too few samples", f.Suspects)
	}
}

func TestDeal(t *testing.T) {
	var list []labelled
	for i := range int64(300) {
		l := labelled{id: i, source: i / 4, leader: i, frame: int(i % 4), class: Class(i % 2)}
		if i%50 == 7 {
			l.leader = (i + 120) % 300 // a twin in another source
		}
		list = append(list, l)
	}
	check := func(what string, kin func(a, b labelled) bool) {
		t.Helper()
		part := deal(list)
		var size [suspectFolds]int
		for i, a := range list {
			size[part[i]]++
			for k, b := range list[:i] {
				if kin(a, b) && part[i] != part[k] {
					t.Fatalf("%s: %d and %d are kin, but in parts %d and %d", what, i, k, part[i], part[k])
				}
			}
		}
		if slices.Min(size[:]) < len(list)/suspectFolds/2 {
			t.Errorf("%s: the parts are %v", what, size)
		}
	}
	check("sources", func(a, b labelled) bool { return a.source == b.source || a.leader == b.leader })
	for i := range list {
		list[i].source, list[i].frame = 1, i/3
	}
	check("one source", func(a, b labelled) bool { return a.frame == b.frame || a.leader == b.leader })
}

func TestLogistic(t *testing.T) {
	// Points about a known line, and noise in other directions.
	rng := rand.New(rand.NewPCG(1, 1))
	var vectors [][]int8
	var targets []float64
	for range 4000 {
		v := make([]int8, 5)
		for k := range v {
			v[k] = int8(rng.NormFloat64() * 20)
		}
		p := sigmoid(0.1*float64(v[0]) - 0.05*float64(v[1]) + 0.5)
		vectors, targets = append(vectors, v), append(targets, 0)
		if rng.Float64() < p {
			targets[len(targets)-1] = 1
		}
	}
	m := fitLogistic(vectors, targets)
	for _, c := range []struct {
		v    []int8
		want float64
	}{
		{[]int8{0, 0, 0, 0, 0}, 0.62},
		{[]int8{20, 0, 0, 0, 0}, 0.92},
		{[]int8{-20, 0, 30, 0, 0}, 0.18},
		{[]int8{0, 20, 0, -30, 0}, 0.38},
	} {
		if got := m.probability(c.v); math.Abs(got-c.want) > 0.08 {
			t.Errorf("probability of %v is %.3f, want about %.2f", c.v, got, c.want)
		}
	}
	x := solve([][]float64{{4}, {2, 5}, {1, 3, 6}}, []float64{11, 21, 25}) // of 1, 2, 3
	for i, want := range []float64{1, 2, 3} {
		if math.Abs(x[i]-want) > 1e-9 {
			t.Errorf("solved %v, want 1 2 3", x)
		}
	}
}
