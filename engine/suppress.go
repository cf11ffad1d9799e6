package engine

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// The ways to leave one box of a heap of boxes on the same face.
const (
	Suppress2015       = "2015"       // the 2015 article: see pairs
	SuppressRepository = "repository" // the 2015 repository: an overlap of exactly IoU is let through
	SuppressGreedy     = "greedy"     // best first; what overlaps a kept box goes
	SuppressSoft       = "soft"       // best first; what overlaps it loses score
	SuppressNone       = "none"
)

// Suppressions lists the ways, the usual one first.
func Suppressions() []string {
	return []string{SuppressGreedy, SuppressSoft, Suppress2015, SuppressRepository, SuppressNone}
}

// outcome is what a suppression makes of boxes, by their index.
type outcome struct {
	kept  []int     // in the order in which they are reported
	by    []int     // of each box the one that it lost to; -1: it was kept
	score []float64 // of each box in the end
}

func newOutcome(found []Detection) outcome {
	o := outcome{by: make([]int, len(found)), score: make([]float64, len(found))}
	for i, d := range found {
		o.by[i], o.score[i] = -1, d.Score
	}
	return o
}

// choose applies the way that p names.
func (p DetectParams) choose(found []Detection) outcome {
	switch p.Suppress {
	case Suppress2015:
		return pairs(found, func(a, b image.Rectangle) bool { return IoU(a, b) >= p.IoU })
	case SuppressRepository:
		return pairs(found, func(a, b image.Rectangle) bool { return IoU(a, b) > p.IoU })
	case SuppressGreedy:
		return greedy(found, p.IoU, p.Inside)
	case SuppressSoft:
		return soft(found, p.Sigma, p.Threshold)
	}
	o := newOutcome(found)
	for i := range found {
		o.kept = append(o.kept, i)
	}
	return o
}

// pairs is what the 2015 code did: it went through all pairs in order and
// dropped the box with the lower score of each pair that overlaps. A box that was
// dropped still drops others, so a chain of overlapping boxes with rising
// scores leaves only its last one, where greedy suppression leaves every second.
// Of two equal scores the earlier box goes ("if conf1 > conf2 drop the second,
// else the first"); scores of that code were float32 and often both 1.
func pairs(found []Detection, overlap func(a, b image.Rectangle) bool) outcome {
	o := newOutcome(found)
	for i, a := range found {
		for j := i + 1; j < len(found); j++ {
			if b := found[j]; overlap(a.Box, b.Box) {
				if a.Score > b.Score {
					o.by[j] = i
				} else {
					o.by[i] = j
				}
			}
		}
	}
	for i, by := range o.by {
		if by < 0 {
			o.kept = append(o.kept, i)
		}
	}
	return o
}

// greedy keeps the best box, drops those that overlap it by an IoU of at
// least iou or, unless inside is 0, by that share of the smaller of the two, and goes on
// with the rest. Of equal scores the earlier box is kept.
func greedy(found []Detection, iou, inside float64) outcome {
	o := newOutcome(found)
	for _, i := range ranked(found) {
		box := found[i].Box
		hit := func(k int) bool { return sameFace(found[k].Box, box, iou, inside) }
		if at := slices.IndexFunc(o.kept, hit); at >= 0 {
			o.by[i] = o.kept[at]
		} else {
			o.kept = append(o.kept, i)
		}
	}
	return o
}

// sameFace says whether two boxes overlap by an IoU of at least iou or, unless inside is
// 0, by that share of the smaller of the two.
func sameFace(a, b image.Rectangle, iou, inside float64) bool {
	return IoU(a, b) >= iou || inside > 0 && shareOfSmaller(a, b) >= inside
}

// soft is Gaussian soft-NMS (Bodla et al., "Soft-NMS: improving object
// detection with one line of code", ICCV 2017, equation 4): the best box is kept, the
// score of each other one is multiplied by exp(-IoU²/sigma), and so on with what
// is left. Boxes whose score has sunk below least go, each to the one that sank it so far. The
// scores of the outcome are the lowered ones.
func soft(found []Detection, sigma, least float64) outcome {
	o := newOutcome(found)
	left := ranked(found)
	for len(left) > 0 {
		at := 0
		for k, i := range left {
			if o.score[i] > o.score[left[at]] {
				at = k
			}
		}
		best := left[at]
		if o.score[best] < least {
			break
		}
		o.kept = append(o.kept, best)
		left = slices.Delete(left, at, at+1)
		rest := left[:0]
		for _, i := range left {
			if v := IoU(found[best].Box, found[i].Box); v > 0 {
				o.score[i] *= math.Exp(-v * v / sigma)
			}
			if o.score[i] >= least {
				rest = append(rest, i)
			} else {
				o.by[i] = best
			}
		}
		left = rest
	}
	return o
}

// average is the mean of the boxes that overlap one by an IoU of at least p.Average, each
// weighing its score; the box itself where that is 0.
func (p DetectParams) average(found []Detection, box image.Rectangle) image.Rectangle {
	if p.Average == 0 {
		return box
	}
	var sum [4]float64
	weight := 0.0
	for _, d := range found {
		if IoU(d.Box, box) < p.Average {
			continue
		}
		weight += d.Score
		for i, v := range [4]int{d.Box.Min.X, d.Box.Min.Y, d.Box.Max.X, d.Box.Max.Y} {
			sum[i] += d.Score * float64(v)
		}
	}
	if weight == 0 {
		return box
	}
	mean := func(i int) int { return round(sum[i] / weight) }
	return image.Rect(mean(0), mean(1), mean(2), mean(3))
}

// ranked are the indices of found by falling score; equal scores keep their order.
func ranked(found []Detection) []int {
	order := make([]int, len(found))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(found[j].Score, found[i].Score) })
	return order
}

// bestFirst returns a copy, sorted by falling score; equal scores keep their order.
func bestFirst(found []Detection) []Detection {
	s := slices.Clone(found)
	slices.SortStableFunc(s, func(a, b Detection) int { return cmp.Compare(b.Score, a.Score) })
	return s
}
