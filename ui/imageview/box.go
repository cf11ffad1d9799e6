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
	Dashed  bool
	Caption string // on a plate at the upper edge; may be empty
}

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
	dash := 0
	if b.Dashed {
		dash = px(5 + width)
	}
	dark := color.RGBA{A: 140}
	ring(dst, r.Inset(-w/2-halo), w+2*halo, 0, 0, dark)
	ring(dst, r.Inset(-w/2), w, dash, halo, c)
	if e == selected {
		handles(dst, r, px(4), halo, c)
	}
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

// handles draws a small square at each corner.
func handles(dst *image.RGBA, r image.Rectangle, half, halo int, c color.RGBA) {
	for _, p := range [4]image.Point{r.Min, {r.Max.X, r.Min.Y}, {r.Min.X, r.Max.Y}, r.Max} {
		q := image.Rectangle{p, p}.Inset(-half)
		paint(dst, q.Inset(-halo), color.RGBA{A: 160})
		paint(dst, q, color.RGBA{255, 255, 255, 255})
		paint(dst, q.Inset(halo), c)
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
