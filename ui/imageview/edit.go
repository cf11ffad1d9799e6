package imageview

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

var (
	_ desktop.Keyable   = (*Pane)(nil)
	_ fyne.Shortcutable = (*Pane)(nil)
	_ fyne.Tabbable     = (*Pane)(nil)
)

// far is how many pixels an arrow key goes with Shift.
const far = 10

// edit is the change of a box that has begun and that OnBoxChanged was not told yet.
type edit struct {
	on   bool
	box  int
	from image.Rectangle // as it was
	keys bool            // by arrow keys
}

// change gives a box another place for now.
func (p *Pane) change(i int, r image.Rectangle) {
	if !p.edit.on {
		p.edit = edit{on: true, box: i, from: p.boxes[i].Rect, keys: !p.press.on}
	}
	if p.boxes[i].Rect == r {
		return
	}
	p.boxes[i].Rect = r
	p.update()
	if p.OnBoxChanging != nil {
		p.OnBoxChanging(i, r)
	}
}

// Settle ends a change that is under way, such as by an arrow key that is still held,
// and tells OnBoxChanged. Owners call it before they look at the boxes or replace them.
func (p *Pane) Settle() {
	if p.edit.on && p.press.grip != gripNone {
		p.press = press{}
	}
	e := p.edit
	p.edit = edit{}
	if !e.on || p.boxes[e.box].Rect == e.from {
		return
	}
	p.nudged = e.keys
	p.update()
	if p.OnBoxChanged != nil {
		p.OnBoxChanged(e.box, p.boxes[e.box].Rect)
	}
}

// Editing reports whether a box is being changed: OnBoxChanged is still to come.
func (p *Pane) Editing() bool { return p.edit.on }

// Nudged reports, within OnBoxChanged, whether the box was changed by arrow keys: owners
// may take several in a row for one change.
func (p *Pane) Nudged() bool { return p.nudged }

// cancel takes back what was not settled; false where there was nothing.
func (p *Pane) cancel() bool {
	e, had := p.edit, p.edit.on || p.press.on
	p.edit, p.press = edit{}, press{}
	if e.on && p.boxes[e.box].Rect != e.from {
		p.boxes[e.box].Rect = e.from
		if p.OnBoxChanging != nil {
			p.OnBoxChanging(e.box, e.from)
		}
	}
	p.update()
	return had
}

// editable reports whether box i can be moved and resized.
func (p *Pane) editable(i int) bool {
	return p.Edit && p.pic != nil && i >= 0 && i < len(p.boxes) && !p.boxes[i].Fixed
}

// gripOf is what a press at a place takes, and of which box: of the selected one
// where that is there, else of the smallest one under the pointer, which the press
// selects.
func (p *Pane) gripOf(at fyne.Position) (box int, g grip) {
	if p.draw || p.pic == nil || !p.Edit {
		return -1, gripNone
	}
	if p.editable(p.selected) {
		if g := gripAt(p.sight().area(p.boxes[p.selected].Rect), float64(at.X), float64(at.Y)); g != gripNone {
			return p.selected, g
		}
	}
	if i := p.boxAt(at); p.editable(i) {
		return i, gripAll
	}
	return -1, gripNone
}

// grab begins a press in Edit mode.
func (p *Pane) grab(e *desktop.MouseEvent) {
	p.Settle()
	p.shift = e.Modifier&fyne.KeyModifierShift != 0
	i, g := p.gripOf(e.Position)
	p.press.box, p.press.grip = i, g
	p.press.drawing = g == gripNone
	if g == gripAll && i != p.selected && p.OnBoxPicked != nil {
		p.press.picked = true
		p.OnBoxPicked(i)
	}
}

// drag follows the pointer with what the press took.
func (p *Pane) drag() {
	d := p.press
	if !p.editable(d.box) {
		return
	}
	from := p.boxes[d.box].Rect
	if p.edit.on {
		from = p.edit.from
	}
	x, y := p.sight().toImage(float64(d.at.X), float64(d.at.Y))
	p.change(d.box, dragged(from, d.grip, x-d.x, y-d.y, p.pic.bounds, p.square()))
}

func (p *Pane) square() bool { return p.Square != p.shift }

// KeyDown implements desktop.Keyable.
func (p *Pane) KeyDown(e *fyne.KeyEvent) { p.holdShift(e.Name, true) }

// KeyUp implements desktop.Keyable: with the arrow key its change ends.
func (p *Pane) KeyUp(e *fyne.KeyEvent) {
	p.holdShift(e.Name, false)
	if _, ok := arrows[e.Name]; ok && !p.press.on {
		p.Settle()
	}
}

func (p *Pane) holdShift(name fyne.KeyName, down bool) {
	if name != desktop.KeyShiftLeft && name != desktop.KeyShiftRight {
		return
	}
	p.shift = down
	if p.press.on && p.press.moved {
		if p.press.grip != gripNone {
			p.drag()
		}
		p.update()
	}
}

// AcceptsTab implements fyne.Tabbable: Tab walks through the boxes.
func (p *Pane) AcceptsTab() bool { return p.Edit && following(p.boxes, -1, false) >= 0 }

// TypedShortcut implements fyne.Shortcutable: Ctrl with an arrow resizes. The rest goes
// on to the canvas, as it would without a focused widget.
func (p *Pane) TypedShortcut(s fyne.Shortcut) {
	if c, ok := s.(*desktop.CustomShortcut); ok && c.Modifier&^fyne.KeyModifierShift == fyne.KeyModifierShortcutDefault {
		if by, ok := arrows[c.KeyName]; ok && p.editable(p.selected) {
			p.grow(by, c.Modifier&fyne.KeyModifierShift != 0)
			return
		}
	}
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(p).(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}

var arrows = map[fyne.KeyName]image.Point{
	fyne.KeyLeft: {-1, 0}, fyne.KeyRight: {1, 0}, fyne.KeyUp: {0, -1}, fyne.KeyDown: {0, 1},
}

// nudge moves the selected box.
func (p *Pane) nudge(by image.Point, far bool) {
	by = by.Mul(stride(far))
	r := p.boxes[p.selected].Rect
	p.change(p.selected, dragged(r, gripAll, float64(by.X), float64(by.Y), p.pic.bounds, false))
}

// grow moves the right and the lower side of the selected box.
func (p *Pane) grow(by image.Point, far bool) {
	by = by.Mul(stride(far))
	g := gripRight
	if by.Y != 0 {
		g = gripBottom
	}
	if p.Square {
		g, by = gripRight|gripBottom, image.Pt(by.X+by.Y, by.X+by.Y)
	}
	r := p.boxes[p.selected].Rect
	p.change(p.selected, dragged(r, g, float64(by.X), float64(by.Y), p.pic.bounds, p.Square))
}

func stride(isFar bool) int {
	if isFar {
		return far
	}
	return 1
}

// editKey acts on a key of Edit mode; true means taken.
func (p *Pane) editKey(name fyne.KeyName) bool {
	switch by, arrow := arrows[name]; {
	case arrow && p.editable(p.selected):
		if !p.press.on {
			p.nudge(by, p.shift)
		}
		return true
	case name == fyne.KeyTab:
		p.Settle()
		if i := following(p.boxes, p.selected, p.shift); i >= 0 && p.OnBoxPicked != nil {
			p.OnBoxPicked(i)
		}
		return true
	}
	return false
}
