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
	Ignore   bool    `json:"ignore"`
	View     string  `json:"view,omitempty"`     // where the face looks, such as front or profile; "" unknown
	Rotation float64 `json:"rotation,omitempty"` // degrees that the head is turned in the picture, above -180 to 180
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
type ScoreReport struct {
	Frames int `json:"frames"`
	Faces  int `json:"faces"` // without the ignored ones
	// AP is by the headline rule: the area under the precision-recall curve at all its
	// points, precision made falling (as PASCAL VOC since 2010).
	AP float64 `json:"ap"`
	// RecallAtFPPI is the recall at the lowest threshold that leaves at most that many
	// false positives per picture, on average. Keys "0.1", "0.3" and "1".
	RecallAtFPPI map[string]float64 `json:"recall_at_fppi"`
	BestF1       float64            `json:"best_f1"`   // highest harmonic mean of precision and recall
	Threshold    float64            `json:"threshold"` // the score from which BestF1 is reached
	// APIoU30 and APIoU50 are by IoU, as pycocotools computes AP for one IoU: see averageCOCO.
	APIoU30 float64 `json:"ap_iou30"`
	APIoU50 float64 `json:"ap_iou50"`
	// Recommended is the highest score from which F1 comes within plateau of the best: where
	// the curve is flat, fewer false positives are the better choice.
	Recommended float64      `json:"recommended"`
	Curve       []CurvePoint `json:"-"` // by falling score; headline rule
}

// CurvePoint counts the detections with at least a score.
type CurvePoint struct {
	Score         float64 `json:"score"`
	True          int     `json:"true"`  // faces found
	False         int     `json:"false"` // false positives
	Precision     float64 `json:"precision"`
	Recall        float64 `json:"recall"`
	FalsePerFrame float64 `json:"fppi"`
	F1            float64 `json:"f1"` // harmonic mean of precision and recall
}

// plateau is less than what F1 differs by from one set of pictures to the next: the
// intervals of Bootstrap are three to six times as wide with 100 pictures.
const plateau = 0.01

// fppis are the false positives per picture of RecallAtFPPI.
var fppis = []float64{0.1, 0.3, 1}

// Score compares detections with the truth. In each picture the best detection
// chooses first, among the faces that are left, the one that it fits best; each
// face is found once, further hits are false positives. One that finds no face but
// has its centre in an ignored one (enlarged by 30 %, side 0.3 to 6 times) does not
// count. Equal scores enter the curve together.
func Score(frames []FrameResult) ScoreReport {
	m := matchAll(frames)
	curve := m.curve(nil)
	r := ScoreReport{
		Frames: len(frames), Faces: m.faces(nil),
		AP: areaUnder(curve), APIoU30: averageCOCO(frames, 0.3), APIoU50: averageCOCO(frames, 0.5),
		RecallAtFPPI: map[string]float64{}, Curve: curve,
	}
	for _, fppi := range fppis {
		r.RecallAtFPPI[fppiKey(fppi)] = recallAt(curve, fppi)
	}
	for _, p := range curve {
		if p.F1 > r.BestF1 {
			r.BestF1, r.Threshold = p.F1, p.Score
		}
	}
	for _, p := range curve {
		if p.F1 >= r.BestF1-plateau && r.BestF1 > 0 {
			r.Recommended = p.Score
			break
		}
	}
	return r
}

// fppiKey names a rate of false positives in a report.
func fppiKey(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// recallAt is the recall at the last point with at most fppi false positives a picture.
func recallAt(curve []CurvePoint, fppi float64) float64 {
	best := 0.0
	for _, p := range curve {
		if p.FalsePerFrame <= fppi+1e-9 {
			best = p.Recall
		}
	}
	return best
}

// matched is what was found in many frames by the headline rule, by falling score.
type matched struct {
	hits []frameHit
	has  []int // faces of each frame, without the ignored ones
}

type frameHit struct {
	hit
	frame int
}

func matchAll(frames []FrameResult) matched {
	m := matched{has: make([]int, len(frames))}
	for i, f := range frames {
		for _, h := range f.match(fitFair) {
			m.hits = append(m.hits, frameHit{h, i})
		}
		for _, t := range f.Truth {
			if !t.Ignore {
				m.has[i]++
			}
		}
	}
	slices.SortStableFunc(m.hits, func(a, b frameHit) int { return cmp.Compare(b.Score, a.Score) })
	return m
}

// faces counts those that are there. times says how often each frame counts; nil: once.
func (m matched) faces(times []int) int {
	n := 0
	for i, has := range m.has {
		n += has * often(times, i)
	}
	return n
}

func often(times []int, frame int) int {
	if times == nil {
		return 1
	}
	return times[frame]
}

// curve counts over all frames, each as often as times says.
func (m matched) curve(times []int) []CurvePoint {
	faces, frames := float64(max(m.faces(times), 1)), float64(max(len(m.has), 1))
	var curve []CurvePoint
	p := CurvePoint{}
	for i, h := range m.hits {
		if h.found() {
			p.True += often(times, h.frame)
		} else {
			p.False += often(times, h.frame)
		}
		if i+1 < len(m.hits) && m.hits[i+1].Score == h.Score || p.True+p.False == 0 {
			continue
		}
		p.Score = h.Score
		p.Precision = float64(p.True) / float64(p.True+p.False)
		p.Recall = float64(p.True) / faces
		p.FalsePerFrame = float64(p.False) / frames
		p.F1 = 2 * float64(p.True) / (float64(p.True+p.False) + faces)
		curve = append(curve, p)
	}
	return curve
}

// averagePrecision is the area under a curve of n points by rising recall, with the best
// precision at that recall or a higher one.
func averagePrecision(n int, at func(i int) (precision, recall float64)) float64 {
	area, best := 0.0, 0.0
	for i := n - 1; i >= 0; i-- {
		precision, recall := at(i)
		before := 0.0
		if i > 0 {
			_, before = at(i - 1)
		}
		best = max(best, precision)
		area += (recall - before) * best
	}
	return area
}

// areaUnder is the average precision of a curve.
func areaUnder(curve []CurvePoint) float64 {
	return averagePrecision(len(curve), func(i int) (float64, float64) { return curve[i].Precision, curve[i].Recall })
}
