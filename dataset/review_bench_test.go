package dataset

import (
	"math/rand/v2"
	"testing"
)

func BenchmarkPrint(b *testing.B) {
	for _, side := range []int{64, 256} {
		img := rectangles(1, side, 20)
		b.Run(map[int]string{64: "64x64", 256: "256x256"}[side], func(b *testing.B) {
			for b.Loop() {
				s := squeeze(img)
				newSketch(s.print(), s.thumb())
			}
		})
	}
}

// BenchmarkFold folds 100,000 sketches, a third of them near others.
func BenchmarkFold(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	sketches := make([]sketch, many)
	for i := range sketches {
		if i%3 == 2 {
			sketches[i] = sketches[rng.IntN(i)]
			sketches[i].print = sketches[i].print.turned(turn(rng.IntN(turns))) ^ 1<<rng.IntN(64)
			continue
		}
		var t thumb
		for k := range t {
			t[k] = uint8(rng.IntN(256))
		}
		sketches[i] = newSketch(Print(rng.Uint64()|1), &t)
	}
	for b.Loop() {
		if _, err := fold(b.Context(), sketches, func(int) {}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLogistic(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	vectors, targets := make([][]int8, 8000), make([]float64, 8000)
	for i := range vectors {
		vectors[i], targets[i] = randomVector(rng), float64(i%2)
	}
	for b.Loop() {
		fitLogistic(vectors, targets)
	}
}

func randomVector(rng *rand.Rand) []int8 {
	v := make([]int8, 128)
	for i := range v {
		v[i] = int8(11 * rng.NormFloat64())
	}
	return v
}

// BenchmarkReviewed100k is a project of 100,000 samples all of which were judged, and a
// third folded.
func BenchmarkReviewed100k(b *testing.B) {
	p, err := Open(manySamples(b))
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	if _, err := p.w.Exec(`INSERT INTO judgements (sample, model, face, suspect, embedding) SELECT id, 'm', abs(random() % 1000) / 1000.0,
			CASE WHEN checked THEN abs(random() % 1000) / 1000.0 END, randomblob(128) FROM samples;
		INSERT INTO twins SELECT id, id - 1 FROM samples WHERE id % 3 = 0`); err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		f    Filter
	}{
		{"folded", Filter{FoldTwins: true}},
		{"twins", Filter{OnlyTwins: true}},
		{"text", Filter{Text: "Show 7"}},
		{"side", Filter{MinSide: 30, MaxSide: 90}},
		{"uncertain", Filter{Uncertain: Doubt}},
		{"disagreeing", Filter{Disagreeing: true}},
		{"suspected", Filter{Suspected: Suspicion}},
		{"by uncertainty", Filter{Order: ByUncertainty}},
		{"by suspicion", Filter{Order: BySuspicion}},
		{"unchecked, folded, by uncertainty", Filter{Checked: new(false), FoldTwins: true, Order: ByUncertainty}},
		{"by similarity", Filter{Order: BySimilarity, Like: 77}},
	} {
		b.Run("ids/"+c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := p.IDs(c.f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, c := range []struct {
		name string
		f    func() error
	}{
		{"clusters/10,000 unchecked", func() error { _, err := p.Clusters(Filter{Checked: new(false)}); return err }},
		{"facets", func() error { _, err := p.Facets(Filter{}); return err }},
		{"facets/unchecked", func() error { _, err := p.Facets(Filter{Checked: new(false)}); return err }},
		{"findings", func() error { _, err := p.Findings(); return err }},
		{"leak", func() error { _, err := p.Leak(); return err }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if err := c.f(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
