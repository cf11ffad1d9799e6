package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"frglab/engine/vision"
)

func TestExportVideo(t *testing.T) {
	w, failures := openWindow(t)
	w.tabs.SelectIndex(tabDetect)
	dropOn(w, shortVideo(t, 6))
	dir := t.TempDir()
	out := filepath.Join(dir, "out.mp4")

	w.detect.video.export(out)
	for _, j := range w.jobs.running {
		j.cancel()
	}
	settle(w)
	if list, _ := os.ReadDir(dir); len(list) > 0 || len(*failures) > 0 {
		t.Errorf("a cancelled export leaves %v (failures %v)", list, *failures)
	}
	w.detect.video.export(out)
	settle(w)
	v, err := vision.OpenVideo(out)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if i := v.Info(); i.Frames != 6 || i.Width != 640 || i.Height <= 360 {
		t.Errorf("the export is %+v", i)
	}
	source := w.detect.video.shot.file.path
	link := filepath.Join(dir, "link.mp4") // another name of the same file
	if err := os.Link(source, link); err != nil {
		t.Fatal(err)
	}
	for _, over := range []string{source, link} {
		*failures = nil
		w.detect.video.export(over)
		settle(w)
		if len(*failures) != 1 {
			t.Errorf("over the video itself, as %s: %v", over, *failures)
		}
	}
}

// A cancel while frames are written leaves what was there before.
func TestWriteVideoCancelled(t *testing.T) {
	path, dir := shortVideo(t, 6), t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	r := newVideoRecord(detectSetup{})
	n := 0
	_, err := r.write(ctx, path, filepath.Join(dir, "out.mp4"), detectSetup{}, func(float64) {
		if n++; n == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || n != 3 {
		t.Errorf("after %d frames: %v", n, err)
	}
	if list, _ := os.ReadDir(dir); len(list) > 0 {
		t.Errorf("it leaves %v", list)
	}
}
