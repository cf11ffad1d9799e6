package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// fileChoice shows the name of the file on screen, and the others in a list below it when it
// is tapped. Unlike a widget.Select it makes the rows in view only, so that ten thousand files
// open at once, and it knows files by their number: two may have one name.
type fileChoice struct {
	widget.Select

	names  []string
	at     int
	onPick func(i int)
	list   *widget.List  // nil while it is not shown
	popUp  *widget.PopUp // that holds the list
}

var (
	_ fyne.Tappable  = (*fileChoice)(nil)
	_ fyne.Focusable = (*fileChoice)(nil)
)

func newFileChoice(onPick func(i int)) *fileChoice {
	c := &fileChoice{at: -1, onPick: onPick}
	c.ExtendBaseWidget(c)
	return c
}

// show sets the names, and which one is on screen, -1 for none.
func (c *fileChoice) show(names []string, at int) {
	c.names, c.at, c.Selected = names, at, ""
	if at >= 0 {
		c.Selected = names[at]
	}
	c.Refresh()
}

// Tapped implements fyne.Tappable.
func (c *fileChoice) Tapped(*fyne.PointEvent) { c.open() }

// TypedKey implements fyne.Focusable.
func (c *fileChoice) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyDown, fyne.KeyUp:
		c.open()
	}
}

// rowsListed is the most that a list is high, in rows.
const rowsListed = 14

func (c *fileChoice) open() {
	canvas := fyne.CurrentApp().Driver().CanvasForObject(c)
	if len(c.names) == 0 || canvas == nil {
		return
	}
	c.list = widget.NewList(func() int { return len(c.names) }, func() fyne.CanvasObject { return trimmed("") },
		func(i widget.ListItemID, o fyne.CanvasObject) { o.(*widget.Label).SetText(c.names[i]) })
	c.popUp = widget.NewPopUp(c.list, canvas)
	row := trimmed("").MinSize().Height + 1
	place := fyne.CurrentApp().Driver().AbsolutePositionForObject(c).AddXY(0, c.Size().Height)
	high := min(float32(min(len(c.names), rowsListed))*row, canvas.Size().Height-place.Y-row)
	c.popUp.Resize(fyne.NewSize(c.Size().Width, high))
	c.popUp.ShowAtPosition(place)
	if c.at >= 0 { // once it has its size, or it scrolls to elsewhere
		c.list.Select(c.at)
	}
	c.list.OnSelected = func(i widget.ListItemID) {
		c.popUp.Hide()
		c.list, c.popUp = nil, nil
		c.onPick(i)
	}
	canvas.Focus(c.list)
}
