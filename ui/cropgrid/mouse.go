package cropgrid

import (
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

var (
	_ desktop.Mouseable   = (*Grid)(nil)
	_ fyne.Draggable      = (*Grid)(nil)
	_ fyne.Scrollable     = (*Grid)(nil)
	_ fyne.DoubleTappable = (*Grid)(nil)
)

const (
	// wheel is how many units a unit of wheel movement scrolls: a notch of the
	// wheel (25 units in Fyne) moves about a row of default cells.
	wheel = 4
	// dragFrom is how far the pointer must move before a press becomes a drag,
	// so that an unsteady click stays a click.
	dragFrom = 6
)

// drag is a press of the primary button and what became of it.
type drag struct {
	on     bool
	moved  bool
	how    band
	rect   bandRect      // content coordinates
	at     fyne.Position // pointer in the view
	scroll *fyne.Animation
}

// MouseDown implements desktop.Mouseable.
func (g *Grid) MouseDown(e *desktop.MouseEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(g); c != nil {
		c.Focus(g)
	}
	if e.Button != desktop.MouseButtonPrimary {
		return
	}
	g.sel.mark()
	x, y := float64(e.Position.X), float64(e.Position.Y)+g.off
	g.drag = drag{on: true, rect: bandRect{x, y, x, y}, at: e.Position}
	ctrl, shift := e.Modifier&fyne.KeyModifierShortcutDefault != 0, e.Modifier&fyne.KeyModifierShift != 0
	if ctrl {
		g.drag.how = invert
	} else if shift {
		g.drag.how = add
	}
	i := g.layout.hit(x, y)
	switch {
	case i < 0 && (ctrl || shift || g.sel.count == 0):
		return
	case i < 0:
		g.sel.fill(false)
	case ctrl:
		g.goTo(i, func() { g.sel.toggle(i) })
	case shift:
		g.goTo(i, func() { g.sel.extend(i) })
	default:
		g.goTo(i, func() { g.sel.only(i) })
	}
	g.selected()
}

// MouseUp implements desktop.Mouseable.
func (g *Grid) MouseUp(*desktop.MouseEvent) { g.DragEnd() }

// Dragged implements fyne.Draggable: it draws the rubber band.
func (g *Grid) Dragged(e *fyne.DragEvent) {
	d := &g.drag
	if !d.on {
		return
	}
	d.at = e.Position
	dx, dy := float64(e.Position.X)-d.rect.x0, float64(e.Position.Y)+g.off-d.rect.y0
	if d.moved = d.moved || math.Hypot(dx, dy) >= dragFrom; !d.moved {
		return
	}
	g.stretch()
	if beyond(float64(e.Position.Y), g.layout.h) != 0 && d.scroll == nil {
		d.scroll = &fyne.Animation{Duration: time.Second, RepeatCount: fyne.AnimationRepeatForever, Tick: g.creep}
		d.scroll.Start()
	}
}

// stretch takes the band to the pointer and selects what it touches.
func (g *Grid) stretch() {
	d := &g.drag
	d.rect.x1, d.rect.y1 = float64(d.at.X), float64(d.at.Y)+g.off
	b := d.rect.sorted()
	g.sel.drag(d.how, func(f func(int)) { g.layout.touched(b.x0, b.y0, b.x1, b.y1, f) })
	g.selected()
}

// creep scrolls while the pointer is held beyond the upper or lower edge.
func (g *Grid) creep(float32) {
	if by := beyond(float64(g.drag.at.Y), g.layout.h); g.drag.on && by != 0 {
		g.scroll(g.off + min(max(by/2, -40), 40))
		g.stretch()
	}
}

// beyond returns how far y lies outside 0 to h, negative above.
func beyond(y, h float64) float64 { return min(y, 0) + max(y-h, 0) }

// DragEnd implements fyne.Draggable.
func (g *Grid) DragEnd() {
	if g.drag.scroll != nil {
		g.drag.scroll.Stop()
	}
	g.drag = drag{}
	g.paint()
}

// DoubleTapped implements fyne.DoubleTappable.
func (g *Grid) DoubleTapped(e *fyne.PointEvent) {
	if g.layout.hit(float64(e.Position.X), float64(e.Position.Y)+g.off) >= 0 {
		g.Activate()
	}
}

// Scrolled implements fyne.Scrollable: scrolls, or zooms about the pointer
// while Ctrl is held.
func (g *Grid) Scrolled(e *fyne.ScrollEvent) {
	if g.modifiers()&fyne.KeyModifierShortcutDefault == 0 {
		g.scroll(g.off - float64(e.Scrolled.DY)*wheel)
		return
	}
	step := 1
	if e.Scrolled.DY < 0 {
		step = -1
	}
	i := g.layout.hit(float64(e.Position.X), float64(e.Position.Y)+g.off)
	if i < 0 {
		i = g.layout.visible(g.off + float64(e.Position.Y)).from
	}
	_, y := g.layout.at(i)
	g.zoom(stepZoom(g.layout.cell, step), i, y-g.off)
}
