package ui

import (
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"frglab/engine"
	"frglab/engine/vision"
)

// samplesOnDisk is a folder with some of the bundled pictures, and what else is named.
func samplesOnDisk(t *testing.T, w *window, odd map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	w.detect.openSamples()
	for _, f := range w.detect.files[:4] {
		in, err := f.files.Open(f.path)
		if err != nil {
			t.Fatal(err)
		}
		out, err := os.Create(filepath.Join(dir, f.path))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.ReadFrom(in); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(in.Close(), out.Close()); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range odd {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	settle(w)
	return dir
}

func TestDisagreement(t *testing.T) {
	box := func(x int) engine.Detection { return engine.Detection{Box: image.Rect(x, 0, x+40, 40)} }
	for _, c := range []struct {
		name string
		a, b []engine.Detection
		want int
	}{
		{"nobody", nil, nil, 0},
		{"the same face", []engine.Detection{box(0)}, []engine.Detection{box(10)}, 0},
		{"one finds more", []engine.Detection{box(0), box(100)}, []engine.Detection{box(4)}, 1},
		{"two faces", []engine.Detection{box(0)}, []engine.Detection{box(100)}, 2},
		{"only one looks", nil, []engine.Detection{box(0), box(100)}, 2},
		{"two on one", []engine.Detection{box(0), box(8)}, []engine.Detection{box(4)}, 0},
	} {
		if got := disagreement(c.a, c.b); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestDetectInAll(t *testing.T) {
	w, failures := openWindow(t)
	dir := samplesOnDisk(t, w, map[string]string{"broken.png": "no picture", "clip.mp4": "no video"})
	w.detect.openPaths([]string{dir})
	settle(w)
	s := w.detect.folder
	if !s.content.Visible() || s.film.n != 6 {
		t.Fatalf("a strip of %d pictures, visible %v", s.film.n, s.content.Visible())
	}
	*failures = nil
	s.toggle()
	if s.run.Text != tr("Stop") || !s.export.Disabled() {
		t.Errorf("while it runs the buttons are %q, export disabled %v", s.run.Text, s.export.Disabled())
	}
	settle(w)
	if s.job != nil || s.run.Text != tr("Detect in all") {
		t.Error("the buttons do not say that it has ended")
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
	for i, f := range w.detect.files {
		c := s.cell(i)
		switch {
		case f.name == "broken.png" && c.sign != "unreadable", f.name == "clip.mp4" && c.sign != "video":
			t.Errorf("%s has the sign %q", f.name, c.sign)
		case c.sign == "" && (!c.looked || c.cnn != -1 || (c.cascade > 0) == (f.name == "empty_meadow.jpg")):
			t.Errorf("%s: %+v", f.name, c)
		}
	}
	if top := w.win.Canvas().Overlays().Top(); top == nil {
		t.Error("nobody says what was passed over")
	}

	// Parameters that need no new look count at once, others take the counts away.
	faces := slices.IndexFunc(w.detect.files, func(f picture) bool { return f.name == "club_three.jpg" })
	w.detect.classy.MinNeighbors = 1
	w.detect.retune()
	more := s.cell(faces).cascade
	w.detect.classy.MinNeighbors = 500
	w.detect.retune()
	if few := s.cell(faces).cascade; few != 0 || more == 0 {
		t.Errorf("%d faces with a neighbour, %d with 500", more, few)
	}
	w.detect.classy.MinSize = 200
	w.detect.retune()
	if c := s.cell(faces); c.looked {
		t.Errorf("counts of other parameters are shown: %+v", c)
	}
	settle(w)
}

// knownAs gives the strip findings with so many boxes of the cascade.
func knownAs(w *window, boxes map[string]int) {
	set := w.detect.setup()
	for _, f := range w.detect.files {
		k := folderFinding{set: set, size: image.Pt(100, 100)}
		for i := range boxes[f.name] {
			k.cascade.raw = append(k.cascade.raw, slices.Repeat(vision.Raw{image.Rect(40*i, 0, 40*i+20, 20)}, 7)...)
		}
		w.detect.folder.keep(folderShot{key: f.source(), finding: &k})
	}
}

func TestMostDisagreementFirst(t *testing.T) {
	w, failures := openWindow(t)
	w.detect.openSamples()
	settle(w)
	s := w.detect.folder
	names := func() (list []string) {
		for _, f := range w.detect.files {
			list = append(list, f.name)
		}
		return list
	}
	before := names()
	w.detect.show(2)
	settle(w)
	s.t.s.model = &engine.Checkpoint{} // which found nothing
	knownAs(w, map[string]int{before[1]: 2, before[5]: 7, before[4]: 2})
	delete(s.known, s.t.files[0].source())
	delete(s.counted, s.t.files[0].source())
	s.order.SetSelectedIndex(orderApart)
	want := []string{before[5], before[1], before[4], before[2], before[3]}
	if got := names(); !slices.Equal(got[:5], want) || got[len(got)-1] != before[0] {
		t.Errorf("got %v, want %v first and %s last", got, want, before[0])
	}
	w.tabs.SelectIndex(tabDetect)
	w.win.Canvas().Unfocus()
	s.film.Tapped(&fyne.PointEvent{Position: fyne.NewPos(3*filmWidth-s.film.off+5, 5)})
	if w.win.Canvas().Focused() != fyne.Focusable(w.detect.left) {
		t.Error("after a click on a picture its keys do nothing")
	}
	if w.detect.showing() != before[2] || w.detect.at != 3 || s.film.at != 3 || w.detect.list.names[0] != before[5] {
		t.Errorf("%q is on screen, at %d; the film is at %d, the list begins with %q", w.detect.showing(), w.detect.at, s.film.at, w.detect.list.names[0])
	}
	s.order.SetSelectedIndex(orderName)
	if got := names(); !slices.Equal(got, before) {
		t.Errorf("back by name: %v", got)
	}
	s.t.s.model = nil
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

func TestStopAndOtherFiles(t *testing.T) {
	w, failures := openWindow(t)
	dir := samplesOnDisk(t, w, nil)
	w.detect.openPaths([]string{dir})
	settle(w)
	s := w.detect.folder
	clear(s.known)
	s.toggle()
	s.toggle()
	settle(w)
	if s.job != nil || len(s.known) == len(w.detect.files) {
		t.Errorf("stopped: %d of %d known, job %v", len(s.known), len(w.detect.files), s.job)
	}
	s.toggle()
	w.detect.openSamples() // the newest wish wins
	settle(w)
	if s.job != nil || len(s.known) > 1 || s.film.n != 9 {
		t.Errorf("after others were opened: %d known of %d, job %v", len(s.known), s.film.n, s.job)
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

func TestOtherParametersBeginAgain(t *testing.T) {
	w, failures := openWindow(t)
	w.detect.openSamples()
	settle(w)
	s := w.detect.folder
	clear(s.known)
	s.toggle()
	first := s.job
	w.detect.classy.MinSize = 64
	w.detect.retune()
	if s.job == first || s.job == nil {
		t.Error("the run goes on with the old parameters")
	}
	settle(w)
	for i, f := range w.detect.files {
		if c := s.cell(i); !c.looked || s.known[f.source()].set.classy.MinSize != 64 {
			t.Errorf("%s: %+v, asked with %+v", f.name, c, s.known[f.source()].set.classy)
		}
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

// A picture that the detectors cannot do is passed over; detectors that can do none end
// the run with their message.
func TestDetectorsFail(t *testing.T) {
	w, failures := openWindow(t)
	w.detect.openSamples()
	settle(w)
	files := w.detect.files
	for _, c := range []struct {
		name           string
		bad            func(call int) bool
		looked, failed int
		ends           bool
	}{
		{"the second", func(call int) bool { return call == 1 }, 8, 1, false},
		{"all but the first", func(call int) bool { return call > 0 }, 1, 8, false},
		{"all", func(int) bool { return true }, 0, 2, true},
	} {
		calls := 0
		fw := &folderWork{files: files, look: func(context.Context, *image.RGBA, detectSetup) (finding, error) {
			if calls++; c.bad(calls - 1) {
				return finding{}, errors.New("too large")
			}
			return finding{}, nil
		}}
		r, err := fw.run(t.Context(), &job{js: w.jobs})
		if r.looked != c.looked || len(r.failed) != c.failed || (err != nil) != c.ends || !strings.HasSuffix(r.failed[0], ".jpg: too large") {
			t.Errorf("%s: %d looked at, %q, %v", c.name, r.looked, r.failed, err)
		}
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

// A folder comes in by drop, by the menu, and from the command line.
func TestOpenFolder(t *testing.T) {
	for name, open := range map[string]func(w *window, dir string){
		"drop": func(w *window, dir string) {
			w.tabs.SelectIndex(tabDetect)
			dropOn(w, dir)
		},
		"menu": func(w *window, dir string) {
			played.answer = dir
			for _, m := range w.win.MainMenu().Items {
				for _, i := range m.Items {
					if i.Label == tr("Open a folder of pictures…") {
						i.Action()
					}
				}
			}
		},
		"command line": func(w *window, dir string) { w.open([]string{dir}) },
	} {
		w, failures := openWindow(t)
		dir := samplesOnDisk(t, w, nil)
		open(w, dir)
		settle(w)
		if w.tabs.SelectedIndex() != tabDetect || len(w.detect.files) != 4 || !w.detect.folder.content.Visible() {
			t.Errorf("%s: tab %d with %d files, strip %v", name, w.tabs.SelectedIndex(), len(w.detect.files), w.detect.folder.content.Visible())
		}
		if len(*failures) > 0 {
			t.Errorf("%s: failures: %v", name, *failures)
		}
	}
}

func TestNewestDropWins(t *testing.T) {
	w, failures := openWindow(t)
	slow, quick := samplesOnDisk(t, w, nil), testPicture(t, "newest.png", 64, 48)
	w.tabs.SelectIndex(tabDetect)
	w.detect.openPaths([]string{slow})
	w.detect.openPaths([]string{quick})
	// What the older one found comes in last.
	var waiting []func()
	for len(w.jobs.running) > 0 {
		f := <-pump[w]
		if waiting = append(waiting, f); len(waiting) == 2 {
			slices.Reverse(waiting)
			break
		}
	}
	for _, f := range waiting {
		f()
	}
	settle(w)
	if len(w.detect.files) != 1 || w.detect.showing() != "newest.png" {
		t.Errorf("%d files, %q on screen (failures %v)", len(w.detect.files), w.detect.showing(), *failures)
	}
}

func TestCloseWhileItRuns(t *testing.T) {
	for name, begin := range map[string]func(t *testing.T, s *folderStrip){
		"detecting": func(_ *testing.T, s *folderStrip) { clear(s.known); s.toggle() },
		"exporting": func(t *testing.T, s *folderStrip) {
			s.exportAll(&folderExport{dir: filepath.Join(t.TempDir(), "out"), cascade: true, annotate: true})
		},
	} {
		w, failures := openWindow(t)
		w.detect.openSamples()
		settle(w)
		begin(t, w.detect.folder)
		if len(w.jobs.running) == 0 {
			t.Errorf("%s: nothing runs", name)
		}
		closed := false
		w.quit = func() { closed = true }
		w.close() // waits for the work
		if !closed {
			t.Errorf("%s: the window is still open", name)
		}
		settle(w)
		if len(*failures) > 0 {
			t.Errorf("%s: failures: %v", name, *failures)
		}
		w.quit = func() {}
	}
}
