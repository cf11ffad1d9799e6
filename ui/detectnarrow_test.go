package ui

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"frglab/dataset"
	"frglab/engine"
)

// The window fits 840 units in either language with all that a Detect and an Evaluate tab at
// work show.
func TestDetectIsNarrow(t *testing.T) {
	for _, language := range []string{"en_GB.UTF-8", "ja_JP.UTF-8"} {
		t.Run(language, func(t *testing.T) {
			t.Setenv("LC_ALL", language)
			path := filepath.Join(t.TempDir(), "show.frglab")
			p, err := dataset.Create(path)
			if err := errors.Join(err, p.Close()); err != nil {
				t.Fatal(err)
			}
			w, _ := openWindow(t)
			w.openProject(path)
			settle(w)
			w.narrow(t, "at first")
			setTinyModel(w)
			w.tabs.SelectIndex(tabDetect)
			w.detect.openPaths([]string{shortVideo(t, 6), testPicture(t, "a.png", 64, 40)})
			settle(w)
			w.narrow(t, "a video among others")
			w.detect.show(1)
			settle(w)
			falseFace(w, w.detect.img.Rect.Inset(4))
			w.detect.keep(dataset.Other)
			settle(w)
			w.narrow(t, "an example waits")
			w.detect.learner.running = true
			w.detect.learner.refresh()
			w.detect.learner.told(0.5, "12 of 40")
			w.narrow(t, "it learns")
			w.detect.learner.running = false
			d := w.detect
			d.found = []engine.Detection{{Box: d.img.Rect, Score: 0.9}}
			onTrial(w)
			w.narrow(t, "on trial")
			d.learner.keep()
			w.narrow(t, "kept")
			w.jobs.running = []*job{{name: strings.Repeat("学習", 20), note: strings.Repeat("12 of 40, ", 20)}}
			w.status.refresh()
			w.narrow(t, "at work")
			w.jobs.running = nil
			shownResult(t, w)
			w.tabs.SelectIndex(tabEvaluate)
			w.narrow(t, "evaluated")
		})
	}
}

// narrow complains where the window needs more than 840 units.
func (w *window) narrow(t *testing.T, when string) {
	t.Helper()
	if width := w.win.Content().MinSize().Width; width > 840 {
		t.Errorf("%s: %v units wide", when, width)
	}
}
