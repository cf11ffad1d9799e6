package imageview

import (
	"image"
	"math"
)

// maxZoom is screen pixels per picture pixel: single pixels can be counted.
const maxZoom = 32

// sight is where a pane of w by h units looks: the picture point at its middle
// and the units per picture pixel. One that is a window on a wider pane, such as a half
// of a Pair in Swipe, begins left units into that, which is what w and h are of.
type sight struct {
	w, h   float64
	unit   float64
	cx, cy float64
	left   float64
}

// fit shows all of b, as large as possible.
func fit(w, h float64, b image.Rectangle) sight {
	s := sight{w: w, h: h, unit: 1}
	s.cx, s.cy = middle(b)
	if !b.Empty() && w > 0 && h > 0 {
		s.unit = min(w/float64(b.Dx()), h/float64(b.Dy()))
	}
	return s
}

func middle(r image.Rectangle) (x, y float64) {
	return float64(r.Min.X+r.Max.X) / 2, float64(r.Min.Y+r.Max.Y) / 2
}

// toPane converts a picture point to units of the pane.
func (s sight) toPane(x, y float64) (px, py float64) {
	return (x-s.cx)*s.unit + s.w/2 - s.left, (y-s.cy)*s.unit + s.h/2
}

// toImage converts units of the pane to a picture point.
func (s sight) toImage(px, py float64) (x, y float64) {
	return (px+s.left-s.w/2)/s.unit + s.cx, (py-s.h/2)/s.unit + s.cy
}

// area is a rectangle in units of the pane.
type area struct{ x0, y0, x1, y1 float64 }

func (s sight) area(r image.Rectangle) area {
	x0, y0 := s.toPane(float64(r.Min.X), float64(r.Min.Y))
	x1, y1 := s.toPane(float64(r.Max.X), float64(r.Max.Y))
	return area{x0, y0, x1, y1}
}

func (a area) overlaps(b area) bool {
	return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1
}

// zoomAbout changes the units per pixel and keeps the picture point that is at
// px, py of the pane in its place.
func (s sight) zoomAbout(unit, px, py float64) sight {
	x, y := s.toImage(px, py)
	s.unit = unit
	return s.hold(x, y, px, py)
}

// hold moves the picture so that its point x, y is at px, py of the pane.
func (s sight) hold(x, y, px, py float64) sight {
	s.cx, s.cy = x-(px+s.left-s.w/2)/s.unit, y-(py-s.h/2)/s.unit
	return s
}

// within moves the sight so that a picture b larger than the pane covers it,
// and a smaller one lies in the middle.
func (s sight) within(b image.Rectangle) sight {
	s.cx = clamp(s.cx, float64(b.Min.X), float64(b.Max.X), s.w/2/s.unit)
	s.cy = clamp(s.cy, float64(b.Min.Y), float64(b.Max.Y), s.h/2/s.unit)
	return s
}

func clamp(c, lo, hi, half float64) float64 {
	if hi-lo <= 2*half {
		return (lo + hi) / 2
	}
	return min(max(c, lo+half), hi-half)
}

// limits returns the smallest and largest units per pixel for a picture, at
// scale screen pixels per unit: half the fitted size, and maxZoom.
func limits(w, h, scale float64, b image.Rectangle) (lo, hi float64) {
	f := fit(w, h, b).unit
	return min(f, 1/scale) / 2, max(f, maxZoom/scale)
}

// center returns the sight that has r at its middle and wholly in view, with a
// margin, zooming out if it must.
func (s sight) center(r image.Rectangle) sight {
	const margin = 1.3
	s.cx, s.cy = middle(r)
	if s.w > 0 && s.h > 0 {
		s.unit = min(s.unit, s.w/(float64(r.Dx())*margin), s.h/(float64(r.Dy())*margin))
	}
	return s
}

// pick returns the smallest box that contains the picture point, or -1. slack
// is how many picture pixels beside a box still count, so that small boxes can
// be hit. Of equal boxes the last one, drawn on top, wins.
func pick(boxes []Box, x, y, slack float64) int {
	best, size := -1, math.Inf(1)
	for i, b := range boxes {
		r := b.Rect
		in := x >= float64(r.Min.X)-slack && x < float64(r.Max.X)+slack &&
			y >= float64(r.Min.Y)-slack && y < float64(r.Max.Y)+slack
		if a := float64(r.Dx()) * float64(r.Dy()); in && a <= size {
			best, size = i, a
		}
	}
	return best
}

// drawn returns the box dragged from one picture point to another: whole
// pixels within b. A square one has the longer side of the drag, as far as the
// picture reaches.
func drawn(x0, y0, x1, y1 float64, b image.Rectangle, square bool) image.Rectangle {
	x0, x1 = clip(x0, b.Min.X, b.Max.X), clip(x1, b.Min.X, b.Max.X)
	y0, y1 = clip(y0, b.Min.Y, b.Max.Y), clip(y1, b.Min.Y, b.Max.Y)
	if square {
		side := max(math.Abs(x1-x0), math.Abs(y1-y0))
		side = min(side, room(x0, x1, b.Min.X, b.Max.X), room(y0, y1, b.Min.Y, b.Max.Y))
		x1, y1 = x0+math.Copysign(side, x1-x0), y0+math.Copysign(side, y1-y0)
	}
	return image.Rect(int(math.Round(x0)), int(math.Round(y0)), int(math.Round(x1)), int(math.Round(y1)))
}

func clip(v float64, lo, hi int) float64 { return math.Round(min(max(v, float64(lo)), float64(hi))) }

// room is how far a drag from a towards b may go.
func room(a, b float64, lo, hi int) float64 {
	if b < a {
		return a - float64(lo)
	}
	return float64(hi) - a
}
