package ui

import (
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"frglab/dataset"
	"frglab/engine"
	"frglab/engine/vision"
)

// falseFace makes the cascade box something in the picture on screen.
func falseFace(w *window, box image.Rectangle) {
	w.detect.cascade.raw = slices.Repeat(vision.Raw{box}, 7)
	w.detect.refresh()
	w.detect.right.OnBoxPicked(0)
}

// TestLoop goes the whole way: a picture is dropped, a box in it is no face, the model learns
// that in a process of its own, is on trial, and is kept.
func TestLoop(t *testing.T) {
	w, failures := openTrainable(t)
	setTinyModel(w)
	path := testPicture(t, "shot.png", 120, 90)
	w.tabs.SelectIndex(tabDetect)
	w.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(path)})
	settle(w)
	box := image.Rect(10, 20, 50, 60)
	falseFace(w, box)
	w.detect.right.TypedRune('n')
	settle(w)

	ids, err := w.project.IDs(dataset.Filter{Proposer: byCascade})
	if err != nil || len(ids) != 1 {
		t.Fatalf("%v, %v: want one negative (failures %v)", ids, err, *failures)
	}
	samples, err := w.project.Samples(ids)
	if err != nil {
		t.Fatal(err)
	}
	if s := samples[0]; s.Class != dataset.Other || !s.Checked || s.Path != path || s.Frame != 0 || s.Box != box || s.Score != 7 {
		t.Errorf("its provenance is %+v", s)
	}
	l := w.detect.learner
	if !slices.Equal(l.fresh, ids) || !l.callButton.Visible() {
		t.Fatalf("waiting: %v, the button shows: %v", l.fresh, l.callButton.Visible())
	}
	if text, err := w.project.Setting(keyFresh); err != nil || !strings.Contains(text, "[") {
		t.Errorf("the project remembers %q, %v", text, err)
	}

	old := w.model
	l.callButton.OnTapped()
	until(t, w, "the new model", func() bool { return l.trial != nil || len(*failures) > 0 })
	settle(w)
	if len(*failures) > 0 {
		t.Fatalf("failures: %v", *failures)
	}
	if w.model == old || w.model != l.trial.new || !l.trial.judged || !l.trial.checked || l.state.Text == tr("Comparing…") {
		t.Fatalf("on trial: %+v; the tab says %q", l.trial, l.state.Text)
	}
	if l.trial.new.Step != engine.QuickCrops/64 || l.trial.checks[0].N == 0 {
		t.Errorf("%d iterations, compared on %d crops", l.trial.new.Step, l.trial.checks[0].N)
	}
	if _, err := os.Stat(filepath.Join(l.trial.dir, fromFile)); err == nil {
		t.Error("the old model is left in the run's folder")
	}
	next := l.trial
	l.dropIt.OnTapped()
	settle(w)
	if w.model != old || len(l.fresh) != 1 || !l.callButton.Visible() {
		t.Errorf("back: the old model %v, %v wait", w.model == old, l.fresh)
	}
	l.trial = next
	l.keepIt.OnTapped()
	settle(w)
	best := filepath.Join(next.dir, engine.BestFile)
	if w.model != next.new || len(l.fresh) != 0 || l.callButton.Visible() || w.app.Preferences().String(prefModel) != best {
		t.Errorf("kept: %v, %v wait, remembered %q, want %q", w.model == next.new, l.fresh, w.app.Preferences().String(prefModel), best)
	}
	w.model = nil
	w.loadLast() // as after a restart
	settle(w)
	if w.model == nil || w.modelPath != best {
		t.Errorf("after a restart the model is of %q, want %q", w.modelPath, best)
	}
}

// TestExamplesWait: what a training would not see is not counted.
func TestExamplesWait(t *testing.T) {
	w, _ := openTrainable(t)
	setTinyModel(w)
	w.detect.openPaths([]string{testPicture(t, "shot.png", 120, 90)})
	settle(w)
	for i := range 3 {
		falseFace(w, image.Rect(10*i, 20, 10*i+40, 60))
		w.detect.keep(dataset.Other)
	}
	l := w.detect.learner
	if len(l.ready) != 3 {
		t.Fatalf("%d examples are ready, want 3", len(l.ready))
	}
	if err := w.project.Label(map[int64]dataset.Class{l.fresh[0]: dataset.Unsure}, "label"); err != nil {
		t.Fatal(err)
	}
	w.tabs.SelectIndex(tabLabel)
	w.tabs.SelectIndex(tabDetect)
	if len(l.ready) != 2 || len(l.fresh) != 3 {
		t.Errorf("with one unsure %d of %d are ready, want 2 of 3", len(l.ready), len(l.fresh))
	}
	w.openProject(w.project.Path())
	settle(w)
	again := newDetectLearner(w.detect)
	again.projectChanged()
	if len(again.ready) != 2 {
		t.Errorf("after a restart %d are ready, want 2", len(again.ready))
	}
}

