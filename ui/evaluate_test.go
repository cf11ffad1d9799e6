package ui

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/storage"

	"frglab/dataset"
	"frglab/engine"
	"frglab/engine/vision"
)

// evalPictures writes n pictures of a folder and a truth with one face in each but the last,
// which has none.
func evalPictures(t *testing.T, n int) (dir, truth string) {
	t.Helper()
	dir = t.TempDir()
	var images, faces []any
	for i := range n {
		name := string(rune('a'+i)) + ".png"
		img := image.NewRGBA(image.Rect(0, 0, 120, 80))
		draw.Draw(img, img.Rect, image.NewUniform(color.Gray{uint8(40 * i)}), image.Point{}, draw.Src)
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, img); err != nil {
			t.Fatal(err)
		}
		f.Close()
		images = append(images, map[string]any{"id": i + 1, "file_name": name})
		if i < n-1 {
			faces = append(faces, map[string]any{"id": i + 1, "image_id": i + 1, "bbox": []int{20, 10, 40, 40}})
		}
	}
	data, err := json.Marshal(map[string]any{"images": images, "annotations": faces})
	if err != nil {
		t.Fatal(err)
	}
	truth = filepath.Join(dir, "truth.json")
	if err := os.WriteFile(truth, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir, truth
}

// evalWindow is a window whose Evaluate tab asks the cascade alone: the network in plain Go
// would take minutes.
func evalWindow(t *testing.T) (*window, *[]error) {
	w, failures := openWindow(t)
	w.eval.setup = func() detectSetup {
		p, err := engine.DefaultDetectParams(engine.ModeWindows)
		if err != nil {
			t.Fatal(err)
		}
		return detectSetup{params: p, classy: vision.DefaultCascadeParams()}
	}
	w.tabs.SelectIndex(tabEvaluate)
	return w, failures
}

func TestEvaluateCOCO(t *testing.T) {
	w, failures := evalWindow(t)
	dir, truth := evalPictures(t, 4)
	if err := os.Remove(filepath.Join(dir, "c.png")); err != nil { // one that cannot be read
		t.Fatal(err)
	}
	w.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(truth)})
	settle(w)
	r := w.eval.result
	if len(*failures) > 0 || len(r.frames) != 3 || r.score[evalCascade].Faces != 2 || len(r.failed) != 1 {
		t.Fatalf("failures %v, %d frames, passed over %q", *failures, len(r.frames), r.failed)
	}
	if !w.eval.body.Visible() || w.eval.empty.Visible() || w.eval.about.Text != "truth.json – pictures: 3, faces: 2" {
		t.Errorf("says %q", w.eval.about.Text)
	}
}

// A file whose pictures are elsewhere makes the window ask for their folder.
func TestEvaluateAsksForTheFolder(t *testing.T) {
	w, failures := evalWindow(t)
	dir, truth := evalPictures(t, 2)
	data, err := os.ReadFile(truth)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "moved.json")
	if err := os.WriteFile(other, data, 0o644); err != nil {
		t.Fatal(err)
	}
	played.answer = dir
	w.eval.openTruth(other)
	settle(w)
	if len(played.asked) != 1 || len(w.eval.result.frames) != 2 || len(*failures) > 0 {
		t.Errorf("asked %d times, %d frames, %v", len(played.asked), len(w.eval.result.frames), *failures)
	}
}

