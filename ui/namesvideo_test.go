package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"fyne.io/fyne/v2/test"

	"frglab/dataset"
)

// TestHardNamesVideo collects from a video of such a name, in the window and on the command
// line, and looks for faces in it; its frames can be read again afterwards.
func TestHardNamesVideo(t *testing.T) {
	short, err := os.ReadFile(shortVideo(t, 12))
	if err != nil {
		t.Fatal(err)
	}
	eachHardName(t, func(t *testing.T, dir, name string) {
		video := filepath.Join(dir, name+".mp4")
		if err := os.WriteFile(video, short, 0o600); err != nil {
			t.Fatal(err)
		}
		videoInWindow(t, filepath.Join(dir, name+projectExt), video)
		videoInCommands(t, dir, name, video)
	})
}

func videoInWindow(t *testing.T, project, video string) {
	w, failures := openWindow(t)
	w.createProject(project)
	settle(w)
	dropOn(w, video)
	sheet := w.collect.sheet
	if sheet == nil {
		t.Fatalf("no sheet is shown (failures %v)", *failures)
	}
	sheet.sampling.SetSelected(sheet.sampling.Options[everyNth])
	sheet.every.SetSelected("6")
	shown := []string{sheet.title.Text, sheet.episode.Text}
	test.Tap(sheet.begin)
	settle(w)
	ids, err := w.project.IDs(dataset.Filter{})
	if err != nil || len(ids) == 0 {
		t.Fatalf("collected %d crops, %v (failures %v)", len(ids), err, *failures)
	}
	samples, err := w.project.Samples(ids[:1])
	if err != nil || samples[0].Path != video {
		t.Errorf("the crop is of %q, %v", samples[0].Path, err)
	}
	frames, err := w.project.Frames(dataset.FrameFilter{Path: video})
	if err != nil || len(frames) == 0 {
		t.Errorf("%d frames, %v", len(frames), err)
	}
	w.tabs.SelectIndex(tabDetect)
	w.detect.openPaths([]string{video})
	settle(w)
	w.detect.left.TypedRune('.')
	settle(w)
	if w.detect.img == nil || w.detect.frame != 1 || w.detect.video.record == nil || len(w.detect.video.record.looks) == 0 {
		t.Errorf("shows %q, frame %d", w.detect.showing(), w.detect.frame)
	}
	if err := w.project.Label(map[int64]dataset.Class{ids[0]: dataset.Face}, "label"); err != nil {
		t.Fatal(err)
	}
	w.export(project+" out", dataset.ExportConfig{Format: dataset.FormatCOCO})
	settle(w)
	for _, text := range append(shown, w.win.Title(), w.status.project.Text, w.detect.list.names[0]) {
		if strings.ContainsAny(text, "\n\t\u202e") || !utf8.ValidString(text) {
			t.Errorf("%q is on screen as it is", text)
		}
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

func videoInCommands(t *testing.T, dir, name, video string) {
	project, records := filepath.Join(dir, "2 "+name+projectExt), filepath.Join(dir, name+".jsonl")
	command(t, "collect", "--project", project, "--detector", "cascade", "--every", "6", video)
	if said := command(t, "stats", "--project", project); !strings.Contains(said, "2") {
		t.Errorf("stats: %s", said)
	}
	command(t, "detect", "--detector", "cascade", "--every", "0.24", "--json", records, "--annotate", filepath.Join(dir, "marked "+name), video)
	command(t, "detect", "--detector", "cascade", "--every", "0.24", "--json", records, "--resume", video)
	text, err := os.ReadFile(records)
	if n := strings.Count(string(text), "\n"); err != nil || n != 2 {
		t.Errorf("%d records, want 2; %v", n, err)
	}
	if made, err := os.ReadDir(filepath.Join(dir, "marked "+name)); err != nil || len(made) != 2 {
		t.Errorf("marked: %v, %v", made, err)
	}
}
