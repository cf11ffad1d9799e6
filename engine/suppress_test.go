package engine

import (
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Boxes in a row: a overlaps b and b overlaps c by an IoU of 0.3, a and c do not touch.
var (
	boxA = image.Rect(0, 0, 13, 10)
	boxB = image.Rect(7, 0, 20, 10)
	boxC = image.Rect(14, 0, 27, 10)
)

func TestSuppress(t *testing.T) {
	row := func(a, b, c float64) []Detection {
		return []Detection{{boxA, a}, {boxB, b}, {boxC, c}}
	}
	for _, c := range []struct {
		name string
		how  string
		iou  float64
		in   []Detection
		want []Detection
	}{
		{"2015: a dropped box drops others", Suppress2015, 0.3, row(0.9, 0.8, 0.7), []Detection{{boxA, 0.9}}},
		{"2015: rising scores", Suppress2015, 0.3, row(0.7, 0.8, 0.9), []Detection{{boxC, 0.9}}},
		{"2015: the middle is lowest", Suppress2015, 0.3, row(0.9, 0.5, 0.7), []Detection{{boxA, 0.9}, {boxC, 0.7}}},
		{"2015: ties drop the earlier", Suppress2015, 0.3, row(1, 1, 1), []Detection{{boxC, 1}}},
		{"2015: just below the IoU", Suppress2015, 0.3001, row(0.9, 0.8, 0.7), row(0.9, 0.8, 0.7)},
		{"repository: exactly the IoU stays", SuppressRepository, 0.3, row(0.9, 0.8, 0.7), row(0.9, 0.8, 0.7)},
		{"repository: just above the IoU", SuppressRepository, 0.2999, row(0.9, 0.8, 0.7), []Detection{{boxA, 0.9}}},
		{"greedy: a dropped box drops no other", SuppressGreedy, 0.3, row(0.9, 0.8, 0.7), []Detection{{boxA, 0.9}, {boxC, 0.7}}},
		{"greedy: best first", SuppressGreedy, 0.3, row(0.7, 0.5, 0.9), []Detection{{boxC, 0.9}, {boxA, 0.7}}},
		{"greedy: ties keep the earlier", SuppressGreedy, 0.3, row(1, 1, 1), []Detection{{boxA, 1}, {boxC, 1}}},
		{"none", SuppressNone, 0.3, row(0.7, 0.8, 0.9), row(0.7, 0.8, 0.9)},
		{"nothing found", SuppressGreedy, 0.3, nil, nil},
		{"nothing found, 2015", Suppress2015, 0.3, nil, nil},
	} {
		in := slices.Clone(c.in)
		if got := (DetectParams{Suppress: c.how, IoU: c.iou}).suppress(in); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
		if !slices.Equal(in, c.in) {
			t.Errorf("%s: the input was changed to %v", c.name, in)
		}
	}
}

func softly(found []Detection, sigma, least float64) []Detection {
	return DetectParams{Suppress: SuppressSoft, Sigma: sigma, Threshold: least}.suppress(found)
}

func TestSuppressSoft(t *testing.T) {
	in := []Detection{{boxA, 0.5}, {boxB, 0.9}, {boxC, 0.8}}
	low := math.Exp(-0.3 * 0.3 / 0.5) // 0.835
	got := softly(in, 0.5, 0.1)
	want := []Detection{{boxB, 0.9}, {boxC, 0.8 * low}, {boxA, 0.5 * low}}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i].Box != want[i].Box || math.Abs(got[i].Score-want[i].Score) > 1e-12 {
			t.Errorf("%d: got %v, want %v", i, got[i], want[i])
		}
	}
	if got := softly(in, 0.5, 0.45); len(got) != 2 {
		t.Errorf("with at least 0.45: got %v, want boxes B and C", got)
	}
}

// crowd makes boxes of which many overlap, all with different scores.
func crowd(seed uint64, n int) []Detection {
	rng := rand.New(rand.NewPCG(seed, 2))
	ds := make([]Detection, n)
	for i, p := range rng.Perm(n) {
		ds[i] = Detection{randomBox(rng, 30), (float64(p) + 0.5) / float64(n)}
	}
	return ds
}

// A box survives the 2015 rule if nothing better overlaps it, and nothing equal
// that comes later.
func TestSuppress2015Property(t *testing.T) {
	for seed := range uint64(50) {
		in := crowd(seed, 40)
		for i := range in { // ties
			in[i].Score = math.Round(in[i].Score*5) / 5
		}
		var want []Detection
		for i, a := range in {
			beaten := false
			for j, b := range in {
				if i != j && IoU(a.Box, b.Box) >= 0.3 && (b.Score > a.Score || b.Score == a.Score && j > i) {
					beaten = true
				}
			}
			if !beaten {
				want = append(want, a)
			}
		}
		if got := (DetectParams{Suppress: Suppress2015, IoU: 0.3}).suppress(in); !slices.Equal(got, want) {
			t.Fatalf("seed %d: got %v, want %v", seed, got, want)
		}
	}
}