// shownResult is three pictures with found boxes of both detectors, without a look at them.
func shownResult(t *testing.T, w *window) evalResult {
	t.Helper()
	dir, _ := evalPictures(t, 3)
	face := engine.Truth{Box: [4]float64{20, 10, 40, 40}}
	box := func(x, y, side int, score float64) engine.Detection {
		return engine.Detection{Box: image.Rect(x, y, x+side, y+side), Score: score}
	}
	r := evalResult{name: "r", start: [2]float64{0.5, 6}}
	for i, name := range []string{"a.png", "b.png", "c.png"} {
		f := evalFrame{path: filepath.Join(dir, name)}
		if i < 2 {
			f.truth = []engine.Truth{face}
		}
		r.frames = append(r.frames, f)
	}
	found := [2][][]engine.Detection{
		{{box(15, 5, 50, 0.9), box(12, 8, 50, 0.6), box(80, 50, 30, 0.3)}, {box(30, 20, 20, 0.7)}, {box(70, 10, 30, 0.8)}},
		{{box(15, 5, 50, 9)}, {box(90, 5, 25, 7), box(20, 10, 40, 3)}, nil},
	}
	for d := range found {
		for i, boxes := range found[d] {
			r.found[d] = append(r.found[d], engine.FrameResult{Found: boxes, Truth: r.frames[i].truth})
		}
	}
	r.measure()
	w.eval.show(r)
	return r
}

// The galleries follow detector, cause and threshold.
func TestEvaluateGalleries(t *testing.T) {
	w, _ := evalWindow(t)
	shownResult(t, w)
	e := w.eval
	for _, c := range []struct {
		who   string
		at    float64
		cause engine.Cause
		want  int
	}{
		{"CNN", 0.5, engine.Background, 1},
		{"CNN", 0.5, engine.Duplicate, 1},
		{"CNN", 0.5, engine.Misplaced, 1},
		{"CNN", 0.5, engine.Missed, 1},
		{"CNN", 0.2, engine.Background, 2},
		{"CNN", 0.95, engine.Background, 0},
		{"CNN", 0.95, engine.Missed, 2},
		{"Cascade", 6, engine.Background, 1},
		{"Cascade", 6, engine.Missed, 1},
		{"Cascade", 2, engine.Missed, 0},
	} {
		e.who.SetSelected(c.who)
		e.slider.SetValue(c.at)
		e.causes[c.cause].OnTapped()
		if got := len(e.grid.Items()); got != c.want {
			t.Errorf("%s from %v, %s: %d pictures, want %d", c.who, c.at, c.cause, got, c.want)
		}
		if text := e.causes[c.cause].Text; !strings.HasSuffix(text, " ("+string(rune('0'+c.want))+")") {
			t.Errorf("the button says %q", text)
		}
	}
}

// A thumbnail holds the box in the middle, and opens its frame in the Detect tab.
func TestEvaluateOpensFrames(t *testing.T) {
	w, failures := evalWindow(t)
	r := shownResult(t, w)
	e := w.eval
	e.who.SetSelected("CNN")
	e.slider.SetValue(0.5)
	e.causes[engine.Background].OnTapped()
	id := e.grid.Items()[0]
	thumb, ok := e.gallery.thumb(id).(*image.RGBA)
	if !ok || thumb.Rect != image.Rect(0, 0, 60, 60) || thumb.RGBAAt(15, 15) != rgbaOf(otherColor) || thumb.RGBAAt(30, 30) != (color.RGBA{80, 80, 80, 255}) {
		t.Errorf("the thumbnail is not the box with its surroundings: %v", ok)
	}
	if m := e.gallery.mark(id); m.Badge != "0.80" {
		t.Errorf("the mark says %q", m.Badge)
	}
	e.grid.OnActivated(id)
	settle(w)
	if w.tabs.SelectedIndex() != tabDetect || w.detect.showing() != "c.png" || w.detect.goal.Empty() && w.detect.img == nil || len(*failures) > 0 {
		t.Errorf("tab %d shows %q, %v", w.tabs.SelectedIndex(), w.detect.showing(), *failures)
	}
	if r.frames[2].path != w.detect.files[w.detect.at].source() {
		t.Errorf("shows %q", w.detect.files[w.detect.at].source())
	}
}

func rgbaOf(c color.NRGBA) color.RGBA { return color.RGBA(c) }

