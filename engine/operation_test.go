package engine

import (
	"image"
	"reflect"
	"testing"
)

// One picture with one of each mistake, and a face-free one.
func mistaken() []FrameResult {
	turned := face(0, 300, 50, 50)
	turned.View, turned.Rotation = "profile", -30
	missed := face(300, 300, 200, 200)
	missed.View = "front"
	return []FrameResult{
		{
			Truth: []Truth{face(0, 0, 100, 100), turned, missed, ignored(600, 0, 100, 100)},
			Found: []Detection{
				found(0, 0, 100, 100, 0.9),     // the first face
				found(5, 5, 100, 100, 0.8),     // once more
				found(0, 300, 60, 60, 0.75),    // the turned one
				found(350, 350, 60, 60, 0.7),   // within the third, far too small
				found(410, 470, 300, 300, 0.6), // beside it, IoU 90*30/(90000+40000-2700) = 0.02
				found(600, 0, 100, 100, 0.5),   // ignored
				found(0, 0, 50, 50, 0.2),       // too unsure
			},
		},
		{Found: []Detection{found(0, 0, 30, 30, 0.7), found(90, 0, 30, 30, 0.6), found(0, 90, 30, 30, 0.1)}},
		{Truth: []Truth{ignored(0, 0, 10, 10)}, Found: []Detection{found(500, 500, 30, 30, 0.55)}}, // not face-free
	}
}

func TestMistakes(t *testing.T) {
	want := []Mistake{
		{0, Duplicate, image.Rect(5, 5, 105, 105), 0.8, none},
		{0, Misplaced, image.Rect(350, 350, 410, 410), 0.7, none},
		{0, Background, image.Rect(410, 470, 710, 770), 0.6, none},
		{0, Missed, image.Rect(300, 300, 500, 500), 0, 2},
		{1, Background, image.Rect(0, 0, 30, 30), 0.7, none},
		{1, Background, image.Rect(90, 0, 120, 30), 0.6, none},
		{2, Background, image.Rect(500, 500, 530, 530), 0.55, none},
	}
	if got := Mistakes(mistaken(), 0.5); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestOperate(t *testing.T) {
	want := Operation{
		Threshold: 0.5,
		Precision: 2.0 / 8, Recall: 2.0 / 3, F1: 2 * 2.0 / (8 + 3), FPPI: 6.0 / 3,
		Empty: 1, FalsePerEmpty: 2,
		Causes: map[Cause]int{Background: 4, Duplicate: 1, Misplaced: 1, Missed: 1},
		Groups: []Group{
			{"width<60", 1, 1, 1},
			{"width 60-150", 1, 1, 1},
			{"width 150-400", 1, 0, 0},
			{"front", 1, 0, 0},
			{"profile", 1, 1, 1},
			{"tilted>20", 1, 1, 1},
		},
	}
	if got := Operate(mistaken(), 0.5); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// With a threshold that nothing reaches, nothing is wrong but that all is missed.
func TestOperateWithoutDetections(t *testing.T) {
	o := Operate(mistaken(), 2)
	if o.Precision != 1 || o.Recall != 0 || o.F1 != 0 || o.FPPI != 0 || o.FalsePerEmpty != 0 || o.Causes[Missed] != 3 {
		t.Errorf("got %+v", o)
	}
	if o := Operate(nil, 0.5); o.Recall != 0 || o.FPPI != 0 || len(o.Groups) != 0 {
		t.Errorf("no pictures: got %+v", o)
	}
}
