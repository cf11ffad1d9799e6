package plot

import (
	"image"
	"image/color"
	"math"
)

const (
	strongWidth = 2.0 // units
	rawWidth    = 1.2
	rawPart     = 0.35 // of the strong line's opacity
	dotRadius   = 3.0
	dotsApart   = 9.0 // units between points from which they get dots
	edge        = 4.0 // units drawn beyond the plot, so that lines on its edge are whole
)

// brush draws a frame at scale device pixels per unit.
type brush struct {
	*Frame
	colors Colors
	dst    *image.RGBA
	scale  float64
}

func (b *brush) px1(units float64) int { return max(1, int(math.Round(units*b.scale))) }

func (b *brush) round(v float32) int { return int(math.Round(float64(v) * b.scale)) }

// Draw draws everything but text into the whole of dst, at scale pixels a unit.
func (f *Frame) Draw(dst *image.RGBA, c Colors, scale float64) {
	b := brush{Frame: f, colors: c, dst: dst, scale: scale}
	b.draw(f.fig.vlines)
}

func (b *brush) draw(vlines []VLine) {
	b.samples()
	if !b.any || !b.roomy() {
		return
	}
	b.grid()
	for _, v := range vlines {
		if x := b.x.at(v.X); x >= 0 && x <= 1 {
			b.vline(v)
		}
	}
	area := image.Rect(b.round(b.plot.x0-edge), b.round(b.plot.y0-edge), b.round(b.plot.x1+edge), b.round(b.plot.y1+edge))
	area = area.Intersect(b.dst.Rect)
	if area.Empty() {
		return
	}
	for _, draw := range []func(curve){b.raw, b.line} { // strong lines lie over all raw ones
		for _, s := range b.data {
			if len(s.xs) > 0 {
				draw(b.curve(s, area))
			}
		}
	}
}

func (b *brush) grid() {
	w, p := b.px1(1), b.plot
	x0, x1, y0, y1 := b.round(p.x0), b.round(p.x1), b.round(p.y0), b.round(p.y1)
	for _, t := range b.yt {
		y := b.round(b.py(t.v))
		box(b.dst, image.Rect(x0, y, x1, y+w), b.colors.grid)
	}
	for _, t := range b.xt {
		x := b.round(b.px(t.v))
		box(b.dst, image.Rect(x, y0, x+w, y1), b.colors.grid)
		box(b.dst, image.Rect(x, y1, x+w, y1+b.px1(3)), b.colors.axis)
	}
	box(b.dst, image.Rect(x0, y1, x1, y1+w), b.colors.axis)
	box(b.dst, image.Rect(x0, y0, x0+w, y1), b.colors.axis)
}

func (b *brush) vline(v VLine) {
	c := v.Color
	if c == nil {
		c = b.colors.Fore
	}
	x, w, on := b.round(b.px(v.X)), b.px1(1), b.px1(4)
	for y := b.round(b.plot.y0); y < b.round(b.plot.y1); y += 2 * on {
		box(b.dst, image.Rect(x, y, x+w, min(y+on, b.round(b.plot.y1))), faded(c, 0.8))
	}
}

// samples draws the legend's lines.
func (b *brush) samples() {
	for _, e := range b.legend {
		at := image.Rect(b.round(e.x), b.round(e.y), b.round(e.x+swatch), b.round(e.y+TextSize*1.5)).Intersect(b.dst.Rect)
		if at.Empty() {
			continue
		}
		p, h, k := newPen(b.dst, at), float32(at.Dy())/2, float32(b.scale)
		line := []pt{{2 * k, h}, {float32(at.Dx()) - 2*k, h}}
		b.strong(p, [][]pt{line}, e.Series)
		if e.style.Dots {
			p.disc(pt{float32(at.Dx()) / 2, h}, dotRadius*k, b.colors.Of(e.Series))
		}
	}
}

// strong draws the strong line; single points become dots.
func (b *brush) strong(p *pen, all [][]pt, s *Series) {
	width, c := float32(strongWidth*b.scale), b.colors.Of(s)
	var strokes [][]pt
	for _, line := range all {
		switch {
		case len(line) == 1:
			p.disc(line[0], width, c)
		case s.style.Dashed:
			strokes = append(strokes, dashed(line, 6*b.scale, 4*b.scale)...)
		default:
			strokes = append(strokes, line)
		}
	}
	p.stroke(strokes, width, c)
}

// curve is a series on its way to the picture.
type curve struct {
	snapshot
	*pen
	at    place
	color color.Color
	width int  // of the plot in pixels
	dense bool // more points than pixels could show one by one
	far   bool // room for a dot at each point
}

func (b *brush) curve(s snapshot, area image.Rectangle) curve {
	w, h := float64(b.plot.w())*b.scale, float64(b.plot.h())*b.scale
	left, top := float64(b.plot.x0)*b.scale-float64(area.Min.X), float64(b.plot.y0)*b.scale-float64(area.Min.Y)
	n := float64(len(s.xs))
	return curve{
		snapshot: s, pen: newPen(b.dst, area), at: newPlace(b.x, b.y, left, top, w, h),
		color: b.colors.Of(s.Series), width: int(left+w) + 1,
		dense: n > 2*w, far: w/b.scale/n >= dotsApart,
	}
}

func (c curve) columns(ys []float64) []column { return decimate(c.xs, ys, c.width, c.at) }

// raw draws the faint curve of a series that is smoothed.
func (b *brush) raw(c curve) {
	faint := faded(c.color, rawPart)
	switch {
	case len(c.smooth) == 0:
	case c.dense:
		c.band(c.columns(c.ys), rawWidth*b.scale, faint)
	default:
		c.stroke(polylines(c.xs, c.ys, c.at), float32(rawWidth*b.scale), faint)
	}
}

// line draws the strong curve and the dots.
func (b *brush) line(c curve) {
	switch smooth := len(c.smooth) > 0; {
	case !c.dense:
		b.strong(c.pen, polylines(c.xs, c.snapshot.strong(), c.at), c.Series)
	case smooth:
		b.strong(c.pen, means(c.columns(c.smooth)), c.Series)
	default:
		if cols := c.columns(c.ys); rough(cols) > 3*strongWidth*b.scale && !c.style.Dashed {
			c.band(cols, strongWidth*b.scale, c.color) // looks the same, and is drawn much faster
		} else {
			b.strong(c.pen, lines(cols), c.Series)
		}
	}
	if c.style.Dots && c.far {
		b.dots(c.pen, polylines(c.xs, c.ys, c.at), c.color)
	}
}

func (b *brush) dots(p *pen, all [][]pt, c color.Color) {
	for _, line := range all {
		for _, at := range line {
			p.disc(at, float32((dotRadius+1)*b.scale), b.colors.Ground)
			p.disc(at, float32(dotRadius*b.scale), c)
		}
	}
}
