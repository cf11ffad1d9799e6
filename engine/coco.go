package engine

import (
	"cmp"
	"slices"
)

// averageCOCO is the average precision at one IoU as pycocotools computes it
// (cocoeval.py, COCOeval.evaluateImg and accumulate), for one category, all areas and at
// most cocoMost detections a picture:
//
//   - In each picture the detections choose by falling score. Each takes the free face
//     that it overlaps most, if by at least iou; of equal overlaps the last one.
//   - One that takes none but lies on an ignored box, by at least iou of its own area,
//     does not count. Any number may lie there: an ignored box is COCO's "iscrowd".
//   - The detections of all pictures are counted by falling score, one by one; equal
//     scores in the order of the pictures.
//   - Precision is made falling. It is read at the recalls 0, 0.01, ..., 1, each time
//     at the first point that reaches the recall (0 where none does): AP is the mean.
//
// Without a face in the truth, where pycocotools answers -1, it is 0.
func averageCOCO(frames []FrameResult, iou float64) float64 {
	var hits []scored
	faces := 0
	for _, f := range frames {
		hits = append(hits, f.matchCOCO(iou)...)
		for _, t := range f.Truth {
			if !t.Ignore {
				faces++
			}
		}
	}
	if faces == 0 {
		return 0
	}
	slices.SortStableFunc(hits, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	recall, precision := make([]float64, len(hits)), make([]float64, len(hits))
	right := 0
	for i, h := range hits {
		if h.right {
			right++
		}
		recall[i] = float64(right) / float64(faces)
		precision[i] = float64(right) / float64(i+1)
	}
	for i := len(precision) - 2; i >= 0; i-- {
		precision[i] = max(precision[i], precision[i+1])
	}
	sum := 0.0
	for i := range cocoRecalls {
		at, _ := slices.BinarySearch(recall, float64(i)*0.01) // a product, as numpy's linspace: it decides which side of the point a recall of 57/100 is on
		if at < len(precision) {
			sum += precision[at]
		}
	}
	return sum / cocoRecalls
}

// The parameters of pycocotools (cocoeval.py, Params.setDetParams).
const (
	cocoRecalls = 101 // recThrs
	cocoMost    = 100 // the last of maxDets
)

// scored is a detection that counts, and whether it is right.
type scored struct {
	score float64
	right bool
}

// matchCOCO is match as pycocotools does it.
func (f FrameResult) matchCOCO(iou float64) []scored {
	var hits []scored
	taken := make([]bool, len(f.Truth))
	found := bestFirst(f.Found)
	for _, d := range found[:min(len(found), cocoMost)] {
		best, at, neutral := min(iou, 1-1e-10), none, false
		for i, t := range f.Truth {
			both, whole := overlap(d, t)
			switch {
			case t.Ignore:
				neutral = neutral || both >= iou*float64(d.Box.Dx()*d.Box.Dy()) && both > 0
			case !taken[i] && both >= best*whole && both > 0:
				best, at = both/whole, i
			}
		}
		if at != none {
			taken[at] = true
		}
		if at != none || !neutral {
			hits = append(hits, scored{d.Score, at != none})
		}
	}
	return hits
}
