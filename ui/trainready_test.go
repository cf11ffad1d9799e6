package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
)

// relabel gives all crops of one side of the split, or of both, a class.
func relabel(t *testing.T, w *window, class dataset.Class, sides ...dataset.Split) {
	t.Helper()
	for _, side := range sides {
		ids, err := w.project.IDs(dataset.Filter{Split: &side})
		changes := map[int64]dataset.Class{}
		for _, id := range ids {
			changes[id] = class
		}
		if err := errors.Join(err, w.project.Label(changes, "label")); err != nil {
			t.Fatal(err)
		}
	}
}

// tapIn taps a button of the dialog on top by its text.
func tapIn(t *testing.T, w *window, text string) {
	t.Helper()
	for _, o := range test.LaidOutObjects(w.win.Canvas().Overlays().Top()) {
		if b, ok := o.(*widget.Button); ok && b.Text == text {
			test.Tap(b)
			return
		}
	}
	t.Fatalf("there is no button %q", text)
}

// TestTrainTabCountsAnew: what was labelled while another tab was shown is in the numbers.
func TestTrainTabCountsAnew(t *testing.T) {
	w, _ := openTrainable(t)
	relabel(t, w, dataset.Face, dataset.Train, dataset.Valid)
	w.tabs.SelectIndex(tabTrain)
	settle(w)
	if want := "60 faces, 0 others"; !strings.Contains(w.train.form.data.Text, want) {
		t.Errorf("after labelling the tab says %q, want %q in it", w.train.form.data.Text, want)
	}
}

// TestTrainingNeedsBoth: a start that cannot work says what to label, in the words of the
// window, and begins nothing.
func TestTrainingNeedsBoth(t *testing.T) {
	w, failures := openTrainable(t)
	relabel(t, w, dataset.Face, dataset.Train, dataset.Valid)
	w.train.count()
	settle(w)
	w.train.start("")
	settle(w)
	if len(*failures) != 1 || !strings.Contains((*failures)[0].Error(), "80 faces and 0 others are labelled: label more of both in the Label tab") {
		t.Errorf("got %v", *failures)
	}
	if runs, err := w.project.Runs(); err != nil || len(runs) > 0 || w.train.ending != "" {
		t.Errorf("it began: runs %v, %v; the tab says %q", runs, err, w.train.ending)
	}
}

// TestFirstTrainingSplits: the first training of somebody who never heard of a split offers
// one, and goes on; Cancel leaves all as it is.
func TestFirstTrainingSplits(t *testing.T) {
	w, failures := openTrainable(t)
	relabel(t, w, dataset.Unsure, dataset.Valid)
	w.train.count()
	settle(w)
	w.train.start("")
	settle(w)
	tapIn(t, w, "Cancel")
	settle(w)
	if w.train.running != nil || w.train.counted[dataset.Valid] != (dataset.Counts{}) {
		t.Fatalf("Cancel trains or splits: %+v", w.train.counted)
	}
	w.train.start("")
	settle(w)
	tapIn(t, w, "Split and train")
	until(t, w, "the first steps", func() bool { return w.train.step() > 20 })
	w.train.halt()
	settle(w)
	if len(*failures) > 0 || lacks(w.train.counted) {
		t.Errorf("failures %v, counts %+v", *failures, w.train.counted)
	}
}

// TestEscapeClosesASheet also where the keys go to its text field, in which Ctrl+Z and
// Ctrl+V are about the text.
func TestEscapeClosesASheet(t *testing.T) {
	w, _, failures := open(t, 1)
	dropOn(w, sampleVideo(t))
	focused := w.win.Canvas().Focused()
	if focused == nil || w.typing() == nil {
		t.Fatalf("the keys go to %T", focused)
	}
	w.history(&fyne.ShortcutUndo{}, func() { t.Error("Ctrl+Z takes back a label behind the sheet") })
	focused.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if w.win.Canvas().Overlays().Top() != nil || len(*failures) > 0 {
		t.Errorf("the sheet is still there (failures %v)", *failures)
	}
}

// TestSecondDropReplacesTheSheet of the first.
func TestSecondDropReplacesTheSheet(t *testing.T) {
	w, _, _ := open(t, 1)
	dropOn(w, sampleVideo(t))
	dropOn(w, sampleVideo(t))
	if n := len(w.win.Canvas().Overlays().List()); n != 1 {
		t.Errorf("%d sheets lie upon each other", n)
	}
}

// TestNewProjectShowsHowToFillIt whichever tab was on top.
func TestNewProjectShowsHowToFillIt(t *testing.T) {
	w, _, _ := open(t, 1)
	w.tabs.SelectIndex(tabDetect)
	w.createProject(t.TempDir() + "/new")
	settle(w)
	if w.tabs.SelectedIndex() != tabLabel || !slices.Contains([]string{"new – FrgLab", "new.frglab – FrgLab"}, w.win.Title()) {
		t.Errorf("tab %d of %q", w.tabs.SelectedIndex(), w.win.Title())
	}
}
