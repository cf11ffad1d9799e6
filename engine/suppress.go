package engine

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// The ways to leave one box of a heap of boxes on the same face.
const (
	Suppress2015       = "2015"       // the 2015 article: see suppressPairs
	SuppressRepository = "repository" // the 2015 repository: an overlap of exactly IoU is let through
	SuppressGreedy     = "greedy"     // best first; what overlaps a kept box goes
	SuppressSoft       = "soft"       // best first; what overlaps it loses score
	SuppressNone       = "none"
)

// suppressions lists the ways for messages.
var suppressions = []string{Suppress2015, SuppressRepository, SuppressGreedy, SuppressSoft, SuppressNone}

// suppress applies the way that p names. The pair rules and none keep the order of
// found, the others put the best first. found is not changed.
func (p DetectParams) suppress(found []Detection) []Detection {
	switch p.Suppress {
	case Suppress2015:
		return suppressPairs(found, func(a, b image.Rectangle) bool { return IoU(a, b) >= p.IoU })
	case SuppressRepository:
		return suppressPairs(found, func(a, b image.Rectangle) bool { return IoU(a, b) > p.IoU })
	case SuppressGreedy:
		return suppressGreedy(found, p.IoU, p.Inside)
	case SuppressSoft:
		return suppressSoft(found, p.Sigma, p.Threshold)
	}
	return slices.Clone(found)
}

// suppressPairs is what the 2015 code did: it went through all pairs in order and
// dropped the box with the lower score of each pair that overlaps. A box that was
// dropped still drops others, so a chain of overlapping boxes with rising
// scores leaves only its last one, where greedy suppression leaves every second.
// Of two equal scores the earlier box goes ("if conf1 > conf2 drop the second,
// else the first"); scores of that code were float32 and often both 1.
func suppressPairs(found []Detection, overlap func(a, b image.Rectangle) bool) []Detection {
	dropped := make([]bool, len(found))
	for i, a := range found {
		for j := i + 1; j < len(found); j++ {
			if b := found[j]; overlap(a.Box, b.Box) {
				if a.Score > b.Score {
					dropped[j] = true
				} else {
					dropped[i] = true
				}
			}
		}
	}
	var kept []Detection
	for i, d := range found {
		if !dropped[i] {
			kept = append(kept, d)
		}
	}
	return kept
}

// suppressGreedy keeps the best box, drops those that overlap it by an IoU of at
// least iou or, unless inside is 0, by that share of the smaller of the two, and goes on
// with the rest. Of equal scores the earlier box is kept.
func suppressGreedy(found []Detection, iou, inside float64) []Detection {
	var kept []Detection
	for _, d := range bestFirst(found) {
		hit := func(k Detection) bool {
			return IoU(k.Box, d.Box) >= iou || inside > 0 && shareOfSmaller(k.Box, d.Box) >= inside
		}
		if !slices.ContainsFunc(kept, hit) {
			kept = append(kept, d)
		}
	}
	return kept
}

// suppressSoft is Gaussian soft-NMS (Bodla et al., "Soft-NMS: improving object
// detection with one line of code", ICCV 2017, equation 4): the best box is kept, the
// score of each other one is multiplied by exp(-IoU²/sigma), and so on with what
// is left. Boxes whose score has sunk below least go. The scores that come back are
// the lowered ones.
func suppressSoft(found []Detection, sigma, least float64) []Detection {
	left := bestFirst(found)
	var kept []Detection
	for len(left) > 0 {
		best := 0
		for i := range left {
			if left[i].Score > left[best].Score {
				best = i
			}
		}
		d := left[best]
		if d.Score < least {
			break
		}
		kept = append(kept, d)
		left = slices.Delete(left, best, best+1)
		rest := left[:0]
		for _, r := range left {
			if v := IoU(d.Box, r.Box); v > 0 {
				r.Score *= math.Exp(-v * v / sigma)
			}
			if r.Score >= least {
				rest = append(rest, r)
			}
		}
		left = rest
	}
	return kept
}

// bestFirst returns a copy, sorted by falling score; equal scores keep their order.
func bestFirst(found []Detection) []Detection {
	s := slices.Clone(found)
	slices.SortStableFunc(s, func(a, b Detection) int { return cmp.Compare(b.Score, a.Score) })
	return s
}
