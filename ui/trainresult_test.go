package ui

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"

	"frglab/dataset"
	"frglab/engine"
)

// TestMistakesOpenInTheLabelTab presses what stands for mistakes in the view after a
// run, the button for all of them, a picture, and the button of a title, and finds
// those crops in the Label tab, the worst first.
func TestMistakesOpenInTheLabelTab(t *testing.T) {
	w, failures := openTrainable(t)
	split := dataset.Valid
	ids, err := w.project.IDs(dataset.Filter{Split: &split})
	if err != nil || len(ids) != 20 {
		t.Fatalf("%d crops to check with, %v", len(ids), err)
	}
	samples, err := w.project.Samples(ids)
	if err != nil {
		t.Fatal(err)
	}
	v := engine.Verdicts{Step: 7, Classes: []string{"face", "other"}, IDs: ids}
	for _, s := range samples {
		score := 0.9
		if s.Class == dataset.Other {
			score = 0.1
		}
		v.Truth, v.Scores = append(v.Truth, int(s.Class)), append(v.Scores, score)
	}
	first, second := samples[0].Title, samples[19].Title
	if samples[9].Title != first || samples[10].Title != second || v.Truth[2] != 0 || v.Truth[15] != 1 {
		t.Fatalf("the project holds %+v", samples)
	}
	v.Scores[2], v.Scores[15], v.Scores[4], v.Scores[6] = 0.3, 0.95, 0.02, 0.45 // wrong by 0.7, 0.95, 0.98, 0.55
	dir := filepath.Join(t.TempDir(), "run")
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, engine.ValidFile), data, 0o600); err != nil {
		t.Fatal(err)
	}
	r := w.train.result
	r.show(w.project, dir)
	settle(w)

	of := func(crops ...int) (list []int64) {
		for _, i := range crops {
			list = append(list, ids[i])
		}
		return list
	}
	for _, tt := range []struct {
		name  string
		at    float64 // the threshold
		press func()
		want  []int64
		told  string
		first int64
	}{
		{"all", 0.5, func() { pressIn(t, r.body, "All 4 in the Label tab") }, of(4, 15, 2, 6), "4 – worst mistakes of the run", ids[4]},
		{"all at another threshold", 0.4, func() { pressIn(t, r.body, "All 3 in the Label tab") }, of(4, 15, 2), "3 – worst mistakes of the run", ids[4]},
		{"a picture", 0.5, func() { test.Tap(r.worst.Objects[1].(*probeCell)) }, of(4, 15, 2, 6), "4 – worst mistakes of the run", ids[15]},
		{"the worst title", 0.5, func() { pressIn(t, r.perTitle, "3 wrong") }, of(4, 2, 6), "3 – mistakes in " + first, ids[4]},
		{"another title", 0.5, func() { pressIn(t, r.perTitle, "1 wrong") }, of(15), "1 – mistakes in " + second, ids[15]},
		{"a cell", 0.5, func() { test.Tap(r.cells[1][0]) }, of(15), "1 – others taken for faces", ids[15]},
	} {
		w.tabs.SelectIndex(tabTrain)
		r.threshold.SetValue(tt.at)
		tt.press()
		settle(w)
		if w.tabs.SelectedIndex() != tabLabel || !slices.Equal(w.label.l.ids, tt.want) {
			t.Errorf("%s: tab %d shows %v, want %v", tt.name, w.tabs.SelectedIndex(), w.label.l.ids, tt.want)
		}
		if w.label.current != tt.first {
			t.Errorf("%s: it looks at crop %d, want %d", tt.name, w.label.current, tt.first)
		}
		if got := w.label.filter.total.Text; got != tt.told {
			t.Errorf("%s: the sidebar says %q, want %q", tt.name, got, tt.told)
		}
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}
