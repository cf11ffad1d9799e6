package ui

import (
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"frglab/assets"
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
