package cropgrid

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

var (
	_ fyne.Focusable    = (*Grid)(nil)
	_ fyne.Shortcutable = (*Grid)(nil)
)

// FocusGained implements fyne.Focusable.
func (g *Grid) FocusGained() {
	g.focused = true
	g.paint()
}

// FocusLost implements fyne.Focusable.
func (g *Grid) FocusLost() {
	g.focused = false
	g.paint()
}

// TypedRune implements fyne.Focusable.
func (g *Grid) TypedRune(r rune) {
	if g.OnRune != nil {
		g.OnRune(r)
	}
}

// TypedKey implements fyne.Focusable.
func (g *Grid) TypedKey(e *fyne.KeyEvent) {
	if g.OnKey != nil && g.OnKey(e.Name) {
		return
	}
	switch e.Name {
	case fyne.KeyEscape:
		if g.sel.count > 0 {
			g.sel.fill(false)
			g.selected()
		}
	default:
		g.step(e.Name, g.modifiers())
	}
}

// TypedShortcut implements fyne.Shortcutable. What the grid does not know goes
// on to the canvas, as it would without a focused widget.
func (g *Grid) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutSelectAll:
		g.SelectAll()
		return
	case *desktop.CustomShortcut:
		if s.Modifier&fyne.KeyModifierShortcutDefault != 0 && g.step(s.KeyName, s.Modifier) {
			return
		}
	}
	g.pass(s)
}

func (g *Grid) toCanvas(s fyne.Shortcut) {
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(g).(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}

// Toggle selects the item under the cursor, or not.
func (g *Grid) Toggle() {
	if g.sel.cursor >= 0 {
		g.goTo(g.sel.cursor, func() { g.sel.toggle(g.sel.cursor) })
		g.selected()
	}
}

// Activate tells OnActivated the item under the cursor.
func (g *Grid) Activate() {
	if id, ok := g.Cursor(); ok && g.OnActivated != nil {
		g.OnActivated(id)
	}
}

// Zoom makes the cells larger by so many steps, or smaller.
func (g *Grid) Zoom(steps int) { g.SetCellSize(stepZoom(g.layout.cell, steps)) }

// step moves the cursor by a key; false if the key moves nothing.
func (g *Grid) step(name fyne.KeyName, held fyne.KeyModifier) bool {
	to, ok := g.target(name)
	if !ok {
		return false
	}
	if to < 0 {
		return true
	}
	if name == fyne.KeyPageUp || name == fyne.KeyPageDown { // the view goes along
		rows := float64(to/g.layout.cols() - g.sel.cursor/g.layout.cols())
		g.off = min(max(g.off+rows*g.layout.pitch(), 0), max(g.off, g.layout.limit()))
	}
	switch {
	case held&fyne.KeyModifierShift != 0:
		g.goTo(to, func() { g.sel.extend(to) })
	case held&fyne.KeyModifierShortcutDefault != 0:
		g.goTo(to, func() { g.sel.cursor, g.sel.anchor = to, to })
		return true
	default:
		g.goTo(to, func() { g.sel.only(to) })
	}
	g.selected()
	return true
}

// target returns where a key leads; -1 where there are no items.
func (g *Grid) target(name fyne.KeyName) (to int, ok bool) {
	i, l := g.sel.cursor, g.layout
	switch name {
	case fyne.KeyLeft:
		return l.move(i, -1, 0), true
	case fyne.KeyRight:
		return l.move(i, 1, 0), true
	case fyne.KeyUp:
		return l.move(i, 0, -1), true
	case fyne.KeyDown:
		return l.move(i, 0, 1), true
	case fyne.KeyPageUp:
		return l.move(i, 0, -l.pageRows()), true
	case fyne.KeyPageDown:
		return l.move(i, 0, l.pageRows()), true
	case fyne.KeyHome:
		return min(0, l.n-1), true
	case fyne.KeyEnd:
		return l.n - 1, true
	}
	return 0, false
}
