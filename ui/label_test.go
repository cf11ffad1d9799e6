package ui

import (
	"context"
	"errors"
	"image"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"frglab/dataset"
)

func TestPageVerdict(t *testing.T) {
	w, path, failures := open(t, 9)
	items := w.label.l.ids
	if len(items) != 9 {
		t.Fatalf("the grid shows %d crops, want 9", len(items))
	}
	w.label.grid.grid.Select(items[2], items[4])
	w.label.focus()
	w.label.grid.grid.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if n := w.counts(t); n.Face != 7 || n.Other != 2 {
		t.Errorf("after Enter: got %d faces and %d others, want 7 and 2", n.Face, n.Other)
	}
	w.label.act(actFlip)
	w.label.act(actAccept)
	if n := w.counts(t); n.Face != 7 || n.Other != 2 {
		t.Errorf("a page of verdicts was overwritten: %d faces and %d others, want 7 and 2", n.Face, n.Other)
	}
	// The history is in the file: another window takes the page back.
	if err := w.project.Close(); err != nil {
		t.Fatal(err)
	}
	w.project = nil
	w.openProject(path)
	settle(w)
	w.label.undo()
	if n := w.counts(t); n.Unchecked != 9 {
		t.Errorf("after undo in another sitting: %d unchecked, want 9", n.Unchecked)
	}
	w.label.redo()
	if n := w.counts(t); n.Face != 7 || n.Other != 2 {
		t.Errorf("after redo: got %d faces and %d others, want 7 and 2", n.Face, n.Other)
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

func TestVerdictKeys(t *testing.T) {
	for _, tt := range []struct {
		key  rune
		want dataset.Class
	}{{'f', dataset.Face}, {'O', dataset.Other}, {'u', dataset.Unsure}} {
		w, _, _ := open(t, 3)
		items := w.label.l.ids
		w.label.grid.grid.SetCursor(items[1])
		w.label.grid.grid.TypedRune(tt.key)
		s, err := w.project.Samples(items[1:2])
		if err != nil {
			t.Fatal(err)
		}
		if !s[0].Checked || s[0].Class != tt.want {
			t.Errorf("key %c: got %v, checked %v", tt.key, s[0].Class, s[0].Checked)
		}
		if at, _ := w.label.grid.grid.Cursor(); at != items[2] {
			t.Errorf("key %c: the cursor is on %d, want the next one, %d", tt.key, at, items[2])
		}
	}
}

func TestFilterShowsWhatItSays(t *testing.T) {
	w, _, _ := open(t, 5)
	items := w.label.l.ids
	if !w.label.label(map[int64]dataset.Class{items[0]: dataset.Face, items[1]: dataset.Other}, "two") {
		t.Fatal("not labelled")
	}
	for i, want := range []int{5, 3, 1, 1, 0} {
		row := w.label.filter.verdicts[i]
		row.Tapped(nil)
		settle(w)
		if got := len(w.label.grid.grid.Items()); got != want {
			t.Errorf("%s: the grid shows %d crops, want %d", row.text, got, want)
		}
		if row.count != want {
			t.Errorf("%s: the count says %d, want %d", row.text, row.count, want)
		}
	}
}

// TestCards goes through all crops with one key each.
func TestCards(t *testing.T) {
	w, _, failures := open(t, 4)
	w.label.turnTo(modeCard)
	ids := w.label.l.ids
	for i, r := range "fous" {
		if w.label.current != ids[i] {
			t.Fatalf("crop %d is looked at, want %d", w.label.current, ids[i])
		}
		want, _ := w.project.Crop(ids[i])
		if got := w.label.card.card.picture; got == nil || got.At(i%64, 0) != want.At(i%64, 0) {
			t.Errorf("card %d shows another picture", i)
		}
		press(w, key(r))
	}
	if !w.label.card.ended || !strings.Contains(w.label.card.end.Text, "Not checked yet: 1. N") {
		t.Errorf("at the end it says %q", w.label.card.end.Text)
	}
	press(w, "n")
	if w.label.current != ids[3] || w.label.card.ended {
		t.Errorf("N goes to %d, want the one that was skipped, %d", w.label.current, ids[3])
	}
	card := w.label.card.card
	card.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(-swipeFrom/2, 0)})
	card.DragEnd()
	if n := w.counts(t); n.Unchecked != 1 {
		t.Error("a short swipe is a verdict")
	}
	card.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(-2*swipeFrom, 0)})
	card.DragEnd()
	if n := w.counts(t); n.Face != 1 || n.Other != 2 || n.Unsure != 1 || n.Unchecked != 0 {
		t.Errorf("after f, o, u and a swipe to the left: %+v", n)
	}
	if !strings.Contains(w.label.card.end.Text, "All 4 crops here are checked") {
		t.Errorf("at the end it says %q", w.label.card.end.Text)
	}
	press(w, key(fyne.KeyLeft))
	if w.label.current != ids[3] || w.label.card.card.caption != "other" {
		t.Errorf("back from the end: crop %d, %q", w.label.current, w.label.card.card.caption)
	}
	press(w, key(fyne.KeyHome))
	if w.label.current != ids[0] {
		t.Error("Home does not go to the first crop")
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

// TestCurrentCropSurvives keeps what is looked at, and what was labelled since the
// filter was chosen, when crops come and when the mode changes.
func TestCurrentCropSurvives(t *testing.T) {
	w, _, _ := open(t, 6)
	w.label.filter.verdicts[showUnchecked].Tapped(nil)
	settle(w)
	ids := slices.Clone(w.label.l.ids)
	w.label.grid.grid.SetCursor(ids[2])
	press(w, "f") // goes on to the fourth
	w.label.grid.grid.Select(ids[4])
	if _, err := w.project.Add(t.Context(), crops(8)[6:]); err != nil {
		t.Fatal(err)
	}
	call(w.onSamples)
	settle(w)
	if got := w.label.l.ids; len(got) != 8 || !slices.Equal(got[:6], ids) {
		t.Errorf("shown are %v, want %v and two more", got, ids)
	}
	if w.label.current != ids[3] || !slices.Equal(w.label.grid.grid.Selection(), ids[4:5]) {
		t.Errorf("looking at %d with %v selected", w.label.current, w.label.grid.grid.Selection())
	}
	press(w, "2")
	press(w, "o")
	press(w, "1")
	if at, _ := w.label.grid.grid.Cursor(); at != ids[4] {
		t.Errorf("back in the grid the cursor is on %d, want %d", at, ids[4])
	}
	w.label.filter.verdicts[showAll].Tapped(nil)
	w.label.filter.verdicts[showUnchecked].Tapped(nil)
	settle(w)
	if got := w.label.l.ids; len(got) != 6 || slices.Contains(got, ids[2]) {
		t.Errorf("chosen anew: %v", got)
	}
}

// TestUndoBringsBack looks at the crop whose verdict was taken back, also where the
// filter had left it out.
func TestUndoBringsBack(t *testing.T) {
	w, _, _ := open(t, 5)
	ids := slices.Clone(w.label.l.ids)
	w.label.grid.grid.SetCursor(ids[3])
	press(w, "f")
	w.label.filter.verdicts[showUnchecked].Tapped(nil)
	settle(w)
	w.label.grid.grid.SetCursor(ids[0])
	press(w, "z")
	if len(w.label.l.ids) != 5 || w.label.current != ids[3] {
		t.Errorf("%d crops on screen, looking at %d; want 5 and %d", len(w.label.l.ids), w.label.current, ids[3])
	}
	if at, _ := w.label.grid.grid.Cursor(); at != ids[3] {
		t.Errorf("the cursor is on %d", at)
	}
}

// TestCardsGoOnWhenMoreCome shows the first new crop where the end was on screen.
func TestCardsGoOnWhenMoreCome(t *testing.T) {
	w, _, _ := open(t, 1)
	press(w, "2")
	press(w, "f")
	if !w.label.card.ended {
		t.Fatal("not at the end")
	}
	if _, err := w.project.Add(t.Context(), crops(3)[1:]); err != nil {
		t.Fatal(err)
	}
	call(w.onSamples)
	settle(w)
	if w.label.card.ended || w.label.current != w.label.l.ids[1] {
		t.Errorf("at the end: %v, looking at %d", w.label.card.ended, w.label.current)
	}
}

func TestKeepTouched(t *testing.T) {
	for _, tt := range []struct {
		name           string
		ids, old, want []int64
		touched        []int64
	}{
		{"none touched", []int64{1, 3}, []int64{1, 2, 3}, []int64{1, 3}, nil},
		{"behind the one they followed", []int64{1, 4, 5}, []int64{1, 2, 3, 4}, []int64{1, 2, 3, 4, 5}, []int64{2, 3}},
		{"at the front", []int64{3, 4}, []int64{1, 2, 3}, []int64{1, 3, 4}, []int64{1}},
		{"still picked", []int64{1, 2}, []int64{1, 2}, []int64{1, 2}, []int64{2}},
		{"another order", []int64{5, 3, 1}, []int64{1, 2, 3}, []int64{5, 3, 1, 2}, []int64{2}},
	} {
		touched := map[int64]bool{}
		for _, id := range tt.touched {
			touched[id] = true
		}
		if got := keepTouched(tt.ids, tt.old, touched); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestSpeed(t *testing.T) {
	now := time.Unix(1000, 0)
	s := speed{now: func() time.Time { return now }}
	for range 30 {
		s.add(1)
		now = now.Add(2 * time.Second)
	}
	if got := s.perMinute(); got < 29 || got > 31 {
		t.Errorf("one every 2 s: %.1f a minute, want 30", got)
	}
	for range 10 * 60 { // ten minutes at another speed: only the last five count
		s.add(1)
		now = now.Add(time.Second)
	}
	if got := s.perMinute(); got < 59 || got > 61 {
		t.Errorf("one a second: %.1f a minute, want 60", got)
	}
	now = now.Add(time.Hour)
	s.add(1)
	if got := s.perMinute(); got != 0 {
		t.Errorf("after a pause: %.1f a minute, want 0 until the next", got)
	}
}

// TestHistoryList goes back and forth by clicks on the list, in another sitting.
func TestHistoryList(t *testing.T) {
	w, path, failures := open(t, 6)
	for _, k := range []key{"f", "o", "u"} {
		press(w, k)
	}
	press(w, key(fyne.KeyReturn))
	if err := w.project.Close(); err != nil {
		t.Fatal(err)
	}
	w.project = nil
	w.openProject(path)
	settle(w)
	h := newHistorySheet(w.label)
	h.load()
	settle(w)
	var names []string
	for _, a := range h.acts {
		names = append(names, actText(a.What, a.N))
	}
	want := []string{"page: face, 3 crops", "label: unsure", "label: other", "label: face"}
	if !slices.Equal(names[:min(4, len(names))], want) {
		t.Fatalf("the list says %q, want %q", names, want)
	}
	for _, step := range []struct {
		row                 int
		face, other, unsure int
	}{{3, 1, 0, 0}, {1, 1, 1, 1}, {0, 4, 1, 1}, {2, 1, 1, 0}, {2, 1, 1, 0}} {
		h.list.OnSelected(step.row)
		settle(w)
		if n := w.counts(t); n.Face != step.face || n.Other != step.other || n.Unsure != step.unsure {
			t.Errorf("row %d: %d faces, %d others, %d unsure; want %d, %d, %d", step.row, n.Face, n.Other, n.Unsure, step.face, step.other, step.unsure)
		}
		if h.undone != step.row {
			t.Errorf("row %d: the list says that %d are undone", step.row, h.undone)
		}
	}
	h.list.OnSelected(len(h.acts)) // the beginning: before the crops came
	settle(w)
	if n := w.counts(t); n.Samples != 0 || len(w.label.l.ids) != 0 {
		t.Errorf("at the beginning there are %d crops, %d on screen", n.Samples, len(w.label.l.ids))
	}
	h.list.OnSelected(0)
	settle(w)
	if n := w.counts(t); n.Face != 4 || len(w.label.l.ids) != 6 {
		t.Errorf("at the end again: %d faces, %d crops on screen", n.Face, len(w.label.l.ids))
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

// TestInspectorFollowsTheProject: crops of two projects may have the same number.
func TestInspectorFollowsTheProject(t *testing.T) {
	w, _, _ := open(t, 1)
	first := w.label.look.picture.Image
	if first == nil {
		t.Fatal("no crop is shown")
	}
	path := filepath.Join(t.TempDir(), "other.frglab")
	p, err := dataset.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Add(context.Background(), []dataset.NewSample{{Path: "/b.png", Crop: image.NewRGBA(image.Rect(0, 0, 33, 33))}})
	if err := errors.Join(err, p.Close()); err != nil {
		t.Fatal(err)
	}
	w.openProject(path)
	settle(w)
	if now := w.label.look.picture.Image; now == nil || now.Bounds().Dx() != 33 {
		t.Errorf("beside the crops of %s is still a crop of the project before", w.project.Name())
	}
}
