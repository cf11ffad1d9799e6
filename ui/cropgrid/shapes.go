package cropgrid

import (
	"image"
	"math"

	"golang.org/x/image/vector"
)

// point is a corner of an outline, in parts of the shape's side.
type point struct{ x, y float64 }

// outlines are the shapes as polygons within the unit square.
var outlines = map[Shape][][]point{
	Check: {stroke(0.16, point{0.20, 0.53}, point{0.42, 0.75}, point{0.82, 0.28})},
	Cross: {
		stroke(0.16, point{0.24, 0.24}, point{0.76, 0.76}),
		stroke(0.16, point{0.76, 0.24}, point{0.24, 0.76}),
	},
	Dot: {circle(0.5, 0.5, 0.26)},
	Bar: {stroke(0.18, point{0.2, 0.5}, point{0.8, 0.5})},
	Warning: {
		{{0.5, 0.12}, {0.92, 0.86}, {0.08, 0.86}},
		reversed([]point{{0.44, 0.36}, {0.56, 0.36}, {0.54, 0.62}, {0.46, 0.62}}),
		reversed(circle(0.5, 0.73, 0.06)),
	},
	Question: {
		stroke(0.14, arc(0.5, 0.35, 0.19, -190, 60, point{0.5, 0.63})...),
		circle(0.5, 0.8, 0.09),
	},
}

// stroke returns the outline of a line of the given width through pts, with
// mitred corners and square ends.
func stroke(width float64, pts ...point) []point {
	h := width / 2
	var left, right []point
	for i, p := range pts {
		n := normal(pts[max(i-1, 0)], pts[min(i+1, len(pts)-1)])
		k := h
		if i > 0 && i < len(pts)-1 { // the mitre is longer than half the width
			m := normal(pts[i-1], p)
			k = h / max(0.5, n.x*m.x+n.y*m.y)
		}
		left = append(left, point{p.x + n.x*k, p.y + n.y*k})
		right = append([]point{{p.x - n.x*k, p.y - n.y*k}}, right...)
	}
	return append(left, right...)
}

func normal(a, b point) point {
	dx, dy := b.x-a.x, b.y-a.y
	l := math.Hypot(dx, dy)
	return point{-dy / l, dx / l}
}

// arc returns points on a circle from one angle to another in degrees (0 is
// right, clockwise), followed by more points.
func arc(cx, cy, r, from, to float64, more ...point) []point {
	const steps = 14
	var out []point
	for i := range steps + 1 {
		a := (from + (to-from)*float64(i)/steps) * math.Pi / 180
		out = append(out, point{cx + r*math.Cos(a), cy + r*math.Sin(a)})
	}
	return append(out, more...)
}

func circle(cx, cy, r float64) []point { return arc(cx, cy, r, 0, 345) }

// roundRect returns a rectangle of w by h with rounded corners.
func roundRect(x, y, w, h, r float64) []point {
	r = min(r, w/2, h/2)
	out := arc(x+w-r, y+r, r, -90, 0)
	out = append(out, arc(x+w-r, y+h-r, r, 0, 90)...)
	out = append(out, arc(x+r, y+h-r, r, 90, 180)...)
	return append(out, arc(x+r, y+r, r, 180, 270)...)
}

// raster fills polygons, scaled by k, into a coverage mask of w by h pixels.
// Outlines of opposite turn cut each other out.
func raster(w, h int, k float64, polygons ...[]point) *image.Alpha {
	m := image.NewAlpha(image.Rect(0, 0, w, h))
	r := vector.NewRasterizer(w, h)
	for _, p := range polygons {
		for i, q := range p {
			if x, y := float32(q.x*k), float32(q.y*k); i == 0 {
				r.MoveTo(x, y)
			} else {
				r.LineTo(x, y)
			}
		}
		r.ClosePath()
	}
	r.Draw(m, m.Rect, image.Opaque, image.Point{})
	return m
}

// reversed returns the outline in the opposite turn: a hole.
func reversed(p []point) []point {
	out := make([]point, len(p))
	for i, q := range p {
		out[len(p)-1-i] = q
	}
	return out
}
