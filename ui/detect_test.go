package ui

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"frglab/assets"
	"frglab/dataset"
	"frglab/ui/imageview"
	"frglab/ui/native"
)

// testPicture writes a grey picture and returns its path.
func testPicture(t *testing.T, name string, w, h int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = uint8(i*31) | 3
	}
	img.Set(0, 0, color.White)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(png.Encode(f, img), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestShowFile(t *testing.T) {
	w, failures := openWindow(t)
	a, video := testPicture(t, "a.png", 64, 40), sampleVideo(t)
	w.detect.setFiles([]picture{{name: "a", path: a}, {name: "v", path: video}})
	settle(w)

	w.showFile(video, 2, image.Rectangle{})
	settle(w)
	if w.tabs.SelectedIndex() != tabDetect || w.detect.at != 1 || w.detect.frame != 2 || len(w.detect.files) != 2 {
		t.Errorf("of the open video: tab %d, file %d of %d, frame %d", w.tabs.SelectedIndex(), w.detect.at, len(w.detect.files), w.detect.frame)
	}
	b := testPicture(t, "b.png", 64, 40)
	w.showFile(b, 0, image.Rect(4, 4, 20, 20))
	settle(w)
	if len(w.detect.files) != 1 || w.detect.showing() != "b.png" || w.detect.img == nil {
		t.Errorf("of another file: %d open, %q on screen", len(w.detect.files), w.detect.showing())
	}
	w.showFile(samplesDir+"pair_small.png", 0, image.Rectangle{})
	settle(w)
	if assets.Samples() != nil && w.detect.img == nil {
		t.Error("a picture of the sample project is not shown")
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

// TestLook is what rows below the panes call for frames that are not on screen.
func TestLook(t *testing.T) {
	w, failures := openWindow(t)
	w.detect.openSamples()
	settle(w)
	shown, set := w.detect.finding, w.detect.setup()
	got, err := w.finder.look(t.Context(), w.detect.img, set)
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ := shown.detections(set)
	if _, cascade, err := got.detections(set); err != nil || len(cascade) == 0 || len(cascade) != len(want) {
		t.Errorf("%d boxes of the cascade (%v), want the %d on screen (failures %v)", len(cascade), err, len(want), *failures)
	}
}

// clipboardOf makes the clipboard hold something for a test.
func clipboardOf(t *testing.T, clip native.Clip, err error) {
	t.Helper()
	old := readClipboard
	readClipboard = func(context.Context) (native.Clip, error) { return clip, err }
	t.Cleanup(func() { readClipboard = old })
}

func TestPastedScreenshotIsShownAndKept(t *testing.T) {
	w, failures := openWindow(t)
	img := image.NewRGBA(image.Rect(0, 0, 50, 30))
	var data bytes.Buffer
	if err := png.Encode(&data, img); err != nil {
		t.Fatal(err)
	}
	clipboardOf(t, native.Clip{Picture: data.Bytes()}, nil)
	w.paste()
	settle(w)
	if len(*failures) > 0 || w.tabs.SelectedIndex() != tabDetect || w.detect.img == nil || w.detect.img.Rect != img.Rect {
		t.Fatalf("failures %v, tab %d", *failures, w.tabs.SelectedIndex())
	}
	first := w.detect.files[0].source()
	if _, err := os.Stat(first); err != nil {
		t.Errorf("the picture is not kept: %v", err)
	}
	w.paste()
	settle(w)
	if again := w.detect.files[0].source(); again != first {
		t.Errorf("the same picture is kept twice: %q, %q", first, again)
	}
}

func TestPasteOfFilesAndOfNothing(t *testing.T) {
	w, failures := openWindow(t)
	path := testPicture(t, "copied.png", 40, 30)
	clipboardOf(t, native.Clip{Files: []string{path}}, nil)
	w.paste()
	settle(w)
	if len(*failures) > 0 || w.detect.showing() != "copied.png" {
		t.Errorf("a copied file: %v, %q shown", *failures, w.detect.showing())
	}
	for _, clip := range []native.Clip{{}, {Files: []string{path + ".gone"}}} {
		*failures = nil
		err := native.ErrNoPicture
		if clip.Files != nil {
			err = nil
		}
		clipboardOf(t, clip, err)
		w.paste()
		settle(w)
		if len(*failures) != 1 || w.detect.showing() != "copied.png" {
			t.Errorf("of %v: %v, %q shown, want a message and the picture of before", clip, *failures, w.detect.showing())
		}
	}
}

func TestLayoutsOfThePanes(t *testing.T) {
	w, _ := openWindow(t)
	w.tabs.SelectIndex(tabDetect)
	w.detect.openSamples()
	settle(w)
	d := w.detect
	var seen []imageview.Layout
	for range 3 {
		d.left.TypedRune('v')
		seen = append(seen, d.pair.Layout())
	}
	if want := []imageview.Layout{imageview.Alone, imageview.Swipe, imageview.Beside}; seen[0] != want[0] || seen[1] != want[1] || seen[2] != want[2] {
		t.Errorf("V goes through %v, want %v", seen, want)
	}
	d.layouts.set(imageview.Alone)
	d.left.TypedRune('x')
	if d.left.Visible() || !d.right.Visible() || w.win.Canvas().Focused() != d.right {
		t.Errorf("X alone: left %v, right %v", d.left.Visible(), d.right.Visible())
	}
}

func TestMissedFaceGoesIntoTheProject(t *testing.T) {
	w, _, failures := open(t, 1)
	path := testPicture(t, "x.png", 100, 80)
	w.detect.openPaths([]string{path})
	settle(w)
	w.detect.right.OnBoxDrawn(image.Rect(10, 20, 50, 60))
	ids, err := w.project.IDs(dataset.Filter{Proposer: byHand})
	if err != nil || len(ids) != 1 {
		t.Fatalf("%d samples drawn by hand (%v), failures %v", len(ids), err, *failures)
	}
	s, err := w.project.Samples(ids)
	if err != nil {
		t.Fatal(err)
	}
	if got := s[0]; got.Class != dataset.Face || !got.Checked || got.Box != image.Rect(10, 20, 50, 60) || got.Path != path {
		t.Errorf("got %+v", got)
	}
}