// TestLookAlikesAreQueued searches a frame of the project for more of the same.
func TestLookAlikesAreQueued(t *testing.T) {
	w, failures := openTrainable(t)
	setTinyModel(w)
	path := testPicture(t, "frame.png", 160, 120)
	id, err := w.project.AddFrame(dataset.NewFrame{Path: path, Title: "show 0", Width: 160, Height: 120})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.project.CheckFrame(id, true, "check"); err != nil {
		t.Fatal(err)
	}
	w.detect.openPaths([]string{path})
	settle(w)
	d := w.detect
	d.controls.do(func() {
		d.controls.reset(engine.ModeWindows)
		d.params.Threshold, d.params.Prior = 1e-6, 0.5
	})
	settle(w)
	if len(d.found) == 0 {
		t.Fatal("the model boxes nothing")
	}
	d.left.OnBoxPicked(0)
	d.findAlike()
	settle(w)
	open, err := w.project.IDs(dataset.Filter{Checked: new(false), Proposer: byCNN})
	if err != nil || len(open) == 0 || len(*failures) > 0 {
		t.Fatalf("%d queued, %v, failures %v, notice %q", len(open), err, *failures, w.notice)
	}
	if w.tabs.SelectedIndex() != tabLabel || !slices.Contains(w.label.l.ids, open[0]) || len(d.learner.fresh) == 0 || len(d.learner.ready) != 0 {
		t.Errorf("the Label tab shows %v; %v wait, %v are ready", w.label.l.ids, d.learner.fresh, d.learner.ready)
	}
	before := len(open)
	d.findAlike()
	settle(w)
	if open, _ := w.project.IDs(dataset.Filter{Checked: new(false), Proposer: byCNN}); len(open) != before {
		t.Errorf("asked again, %d are queued, want the %d of before", len(open), before)
	}
}

// TestUndoTakesAVerdictBack: the box is not marked any more, and no example waits.
func TestUndoTakesAVerdictBack(t *testing.T) {
	w, _ := openTrainable(t)
	w.tabs.SelectIndex(tabDetect)
	w.detect.openPaths([]string{testPicture(t, "shot.png", 120, 90)})
	settle(w)
	falseFace(w, image.Rect(10, 20, 50, 60))
	w.detect.right.TypedRune('n')
	settle(w)
	if got := w.detect.right.Boxes()[0].Caption; got != "7 ×" {
		t.Errorf("marked, the box is called %q", got)
	}
	menuKey(w, "Ctrl+Z")
	settle(w)
	if got := w.detect.right.Boxes()[0].Caption; got != "7" || len(w.detect.learner.ready) != 0 {
		t.Errorf("after an undo the box is called %q, and %d examples wait", got, len(w.detect.learner.ready))
	}
}

