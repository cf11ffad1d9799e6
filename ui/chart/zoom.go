package chart

import (
	"math"

	"fyne.io/fyne/v2"

	"frglab/ui/chart/plot"
)

var (
	_ fyne.Draggable      = (*Chart)(nil)
	_ fyne.Scrollable     = (*Chart)(nil)
	_ fyne.DoubleTappable = (*Chart)(nil)
	_ fyne.Tappable       = (*Chart)(nil)
)

// leastDrag is how far, in units, the pointer moves before it has chosen a part.
const leastDrag = 8

// Dragged implements fyne.Draggable: it chooses the part between start and pointer.
func (c *Chart) Dragged(e *fyne.DragEvent) {
	if c.drag == nil {
		c.drag = &[2]float32{e.Position.X - e.Dragged.DX, 0}
	}
	c.drag[1] = e.Position.X
	c.update()
}

// DragEnd implements fyne.Draggable: it shows the chosen part.
func (c *Chart) DragEnd() {
	d, f := c.drag, c.frame()
	c.drag = nil
	c.update()
	if d == nil || f == nil || max(d[0]-d[1], d[1]-d[0]) < leastDrag {
		return
	}
	left, _, right, _ := f.Plot()
	at := func(x float32) float64 { return f.At(min(max(x, left), right)) }
	c.zoomed(at(min(d[0], d[1])), at(max(d[0], d[1])))
}

// Scrolled implements fyne.Scrollable: it zooms about the pointer.
func (c *Chart) Scrolled(e *fyne.ScrollEvent) {
	f := c.frame()
	lo, hi, ok := c.Span()
	if f == nil || !ok || e.Scrolled.DY == 0 {
		return
	}
	left, _, right, _ := f.Plot()
	from, to, at := f.At(left), f.At(right), f.At(min(max(e.Position.X, left), right))
	factor := math.Pow(0.8, math.Copysign(1, float64(e.Scrolled.DY)))
	from, to = max(at-(at-from)*factor, lo), min(at+(to-at)*factor, hi)
	if from <= lo && to >= hi {
		from, to = 0, 0
	}
	if from < to && to-from < 1e-4*(hi-lo) {
		return // nothing more to see
	}
	c.zoomed(from, to)
}

// DoubleTapped implements fyne.DoubleTappable: it shows everything again.
func (c *Chart) DoubleTapped(*fyne.PointEvent) { c.zoomed(0, 0) }

// Tapped implements fyne.Tappable.
func (c *Chart) Tapped(e *fyne.PointEvent) {
	f := c.frame()
	if c.OnPicked == nil || f == nil {
		return
	}
	if at, rows := f.Read(e.Position.X, plot.Light); len(rows) > 0 {
		c.OnPicked(at.V)
	}
}

func (c *Chart) zoomed(from, to float64) {
	c.Zoom(from, to)
	if c.OnZoom != nil {
		c.OnZoom(c.From, c.To)
	}
}
