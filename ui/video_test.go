package ui

import (
	"image"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"frglab/engine"
	"frglab/engine/vision"
)

// shortVideo is the first frames of the bundled video, and half as large.
func shortVideo(t *testing.T, frames int) string {
	t.Helper()
	from, err := vision.OpenVideo(sampleVideo(t))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	if err := from.Seek(60); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "short.mp4")
	w, err := vision.CreateVideo(path, 640, 360, 25)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for range frames {
		img, _, err := from.Next()
		if err == nil {
			err = w.Write(img)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Finish(); err != nil {
		t.Fatal(err)
	}
	return path
}

// From the drop of a video over a step, a look through it and the key for the next
// disagreement to the running video.
func TestVideoInTheDetectTab(t *testing.T) {
	w, failures := openWindow(t)
	path := shortVideo(t, 12)
	w.tabs.SelectIndex(tabDetect)
	dropOn(w, path)
	v := w.detect.video
	if !v.row.Visible() || v.ribbon.frames != 12 || v.record == nil || len(v.record.looks) != 1 {
		t.Fatalf("the row of the video: visible %v, %d frames, record %+v (failures %v)", v.row.Visible(), v.ribbon.frames, v.record, *failures)
	}
	w.detect.left.TypedRune('.')
	settle(w)
	if w.detect.frame != 1 || v.ribbon.at != 1 || len(v.record.looks) != 2 {
		t.Errorf("after a step: frame %d, ribbon at %d, %d looks", w.detect.frame, v.ribbon.at, len(v.record.looks))
	}
	at := func(frame int) *fyne.DragEvent {
		return &fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(v.ribbon.placeOf(frame), 5)}}
	}
	v.ribbon.Dragged(at(7))
	settle(w)
	v.ribbon.Dragged(at(9))
	settle(w)
	if w.detect.frame != 9 || len(v.record.looks) != 2 {
		t.Errorf("on the way: frame %d, %d looks", w.detect.frame, len(v.record.looks))
	}
	v.ribbon.DragEnd()
	settle(w)
	if _, ok := v.record.looks[9]; w.detect.frame != 9 || !ok || len(v.record.looks) != 3 {
		t.Errorf("at the end of a drag: frame %d, %d looks", w.detect.frame, len(v.record.looks))
	}
	w.detect.showFrame(1)
	settle(w)
	before := v.record.looks[0].cascade.took
	w.detect.left.TypedRune(',')
	settle(w)
	if w.detect.cascade.took != before {
		t.Error("a frame that was looked at before is looked at again")
	}
	test.Tap(v.buttons.study)
	settle(w)
	if len(v.record.looks) != 12 || v.student != nil {
		t.Errorf("%d frames of 12 were looked at", len(v.record.looks))
	}

	// Without a model there is nothing to disagree with: say that the CNN found nothing.
	v.record.marks[laneCascade] = map[int]mark{3: alone, 4: alone, 7: agreed, 9: alone}
	v.record.marks[laneCNN] = map[int]mark{0: nobody}
	for n := range 3 {
		v.record.marks[laneCascade][n] = nobody
	}
	if got := v.record.next(0, 1); got != 3 {
		t.Errorf("the next disagreement is frame %d, want 3", got)
	}

	v.ribbon.picked(8)
	settle(w)
	if w.detect.frame != 8 || w.detect.img == nil {
		t.Errorf("a click on the ribbon shows frame %d", w.detect.frame)
	}
	typeKey(w.detect.left, key(fyne.KeySpace))
	if v.player == nil {
		t.Fatal("it does not play")
	}
	for v.player != nil {
		(<-pump[w])()
	}
	settle(w)
	if w.detect.frame != 11 || len(*failures) > 0 {
		t.Errorf("played to frame %d (failures %v)", w.detect.frame, *failures)
	}
	typeKey(w.detect.left, key(fyne.KeySpace))
	w.detect.left.TypedRune(',')
	if v.player != nil {
		t.Error("a step does not stop the video")
	}
	settle(w)
	dropOn(w, testPicture(t, "a.png", 64, 40))
	if v.row.Visible() || v.record != nil {
		t.Error("the row of the video stays for a picture")
	}
}

// The key D goes to the frame where the detectors begin to disagree.
func TestDisagreementKey(t *testing.T) {
	w, _ := openWindow(t)
	w.tabs.SelectIndex(tabDetect)
	dropOn(w, shortVideo(t, 6))
	v := w.detect.video
	w.detect.left.TypedRune('D')
	settle(w)
	if w.detect.frame != 0 || w.notice == "" {
		t.Errorf("nothing to go to: frame %d, the status bar says %q", w.detect.frame, w.notice)
	}
	model := &engine.Checkpoint{}
	set := detectSetup{model: model, params: w.detect.params, classy: w.detect.classy}
	w.model, v.record.asked, w.detect.asked = model, set, set
	v.record.looks = map[int]finding{}
	v.record.found = map[int]boxesOf{}
	for n := range 6 { // from frame 3 on the cascade sees what the CNN does not
		v.record.looks[n] = finding{cnn: cnnResult{scan: &engine.Scan{}}, cascade: cascadeResult{took: 1}}
		if v.record.found[n] = (boxesOf{}); n >= 3 {
			v.record.found[n] = boxesOf{laneCascade: {{Box: image.Rect(0, 0, 40, 40), Score: 7}}}
		}
	}
	w.detect.left.TypedRune('d')
	settle(w)
	if w.detect.frame != 3 {
		t.Errorf("D shows frame %d, want 3", w.detect.frame)
	}
	w.detect.right.TypedRune('d')
	settle(w)
	if w.detect.frame != 3 {
		t.Errorf("a second D shows frame %d", w.detect.frame)
	}
}
