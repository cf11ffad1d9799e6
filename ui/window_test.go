package ui

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"frglab/dataset"
	"frglab/engine"
	"frglab/engine/nn"
	"frglab/engine/nn/ref"
	"frglab/engine/vision"
	"frglab/ui/native"
)

// open makes a window without a display, on a project of n unchecked crops. What
// fails is collected in the slice returned.
func open(t *testing.T, n int) (w *window, path string, failures *[]error) {
	t.Helper()
	t.Setenv("LC_ALL", "en_GB.UTF-8")
	path = filepath.Join(t.TempDir(), "show.frglab")
	p, err := dataset.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Add(context.Background(), crops(n)); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	w, failures = openWindow(t)
	w.openProject(path)
	settle(w)
	return w, path, failures
}

func openWindow(t testing.TB) (*window, *[]error) {
	t.Helper()
	played = player{}
	t.Setenv("TMPDIR", t.TempDir()) // where a test app keeps its files
	device := engine.Device{Name: "ref", About: "plain Go", Open: func() (nn.Backend, error) { return ref.New(0), nil }}
	w, err := newWindow(Options{App: test.NewTempApp(t), Devices: []engine.Device{device}, Dialogs: played.ask, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	w.win.Resize(fyne.NewSize(1180, 760))
	pending := make(chan func(), 1000)
	w.jobs.onUI = func(f func()) { pending <- f }
	pump[w] = pending
	var failures []error
	w.jobs.failed = func(_ string, err error) { failures = append(failures, err) }
	t.Cleanup(func() { settle(w); w.close(); delete(pump, w) })
	return w, &failures
}

// played are the dialogs of the window opened last.
var played player

// player answers questions for files, with "" where no answer is set.
type player struct {
	asked  []native.Question
	answer string
}

func (p *player) ask(_ fyne.Window, q native.Question, done func(string)) {
	p.asked = append(p.asked, q)
	done(p.answer)
}

// pump holds what jobs want done on the UI goroutine of a window: the test's own.
var pump = map[*window]chan func(){}

// settle does what jobs want done until none runs.
func settle(w *window) {
	for len(w.jobs.running) > 0 {
		(<-pump[w])()
	}
	w.jobs.wait.Wait()
}

func crops(n int) []dataset.NewSample {
	var out []dataset.NewSample
	for i := range n {
		img := image.NewRGBA(image.Rect(0, 0, 64, 64))
		img.Set(i%64, i/64, color.Black) // no two the same, or they count once
		out = append(out, dataset.NewSample{Path: "/show/01.mp4", Frame: i, Proposer: "cascade", Crop: img})
	}
	return out
}

func (w *window) counts(t *testing.T) dataset.Counts {
	t.Helper()
	n, err := w.project.Counts()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDroppedPictureIsShown(t *testing.T) {
	w, failures := openWindow(t)
	path := filepath.Join(t.TempDir(), "顔 100%.png")
	img := image.NewRGBA(image.Rect(0, 0, 40, 30))
	img.Set(3, 3, color.White)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(png.Encode(f, img), f.Close()); err != nil {
		t.Fatal(err)
	}
	w.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(path)})
	settle(w)
	if got := w.win.Title(); !strings.HasPrefix(got, "顔 100%.png") {
		t.Errorf("the title is %q", got)
	}
	if got := w.detect.left.Image().Bounds(); got != img.Rect {
		t.Errorf("the pane shows %v, want %v", got, img.Rect)
	}
	if w.detect.cascade.took == 0 {
		t.Error("the cascade was not asked")
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

func TestFalseFaceGoesIntoTheProject(t *testing.T) {
	w, _, failures := open(t, 1)
	w.detect.files, w.detect.at = []picture{{name: "x.png", path: "/pictures/x.png"}}, 0
	w.detect.img = image.NewRGBA(image.Rect(0, 0, 100, 100))
	w.detect.cascade.raw = slices.Repeat(vision.Raw{image.Rect(10, 20, 50, 60)}, 7)
	w.detect.refresh()
	w.detect.pick(w.detect.right, 0)
	w.detect.rune('n')
	settle(w)
	ids, err := w.project.IDs(dataset.Filter{Proposer: "cascade", Title: "pictures"})
	if err != nil {
		t.Fatal(err)
	}
	if len(ids) != 1 {
		t.Fatalf("%d samples of that picture, want 1 (failures %v)", len(ids), *failures)
	}
	s, err := w.project.Samples(ids)
	if err != nil {
		t.Fatal(err)
	}
	if got := s[0]; got.Width != 44 || got.Height != 44 {
		t.Errorf("the crop has %dx%d pixels, want 44, as collected ones have", got.Width, got.Height)
	}
	if got := s[0]; got.Class != dataset.Other || !got.Checked || got.Box != image.Rect(10, 20, 50, 60) || got.Score != 7 || got.Path != "/pictures/x.png" {
		t.Errorf("got %+v", got)
	}
}

func TestUnreadableFilesSaySo(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.png")
	if err := os.WriteFile(text, []byte("not a picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		do   func(w *window)
		want string
	}{
		{"picture", func(w *window) { w.detect.openPaths([]string{text}) }, "text.png"},
		{"missing picture", func(w *window) { w.detect.openPaths([]string{filepath.Join(dir, "gone.png")}) }, "gone.png"},
		{"empty folder", func(w *window) { w.detect.openPaths([]string{t.TempDir()}) }, "No picture"},
		{"model", func(w *window) { w.loadModel(text) }, "text.png"},
		{"project", func(w *window) { w.openProject(text) }, "text.png"},
		{"project over a file", func(w *window) {
			w.createProject(strings.TrimSuffix(text, ".png"))
			settle(w)
			w.createProject(strings.TrimSuffix(text, ".png"))
		}, "text.frglab"},
		{"import without a project", func(w *window) { w.label.importFrom(dir) }, "No project"},
	} {
		w, failures := openWindow(t)
		tt.do(w)
		settle(w)
		if len(*failures) != 1 || !strings.Contains((*failures)[0].Error(), tt.want) {
			t.Errorf("%s: got %v, want one failure that names %q", tt.name, *failures, tt.want)
		}
	}
}

// TestFirstStart opens what travels inside the program: a sample project of the
// present schema, with work in it for every tab, and a model that can detect.
func TestFirstStart(t *testing.T) {
	w, failures := openWindow(t)
	path, err := w.samplePath()
	if err != nil {
		t.Fatal(err)
	}
	w.openProject(path)
	w.loadBundled()
	settle(w)
	if len(*failures) > 0 {
		t.Fatalf("failures: %v", *failures)
	}
	if w.project == nil || w.project.Name() != "sample" {
		t.Fatal("the sample project is not open")
	}
	if n := w.counts(t); n.Unchecked == 0 || n.Face == 0 || n.Other == 0 || n.Train == 0 || n.Valid == 0 {
		t.Errorf("the sample project leaves a tab empty: %+v", n)
	}
	dev := ref.New(1)
	defer dev.Close()
	d, err := engine.NewDetector(w.model, dev)
	if err != nil {
		t.Fatalf("the bundled model cannot detect: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}
