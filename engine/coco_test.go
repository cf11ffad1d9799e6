package engine

import (
	"math"
	"testing"
)

// cocoFrames is a fixture for pycocotools' rules: four pictures, five faces A, B, D, E, F and
// a crowd C.
func cocoFrames() []FrameResult {
	return []FrameResult{
		{
			Truth: []Truth{ignored(400, 0, 100, 100), face(0, 0, 100, 100), face(200, 0, 100, 100)}, // C, A, B
			Found: []Detection{
				found(200, 0, 100, 50, 0.60),  // B with IoU 5000/10000, just enough
				found(0, 0, 100, 80, 0.90),    // A with 0.8, but A is taken: false
				found(0, 0, 100, 100, 0.95),   // A with 1
				found(420, 0, 50, 50, 0.99),   // within C: does not count
				found(450, 0, 100, 100, 0.85), // half of it on C: does not count either
			},
		},
		{
			Truth: []Truth{face(0, 0, 100, 100), face(50, 0, 100, 100)}, // D, E
			Found: []Detection{
				found(20, 0, 100, 100, 0.80), // D with 80/120, E with 70/130: takes D
				found(30, 0, 100, 100, 0.70), // D with 70/130, but taken; E with 80/120
				found(0, 0, 40, 100, 0.65),   // D with 0.4, taken: false by both rules
			},
		},
		{Found: []Detection{found(0, 0, 100, 100, 0.75)}}, // false
		{
			Truth: []Truth{face(0, 0, 100, 100)},           // F
			Found: []Detection{found(0, 0, 40, 100, 0.50)}, // F with 0.4: right by IoU 0.3, false by 0.5
		},
	}
}

// By IoU 0.5 the scores 0.95 0.90 0.80 0.75 0.70 0.65 0.60 0.50 are
//
//	right      yes  no   yes  no   yes  no   yes  no
//	recall     1/5  1/5  2/5  2/5  3/5  3/5  4/5  4/5
//	precision  1    1/2  2/3  2/4  3/5  3/6  4/7  4/8
//
// so that precision is 1 at the 21 recalls 0 to 0.20, 2/3 at the 20 up to 0.40, 3/5 at 20,
// 4/7 at 20, and 0 at the last 20. By IoU 0.3 the last one is right: recall 5/5 with
// precision 5/8, which is more than 3/5 and 4/7 and replaces them.
func TestCOCOByHand(t *testing.T) {
	for _, c := range []struct{ iou, want float64 }{
		{0.5, (21 + 20*2.0/3 + 20*3.0/5 + 20*4.0/7) / 101},
		{0.3, (21 + 20*2.0/3 + 60*5.0/8) / 101},
	} {
		if got := averageCOCO(cocoFrames(), c.iou); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("IoU %v: got AP %v, want %v", c.iou, got, c.want)
		}
	}
}

func TestCOCORules(t *testing.T) {
	one := []Truth{face(0, 0, 100, 100)}
	var many []Detection
	for i := range 100 {
		many = append(many, found(500, 0, 10, 10, 1-float64(i)/1000))
	}
	for _, c := range []struct {
		name  string
		frame FrameResult
		want  float64
	}{
		{"nothing found", FrameResult{Truth: one}, 0},
		{"no face", FrameResult{Found: []Detection{found(0, 0, 9, 9, 1)}}, 0},
		{"equal scores in their order", FrameResult{Truth: one, Found: []Detection{found(0, 0, 100, 100, 1), found(500, 0, 9, 9, 1)}}, 1},
		{"and the other way round", FrameResult{Truth: one, Found: []Detection{found(500, 0, 9, 9, 1), found(0, 0, 100, 100, 1)}}, 0.5},
		{"a face before a crowd", FrameResult{Truth: []Truth{ignored(0, 0, 300, 300), one[0]}, Found: []Detection{found(0, 0, 100, 100, 1)}}, 1},
		{"the 100th detection", FrameResult{Truth: one, Found: append(many[:99:99], found(0, 0, 100, 100, 0.1))}, 0.01},
		{"the 101st", FrameResult{Truth: one, Found: append(many[:100:100], found(0, 0, 100, 100, 0.1))}, 0},
		// Taken for the first face, of which it has as much, the better box would leave the
		// second box without one.
		{"the last of equal overlaps", FrameResult{
			Truth: []Truth{face(0, 0, 100, 100), face(100, 0, 100, 100)},
			Found: []Detection{found(0, 0, 200, 100, 0.9), found(0, 0, 100, 100, 0.8)},
		}, 1},
	} {
		if got := averageCOCO([]FrameResult{c.frame}, 0.5); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: got AP %v, want %v", c.name, got, c.want)
		}
	}
}
