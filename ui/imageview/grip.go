package imageview

import (
	"image"
	"math"

	"fyne.io/fyne/v2/driver/desktop"
)

// grip is what of a box a drag takes along: some of its sides, or all four, which
// moves it.
type grip uint8

const (
	gripLeft grip = 1 << iota
	gripTop
	gripRight
	gripBottom

	gripNone grip = 0
	gripAll       = gripLeft | gripTop | gripRight | gripBottom
)

const (
	minBox = 2 // pixels: the least width and height of a box

	// How far from an edge, in units, the pointer still takes it: outside, and
	// inside. A small box keeps the half in its middle for moving.
	gripOut, gripIn = 9, 7
)

// gripAt is what a press at x, y takes of a box at a, all in units of the pane.
func gripAt(a area, x, y float64) grip {
	h, ok := sideAt(x, a.x0, a.x1)
	v, ok2 := sideAt(y, a.y0, a.y1)
	if !ok || !ok2 {
		return gripNone
	}
	g := gripNone
	switch {
	case h < 0:
		g |= gripLeft
	case h > 0:
		g |= gripRight
	}
	switch {
	case v < 0:
		g |= gripTop
	case v > 0:
		g |= gripBottom
	}
	if g == gripNone {
		return gripAll
	}
	return g
}

// sideAt tells whether v is at the low end of lo to hi (-1), at the high end (1) or
// between (0); false where it is beyond.
func sideAt(v, lo, hi float64) (side int, ok bool) {
	in := min(gripIn, (hi-lo)/4)
	switch {
	case v < lo-gripOut || v > hi+gripOut:
		return 0, false
	case v < lo+in:
		return -1, true
	case v > hi-in:
		return 1, true
	}
	return 0, true
}

// shape is the cursor over a grip.
func (g grip) shape() desktop.Cursor {
	switch g {
	case gripNone:
		return desktop.CrosshairCursor
	case gripAll:
		return desktop.PointerCursor
	case gripLeft, gripRight:
		return desktop.HResizeCursor
	case gripTop, gripBottom:
		return desktop.VResizeCursor
	case gripLeft | gripTop, gripRight | gripBottom:
		return desktop.NWSEResizeCursor
	}
	return desktop.NESWResizeCursor
}

// dragged is a box whose grip was moved by dx, dy pixels: within b, at least minBox
// wide and high, never turned over. Sides that the grip does not take stay. A square
// box that is resized at a corner keeps the opposite corner; at an edge, the opposite
// edge and, as far as b allows, its middle.
func dragged(r image.Rectangle, g grip, dx, dy float64, b image.Rectangle, square bool) image.Rectangle {
	if b.Dx() < minBox || b.Dy() < minBox || g == gripNone {
		return r
	}
	r = held(r, b)
	x, y := bounded(dx), bounded(dy)
	switch {
	case g == gripAll:
		x = min(max(x, b.Min.X-r.Min.X), b.Max.X-r.Max.X)
		y = min(max(y, b.Min.Y-r.Min.Y), b.Max.Y-r.Max.Y)
		return r.Add(image.Pt(x, y))
	case square:
		return squared(r, g, x, y, b)
	}
	if g&gripLeft != 0 {
		r.Min.X = min(max(r.Min.X+x, b.Min.X), r.Max.X-minBox)
	}
	if g&gripRight != 0 {
		r.Max.X = max(min(r.Max.X+x, b.Max.X), r.Min.X+minBox)
	}
	if g&gripTop != 0 {
		r.Min.Y = min(max(r.Min.Y+y, b.Min.Y), r.Max.Y-minBox)
	}
	if g&gripBottom != 0 {
		r.Max.Y = max(min(r.Max.Y+y, b.Max.Y), r.Min.Y+minBox)
	}
	return r
}

// squared is dragged for a square box: the wish that is the larger one counts.
func squared(r image.Rectangle, g grip, x, y int, b image.Rectangle) image.Rectangle {
	h := axis{r.Min.X, r.Max.X, b.Min.X, b.Max.X, way(g, gripLeft, gripRight)}
	v := axis{r.Min.Y, r.Max.Y, b.Min.Y, b.Max.Y, way(g, gripTop, gripBottom)}
	side := minBox
	if h.way != 0 {
		side = max(side, r.Dx()+h.way*x)
	}
	if v.way != 0 {
		side = max(side, r.Dy()+v.way*y)
	}
	side = min(side, h.room(), v.room())
	x0, y0 := h.place(side), v.place(side)
	return image.Rect(x0, y0, x0+side, y0+side)
}

// way is which end of an axis a grip takes: -1 the low one, 1 the high one, 0 none.
func way(g, low, high grip) int {
	switch {
	case g&low != 0:
		return -1
	case g&high != 0:
		return 1
	}
	return 0
}

// axis is a box from lo to hi along one axis of a picture from first to last.
type axis struct{ lo, hi, first, last, way int }

// room is how long it may become.
func (a axis) room() int {
	switch a.way {
	case -1:
		return a.hi - a.first
	case 1:
		return a.last - a.lo
	}
	return a.last - a.first
}

// place is where it begins when it is side long.
func (a axis) place(side int) int {
	switch a.way {
	case -1:
		return a.hi - side
	case 1:
		return a.lo
	}
	return min(max((a.lo+a.hi-side)>>1, a.first), a.last-side)
}

// held is r within b and at least minBox wide and high.
func held(r, b image.Rectangle) image.Rectangle {
	r.Min.X, r.Max.X = heldAxis(r.Min.X, r.Max.X, b.Min.X, b.Max.X)
	r.Min.Y, r.Max.Y = heldAxis(r.Min.Y, r.Max.Y, b.Min.Y, b.Max.Y)
	return r
}

func heldAxis(lo, hi, first, last int) (int, int) {
	lo = min(max(lo, first), last-minBox)
	return lo, min(max(hi, lo+minBox), last)
}

// bounded rounds to whole pixels that can be added without overflow.
func bounded(v float64) int {
	if math.IsNaN(v) {
		return 0
	}
	return int(math.Round(min(max(v, -1<<30), 1<<30)))
}

// following is the box that Tab leads to from box i, -1 for none chosen: the next
// one that is not fixed, round and round; -1 where there is none.
func following(boxes []Box, i int, back bool) int {
	n, step := len(boxes), 1
	if back {
		step = -1
		if i < 0 {
			i = 0
		}
	}
	for k := range n {
		j := ((i+step*(k+1))%n + n) % n
		if !boxes[j].Fixed {
			return j
		}
	}
	return -1
}
