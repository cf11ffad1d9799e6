package plot

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// strip is the width in pixels of the pieces that lines are rasterized in: the
// cost of a piece is its area, and the piece of a line is seldom high.
const strip = 64

// pen draws anti-aliased figures into an area of a picture; what lies outside
// the area is cut off. Coordinates are device pixels from its upper left corner.
type pen struct {
	dst    *image.RGBA
	area   image.Rectangle
	r      *vector.Rasterizer
	sub    image.Rectangle // part of the area being outlined
	ox, oy float32         // its corner, relative to the area
}

func newPen(dst *image.RGBA, area image.Rectangle) *pen {
	return &pen{dst: dst, area: area, r: &vector.Rasterizer{}}
}

// within begins an outline in a part of the area, given relative to it; false
// where there is nothing to draw.
func (p *pen) within(part image.Rectangle) bool {
	p.sub = part.Add(p.area.Min).Intersect(p.area)
	if p.sub.Empty() {
		return false
	}
	p.r.Reset(p.sub.Dx(), p.sub.Dy())
	p.ox, p.oy = float32(p.sub.Min.X-p.area.Min.X), float32(p.sub.Min.Y-p.area.Min.Y)
	return true
}

// ink paints what was outlined since within.
func (p *pen) ink(c color.Color) {
	p.r.Draw(p.dst, p.sub, image.NewUniform(c), image.Point{})
}

// outline adds a polygon.
func (p *pen) outline(corners ...pt) {
	for i, q := range corners {
		if i == 0 {
			p.r.MoveTo(q.x-p.ox, q.y-p.oy)
		} else {
			p.r.LineTo(q.x-p.ox, q.y-p.oy)
		}
	}
	p.r.ClosePath()
}

// stroke paints polylines whose x does not decrease.
func (p *pen) stroke(lines [][]pt, width float32, c color.Color) {
	margin := width + 1
	for x := 0; x < p.area.Dx(); x += strip {
		var parts [][]pt
		lo, hi := float32(math.Inf(1)), float32(math.Inf(-1))
		for _, line := range lines {
			part := within(line, float32(x)-margin, float32(x+strip)+margin)
			if len(part) == 0 || part[0].x > float32(x+strip)+margin || part[len(part)-1].x < float32(x)-margin {
				continue
			}
			parts = append(parts, part)
			for _, q := range part {
				lo, hi = min(lo, q.y), max(hi, q.y)
			}
		}
		lo, hi = max(lo-margin, -1), min(hi+margin, float32(p.area.Dy()+1)) // also keeps the conversion within int
		if len(parts) == 0 || !p.within(image.Rect(x, int(lo), x+strip, int(hi)+1)) {
			continue
		}
		for _, part := range parts {
			p.line(part, width)
		}
		p.ink(c)
	}
}

// disc paints a disc.
func (p *pen) disc(at pt, radius float32, c color.Color) {
	r := int(radius) + 2
	if p.within(image.Rect(int(at.x)-r, int(at.y)-r, int(at.x)+r, int(at.y)+r)) {
		p.dot(at, radius, 24)
		p.ink(c)
	}
}

// line outlines a polyline of the given width. Stretches share their corners,
// so that no edge is painted twice; only sharp turns get a disc.
func (p *pen) line(line []pt, width float32) {
	if len(line) < 2 {
		return
	}
	h := width / 2
	from := normal(line[0], line[1], h)
	for i := 1; i < len(line); i++ {
		n := normal(line[i-1], line[i], h)
		to, next := n, n
		if i+1 < len(line) {
			next = normal(line[i], line[i+1], h)
			if m, ok := mitre(n, next, h); ok {
				to, next = m, m
			} else {
				p.dot(line[i], h, 8)
			}
		}
		a, b := line[i-1], line[i]
		p.outline(pt{a.x + from.x, a.y + from.y}, pt{b.x + to.x, b.y + to.y}, pt{b.x - to.x, b.y - to.y}, pt{a.x - from.x, a.y - from.y})
		from = next
	}
}

// normal returns the vector of length h across the way from a to b; all
// outlines turn the same way, so that where they overlap nothing is cut out.
func normal(a, b pt, h float32) pt {
	dx, dy := float64(b.x-a.x), float64(b.y-a.y)
	l := math.Hypot(dx, dy)
	if l == 0 {
		return pt{0, -h}
	}
	return pt{float32(dy/l) * h, float32(-dx/l) * h}
}

// mitre returns the corner that two stretches with normals a and b of length h
// share, false where the turn is too sharp.
func mitre(a, b pt, h float32) (pt, bool) {
	const sharpest = 0.5 // cosine: 60 degrees
	dot := (a.x*b.x + a.y*b.y) / (h * h)
	if dot < sharpest {
		return pt{}, false
	}
	k := 1 / (1 + dot)
	return pt{(a.x + b.x) * k, (a.y + b.y) * k}, true
}

// dot outlines a disc as a polygon with the given number of corners.
func (p *pen) dot(c pt, radius float32, corners int) {
	var around [24]pt
	for i := range corners {
		s, k := math.Sincos(2 * math.Pi * (float64(i) + 0.5) / float64(corners))
		around[i] = pt{c.x + radius*float32(k), c.y + radius*float32(s)}
	}
	p.outline(around[:corners]...)
}

// band paints the area between each column's extremes, at least width thick.
func (p *pen) band(cols []column, width float64, c color.Color) {
	ink := color.RGBAModel.Convert(c).(color.RGBA)
	for i, c := range cols {
		if !c.any || i >= p.area.Dx() {
			continue
		}
		top, low := c.min, c.max
		if i > 0 && cols[i-1].any && !c.broken { // meet the neighbour half way
			q := cols[i-1]
			top, low = min(top, (top+q.max)/2), max(low, (low+q.min)/2)
		}
		if d := width - (low - top); d > 0 {
			top, low = top-d/2, low+d/2
		}
		p.span(i, top, low, ink)
	}
}

// span paints one column from top to low, with soft ends.
func (p *pen) span(x int, top, low float64, ink color.RGBA) {
	top, low = max(top, 0), min(low, float64(p.area.Dy()))
	for y := int(top); float64(y) < low; y++ {
		cover := min(low, float64(y+1)) - max(top, float64(y))
		over(p.dst.Pix[p.dst.PixOffset(p.area.Min.X+x, p.area.Min.Y+y):], ink, uint32(cover*255+0.5))
	}
}

// over lays a premultiplied colour over a pixel, cover of 255.
func over(pix []byte, c color.RGBA, cover uint32) {
	rest := 255*255 - uint32(c.A)*cover
	for k, v := range [4]uint8{c.R, c.G, c.B, c.A} {
		pix[k] = uint8((uint32(v)*cover*255 + uint32(pix[k])*rest + 255*255/2) / (255 * 255))
	}
}

// box fills whole pixels of the picture.
func box(dst *image.RGBA, r image.Rectangle, c color.Color) {
	draw.Draw(dst, r, image.NewUniform(c), image.Point{}, draw.Over)
}

// Faded returns a colour at a part of its opacity.
func Faded(c color.Color, part float64) color.NRGBA { return faded(c, part) }

// faded returns a colour at a part of its opacity.
func faded(c color.Color, part float64) color.NRGBA {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	n.A = uint8(float64(n.A)*part + 0.5)
	return n
}
