package ui

import (
	"testing"

	"fyne.io/fyne/v2"
)

// A row that appears has its place at once: between the panes and the legend, and nothing
// lies on anything else.
func TestRowsThatAppearHaveTheirPlace(t *testing.T) {
	w, _ := openWindow(t)
	w.tabs.SelectIndex(tabDetect)
	d := w.detect
	span := func(o fyne.CanvasObject) (top, bottom float32) {
		top = w.app.Driver().AbsolutePositionForObject(o).Y
		return top, top + o.Size().Height
	}
	for _, c := range []struct {
		name string
		open []string
		rows []fyne.CanvasObject
	}{
		{"a picture", []string{testPicture(t, "a.png", 64, 40)}, nil},
		{"a video", []string{shortVideo(t, 6)}, []fyne.CanvasObject{d.video.row}},
		{"pictures", []string{testPicture(t, "a.png", 64, 40), testPicture(t, "b.png", 64, 40)}, []fyne.CanvasObject{d.folder.content}},
		{"videos", []string{shortVideo(t, 6), shortVideo(t, 6)}, []fyne.CanvasObject{d.video.row, d.folder.content}},
		{"a picture again", []string{testPicture(t, "a.png", 64, 40)}, nil},
	} {
		d.openPaths(c.open)
		settle(w)
		_, above := span(d.pair)
		for _, o := range append(c.rows, d.legend.content) {
			top, bottom := span(o)
			if top < above || bottom-top < o.MinSize().Height {
				t.Errorf("%s: a row lies from %v to %v, what is above it ends at %v", c.name, top, bottom, above)
			}
			above = bottom
		}
		if top, _ := span(w.status.content); top < above {
			t.Errorf("%s: the rows end at %v, the status bar begins at %v", c.name, above, top)
		}
	}
}
