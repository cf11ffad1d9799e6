package ui

import (
	"image"
	"strings"
	"testing"

	"frglab/dataset"
	"frglab/engine"
	"frglab/ui/imageview"
)

func TestChangesOfBoxes(t *testing.T) {
	at := func(x int) engine.Detection {
		return engine.Detection{Box: image.Rect(x, 0, x+40, 40), Score: 0.9}
	}
	say := func(x int, c dataset.Class) said { return said{box: image.Rect(x, 0, x+40, 40), class: c} }
	before, after := []engine.Detection{at(0), at(100), at(200), at(300)}, []engine.Detection{at(5), at(500)}
	said := []said{say(100, dataset.Face), say(100, dataset.Other), say(200, dataset.Face), say(0, dataset.Other)}
	got := changesOf(before, after, said)
	if want := (boxChanges{stay: 1, gone: 3, fresh: 1, wrong: 1, right: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, part := range []string{"1 boxes stay, 3 are gone, 1 are new", "false faces: 1", "right faces: 1", "what is in 1 of"} {
		if text := got.text(); !strings.Contains(text, part) {
			t.Errorf("%q does not say %q", text, part)
		}
	}
}

// onTrial puts a new model on trial for the picture on screen, without a training.
func onTrial(w *window) *detectTrial {
	d := w.detect
	next := &detectTrial{old: w.model, set: d.setup(), before: d.boxesBefore()}
	c := *w.model
	d.learner.ended(next, &c, nil)
	settle(w)
	return next
}

// While a model is on trial, the picture that it was taught with is shown as it was before on
// the right, and as it is now on the left; other pictures have the cascade there.
func TestTrialShowsBeforeAndAfter(t *testing.T) {
	w, failures := openTrainable(t)
	setTinyModel(w)
	path, other := testPicture(t, "shot.png", 200, 150), testPicture(t, "other.png", 64, 40)
	w.tabs.SelectIndex(tabDetect)
	w.detect.openPaths([]string{path, other})
	settle(w)
	d := w.detect
	face, wrong := engine.Detection{Box: image.Rect(10, 10, 60, 60), Score: 0.9}, engine.Detection{Box: image.Rect(120, 70, 160, 110), Score: 0.8}
	d.found = []engine.Detection{face, wrong}
	d.marks.put(1, d.shot(), face.Box, dataset.Face)
	d.marks.put(2, d.shot(), wrong.Box, dataset.Other)
	next := onTrial(w)
	if d.learner.trial != next || !next.judged || len(*failures) > 0 {
		t.Fatalf("on trial: %+v, failures %v", next, *failures)
	}
	d.hits = []engine.Hit{{Detection: face}} // the new model finds the face alone
	d.found = []engine.Detection{face}
	d.draw()
	d.learner.seen()
	d.learner.refresh()

	kinds := func(p *imageview.Pane) (text string) {
		for _, b := range p.Boxes() {
			text += map[imageview.Line]string{byBoth.Line: "both", byOneCNN.Line: "new", byOneCascade.Line: "gone"}[b.Line] + " " + b.Caption + " "
		}
		return strings.TrimSpace(text)
	}
	if got, want := kinds(d.left), "both 0.90 ✓"; got != want {
		t.Errorf("after: %q, want %q", got, want)
	}
	if got, want := kinds(d.right), "both 0.90 ✓ gone 0.80 ×"; got != want {
		t.Errorf("before: %q, want %q", got, want)
	}
	if l, r := d.leftHead.Text, d.rightHead.Text; !strings.HasPrefix(l, "After") || r != "Before  –  found 2" {
		t.Errorf("the heads are %q and %q", l, r)
	}
	if text := d.legend.labels[2].Text; text != "gone  1" {
		t.Errorf("the legend says %q", text)
	}
	if n := next.changes; n.gone != 1 || n.wrong != 1 || n.right != 0 || n.stay != 1 {
		t.Errorf("changes %+v", n)
	}
	d.right.OnBoxPicked(1)
	if d.chosen != nothing {
		t.Error("a box of before can be chosen as if it were the cascade's")
	}
	d.learner.beside.SetChecked(false)
	if got := kinds(d.right); got != "" || !strings.HasPrefix(d.rightHead.Text, "Cascade") {
		t.Errorf("unticked, the right pane has %q below %q", got, d.rightHead.Text)
	}
	d.learner.beside.SetChecked(true)
	d.show(1)
	settle(w)
	if !strings.HasPrefix(d.rightHead.Text, "Cascade") {
		t.Errorf("of another picture the right pane is %q", d.rightHead.Text)
	}
	d.show(0)
	settle(w)
	d.learner.keep()
	settle(w)
	if !strings.HasPrefix(d.rightHead.Text, "Cascade") || strings.HasPrefix(d.leftHead.Text, "After") {
		t.Errorf("once it is kept the heads are %q and %q", d.leftHead.Text, d.rightHead.Text)
	}
}

// A trial looks for the faces of titles that no training saw, in whole frames.
func TestTrialLooksAtFrames(t *testing.T) {
	w, failures := openTrainable(t)
	setTinyModel(w)
	w.detect.controls.do(func() { w.detect.controls.reset(engine.ModeWindows) }) // the tiny model asks no scout
	path := testPicture(t, "frame.png", 64, 48)
	box := image.Rect(8, 8, 40, 40)
	aside, err := w.project.IDs(dataset.Filter{Split: new(dataset.Valid)})
	if err != nil || len(aside) == 0 {
		t.Fatal(aside, err)
	}
	there, err := w.project.Samples(aside[:1])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.project.Add(t.Context(), []dataset.NewSample{{
		Class: dataset.Face, Checked: true, Path: path, Title: there[0].Title, Box: box, Proposer: "hand", Crop: image.NewRGBA(box),
	}}); err != nil {
		t.Fatal(err)
	}
	w.detect.openPaths([]string{testPicture(t, "shot.png", 120, 90)})
	settle(w)
	next := onTrial(w)
	if n := next.frames; !n.done || n.frames != 1 || n.faces != 1 || n.missed[0] != n.missed[1] || len(*failures) > 0 {
		t.Errorf("of one frame with one face: %+v, failures %v", n, *failures)
	}
	found := func(boxes ...image.Rectangle) []engine.FrameResult {
		f := engine.FrameResult{Truth: []engine.Truth{{Box: [4]float64{10, 10, 40, 40}}, {Box: [4]float64{200, 10, 40, 40}}}}
		for _, b := range boxes {
			f.Found = append(f.Found, engine.Detection{Box: b, Score: 0.9})
		}
		return []engine.FrameResult{f}
	}
	right, beside := image.Rect(5, 5, 55, 55), image.Rect(100, 100, 140, 140)
	got := frameCheckOf([2][]engine.FrameResult{found(right, beside), found(right, right.Add(image.Pt(190, 0)))})
	if want := (frameCheck{done: true, frames: 1, faces: 2, missed: [2]int{1, 0}, wrong: [2]int{1, 0}}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	found2, wrong := got.cells()
	if found2 != [2]string{"1/2", "2/2"} || wrong != [2]string{"1", "0"} {
		t.Errorf("the table says %q, %q", found2, wrong)
	}
}
