package ui

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"strings"
	"testing"

	"frglab/ui/native"
)

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

// Under Wayland the message says what to do.
func TestPasteUnderWayland(t *testing.T) {
	w, failures := openWindow(t)
	clipboardOf(t, native.Clip{}, native.ErrWayland)
	w.paste()
	settle(w)
	if len(*failures) != 1 || !strings.Contains((*failures)[0].Error(), "Wayland") || !strings.Contains((*failures)[0].Error(), "drop it") {
		t.Errorf("failures: %v", *failures)
	}
}
