package plot

import (
	"cmp"
	"math"
	"slices"
)

// pt is a point in device pixels.
type pt struct{ x, y float32 }

// place maps values to pixels: a factor and an offset each way, of the value's
// logarithm for y where log is set. What has no logarithm becomes NaN.
type place struct {
	kx, x0, ky, y0 float64
	log            bool
}

// newPlace spreads the axes over w by h pixels whose upper left corner is at
// left, top.
func newPlace(x, y axis, left, top, w, h float64) place {
	p := place{kx: w / (x.hi - x.lo), log: y.log}
	p.x0 = left - p.kx*x.lo
	lo, hi := y.lo, y.hi
	if y.log {
		lo, hi = math.Log(lo), math.Log(hi)
	}
	p.ky = -h / (hi - lo)
	p.y0 = top + h - p.ky*lo
	return p
}

// far is how many pixels beyond a picture nothing shows any more but the way there, and
// all that is drawn with: dashes on the way to a point a million times as far take for ever.
const far = 1e5

func (p place) x(v float64) float64 { return near(p.x0 + p.kx*v) }

func (p place) y(v float64) float64 {
	if p.log {
		v = math.Log(v)
	}
	return near(p.y0 + p.ky*v)
}

// near is a place in pixels, but not far away; NaN stays so.
func near(px float64) float64 {
	if math.IsInf(px, 0) {
		return math.NaN()
	}
	return min(max(px, -far), far)
}

// column is what a series shows in one pixel column.
type column struct {
	any         bool
	min, max    float64 // y in pixels, downwards
	first, last float64
	sum, n      float64
	broken      bool // a gap lies before it
}

// decimate reduces points to one column per pixel of width.
func decimate(xs, ys []float64, width int, at place) []column {
	cols := make([]column, max(width, 1))
	gap := true
	for i, v := range ys {
		py := at.y(v)
		if py-py != 0 { // NaN or infinite
			gap = true
			continue
		}
		px := at.x(xs[i])
		if px < -1 || px > float64(len(cols)+1) { // beyond what is shown
			gap = false
			continue
		}
		c := &cols[min(max(int(px), 0), len(cols)-1)]
		if !c.any {
			*c = column{any: true, min: py, max: py, first: py, last: py, sum: py, n: 1, broken: gap}
		} else {
			c.sum, c.n, c.last = c.sum+py, c.n+1, py
			if py < c.min {
				c.min = py
			}
			if py > c.max {
				c.max = py
			}
		}
		gap = false
	}
	return cols
}

// rough returns the mean height of the columns.
func rough(cols []column) float64 {
	var sum, n float64
	for _, c := range cols {
		if c.any {
			sum, n = sum+c.max-c.min, n+1
		}
	}
	return sum / max(n, 1)
}

// lines joins columns to polylines through each column's first, extreme and
// last value; gaps separate them.
func lines(cols []column) [][]pt {
	var out [][]pt
	var cur []pt
	for i, c := range cols {
		if !c.any {
			continue
		}
		if c.broken && len(cur) > 0 {
			out, cur = append(out, cur), nil
		}
		x := float32(i)
		cur = append(cur, pt{x + 0.5, float32(c.first)})
		if c.min != c.max {
			cur[len(cur)-1].x = x + 0.1
			a, b := c.min, c.max
			if c.last < c.first { // keep the direction, so that slopes look smooth
				a, b = b, a
			}
			cur = append(cur, pt{x + 0.4, float32(a)}, pt{x + 0.6, float32(b)}, pt{x + 0.9, float32(c.last)})
		}
	}
	if len(cur) > 0 {
		out = append(out, cur)
	}
	return out
}

// means joins columns through their means: for values that are averages
// already, where extremes would only make the line look rough.
func means(cols []column) [][]pt {
	flat := make([]column, len(cols))
	for i, c := range cols {
		if c.any {
			m := c.sum / c.n
			flat[i] = column{any: true, min: m, max: m, first: m, last: m, broken: c.broken}
		}
	}
	return lines(flat)
}

// polylines joins all points; gaps separate the lines.
func polylines(xs, ys []float64, at place) [][]pt {
	var out [][]pt
	var cur []pt
	for i, v := range ys {
		py := at.y(v)
		if finite(py) {
			cur = append(cur, pt{float32(at.x(xs[i])), float32(py)})
		} else if len(cur) > 0 {
			out, cur = append(out, cur), nil
		}
	}
	if len(cur) > 0 {
		out = append(out, cur)
	}
	return out
}

// within returns the part of a polyline that shows between two x values, and
// two points beyond either end, for the turns there. x must not decrease.
func within(line []pt, x0, x1 float32) []pt {
	from, _ := slices.BinarySearchFunc(line, x0, func(p pt, x float32) int { return cmp.Compare(p.x, x) })
	to, _ := slices.BinarySearchFunc(line, x1, func(p pt, x float32) int { return cmp.Compare(p.x, x) })
	for to < len(line) && line[to].x == x1 {
		to++
	}
	return line[max(from-2, 0):min(to+2, len(line))]
}

// dashed cuts a polyline into strokes of on pixels with off pixels between.
func dashed(line []pt, on, off float64) [][]pt {
	var out [][]pt
	cur, left, pen := []pt{}, on, true
	for i, p := range line {
		if i == 0 {
			cur = append(cur, p)
			continue
		}
		q := line[i-1]
		dx, dy := float64(p.x-q.x), float64(p.y-q.y)
		length, done := math.Hypot(dx, dy), 0.0
		for length-done > left {
			done += left
			at := pt{q.x + float32(dx*done/length), q.y + float32(dy*done/length)}
			if pen {
				out = append(out, append(cur, at))
				left = off
			} else {
				left = on
			}
			cur, pen = []pt{at}, !pen
		}
		left -= length - done
		if pen {
			cur = append(cur, p)
		}
	}
	if pen && len(cur) > 1 {
		out = append(out, cur)
	}
	return out
}
