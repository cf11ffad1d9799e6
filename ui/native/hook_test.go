package native

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestOnScreen(t *testing.T) {
	one, two := image.Rect(0, 30, 1000, 700), image.Rect(1000, 0, 1800, 900)
	for _, tt := range []struct {
		name         string
		window, want image.Rectangle
		screens      []image.Rectangle
	}{
		{"where it was", image.Rect(100, 100, 500, 400), image.Rect(100, 100, 500, 400), []image.Rectangle{one, two}},
		{"on the other screen", image.Rect(1100, 0, 1700, 400), image.Rect(1100, 0, 1700, 400), []image.Rectangle{one, two}},
		{"that screen is gone", image.Rect(1100, 0, 1700, 400), image.Rect(400, 30, 1000, 430), []image.Rectangle{one}},
		{"below a panel", image.Rect(0, 0, 500, 400), image.Rect(0, 30, 500, 430), []image.Rectangle{one}},
		{"too large", image.Rect(0, 0, 8000, 6000), one, []image.Rectangle{one}},
		{"too wide for its place", image.Rect(-400, 100, 600, 400), image.Rect(0, 100, 1000, 400), []image.Rectangle{one, two}},
		{"far away", image.Rect(-9000, 90000, -8000, 90500), image.Rect(0, 200, 1000, 700), []image.Rectangle{one, two}},
		{"no screen", image.Rect(5, 5, 50, 50), image.Rect(5, 5, 50, 50), nil},
	} {
		if got := onScreen(tt.window, tt.screens); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestHookOfATest leaves a window alone that is none of the desktop.
func TestHookOfATest(t *testing.T) {
	w := test.NewTempWindow(t, nil)
	h := HookWindow(w, image.Pt(5, 5), func(fyne.KeyName) bool { return true })
	w.SetContent(h.Object)
	w.Canvas().Capture()
	if h.Place() != (image.Point{}) || h.Object.MinSize().Width > 1 {
		t.Errorf("it is at %v and takes %v", h.Place(), h.Object.MinSize())
	}
}
