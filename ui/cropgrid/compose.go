package cropgrid

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	xdraw "golang.org/x/image/draw"
)

// cell is everything needed to draw one item.
type cell struct {
	thumb            *thumb
	mark             Mark
	selected, cursor bool
}

// scene is one view to be composed: fields are device pixels where not said.
type scene struct {
	layout  layout // Fyne units
	off     float64
	scale   float64 // device pixels per unit
	focused bool
	band    *bandRect // units of the content; nil while no drag selects
	cell    func(i int) cell
	colors  palette
	pens    *pens
}

// bandRect is a drag's rectangle in content coordinates, corners in any order.
type bandRect struct{ x0, y0, x1, y1 float64 }

func (b bandRect) sorted() bandRect {
	return bandRect{min(b.x0, b.x1), min(b.y0, b.y1), max(b.x0, b.x1), max(b.y0, b.y1)}
}

// px converts units to whole device pixels, at least 1.
func (s *scene) px(units float64) int { return max(1, int(math.Round(units*s.scale))) }

// side is a picture's side in device pixels: the same for all cells.
func (s *scene) side() int { return s.px(float64(s.layout.cell)) }

// pixel converts content units to the device pixel in the view.
func (s *scene) pixel(x, y float64) image.Point {
	top := math.Round(s.off * s.scale)
	return image.Pt(int(math.Round(x*s.scale)), int(math.Round(y*s.scale)-top))
}

// compose draws the whole view into dst.
func (s *scene) compose(dst *image.RGBA) {
	block(dst, dst.Rect, s.colors.ground)
	v := s.layout.visible(s.off)
	for i := v.from; i < v.to; i++ {
		s.draw(dst, s.pixel(s.layout.at(i)), s.cell(i))
	}
	if s.band != nil {
		b := s.band.sorted()
		r := image.Rectangle{s.pixel(b.x0, b.y0), s.pixel(b.x1, b.y1)}
		c := s.colors.primary
		block(dst, r, color.RGBA{c.R / 5, c.G / 5, c.B / 5, 51}) // a fifth, premultiplied
		rim(dst, r, s.px(1), c)
	}
}

// rim draws the edge of a rectangle.
func rim(dst *image.RGBA, r image.Rectangle, w int, c color.RGBA) {
	block(dst, image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+w), c)
	block(dst, image.Rect(r.Min.X, r.Max.Y-w, r.Max.X, r.Max.Y), c)
	block(dst, image.Rect(r.Min.X, r.Min.Y, r.Min.X+w, r.Max.Y), c)
	block(dst, image.Rect(r.Max.X-w, r.Min.Y, r.Max.X, r.Max.Y), c)
}

// draw draws one cell with its picture's upper left corner at p.
func (s *scene) draw(dst *image.RGBA, p image.Point, c cell) {
	side := s.side()
	r := image.Rectangle{p, p.Add(image.Pt(side, side))}
	s.picture(dst, r, c)
	if c.mark.Fill != nil {
		s.plate(dst, r, c.mark)
	}
	s.signs(dst, r, c.mark.Signs)
	s.corners(dst, r)
	if c.mark.Badge != "" {
		s.badge(dst, r, c.mark.Badge)
	}
	s.frames(dst, r, c)
}

func (s *scene) picture(dst *image.RGBA, r image.Rectangle, c cell) {
	t := c.thumb
	if t == nil || t.source == nil {
		block(dst, r, s.colors.plate)
		if t != nil { // could not be read
			k := s.side() / 2
			stamp(dst, r.Min.X+(r.Dx()-k)/2, r.Min.Y+(r.Dy()-k)/2, s.pens.shape(Cross, k), s.colors.faint)
		}
		return
	}
	at := fitRect(t.source.Rect, r.Dx())
	at = at.Add(r.Min).Add(r.Size().Sub(at.Size()).Div(2))
	if at != r || !t.opaque {
		block(dst, r, s.colors.plate)
	}
	op := draw.Over
	if t.opaque {
		op = draw.Src // several times faster
	}
	if t.side == r.Dx() {
		draw.Draw(dst, at, t.fit, image.Point{}, op)
	} else { // until the loader has scaled it well
		xdraw.NearestNeighbor.Scale(dst, at, t.source, t.source.Rect, draw.Over, nil)
	}
	if c.mark.Dim {
		g := s.colors.ground
		const veil = 168 // two thirds
		k := func(v uint8) uint8 { return uint8(int(v) * veil / 255) }
		block(dst, r, color.RGBA{k(g.R), k(g.G), k(g.B), veil})
	}
}

