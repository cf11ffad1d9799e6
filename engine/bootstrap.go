package engine

import (
	"math/rand/v2"
	"slices"
)

// Interval is where a figure falls in 95 of 100 sets of pictures like these: from, to.
type Interval [2]float64

// Intervals say how far the figures of a ScoreReport depend on which pictures happened to be
// in the set.
type Intervals struct {
	AP           Interval            `json:"ap"`
	RecallAtFPPI map[string]Interval `json:"recall_at_fppi"`
	BestF1       Interval            `json:"best_f1"`
}

// Bootstrap draws as many pictures as there are, with replacement, so many times, and
// takes the 2.5th and the 97.5th of 100 parts of each figure (the percentile bootstrap:
// Efron, "Bootstrap methods", Annals of Statistics 1979). Whole pictures are drawn, since
// the faces in one picture are not independent. The same seed gives the same intervals.
func Bootstrap(frames []FrameResult, rounds int, seed uint64) Intervals {
	m := matchAll(frames)
	rng := rand.New(rand.NewPCG(seed, 1))
	figures := make([][]float64, 2+len(fppis))
	for range rounds {
		times := make([]int, len(frames))
		for range frames {
			times[rng.IntN(len(frames))]++
		}
		curve := m.curve(times)
		best := 0.0
		for _, p := range curve {
			best = max(best, p.F1)
		}
		figures[0] = append(figures[0], areaUnder(curve))
		figures[1] = append(figures[1], best)
		for i, fppi := range fppis {
			figures[2+i] = append(figures[2+i], recallAt(curve, fppi))
		}
	}
	r := Intervals{AP: middle(figures[0]), BestF1: middle(figures[1]), RecallAtFPPI: map[string]Interval{}}
	for i, fppi := range fppis {
		r.RecallAtFPPI[fppiKey(fppi)] = middle(figures[2+i])
	}
	return r
}

// middle is where the middle 95 % of some numbers lie.
func middle(vs []float64) Interval {
	if len(vs) == 0 {
		return Interval{}
	}
	slices.Sort(vs)
	cut := len(vs) * 25 / 1000
	return Interval{vs[cut], vs[len(vs)-1-cut]}
}
