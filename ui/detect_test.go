package ui

import (
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"frglab/assets"
	"frglab/dataset"
	"frglab/engine"
	"frglab/engine/nn"
	"frglab/ui/imageview"
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

// Other parameters while a picture is on its way neither stop it nor count for the last one.
func TestParametersWhileAPictureIsRead(t *testing.T) {
	w, _ := openWindow(t)
	video := shortVideo(t, 4)
	w.detect.setFiles([]picture{{name: "v", path: video}})
	settle(w)
	before := w.detect.img
	w.detect.showFrame(2)
	w.detect.classy.Equalize = !w.detect.classy.Equalize
	w.detect.retune()
	settle(w)
	if w.detect.img == before || w.detect.frame != 2 || w.detect.cascade.took == 0 {
		t.Errorf("frame %d is not shown, or nobody looked", w.detect.frame)
	}
	if looks := w.detect.video.record.looks; len(looks) != 1 || looks[2].cascade.took == 0 {
		t.Errorf("looks at %v, want frame 2", looks)
	}
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
	if bs := w.detect.left.Boxes(); len(bs) == 0 || bs[len(bs)-1].Rect != image.Rect(4, 4, 20, 20) {
		t.Errorf("the place that was asked for is not marked: %v", bs)
	}
	w.detect.right.OnBoxPicked(len(w.detect.right.Boxes()) - 1)
	if w.detect.chosen.hit >= 0 {
		t.Error("the mark of a place is taken for a box")
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

// TestThresholdDoesNotCallTheNetwork moves every slider and tells which have the detectors look again.
func TestThresholdDoesNotCallTheNetwork(t *testing.T) {
	w, failures := openWindow(t)
	setTinyModel(w)
	w.detect.openSamples()
	settle(w)
	d := w.detect
	for _, mode := range engine.DetectPresets() {
		d.controls.do(func() { d.controls.reset(mode) })
		settle(w)
		for _, r := range d.controls.rows {
			if !r.content.Visible() {
				continue
			}
			v := r.get(d) + r.step
			if v > r.high {
				v = r.get(d) - r.step
			}
			r.slide.OnChangeEnded(v)
			if asked := len(w.jobs.running) > 0; asked == r.quick { // detectors work in jobs only
				t.Errorf("%s, %s: the detectors are asked: %v", mode, r.name, asked)
			}
			settle(w)
			if got := r.get(d); math.Abs(got-v) > 1e-9 {
				t.Errorf("%s, %s: %v, want %v", mode, r.name, got, v)
			}
		}
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

func TestThresholdChoosesAmongScores(t *testing.T) {
	w, _ := openWindow(t)
	w.detect.openSamples()
	settle(w)
	c := w.detect.controls
	row := c.rows[slices.IndexFunc(c.rows, func(r *detectRow) bool { return r.name == tr("Neighbours") })]
	row.slide.SetValue(0)
	many := len(w.detect.right.Boxes())
	row.slide.SetValue(20)
	if few := len(w.detect.right.Boxes()); many == 0 || few >= many {
		t.Errorf("%d boxes with 0 neighbours, %d with 20", many, few)
	}
}

// setTinyModel detects with a network that takes no time.
func setTinyModel(w *window) {
	arch := nn.Arch{Name: "tiny", Size: 16, Layers: []nn.Layer{
		{Kind: nn.Conv, Name: "conv1", Out: 4, Kernel: 3, Pad: 1, Act: nn.ReLU},
		{Kind: nn.MaxPool, Name: "pool1", Kernel: 4, Stride: 4},
		{Kind: nn.Dense, Name: "fc2", Out: 8, Act: nn.Leaky},
		{Kind: nn.Dense, Name: "fc3", Out: 2},
	}}
	weights, err := nn.NewWeights(arch, nn.He, 1)
	if err != nil {
		panic(err) // the description above is wrong
	}
	w.setModel(&engine.Checkpoint{Arch: arch, Classes: []string{"face", "other"}, Mean: make([]float32, 3), Scale: 64, Weights: weights, Threshold: 0.5}, "tiny")
	settle(w)
}
