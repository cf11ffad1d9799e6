package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"frglab/dataset"
)

// What the sheet exports comes back when it is dropped on another project.
func TestExportAndImportAgain(t *testing.T) {
	for _, c := range []struct {
		format dataset.Format
		drop   string // below the folder
		holds  []string
	}{
		{dataset.FormatFolders, "", []string{"face", "other"}},
		{dataset.FormatList, "train.txt", []string{"train.txt", "mean.npy", "mean.png"}},
	} {
		t.Run(string(c.format), func(t *testing.T) {
			w, _, failures := open(t, 6)
			items := w.label.l.ids
			if !w.label.label(map[int64]dataset.Class{items[0]: dataset.Face, items[1]: dataset.Other, items[2]: dataset.Face}, "three") {
				t.Fatal("not labelled")
			}
			w.askExport()
			sheet := newExportSheet(w.session)
			sheet.show()
			sheet.format.SetSelected(string(c.format))
			if got := sheet.folder.Text; filepath.Dir(got) != filepath.Dir(w.project.Path()) || !strings.HasSuffix(got, string(c.format)) {
				t.Errorf("the folder that is proposed is %q", got)
			}
			dir := filepath.Join(t.TempDir(), "out")
			sheet.folder.SetText(dir)
			sheet.start()
			settle(w)
			if len(*failures) > 0 {
				t.Fatalf("failures: %v", *failures)
			}
			for _, name := range c.holds {
				if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
					t.Error(err)
				}
			}
			found, err := filepath.Glob(filepath.Join(dir, c.drop))
			if err != nil || len(found) != 1 {
				t.Fatalf("%s: %v, %v", c.drop, found, err)
			}
			other, _, failures := open(t, 0)
			other.tabs.SelectIndex(tabLabel)
			dropOn(other, found...)
			if n := other.counts(t); n.Face != 2 || n.Other != 1 {
				t.Errorf("after the import: %d faces, %d others, want 2 and 1 (failures %v)", n.Face, n.Other, *failures)
			}
		})
	}
}

func TestExportNeverOverwrites(t *testing.T) {
	w, _, failures := open(t, 1)
	w.label.label(map[int64]dataset.Class{w.label.l.ids[0]: dataset.Face}, "one")
	dir := t.TempDir()
	mine := filepath.Join(dir, "mine.txt")
	if err := os.WriteFile(mine, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	w.export(dir, dataset.ExportConfig{Format: dataset.FormatCOCO})
	settle(w)
	if len(*failures) != 1 || !strings.Contains((*failures)[0].Error(), dir) {
		t.Errorf("failures %v, want one that names %s", *failures, dir)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("the folder holds %v now", entries)
	}
}

// The Train tab opens crops behind a figure: those, in that order, until the filter is reset.
func TestOnlyTheseCrops(t *testing.T) {
	w, _, _ := open(t, 6)
	items := slices.Clone(w.label.l.ids)
	w.train.onShowSamples([]int64{items[4], items[1], 999, items[3]}, items[1], "worst")
	settle(w)
	if want := []int64{items[4], items[1], items[3]}; !slices.Equal(w.label.l.ids, want) || w.tabs.SelectedIndex() != tabLabel {
		t.Errorf("tab %d shows %v, want %v", w.tabs.SelectedIndex(), w.label.l.ids, want)
	}
	if w.label.current != items[1] {
		t.Errorf("it looks at crop %d, want %d", w.label.current, items[1])
	}
	w.train.onShowSamples([]int64{items[3], items[1]}, 0, "others")
	settle(w)
	if w.label.current != items[3] {
		t.Errorf("of others it looks at crop %d, want the first, %d", w.label.current, items[3])
	}
	w.train.onShowSamples([]int64{items[4], items[1], 999, items[3]}, items[1], "worst")
	settle(w)
	if got := w.label.filter.total.Text; got != "3 – worst" {
		t.Errorf("the sidebar says %q", got)
	}
	w.label.filter.clear.OnTapped()
	settle(w)
	if !slices.Equal(w.label.l.ids, items) {
		t.Errorf("after the reset: %v, want %v", w.label.l.ids, items)
	}
}
