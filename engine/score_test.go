package engine

import (
	"encoding/json"
	"image"
	"math"
	"slices"
	"testing"
)

func found(x, y, w, h int, score float64) Detection {
	return Detection{image.Rect(x, y, x+w, y+h), score}
}

func face(x, y, w, h float64) Truth { return Truth{Box: [4]float64{x, y, w, h}} }

func ignored(x, y, w, h float64) Truth {
	return Truth{Box: [4]float64{x, y, w, h}, Ignore: true}
}

// Three frames with three faces, worked out by hand. By falling score (true, false so
// far): 0.9 (1,0), 0.8 (1,2), 0.7 (2,2), 0.5 (2,3), 0.4 (3,3).
func handFrames() []FrameResult {
	return []FrameResult{
		{
			Truth: []Truth{face(100, 100, 50, 50), face(300, 100, 50, 50), ignored(500, 100, 50, 50)},
			Found: []Detection{
				found(505, 95, 60, 60, 0.6),  // on the ignored face: does not count
				found(285, 85, 80, 80, 0.7),  // the second face: side 1.6, IoU 2500/6400
				found(105, 105, 50, 50, 0.8), // the first face once more: false
				found(100, 100, 50, 50, 0.9), // the first face
			},
		},
		{
			Truth: []Truth{face(50, 50, 40, 40)},
			Found: []Detection{
				found(200, 200, 40, 40, 0.8), // nothing there: false
				found(0, 0, 140, 140, 0.5),   // right centre, side 3.5: false
				found(20, 20, 100, 100, 0.4), // right centre, side 2.5; IoU 1600/10000
			},
		},
		{},
	}
}

func TestScoreByHand(t *testing.T) {
	r := Score(handFrames())
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"frames", float64(r.Frames), 3},
		{"faces", float64(r.Faces), 3},
		// Recall 1/3 at precision 1, 2/3 and 3/3 at 1/2: the 2/4 of 0.7, then the 3/6 of 0.4.
		{"ap", r.AP, (1 + 0.5 + 0.5) / 3},
		{"ap_iou30", r.APIoU30, (34 + 33*0.5) / 101},      // then 1/2 up to 0.66
		{"ap_iou50", r.APIoU50, 34.0 / 101},               // precision 1 at the recalls 0, 0.01, ..., 0.33
		{"recall at 0.1", r.RecallAtFPPI["0.1"], 1.0 / 3}, // no false positive allowed
		{"recall at 0.3", r.RecallAtFPPI["0.3"], 1.0 / 3},
		{"recall at 1", r.RecallAtFPPI["1"], 1}, // three allowed
		{"best F1", r.BestF1, 2.0 * 3 / (3 + 3 + 3)},
		{"its threshold", r.Threshold, 0.4},
		{"points", float64(len(r.Curve)), 5},
		{"false at 0.8", float64(r.Curve[1].False), 2}, // equal scores enter together
		{"precision at 0.7", r.Curve[2].Precision, 0.5},
		{"recall at 0.7", r.Curve[2].Recall, 2.0 / 3},
		{"FPPI at 0.5", r.Curve[3].FalsePerFrame, 1},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%s: got %v, want %v", c.name, c.got, c.want)
		}
	}
	data, err := json.Marshal(Score(handFrames()[2:]))
	if want := `{"frames":1,"faces":0,"ap":0,"recall_at_fppi":{"0.1":0,"0.3":0,"1":0},"best_f1":0,"threshold":0,"ap_iou30":0,"ap_iou50":0,"recommended":0}`; err != nil || string(data) != want {
		t.Errorf("got %s, %v, want %s", data, err, want)
	}
}

// One detection, one face or ignored face of 100x100 at 100,100: what does it count as?
func TestScoreMatching(t *testing.T) {
	const yes, no, neutral = "found", "false", "neutral"
	for _, c := range []struct {
		name    string
		d       Detection
		truth   Truth
		verdict string
	}{
		{"the centre at the enlarged border", found(130, 50, 100, 100, 1), face(100, 100, 100, 100), yes},
		{"the centre at the left border", found(20, 100, 100, 100, 1), face(100, 100, 100, 100), yes},
		{"the centre beyond it", found(19, 100, 100, 100, 1), face(100, 100, 100, 100), no},
		{"the centre below it", found(100, 181, 100, 100, 1), face(100, 100, 100, 100), no},
		{"side 0.8", found(110, 110, 80, 80, 1), face(100, 100, 100, 100), yes},
		{"side 0.79", found(110, 110, 79, 79, 1), face(100, 100, 100, 100), no},
		{"side 3", found(0, 0, 300, 300, 1), face(100, 100, 100, 100), yes},
		{"side 3.01", found(0, 0, 301, 301, 1), face(100, 100, 100, 100), no},
		{"a wide box, by its area", found(50, 125, 200, 50, 1), face(100, 100, 100, 100), yes},
		{"an ignored face", found(100, 100, 100, 100, 1), ignored(100, 100, 100, 100), neutral},
		{"a large box on an ignored face", found(-150, -150, 600, 600, 1), ignored(100, 100, 100, 100), neutral},
		{"a larger one", found(-151, -151, 601, 601, 1), ignored(100, 100, 100, 100), no},
		{"a small box on an ignored face", found(135, 135, 30, 30, 1), ignored(100, 100, 100, 100), neutral},
		{"beside an ignored face", found(181, 100, 100, 100, 1), ignored(100, 100, 100, 100), no},
	} {
		got := neutral
		for _, h := range (FrameResult{Found: []Detection{c.d}, Truth: []Truth{c.truth}}).match(fitFair) {
			got = map[bool]string{true: yes, false: no}[h.found()]
		}
		if got != c.verdict {
			t.Errorf("%s: got %s, want %s", c.name, got, c.verdict)
		}
	}
}

