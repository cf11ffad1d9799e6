package ui

import (
	"image"
	"testing"

	"frglab/assets"
	"frglab/dataset"
	"frglab/engine"
	"frglab/engine/nn"
	"frglab/engine/nn/onednn"
)

// The bundled model takes a bench in the bundled video for a face, hardly, in many frames. Where
// it is marked in one, it is found in others, and none of the faces in them is.
func TestLookAlikesOfARealMistake(t *testing.T) {
	model, err := engine.ParseCheckpoint(assets.Model())
	if err != nil {
		t.Fatal(err)
	}
	w, failures := openTrainable(t)
	w.finder.devices = []engine.Device{{Name: "cpu", Open: func() (nn.Backend, error) { return onednn.New(2) }}}
	w.setModel(model, "bundled")
	path := sampleVideo(t)
	for _, n := range []int{10, 20, 30, 60} { // a face comes in with the 30th
		id, err := w.project.AddFrame(dataset.NewFrame{Path: path, Title: "show 0", Frame: n, Width: 640, Height: 360})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.project.CheckFrame(id, true, "check"); err != nil {
			t.Fatal(err)
		}
	}
	d := w.detect
	d.controls.do(func() { d.params.Threshold = 0.03 })
	w.tabs.SelectIndex(tabDetect)
	d.openPaths([]string{path})
	settle(w)
	bench := image.Rect(0, 258, 74, 332)
	if len(d.found) != 1 || engine.IoU(d.found[0].Box, bench) < 0.7 {
		t.Fatalf("found %v, want the bench at %v (failures %v)", d.found, bench, *failures)
	}
	d.left.OnBoxPicked(0)
	d.left.TypedRune('n')
	d.findAlike()
	settle(w)
	ids, err := w.project.IDs(dataset.Filter{Checked: new(false), Proposer: byCNN})
	if err != nil {
		t.Fatal(err)
	}
	queued, err := w.project.Samples(ids)
	if err != nil {
		t.Fatal(err)
	}
	frames := map[int]bool{}
	for _, s := range queued {
		if engine.IoU(s.Box, bench) < 0.3 {
			t.Errorf("queued is %v of frame %d, which is not the bench", s.Box, s.Frame)
		}
		frames[s.Frame] = true
	}
	if len(frames) < 2 || frames[60] || len(*failures) > 0 {
		t.Errorf("the bench is queued of frames %v, want two of 10, 20 and 30 (failures %v)", frames, *failures)
	}
	if w.tabs.SelectedIndex() != tabLabel {
		t.Error("the Label tab does not show them")
	}
}