func TestVerdictOfATrial(t *testing.T) {
	r := func(a, b, c, d int) engine.Report {
		return engine.Report{N: a + b + c + d, Confusion: [][]int{{a, b}, {c, d}}}
	}
	for _, tt := range []struct {
		name          string
		before, after tally
		old, new      engine.Report
		frames        frameCheck
		want          string
	}{
		{"learned", tally{falseFaces: 1, wrong: 1}, tally{falseFaces: 1}, r(90, 10, 5, 95), r(90, 10, 4, 96), frameCheck{done: true}, "as good as before"},
		{"learned and unlearned", tally{falseFaces: 1, wrong: 1}, tally{falseFaces: 1}, r(90, 10, 5, 95), r(70, 30, 1, 99), frameCheck{done: true}, "It has learned this picture, but"},
		{"only worse", tally{}, tally{}, r(90, 10, 5, 95), r(90, 10, 20, 80), frameCheck{done: true}, "better go back"},
		{"not learned", tally{falseFaces: 1, wrong: 1}, tally{falseFaces: 1, wrong: 1}, r(90, 10, 5, 95), r(90, 10, 5, 95), frameCheck{done: true}, "still boxes"},
		{"no titles set aside", tally{falseFaces: 1, wrong: 1}, tally{falseFaces: 1}, engine.Report{}, engine.Report{}, frameCheck{done: true}, "It has learned"},
		{"a face of another title lost", tally{falseFaces: 1, wrong: 1}, tally{falseFaces: 1}, r(90, 10, 5, 95), r(90, 10, 5, 95), frameCheck{done: true, frames: 20, faces: 30, missed: [2]int{3, 4}}, "but"},
		{"false boxes in other titles", tally{}, tally{}, r(90, 10, 5, 95), r(90, 10, 5, 95), frameCheck{done: true, frames: 20, faces: 30, wrong: [2]int{1, 4}}, "better go back"},
		{"not yet", tally{}, tally{}, r(90, 10, 5, 95), r(90, 10, 5, 95), frameCheck{}, "Comparing"},
	} {
		next := &detectTrial{before: boxesBefore{tally: tt.before}, after: tt.after, judged: true, checked: true, checks: [2]engine.Report{tt.old, tt.new}, frames: tt.frames}
		if got := next.verdict(); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q in it", tt.name, got, tt.want)
		}
	}
}

// TestSuppressionIsExplained clicks a box of many, and then one that it displaced.
func TestSuppressionIsExplained(t *testing.T) {
	w, failures := openWindow(t)
	setTinyModel(w)
	w.detect.openPaths([]string{testPicture(t, "a.png", 200, 150)})
	settle(w)
	d := w.detect
	d.controls.do(func() {
		d.controls.reset(engine.ModeWindows)
		d.params.Threshold, d.params.Prior = 1e-6, 0.5
	})
	settle(w)
	if len(d.found) == 0 || len(d.hits) == len(d.found) {
		t.Fatalf("%d hits, %d kept, failures %v", len(d.hits), len(d.found), *failures)
	}
	kept := d.hits[len(d.found)].By
	lost := 0
	for _, h := range d.hits {
		if h.By == kept {
			lost++
		}
	}
	d.left.OnBoxPicked(kept)
	if got := len(d.left.Boxes()) - len(d.found); got != lost || d.left.Selected() != kept {
		t.Errorf("%d thin boxes, want %d; selected %d, want %d", got, lost, d.left.Selected(), kept)
	}
	if text := d.inspector.standing(d.hits[kept]); !strings.Contains(text, "Left out for it") {
		t.Errorf("of the kept one it says %q", text)
	}
	d.left.OnBoxPicked(len(d.found)) // the first of the thin ones
	if h := d.hits[d.chosen.hit]; h.By != kept || d.left.Selected() != d.boxOf(d.chosen.hit) {
		t.Errorf("chosen is %+v", h)
	}
	if got := len(d.left.Boxes()) - len(d.found); got != lost {
		t.Errorf("of those that lost with it %d are shown, want %d", got, lost)
	}
	if text := d.inspector.standing(d.hits[d.chosen.hit]); !strings.Contains(text, "Left out for the box") {
		t.Errorf("of the other it says %q", text)
	}
	d.left.OnEmptyTapped(image.Pt(100, 75))
	if d.chosen.hit != -1 || len(d.left.Boxes()) != len(d.found) || len(d.inspector.body.Objects) == 0 {
		t.Errorf("after a click beside them %+v is chosen", d.chosen)
	}
}

func TestHeatMap(t *testing.T) {
	layer := engine.Layer{Side: 40, Windows: []image.Rectangle{image.Rect(80, 30, 120, 70)}, Scores: []float64{0.99}}
	img, coarse := heatMap(image.Rect(0, 0, 200, 100), []engine.Layer{layer})
	at := func(x, y int) uint8 { return img.RGBAAt(int(float64(x)/coarse), int(float64(y)/coarse)).A }
	if at(100, 50) < 150 || at(20, 50) != 0 || at(100, 90) != 0 {
		t.Errorf("at the window %d, beside it %d and %d", at(100, 50), at(20, 50), at(100, 90))
	}
	last := -1.0
	for _, v := range []float64{0, 1e-6, 0.01, 0.1, 0.5, 0.9, 1} {
		if h := heatOf(v); h < last || h < 0 || h > 1 {
			t.Errorf("%v is %v", v, h)
		} else {
			last = h
		}
	}
}