// The better detection chooses first, and takes the face whose centre is nearer.
func TestScoreChoosesTheNearest(t *testing.T) {
	f := FrameResult{
		Truth: []Truth{face(100, 100, 100, 100), face(150, 100, 100, 100)},
		Found: []Detection{
			found(110, 100, 100, 100, 0.5), // nearer to the first, as the next one
			found(120, 100, 100, 100, 0.9),
			found(115, 100, 100, 100, 0.4), // both are taken
		},
	}
	hits := f.match(fitFair)
	want := []hit{{f.Found[1], 0}, {f.Found[0], 1}, {f.Found[2], none}}
	if !slices.Equal(hits, want) {
		t.Fatalf("got %v, want %v", hits, want)
	}
}

// A point counts with the best precision at its recall or a higher one: 2/3, which
// is reached at 0.7, also for the first face, found at precision 1/2.
func TestScoreTakesTheBestPrecision(t *testing.T) {
	r := Score([]FrameResult{{
		Truth: []Truth{face(0, 0, 50, 50), face(100, 0, 50, 50)},
		Found: []Detection{found(500, 0, 50, 50, 0.9), found(0, 0, 50, 50, 0.8), found(100, 0, 50, 50, 0.7)},
	}})
	if want := 2.0 / 3; math.Abs(r.AP-want) > 1e-12 {
		t.Errorf("got AP %v, want %v", r.AP, want)
	}
}

// Where two thresholds give the same F1, 2/3 here, the higher one is reported.
func TestScoreTies(t *testing.T) {
	r := Score([]FrameResult{{
		Truth: []Truth{face(0, 0, 50, 50), face(100, 0, 50, 50)},
		Found: []Detection{
			found(0, 0, 50, 50, 0.9), // 1 of 2 faces
			found(500, 0, 50, 50, 0.8), found(600, 0, 50, 50, 0.7),
			found(100, 0, 50, 50, 0.6), // 2 of 2, and 2 false
		},
	}})
	if want := 2.0 / 3; r.BestF1 != want || r.Threshold != 0.9 {
		t.Errorf("got F1 %v at %v, want %v at 0.9", r.BestF1, r.Threshold, want)
	}
}

// Of thresholds that do about as well the highest is recommended: 99 of 100 faces are found
// at 0.9, with F1 198/199; the last one at 0.1.
func TestScoreRecommends(t *testing.T) {
	var frames []FrameResult
	for i := range 100 {
		score := 0.9
		if i == 99 {
			score = 0.1
		}
		frames = append(frames, FrameResult{[]Detection{found(0, 0, 50, 50, score)}, []Truth{face(0, 0, 50, 50)}})
	}
	if r := Score(frames); r.Recommended != 0.9 || r.Threshold != 0.1 {
		t.Errorf("got %v, best F1 at %v", r.Recommended, r.Threshold)
	}
	if r := Score(frames[90:]); r.Recommended != 0.1 { // 9 of 10: 18/19 is too far from 1
		t.Errorf("got %v, want 0.1", r.Recommended)
	}
}

// Detections that are all right, or all wrong, whatever their scores.
func TestScoreExtremes(t *testing.T) {
	var good, bad []FrameResult
	for i := range 20 {
		x := 10 * i
		truth := []Truth{face(float64(x), 50, 60, 60)}
		good = append(good, FrameResult{[]Detection{found(x, 50, 60, 60, float64(i%7))}, truth})
		bad = append(bad, FrameResult{[]Detection{found(x+500, 50, 60, 60, float64(i%7))}, truth})
	}
	if r := Score(good); math.Abs(r.AP-1) > 1e-12 || r.BestF1 != 1 || r.Threshold != 0 || r.RecallAtFPPI["0.1"] != 1 || math.Abs(r.APIoU50-1) > 1e-12 {
		t.Errorf("all right: got %+v", r)
	}
	if r := Score(bad); r.AP != 0 || r.BestF1 != 0 || r.RecallAtFPPI["1"] != 0 || r.Curve[len(r.Curve)-1].False != 20 {
		t.Errorf("all wrong: got %+v", r)
	}
}