func TestSuppressGreedyProperties(t *testing.T) {
	for seed := range uint64(50) {
		in := crowd(seed, 60)
		got := suppressGreedy(in, 0.3, 0)
		for i, d := range got {
			if !slices.Contains(in, d) {
				t.Fatalf("seed %d: %v was made up", seed, d)
			}
			for _, e := range got[:i] {
				if IoU(d.Box, e.Box) >= 0.3 || d.Score > e.Score {
					t.Fatalf("seed %d: %v and %v both survive, in this order", seed, e, d)
				}
			}
		}
		for _, d := range in {
			if !slices.ContainsFunc(got, func(k Detection) bool { return k.Score >= d.Score && (k == d || IoU(k.Box, d.Box) >= 0.3) }) {
				t.Fatalf("seed %d: %v was dropped for no better box", seed, d)
			}
		}
		if again := suppressGreedy(got, 0.3, 0); !slices.Equal(again, got) {
			t.Fatalf("seed %d: a second pass changes the result", seed)
		}
		shuffled := slices.Clone(in)
		rand.New(rand.NewPCG(seed, 3)).Shuffle(len(in), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if other := suppressGreedy(shuffled, 0.3, 0); !slices.Equal(other, got) {
			t.Fatalf("seed %d: the order of the input changes the result", seed)
		}
		for _, d := range (DetectParams{Suppress: Suppress2015, IoU: 0.3}).suppress(in) {
			if !slices.Contains(got, d) {
				t.Fatalf("seed %d: %v survives the harder 2015 rule, but not this one", seed, d)
			}
		}
	}
}

func TestSuppressSoftProperties(t *testing.T) {
	for seed := range uint64(50) {
		in := crowd(seed, 60)
		got := softly(in, 0.5, 0.05)
		if !slices.IsSortedFunc(got, func(a, b Detection) int { return int(math.Copysign(1, b.Score-a.Score)) }) {
			t.Fatalf("seed %d: not best first: %v", seed, got)
		}
		for _, d := range got {
			i := slices.IndexFunc(in, func(e Detection) bool { return e.Box == d.Box && e.Score >= d.Score })
			if i < 0 || d.Score < 0.05 {
				t.Fatalf("seed %d: %v was made up, grew or is too low", seed, d)
			}
		}
		// A tiny sigma takes everything from whatever overlaps at all.
		hard := softly(in, 1e-9, 0.001)
		if want := suppressGreedy(in, 1e-9, 0); !slices.Equal(hard, want) {
			t.Fatalf("seed %d: sigma 0 gives %v, want %v as greedy", seed, hard, want)
		}
	}
}

func BenchmarkSuppress5000(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 4))
	in := make([]Detection, 5000)
	for i := range in {
		x, y := rng.IntN(1800), rng.IntN(1000)
		s := 30 + rng.IntN(200)
		in[i] = Detection{image.Rect(x, y, x+s, y+s), rng.Float64()}
	}
	for _, how := range Suppressions() {
		b.Run(how, func(b *testing.B) {
			for b.Loop() {
				DetectParams{Suppress: how, IoU: 0.3, Sigma: 0.5, Threshold: 0.01}.suppress(in)
			}
		})
	}
}

// TestGreedyDropsNestedBoxes: a box in a box four times its area has an IoU of 0.25.
func TestGreedyDropsNestedBoxes(t *testing.T) {
	outer, inner := image.Rect(0, 0, 40, 40), image.Rect(10, 10, 30, 30)
	beside := image.Rect(30, 30, 50, 50) // a quarter of it lies in outer
	for _, c := range []struct {
		name   string
		inside float64
		in     []Detection
		want   int
	}{
		{"without the rule", 0, []Detection{{outer, 0.9}, {inner, 0.8}, {beside, 0.7}}, 3},
		{"the inner one goes", 0.7, []Detection{{outer, 0.9}, {inner, 0.8}, {beside, 0.7}}, 2},
		{"the outer one goes where it is worse", 0.7, []Detection{{outer, 0.6}, {inner, 0.8}, {beside, 0.7}}, 2},
		{"at the border of the rule", 0.25, []Detection{{outer, 0.9}, {beside, 0.7}}, 1},
	} {
		got := DetectParams{Suppress: SuppressGreedy, IoU: 0.3, Inside: c.inside}.suppress(c.in)
		if len(got) != c.want || got[0].Score != max(c.in[0].Score, c.in[1].Score) {
			t.Errorf("%s: got %v, want %d", c.name, got, c.want)
		}
	}
}

func TestAverage(t *testing.T) {
	one, beside, far := image.Rect(0, 0, 20, 20), image.Rect(4, 2, 24, 26), image.Rect(100, 0, 120, 20)
	found := []Detection{{one, 0.75}, {beside, 0.25}, {far, 1}}
	for _, c := range []struct {
		average float64
		box     image.Rectangle
		want    image.Rectangle
	}{
		{0, one, one},
		{0.3, one, image.Rect(1, 1, 21, 22)}, // 3/4 of one and 1/4 of the other, rounded
		{0.3, beside, image.Rect(1, 1, 21, 22)},
		{0.9, one, one},
		{0.3, far, far},
	} {
		if got := (DetectParams{Average: c.average}).average(found, c.box); got != c.want {
			t.Errorf("%v of %v: got %v, want %v", c.average, c.box, got, c.want)
		}
	}
	if got := (DetectParams{Average: 0.3}).average([]Detection{{one, 0}}, one); got != one {
		t.Errorf("without any score: got %v", got)
	}
}

// of are the boxes that were kept.
func (o outcome) of(found []Detection) []Detection {
	var kept []Detection
	for _, i := range o.kept {
		kept = append(kept, Detection{found[i].Box, o.score[i]})
	}
	return kept
}

// suppress are the boxes that are kept by the way that p names. The pair rules and none keep
// the order of found, the others put the best first. found is not changed.
func (p DetectParams) suppress(found []Detection) []Detection { return p.choose(found).of(found) }

// suppressGreedy are the boxes that greedy keeps, best first.
func suppressGreedy(found []Detection, iou, inside float64) []Detection {
	return greedy(found, iou, inside).of(found)
}
