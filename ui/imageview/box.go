package imageview

import (
	"image"
	"image/color"
	"image/draw"
	"math"
)

// Box is a rectangle drawn over the picture.
type Box struct {
	Rect    image.Rectangle // in pixels of the picture
	Color   color.Color     // of line and caption plate; nil means white
	Width   float32         // line width in Fyne units; 0 means 2
	Line    Line
	Caption string // on a plate at the upper edge; may be empty
	Fixed   bool   // it cannot be edited: a drag over it draws a new one
}

// Line is how the outline of a box is drawn, so that kinds of boxes differ by more
// than colour.
type Line uint8

// The lines.
const (
	Solid Line = iota
	Dashed
	Dotted
	Corners // the corners only
)

func (b Box) color() color.RGBA {
	if b.Color == nil {
		return color.RGBA{255, 255, 255, 255}
	}
	return color.RGBAModel.Convert(b.Color).(color.RGBA)
}

// emphasis is how much a box stands out.
type emphasis uint8

const (
	plain emphasis = iota
	hovered
	selected
)

// outline draws a box whose edges lie at r in device pixels: a coloured line
// between two dark ones, so that it shows on any picture. scale is device
// pixels per unit.
func outline(dst *image.RGBA, r image.Rectangle, b Box, e emphasis, scale float64) {
	if !r.Inset(-8 * int(math.Ceil(scale))).Overlaps(dst.Rect) {
		return
	}
	width := float64(b.Width)
	if width <= 0 {
		width = 2
	}
	if e != plain {
		width++
	}
	px := func(v float64) int { return max(1, int(math.Round(v*scale))) }
	c, w, halo := b.color(), px(width), px(1)
	if e != plain {
		tint(dst, r, c, 10+12*uint32(e)) // faint: the face inside is what counts
	}
	dark := color.RGBA{A: 140}
	if b.Line == Corners {
		corners(dst, r.Inset(-w/2-halo), w+2*halo, halo, dark)
		corners(dst, r.Inset(-w/2), w, 0, c)
		return
	}
	dash := 0
	switch b.Line {
	case Dashed:
		dash = px(5 + width)
	case Dotted:
		dash = w
	}
	ring(dst, r.Inset(-w/2-halo), w+2*halo, 0, 0, dark)
	ring(dst, r.Inset(-w/2), w, dash, halo, c)
}

// corners draws the corners of a rim of w pixels, each a quarter of the sides long
// and longer by extra.
func corners(dst *image.RGBA, r image.Rectangle, w, extra int, c color.RGBA) {
	w = min(w, r.Dx()/2, r.Dy()/2)
	lx, ly := max(w, r.Dx()/4)+extra, max(w, r.Dy()/4)+extra
	for _, at := range [4][2]bool{{false, false}, {true, false}, {false, true}, {true, true}} {
		x, y, lo := r.Min.X, r.Min.Y, r.Min
		across, down := image.Rect(x, y, x+lx, y+w), image.Rect(x, y+w, x+w, y+ly)
		if at[0] {
			across, down = mirrorX(across, lo.X, r.Max.X), mirrorX(down, lo.X, r.Max.X)
		}
		if at[1] {
			across, down = mirrorY(across, lo.Y, r.Max.Y), mirrorY(down, lo.Y, r.Max.Y)
		}
		paint(dst, across, c)
		paint(dst, down, c)
	}
}

func mirrorX(r image.Rectangle, lo, hi int) image.Rectangle {
	return image.Rect(lo+hi-r.Max.X, r.Min.Y, lo+hi-r.Min.X, r.Max.Y)
}

func mirrorY(r image.Rectangle, lo, hi int) image.Rectangle {
	return image.Rect(r.Min.X, lo+hi-r.Max.Y, r.Max.X, lo+hi-r.Min.Y)
}