// The readout names the thresholds under the pointer, and a click moves the slider there.
func TestEvaluateThresholdByPointer(t *testing.T) {
	w, _ := evalWindow(t)
	shownResult(t, w)
	e := w.eval
	if got, want := e.headPR(0.5), "0.500  ·  CNN from 0.9  ·  Cascade from 9 hits"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := e.headPR(1), "1.000  ·  Cascade from 3 hits"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := e.headFPPI(1), "1.00  ·  CNN from 0.6"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	before := w.win.Canvas().Capture().(*image.NRGBA)
	e.pr.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(200, 100)}})
	if after := w.win.Canvas().Capture().(*image.NRGBA); bytes.Equal(before.Pix, after.Pix) {
		t.Error("the pointer over the curve shows nothing")
	}
	e.who.SetSelected("Cascade")
	e.pr.OnPicked(0.99)
	if e.slider.Value != 3 || e.threshold != [2]float64{0.5, 3} {
		t.Errorf("the slider is at %v, thresholds are %v", e.slider.Value, e.threshold)
	}
	e.who.SetSelected("CNN")
	if e.slider.Value != 0.5 {
		t.Errorf("back at the CNN the slider is at %v", e.slider.Value)
	}
}

// Stopped, the tab shows what was looked at so far; and another look can begin.
func TestEvaluateStops(t *testing.T) {
	w, failures := evalWindow(t)
	_, truth := evalPictures(t, 4)
	w.eval.openTruth(truth)
	for w.eval.job == nil {
		(<-pump[w])()
	}
	if !w.eval.file.Disabled() || !w.eval.stop.Visible() {
		t.Error("while it runs another one can be started, or this one not stopped")
	}
	w.eval.stop.OnTapped()
	settle(w)
	if w.eval.job != nil || w.eval.file.Disabled() || w.eval.stop.Visible() || len(*failures) > 0 {
		t.Errorf("after the stop: %v", *failures)
	}
}

// Of a project those frames of validation titles count that somebody checked: with all
// their boxes, or as a whole.
func TestEvaluateValidationFrames(t *testing.T) {
	w, _, _ := open(t, 0)
	p := w.project
	frame := func(title string, n int, checked bool, class dataset.Class) dataset.NewSample {
		img := image.NewRGBA(image.Rect(0, 0, 64, 64))
		img.Set(n, len(title), color.Black)
		return dataset.NewSample{
			Class: class, Checked: checked, Path: "/show/" + title + ".mp4", Title: title, Frame: n,
			Box: image.Rect(10, 10, 74, 74), Proposer: "hand", Crop: img,
		}
	}
	if _, err := p.Add(t.Context(), []dataset.NewSample{
		frame("one", 0, true, dataset.Face), frame("one", 1, false, dataset.Face), frame("one", 2, true, dataset.Other), frame("one", 3, true, dataset.Unsure),
		frame("three", 0, true, dataset.Face), frame("three", 1, false, dataset.Face), frame("three", 2, true, dataset.Other), frame("three", 3, true, dataset.Unsure),
	}); err != nil {
		t.Fatal(err)
	}
	if err := p.AutoSplit(0.5, 1); err != nil {
		t.Fatal(err)
	}
	for _, title := range []string{"one", "three"} { // frames 2 and 9 are checked as a whole, 4 is only known
		for _, n := range []int{2, 4, 9} {
			id, err := p.AddFrame(dataset.NewFrame{Path: "/show/" + title + ".mp4", Title: title, Frame: n, Width: 100, Height: 80})
			if err != nil {
				t.Fatal(err)
			}
			if err := p.CheckFrame(id, n != 4, "checked"); err != nil {
				t.Fatal(err)
			}
		}
	}
	frames, err := validationFrames(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	got := map[int]int{}
	for _, f := range frames {
		if f.path != frames[0].path {
			t.Errorf("frame of %q and of %q", f.path, frames[0].path)
		}
		got[f.frame] = 0
		for _, b := range f.truth {
			got[f.frame]++
			if b.Ignore {
				t.Errorf("frame %d: %+v", f.frame, b)
			}
		}
	}
	if want := map[int]int{0: 1, 2: 0, 9: 0}; !maps.Equal(got, want) {
		t.Errorf("frames with so many boxes %v, want %v", got, want)
	}
}
