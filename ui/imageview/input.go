package imageview

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

var (
	_ fyne.Draggable      = (*Pane)(nil)
	_ fyne.Scrollable     = (*Pane)(nil)
	_ fyne.Tappable       = (*Pane)(nil)
	_ fyne.DoubleTappable = (*Pane)(nil)
	_ fyne.Focusable      = (*Pane)(nil)
	_ desktop.Mouseable   = (*Pane)(nil)
	_ desktop.Hoverable   = (*Pane)(nil)
	_ desktop.Cursorable  = (*Pane)(nil)
)

const (
	notch    = 1.2 // zoom of a notch of the wheel
	perNotch = 25  // units of wheel movement in Fyne
	dragFrom = 4   // units the pointer must move before a press becomes a drag
	boxSlack = 3   // units beside a box that still count as the box
	arrowPan = 60  // units
)

// press is a button held down and what became of it.
type press struct {
	on, moved, drawing bool
	start, at          fyne.Position // units of the pane
	x, y               float64       // picture point under start

	// In Edit: what of which box it takes, and whether the press itself picked that.
	grip   grip
	box    int
	picked bool
}

// MouseDown implements desktop.Mouseable.
func (p *Pane) MouseDown(e *desktop.MouseEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(p); c != nil {
		c.Focus(p)
	}
	p.view.lead = p
	if p.pic == nil || e.Button == desktop.MouseButtonSecondary {
		return
	}
	x, y := p.sight().toImage(float64(e.Position.X), float64(e.Position.Y))
	p.press = press{on: true, start: e.Position, at: e.Position, x: x, y: y, box: -1}
	switch {
	case e.Button != desktop.MouseButtonPrimary:
	case p.draw:
		p.Settle()
		p.press.drawing, p.shift = true, e.Modifier&fyne.KeyModifierShift != 0
	case !p.Edit && p.OnBoxDrawn != nil && e.Modifier&fyne.KeyModifierShift != 0:
		p.press.drawing, p.shift = true, true
	case p.Edit && e.Modifier&fyne.KeyModifierShortcutDefault == 0:
		p.grab(e)
	}
}

// MouseUp implements desktop.Mouseable: a click picks a box, the end of a drag
// in draw mode makes one.
func (p *Pane) MouseUp(e *desktop.MouseEvent) {
	was := p.press
	p.press = press{}
	switch {
	case !was.on:
	case !was.moved:
		i := p.boxAt(e.Position)
		p.onBox = i >= 0 || was.grip != gripNone
		onEdge := was.grip != gripNone && was.grip != gripAll
		if i >= 0 && !was.picked && !onEdge && e.Button == desktop.MouseButtonPrimary && p.OnBoxPicked != nil {
			p.OnBoxPicked(i)
		}
	case was.drawing:
		r := p.drawnBox(was)
		p.update()
		if r.Dx() >= minBox && r.Dy() >= minBox && p.OnBoxDrawn != nil {
			p.OnBoxDrawn(r)
		}
	case was.grip != gripNone:
		p.Settle()
	}
}

// Dragged implements fyne.Draggable.
func (p *Pane) Dragged(e *fyne.DragEvent) {
	d := &p.press
	if !d.on {
		return
	}
	dx, dy := float64(e.Position.X-d.start.X), float64(e.Position.Y-d.start.Y)
	if d.moved = d.moved || math.Hypot(dx, dy) >= dragFrom; !d.moved {
		return
	}
	d.at, p.at = e.Position, e.Position
	switch {
	case d.drawing:
		p.update()
		return
	case d.grip != gripNone:
		p.drag()
		return
	}
	s := p.sight().hold(d.x, d.y, float64(e.Position.X), float64(e.Position.Y)) // what was pressed stays under the pointer
	if !p.view.fitted || s.within(p.pic.bounds) != p.sight() {
		p.look(s)
	}
}

// DragEnd implements fyne.Draggable; MouseUp does the work.
func (p *Pane) DragEnd() {}