// ring draws a rectangle's rim of w pixels; with a dash, strokes of that length
// alternate with gaps two thirds as long, and ends are rounded off by end pixels.
func ring(dst *image.RGBA, r image.Rectangle, w, dash, end int, c color.RGBA) {
	w = min(w, r.Dx()/2, r.Dy()/2)
	if w <= 0 {
		paint(dst, r, c)
		return
	}
	sides := [4]image.Rectangle{
		image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+w),
		image.Rect(r.Min.X, r.Max.Y-w, r.Max.X, r.Max.Y),
		image.Rect(r.Min.X, r.Min.Y+w, r.Min.X+w, r.Max.Y-w),
		image.Rect(r.Max.X-w, r.Min.Y+w, r.Max.X, r.Max.Y-w),
	}
	for i, s := range sides {
		if dash == 0 {
			paint(dst, s, c)
			continue
		}
		dashes(dst, s, i < 2, dash, c)
	}
}

// dashes fills a side of a rim with strokes; both ends of the side are strokes.
func dashes(dst *image.RGBA, s image.Rectangle, across bool, dash int, c color.RGBA) {
	n := s.Dy()
	if across {
		n = s.Dx()
	}
	period := float64(dash) * 5 / 3
	k := max(1, int(math.Round((float64(n)-float64(dash))/period))) // gaps
	period = (float64(n) - float64(dash)) / float64(k)
	for i := range k + 1 {
		at := int(math.Round(float64(i) * period))
		q := image.Rect(s.Min.X, s.Min.Y+at, s.Max.X, s.Min.Y+at+dash)
		if across {
			q = image.Rect(s.Min.X+at, s.Min.Y, s.Min.X+at+dash, s.Max.Y)
		}
		paint(dst, q.Intersect(s), c)
	}
}

// handles draws a small square at each corner of a box that is selected. In Edit
// they are larger, there is one in the middle of each edge that is long enough, and
// those of a small box stand outside of it, so that they do not hide what is inside.
func handles(dst *image.RGBA, r image.Rectangle, c color.RGBA, editable bool, scale float64) {
	px := func(v float64) int { return max(1, int(math.Round(v*scale))) }
	half, halo := px(4), px(1)
	across, down := false, false
	if editable {
		half = px(5)
		across, down = r.Dx() >= 8*half, r.Dy() >= 8*half
		if min(r.Dx(), r.Dy()) < 6*half {
			r = r.Inset(-half)
		}
	}
	m := image.Pt((r.Min.X+r.Max.X)/2, (r.Min.Y+r.Max.Y)/2)
	at := []image.Point{r.Min, {r.Max.X, r.Min.Y}, {r.Min.X, r.Max.Y}, r.Max}
	if across {
		at = append(at, image.Pt(m.X, r.Min.Y), image.Pt(m.X, r.Max.Y))
	}
	if down {
		at = append(at, image.Pt(r.Min.X, m.Y), image.Pt(r.Max.X, m.Y))
	}
	for _, p := range at {
		q := image.Rectangle{p, p}.Inset(-half)
		paint(dst, q.Inset(-halo), color.RGBA{A: 170})
		paint(dst, q, color.RGBA{255, 255, 255, 255})
		paint(dst, q.Inset(px(2)), c)
	}
}

// tint lays a colour over a rectangle, alpha of 255.
func tint(dst *image.RGBA, r image.Rectangle, c color.RGBA, alpha uint32) {
	k := func(v uint8) uint8 { return uint8(uint32(v) * alpha / 255) }
	paint(dst, r, color.RGBA{k(c.R), k(c.G), k(c.B), k(c.A)})
}

func paint(dst *image.RGBA, r image.Rectangle, c color.RGBA) {
	draw.Draw(dst, r, image.NewUniform(c), image.Point{}, draw.Over)
}

// ink returns black or white, whichever is the more legible on c (relative
// luminance of WCAG; the limit favours white on mid tones, which reads better
// at small sizes).
func ink(c color.RGBA) color.RGBA {
	lin := func(v uint8) float64 { return math.Pow(float64(v)/255, 2.2) }
	if 0.2126*lin(c.R)+0.7152*lin(c.G)+0.0722*lin(c.B) > 0.36 {
		return color.RGBA{A: 255}
	}
	return color.RGBA{255, 255, 255, 255}
}
