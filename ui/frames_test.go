package ui

import (
	"context"
	"errors"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFramePixels(t *testing.T) {
	w, _ := openWindow(t)
	ctx := context.Background()
	first, err := w.framePixels(ctx, samplesDir+"sample.mp4", 40)
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.framePixels(ctx, samplesDir+"sample.mp4", 40)
	if err != nil || again != first {
		t.Errorf("the same frame was read twice (%v)", err)
	}
	next, err := w.framePixels(ctx, samplesDir+"sample.mp4", 41)
	if err != nil || next == first || next.Rect != first.Rect {
		t.Errorf("the next frame: %v", err)
	}
	for _, c := range []struct {
		name, path string
		frame      int
		sentinel   error
		words      string
	}{
		{"gone", filepath.Join(t.TempDir(), "gone.png"), 0, fs.ErrNotExist, "gone.png"},
		{"past the end", samplesDir + "sample.mp4", 1 << 20, nil, "sample.mp4"},
		{"second frame of a picture", samplesDir + "portrait_close.jpg", 1, nil, "ends before"},
	} {
		_, err := w.framePixels(ctx, c.path, c.frame)
		if err == nil || !strings.Contains(err.Error(), c.words) || c.sentinel != nil && !errors.Is(err, c.sentinel) {
			t.Errorf("%s: got %v, want %q in it", c.name, err, c.words)
		}
	}
	if _, err := w.framePixels(ctx, samplesDir+"sample.mp4", 0); err != nil {
		t.Errorf("after a failure: %v", err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := w.framePixels(cancelled, samplesDir+"sample.mp4", 7); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

// A wish that waits for another one's file leaves the queue when a newer one came.
func TestFrameWishLeavesTheQueue(t *testing.T) {
	w, _ := openWindow(t)
	if _, err := w.framePixels(context.Background(), samplesDir+"sample.mp4", 3); err != nil {
		t.Fatal(err)
	}
	w.frames.turn <- struct{}{} // somebody reads
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() {
		_, err := w.framePixels(ctx, samplesDir+"sample.mp4", 9)
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := w.framePixels(context.Background(), samplesDir+"sample.mp4", 3); err != nil {
		t.Errorf("a frame that is kept had to wait: %v", err)
	}
	<-w.frames.turn
}

func TestFrameStoreKeepsTheLast(t *testing.T) {
	var s frameStore
	big := image.NewRGBA(image.Rect(0, 0, 4000, 2500)) // 40 MB
	small := image.NewRGBA(image.Rect(0, 0, 10, 10))
	for i := range 20 {
		s.put(keptFrame{"small", i, framePicture{img: small}})
	}
	if _, ok := s.get("small", 19); !ok || len(s.kept) != maxKeptFrames {
		t.Errorf("%d frames are kept, want %d", len(s.kept), maxKeptFrames)
	}
	for i := range 4 {
		s.put(keptFrame{"big", i, framePicture{img: big}})
	}
	if _, ok := s.get("big", 2); !ok || len(s.kept) != 2 {
		t.Errorf("%d large frames are kept, want 2", len(s.kept))
	}
	if _, ok := s.get("big", 0); ok {
		t.Error("the oldest is still there")
	}
}

func TestSampleFiles(t *testing.T) {
	w, _ := openWindow(t)
	for _, path := range []string{samplesDir + "../secret", samplesDir + "nothing.png", "/elsewhere/sample.mp4"} {
		if got, err := w.sampleFile(path); err != nil || got != path {
			t.Errorf("%s: got %s, %v, want it as it is", path, got, err)
		}
	}
	got, err := w.sampleFile(samplesDir + "sample.mp4")
	if info, serr := os.Stat(got); err != nil || serr != nil || info.Size() == 0 {
		t.Errorf("got %s, %v, %v", got, err, serr)
	}
}
