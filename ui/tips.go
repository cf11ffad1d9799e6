package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// tips says what a button with a sign alone does while the pointer rests on it. The words
// lie in a layer above the tabs that takes neither clicks nor keys.
type tips struct {
	layer *fyne.Container
	plate *canvas.Rectangle
	words *canvas.Text
	over  *tipArea                              // under the pointer
	later func(d time.Duration, f func())       // does f on the UI goroutine; tests replace it
	place func(fyne.CanvasObject) fyne.Position // in the window
}

// tipAfter is how long the pointer has to rest.
const tipAfter = 500 * time.Millisecond

func newTips() *tips {
	t := &tips{plate: canvas.NewRectangle(nil), words: canvas.NewText("", nil)}
	t.plate.CornerRadius, t.plate.StrokeWidth = 4, 1
	t.layer = container.NewWithoutLayout(t.plate, t.words)
	t.layer.Hide()
	t.later = func(d time.Duration, f func()) { time.AfterFunc(d, func() { fyne.Do(f) }) }
	t.place = func(o fyne.CanvasObject) fyne.Position {
		return fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
	}
	return t
}

// on adds words to a button. It returns what goes into the window in the button's place.
func (t *tips) on(b *widget.Button, words func() string) fyne.CanvasObject {
	a := &tipArea{t: t, under: b, words: words}
	a.ExtendBaseWidget(a)
	return container.NewStack(b, a)
}

// show writes the words below the button, or above it at the lower edge of the window.
func (t *tips) show(a *tipArea) {
	t.words.Text, t.words.TextSize = a.words(), theme.CaptionTextSize()
	t.words.Color = theme.Color(theme.ColorNameForeground)
	t.plate.FillColor, t.plate.StrokeColor = theme.Color(theme.ColorNameOverlayBackground), theme.Color(theme.ColorNameInputBorder)
	t.layer.Show() // what is hidden has no place
	const pad = 6
	text, window := t.words.MinSize(), t.layer.Size()
	size := text.AddWidthHeight(2*pad, pad)
	at := t.place(a).Subtract(t.place(t.layer))
	x := max(0, min(at.X+(a.Size().Width-size.Width)/2, window.Width-size.Width))
	y := at.Y + a.Size().Height + 2
	if y+size.Height > window.Height {
		y = at.Y - size.Height - 2
	}
	t.plate.Resize(size)
	t.plate.Move(fyne.NewPos(x, y))
	t.words.Resize(text)
	t.words.Move(fyne.NewPos(x+pad, y+pad/2))
	t.layer.Refresh()
}

func (t *tips) hide() {
	t.over = nil
	t.layer.Hide()
}

// tipArea lies over a button and sees the pointer before it. Clicks fall through.
type tipArea struct {
	widget.BaseWidget
	t     *tips
	under *widget.Button
	words func() string
}

var _ desktop.Hoverable = (*tipArea)(nil)

// MouseIn implements desktop.Hoverable.
func (a *tipArea) MouseIn(e *desktop.MouseEvent) {
	a.under.MouseIn(e)
	a.t.over = a
	a.t.later(tipAfter, func() {
		if a.t.over == a && a.under.Visible() {
			a.t.show(a)
		}
	})
}

// MouseMoved implements desktop.Hoverable.
func (a *tipArea) MouseMoved(e *desktop.MouseEvent) { a.under.MouseMoved(e) }

// MouseOut implements desktop.Hoverable.
func (a *tipArea) MouseOut() {
	a.under.MouseOut()
	a.t.hide()
}

// CreateRenderer implements fyne.Widget.
func (a *tipArea) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// tip says what a button does; keyTip the same by the action that it does, with its key.
func (s *session) tip(b *widget.Button, words func() string) fyne.CanvasObject {
	return s.tips.on(b, words)
}

func (s *session) keyTip(b *widget.Button, a action) fyne.CanvasObject {
	return s.tips.on(b, func() string { return s.keys.with(infoOf(a).text(), a) })
}