// corners rounds a cell by painting the ground over its corners.
func (s *scene) corners(dst *image.RGBA, r image.Rectangle) {
	n := s.px(4)
	m := s.pens.round(4*n, 4*n, n)
	for y := range n {
		for x := range n {
			a := m.AlphaAt(x, y).A
			if a == 255 {
				continue
			}
			for _, q := range [4]image.Point{
				{r.Min.X + x, r.Min.Y + y},
				{r.Max.X - 1 - x, r.Min.Y + y},
				{r.Min.X + x, r.Max.Y - 1 - y},
				{r.Max.X - 1 - x, r.Max.Y - 1 - y},
			} {
				if q.In(dst.Rect) {
					dst.SetRGBA(q.X, q.Y, mix(s.colors.ground, dst.RGBAAt(q.X, q.Y), float64(a)/255))
				}
			}
		}
	}
}

// plate draws a mark: a bar along the lower edge and its sign in the lower left
// corner.
func (s *scene) plate(dst *image.RGBA, r image.Rectangle, m Mark) {
	fill := rgba(m.Fill)
	block(dst, image.Rect(r.Min.X, r.Max.Y-s.px(3), r.Max.X, r.Max.Y), fill)
	if m.Shape == NoShape && m.Glyph == 0 {
		return
	}
	k := s.px(min(max(float64(s.layout.cell)*0.24, 14), 26))
	s.sign(dst, image.Rect(r.Min.X, r.Max.Y-k, r.Min.X+k, r.Max.Y), Sign{m.Fill, m.Shape, m.Glyph}, 1)
}

// signs draws what else is known from the lower right corner on, as far as it fits
// beside the mark's own plate.
func (s *scene) signs(dst *image.RGBA, r image.Rectangle, signs []Sign) {
	k := s.px(min(max(float64(s.layout.cell)*0.2, 12), 22))
	for i, sign := range signs {
		x := r.Max.X - (i+1)*k
		if x < r.Min.X+2*k {
			return
		}
		corner := -1
		if i > 0 {
			corner = 0
		}
		s.sign(dst, image.Rect(x, r.Max.Y-k, x+k, r.Max.Y), sign, corner)
	}
}

// sign draws a shape or glyph on a square plate with a round upper corner: right for
// side 1, left for -1, both for 0.
func (s *scene) sign(dst *image.RGBA, r image.Rectangle, sign Sign, side int) {
	fill, k := rgba(sign.Fill), r.Dx()
	x, y := r.Min.X, r.Min.Y
	stamp(dst, x, y, s.pens.round(k, k, s.px(4)), fill)
	block(dst, image.Rect(x, r.Max.Y-k/2, r.Max.X, r.Max.Y), fill)
	if side > 0 {
		block(dst, image.Rect(x, y, x+k/2, y+k/2), fill)
	} else if side < 0 {
		block(dst, image.Rect(x+k/2, y, r.Max.X, y+k/2), fill)
	}
	if sign.Shape != NoShape {
		stamp(dst, x, y, s.pens.shape(sign.Shape, k), ink(fill))
		return
	}
	if t := s.pens.text(string(sign.Glyph), k*3/4); t != nil {
		stamp(dst, x+(k-t.Rect.Dx())/2, y+(k-t.Rect.Min.Y+1)/2, t, ink(fill))
	}
}

// badge draws a short text on a dark plate in the upper right corner, where it
// takes no more than two thirds of the cell.
func (s *scene) badge(dst *image.RGBA, r image.Rectangle, text string) {
	size := min(max(float64(s.layout.cell)*0.13, 9), 14)
	t := s.pens.text(text, s.px(size))
	if t == nil {
		return
	}
	pad := s.px(4)
	w, h := t.Rect.Dx()+2*pad, 2*s.px(4)-t.Rect.Min.Y
	if w > r.Dx()*2/3 {
		return
	}
	x, y := r.Max.X-w-s.px(3), r.Min.Y+s.px(3)
	stamp(dst, x, y, s.pens.round(w, h, s.px(4)), color.RGBA{A: 176})
	stamp(dst, x+pad, y+h-s.px(4), t, color.RGBA{255, 255, 255, 255})
}

// frames draws selection and cursor into the gap around the cell, the sign of
// selection into its upper left corner.
func (s *scene) frames(dst *image.RGBA, r image.Rectangle, c cell) {
	inner, outer := s.px(2.5), s.px(4)
	if c.selected {
		stamp(dst, r.Min.X-inner, r.Min.Y-inner, s.pens.frame(r.Dx()+2*inner, s.px(6), inner), s.colors.primary)
		if s.layout.cell >= 48 {
			k := s.px(min(max(float64(s.layout.cell)*0.18, 14), 22))
			x, y := r.Min.X+s.px(3), r.Min.Y+s.px(3)
			stamp(dst, x, y, s.pens.round(k, k, k/2), s.colors.primary)
			stamp(dst, x, y, s.pens.shape(Check, k), s.colors.onPrimary)
		}
	}
	if c.cursor {
		ring, wd := s.colors.fore, outer-inner
		if !s.focused {
			ring = s.colors.faint
		}
		stamp(dst, r.Min.X-outer, r.Min.Y-outer, s.pens.frame(r.Dx()+2*outer, s.px(8), wd), ring)
	}
}
