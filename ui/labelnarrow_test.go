package ui

import (
	"testing"

	"frglab/dataset"
)

// TestLabelTabIsNarrow: in either language every mode of the Label tab fits into a window
// 840 wide, less the edges of 4, with the longest words on its buttons.
func TestLabelTabIsNarrow(t *testing.T) {
	for _, language := range []string{"en_GB.UTF-8", "ja_JP.UTF-8"} {
		t.Setenv("LC_ALL", language)
		w, _ := openWindow(t)
		l := w.label
		for mode, name := range l.names {
			l.turnTo(mode)
			for _, page := range []dataset.Class{dataset.Face, dataset.Other} {
				l.grid.page = page
				l.grid.name()
				for _, m := range l.modes {
					if f, ok := m.(*frameMode); ok {
						if f.missed == nil {
							f.bar.zoom.SetText("1600 %")
						}
						f.bar.video.Show()
					}
				}
				if size := w.win.Content().MinSize(); size.Width > 832 {
					t.Errorf("%s, %s, page %d: the window needs %v", language, name, page, size)
				}
			}
		}
	}
}
