package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// At 884 units, what a window of 900 leaves, no figure of the Evaluate tab is cut short.
func TestFiguresFitASmallWindow(t *testing.T) {
	for _, language := range []string{"en_GB.UTF-8", "ja_JP.UTF-8"} {
		t.Setenv("LC_ALL", language)
		w, _ := evalWindow(t)
		shownResult(t, w)
		w.win.Resize(fyne.NewSize(900, 620))
		for d, name := range evalNames() {
			for i, text := range []string{name, "0.981 (0.92–1.00)", "0.981", "0.981", "0.981", tr("%.3f from %s", 0.981, evalScore(d, 12)), "1367 ms"} {
				l := w.eval.figures[d][i]
				l.SetText(text)
				if need := fyne.MeasureText(text, test.Theme().Size("text"), l.TextStyle).Width; need > l.Size().Width-12 {
					t.Errorf("%s: %q needs %v units and has %v", language, text, need, l.Size().Width)
				}
			}
		}
	}
}
