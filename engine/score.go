package engine

import (
	"cmp"
	"slices"
	"strconv"
)

// Truth is a face that is really there.
type Truth struct {
	Box [4]float64 `json:"box"` // x, y, width, height in pixels of the picture; brow to chin, cheek to cheek
	// Ignore marks what is neither a face to find nor a mistake to report: half
	// hidden, masked, an animal.
	Ignore bool `json:"ignore"`
}

// FrameResult is what a detector found in one picture, and what is there.
type FrameResult struct {
	Found []Detection
	Truth []Truth
}

// ScoreReport says how good detections are over many pictures, by three rules of
// what finds a face. The headline rule fits head boxes and tight boxes: the centre
// of the detection lies in the truth box enlarged by 30 % of its sides each way, and
// its side (the root of the area) is 0.8 to 3 times the truth's. The others ask for
// an IoU of 0.3 or 0.5 with the truth box.
//
// AP is the area under the precision-recall curve at all its points, precision
// made falling (as PASCAL VOC since 2010, not the 101 points of pycocotools).
type ScoreReport struct {
	Frames int     `json:"frames"`
	Faces  int     `json:"faces"` // without the ignored ones
	AP     float64 `json:"ap"`
	// RecallAtFPPI is the recall at the lowest threshold that leaves at most that many
	// false positives per picture, on average. Keys "0.1", "0.3" and "1".
	RecallAtFPPI map[string]float64 `json:"recall_at_fppi"`
	BestF1       float64            `json:"best_f1"`   // highest harmonic mean of precision and recall
	Threshold    float64            `json:"threshold"` // the score from which BestF1 is reached
	APIoU30      float64            `json:"ap_iou30"`
	APIoU50      float64            `json:"ap_iou50"`
	Curve        []CurvePoint       `json:"-"` // by falling score; headline rule
}

// CurvePoint counts the detections with at least a score.
type CurvePoint struct {
	Score         float64
	True, False   int // faces found, false positives
	Precision     float64
	Recall        float64
	FalsePerFrame float64 // FPPI
}

// Score compares detections with the truth. In each picture the best detection
// chooses first, among the faces that are left, the one that it fits best; each
// face is found once, further hits are false positives. One that finds no face but
// has its centre in an ignored one (enlarged by 30 %, side 0.3 to 6 times) does not
// count. Equal scores enter the curve together.
func Score(frames []FrameResult) ScoreReport {
	r := ScoreReport{Frames: len(frames), RecallAtFPPI: map[string]float64{}}
	for _, f := range frames {
		for _, t := range f.Truth {
			if !t.Ignore {
				r.Faces++
			}
		}
	}
	r.Curve = r.curve(frames, fitFair)
	r.AP = averagePrecision(r.Curve)
	r.APIoU30 = averagePrecision(r.curve(frames, fitIoU(0.3)))
	r.APIoU50 = averagePrecision(r.curve(frames, fitIoU(0.5)))
	for _, fppi := range []float64{0.1, 0.3, 1} {
		best := 0.0
		for _, p := range r.Curve {
			if float64(p.False) <= fppi*float64(r.Frames)+1e-9 {
				best = p.Recall
			}
		}
		r.RecallAtFPPI[strconv.FormatFloat(fppi, 'g', -1, 64)] = best
	}
	for _, p := range r.Curve {
		if f1 := 2 * float64(p.True) / float64(p.True+p.False+r.Faces); f1 > r.BestF1 {
			r.BestF1, r.Threshold = f1, p.Score
		}
	}
	return r
}

// curve counts over all frames by one rule of what finds a face.
func (r ScoreReport) curve(frames []FrameResult, fit rule) []CurvePoint {
	var hits []hit
	for _, f := range frames {
		hits = append(hits, f.match(fit)...)
	}
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
	var curve []CurvePoint
	p := CurvePoint{}
	for i, h := range hits {
		if h.found {
			p.True++
		} else {
			p.False++
		}
		if i+1 < len(hits) && hits[i+1].score == h.score {
			continue
		}
		p.Score = h.score
		p.Precision = float64(p.True) / float64(p.True+p.False)
		p.Recall = float64(p.True) / float64(max(r.Faces, 1))
		p.FalsePerFrame = float64(p.False) / float64(r.Frames)
		curve = append(curve, p)
	}
	return curve
}

// averagePrecision is the area under a curve, with the best precision at that
// recall or a higher one.
func averagePrecision(curve []CurvePoint) float64 {
	area, best := 0.0, 0.0
	for i := len(curve) - 1; i >= 0; i-- {
		before := 0.0
		if i > 0 {
			before = curve[i-1].Recall
		}
		best = max(best, curve[i].Precision)
		area += (curve[i].Recall - before) * best
	}
	return area
}
