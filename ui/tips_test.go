package ui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// TestTips rests the pointer on each button that has a sign alone, in every tab, and finds
// words beside it, within the window, with the present key.
func TestTips(t *testing.T) {
	w, _, _ := open(t, 9)
	detectSamples(t, w)
	w.detect.show(3)
	settle(w)
	if err := w.keys.set(actUndo, "j"); err != nil {
		t.Fatal(err)
	}
	w.tips.later = func(_ time.Duration, f func()) { f() }
	seen := map[string]bool{}
	for _, tab := range []int{tabLabel, tabTrain, tabDetect, tabEvaluate} {
		w.tabs.SelectIndex(tab)
		covered := map[*widget.Button]bool{}
		objects := test.LaidOutObjects(w.win.Content())
		for _, o := range objects {
			a, ok := o.(*tipArea)
			if !ok || !a.under.Visible() {
				continue
			}
			covered[a.under] = true
			if w.tips.place(a).Y > w.tips.layer.Size().Height {
				continue // scrolled out of sight
			}
			a.MouseIn(&desktop.MouseEvent{})
			at, size := w.tips.plate.Position(), w.tips.plate.Size()
			if w.tips.words.Text == "" || !w.tips.layer.Visible() || at.X < 0 || at.Y < 0 || at.X+size.Width > w.tips.layer.Size().Width || at.Y+size.Height > w.tips.layer.Size().Height {
				t.Errorf("tab %d: %q at %v with %v", tab, w.tips.words.Text, at, size)
			}
			if gap := at.Y - w.tips.place(a).Subtract(w.tips.place(w.tips.layer)).Y - a.Size().Height; gap < 0 || gap > 4 {
				t.Errorf("tab %d: %q lies %g below its button", tab, w.tips.words.Text, gap)
			}
			seen[w.tips.words.Text] = true
			a.MouseOut()
			if w.tips.layer.Visible() {
				t.Errorf("tab %d: %q stays", tab, w.tips.words.Text)
			}
		}
		for _, o := range objects {
			if b, ok := o.(*widget.Button); ok && b.Text == "" && b.Icon != nil && b.Visible() && !covered[b] && !within(b, w.status.content) {
				t.Errorf("tab %d: nothing says what the button with %s does", tab, b.Icon.Name())
			}
		}
	}
	if !seen["undo (J)"] {
		var all []string
		for s := range seen {
			all = append(all, s)
		}
		t.Errorf("no tip has the present key of undo: %s", strings.Join(all, ", "))
	}
}

func within(b *widget.Button, c fyne.CanvasObject) bool {
	for _, o := range test.LaidOutObjects(c) {
		if o == fyne.CanvasObject(b) {
			return true
		}
	}
	return false
}

// TestTipsLetClicksThrough presses a button below its tip.
func TestTipsLetClicksThrough(t *testing.T) {
	test.NewTempApp(t)
	done := 0
	tips := newTips()
	b := widget.NewButton("", func() { done++ })
	w := test.NewTempWindow(t, tips.on(b, func() string { return "words" }))
	w.Resize(fyne.NewSize(100, 100))
	test.TapCanvas(w.Canvas(), fyne.NewPos(50, 50))
	if done != 1 {
		t.Errorf("pressed %d times", done)
	}
	for _, o := range tips.layer.Objects {
		switch o.(type) {
		case *canvas.Rectangle, *canvas.Text:
		default:
			t.Errorf("%T in the layer may take clicks", o)
		}
	}
}
