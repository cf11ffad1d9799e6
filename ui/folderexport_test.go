package ui

import (
	"context"
	"encoding/json"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frglab/engine"
)

func TestExportGoesOn(t *testing.T) {
	w, failures := openWindow(t)
	dir := samplesOnDisk(t, w, nil)
	w.detect.openPaths([]string{dir})
	settle(w)
	out := filepath.Join(t.TempDir(), "out")
	w.detect.folder.exportAll(&folderExport{dir: out, cascade: true, csv: true})
	w.detect.openSamples()
	if w.detect.folder.export.Disabled() {
		t.Error("the other files cannot be exported")
	}
	settle(w)
	data, err := os.ReadFile(filepath.Join(out, "found.csv"))
	if err != nil || !strings.Contains(string(data), "club_three.jpg") || !strings.Contains(w.notice, out) {
		t.Errorf("%v, notice %q, list\n%s", err, w.notice, data)
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

func TestFolderExport(t *testing.T) {
	w, failures := openWindow(t)
	w.detect.folder.ask()
	if len(*failures) != 1 || !strings.Contains((*failures)[0].Error(), "No picture is open") {
		t.Errorf("with nothing open: %v", *failures)
	}
	dir := samplesOnDisk(t, w, map[string]string{"broken.png": "no picture"})
	w.detect.openPaths([]string{dir})
	settle(w)
	*failures = nil
	sheet := newFolderSheet(w.detect.folder)
	sheet.show()
	if got := sheet.folder.Text; got != dir+"-faces" {
		t.Errorf("the folder that is proposed is %q", got)
	}
	out := filepath.Join(t.TempDir(), "new", "out")
	sheet.folder.SetText(out)
	sheet.csv.SetChecked(true)
	sheet.coco.SetChecked(true)
	sheet.size.SetSelectedIndex(2)
	sheet.start()
	settle(w)
	if len(*failures) > 0 {
		t.Fatalf("failures: %v", *failures)
	}
	faces := 0
	data, err := os.ReadFile(filepath.Join(out, "found.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	for _, line := range lines {
		var r struct {
			File       string
			Detections []engine.Detection
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil || filepath.Dir(r.File) != dir {
			t.Errorf("%s: %v", line, err)
		}
		faces += len(r.Detections)
	}
	for pattern, want := range map[string]int{"annotated/*": 4, "crops/*_cascade_*.png": faces, "found.csv": 1, "coco_cascade.json": 1, "*": 5} {
		if got, _ := filepath.Glob(filepath.Join(out, pattern)); len(got) != want {
			t.Errorf("%s: %v, want %d", pattern, got, want)
		}
	}
	if len(lines) != 4 || faces == 0 {
		t.Errorf("%d lines with %d faces", len(lines), faces)
	}
	crops, _ := filepath.Glob(filepath.Join(out, "crops", "*"))
	if f := (picture{path: crops[0]}); true {
		if pic, err := f.read(context.Background(), 0); err != nil || pic.img.Rect.Size() != image.Pt(128, 128) {
			t.Errorf("a crop of %v, %v", pic.img, err)
		}
	}
	csv, _ := os.ReadFile(filepath.Join(out, "found.csv"))
	if name := w.detect.files[1].name; !strings.Contains(string(csv), "\n"+name+",") {
		t.Errorf("the table does not name %s as it lies in its folder:\n%s", name, csv)
	}

	// A folder that holds something is left alone.
	sheet.start()
	settle(w)
	if len(*failures) != 1 || !strings.Contains((*failures)[0].Error(), "holds something already") {
		t.Errorf("again: %v", *failures)
	}
	for _, c := range []interface{ SetChecked(bool) }{sheet.annotate, sheet.crops, sheet.lines, sheet.csv, sheet.coco} {
		c.SetChecked(false)
	}
	if !sheet.begin.Disabled() || !sheet.margin.Disabled() {
		t.Error("nothing can be exported")
	}
}