func (p *Pane) drawnBox(d press) image.Rectangle {
	x, y := p.sight().toImage(float64(d.at.X), float64(d.at.Y))
	return drawn(d.x, d.y, x, y, p.pic.bounds, p.square())
}

func (p *Pane) boxAt(at fyne.Position) int {
	if p.pic == nil {
		return -1
	}
	s := p.sight()
	x, y := s.toImage(float64(at.X), float64(at.Y))
	return pick(p.boxes, x, y, boxSlack/s.unit)
}

// Tapped implements fyne.Tappable: a click beside all boxes.
func (p *Pane) Tapped(e *fyne.PointEvent) {
	if p.pic == nil || p.OnEmptyTapped == nil || p.onBox {
		return
	}
	x, y := p.sight().toImage(float64(e.Position.X), float64(e.Position.Y))
	if at := image.Pt(int(math.Floor(x)), int(math.Floor(y))); at.In(p.pic.bounds) {
		p.OnEmptyTapped(at)
	}
}

// DoubleTapped implements fyne.DoubleTappable.
func (p *Pane) DoubleTapped(*fyne.PointEvent) { p.view.Fit() }

// Scrolled implements fyne.Scrollable: zooms about the pointer.
func (p *Pane) Scrolled(e *fyne.ScrollEvent) {
	if p.pic == nil || e.Scrolled.DY == 0 {
		return
	}
	p.view.lead = p
	s := p.sight()
	unit := p.limit(s.unit * math.Pow(notch, float64(e.Scrolled.DY)/perNotch))
	p.look(s.zoomAbout(unit, float64(e.Position.X), float64(e.Position.Y)))
}

// MouseIn implements desktop.Hoverable.
func (p *Pane) MouseIn(e *desktop.MouseEvent) { p.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (p *Pane) MouseMoved(e *desktop.MouseEvent) {
	p.at = e.Position
	p.setHover(p.boxAt(e.Position))
}

// MouseOut implements desktop.Hoverable.
func (p *Pane) MouseOut() { p.setHover(-1) }

func (p *Pane) setHover(i int) {
	if i == p.hover {
		return
	}
	p.hover = i
	p.update()
	if p.OnBoxHovered != nil {
		p.OnBoxHovered(i)
	}
}

// Cursor implements desktop.Cursorable.
func (p *Pane) Cursor() desktop.Cursor {
	switch {
	case p.draw && p.pic != nil:
		return desktop.CrosshairCursor
	case p.press.grip != gripNone:
		return p.press.grip.shape()
	case p.Edit && p.pic != nil:
		if _, g := p.gripOf(p.at); g != gripNone || p.hover < 0 {
			return g.shape()
		}
		return desktop.PointerCursor
	case p.hover >= 0:
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// FocusGained implements fyne.Focusable.
func (p *Pane) FocusGained() {
	p.focused, p.view.lead = true, p
	p.Refresh()
}

// FocusLost implements fyne.Focusable.
func (p *Pane) FocusLost() {
	p.focused, p.shift = false, false
	if !p.press.on {
		p.Settle()
	}
	p.Refresh()
}

// TypedRune implements fyne.Focusable.
func (p *Pane) TypedRune(r rune) {
	if p.OnRune != nil {
		p.OnRune(r)
	}
}

// TypedKey implements fyne.Focusable.
func (p *Pane) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape && (p.press.on || p.edit.on) {
		p.cancel()
		return
	}
	if p.OnKey != nil && p.OnKey(e.Name) || p.Edit && p.editKey(e.Name) {
		return
	}
	switch e.Name {
	case fyne.KeyLeft:
		p.pan(-arrowPan, 0)
	case fyne.KeyRight:
		p.pan(arrowPan, 0)
	case fyne.KeyUp:
		p.pan(0, -arrowPan)
	case fyne.KeyDown:
		p.pan(0, arrowPan)
	}
}

// pan moves the sight by units; a fitted picture stays.
func (p *Pane) pan(dx, dy float64) {
	if p.pic == nil || p.view.fitted {
		return
	}
	s := p.sight()
	s.cx, s.cy = s.cx+dx/s.unit, s.cy+dy/s.unit
	p.look(s)
}
