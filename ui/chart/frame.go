package chart

import (
	"math"
	"slices"

	"fyne.io/fyne/v2"
)

// Sizes in Fyne units.
const (
	textSize   = 11
	titleSize  = 14
	padding    = 8
	swatch     = 18 // length of a legend's line sample
	legendGap  = 16 // between legend entries
	tickRoom   = 4  // between label and axis
	minPlot    = 24 // below this the plot shows nothing
	xTickEvery = 90
	yTickEvery = 30
)

// area is a rectangle in units of the chart.
type area struct{ x0, y0, x1, y1 float32 }

func (a area) w() float32 { return a.x1 - a.x0 }
func (a area) h() float32 { return a.y1 - a.y0 }

// entry is a place in the legend: the upper left corner of its line sample's
// row.
type entry struct{ x, y float32 }

// frame is where everything of a chart lies, for one size and set of points.
type frame struct {
	plot   area
	x, y   axis
	xt, yt []tick
	legend []entry
	data   []snapshot
	any    bool // some series has a point
}

// measure returns the width of a text of textSize in units.
type measure func(text string) float32

// newFrame lays out a chart.
func newFrame(c *Chart, size fyne.Size, width measure) frame {
	f := frame{}
	for _, s := range c.series {
		f.data = append(f.data, s.snapshot())
	}
	f.ranges(c)
	line := float32(textSize * 1.5)
	top := float32(padding)
	titleWidth := float32(0)
	if c.Title != "" {
		titleWidth = width(c.Title)*titleSize/textSize*1.1 + legendGap // bold
	}
	f.legend, top = placeLegend(f.data, size.Width, titleWidth, top, line, width)
	f.plot = area{padding, top + padding, size.Width - 2*padding, size.Height - padding/2 - line}
	if c.XLabel != "" {
		f.plot.y1 -= line
	}
	if c.YLabel != "" || slices.ContainsFunc(c.vlines, func(v VLine) bool { return v.Label != "" }) {
		f.plot.y0 += line
	}
	f.yt = f.y.ticks(max(2, int(f.plot.h()/yTickEvery)))
	wide := float32(0)
	for _, t := range f.yt {
		wide = max(wide, width(t.label))
	}
	f.plot.x0 += wide + tickRoom
	f.xt = f.x.ticks(max(2, int(f.plot.w()/xTickEvery)))
	return f
}

// placeLegend puts the entries to the right of the title where they fit, else
// into rows below it; it returns where the rest of the chart begins.
func placeLegend(data []snapshot, total, title, top, line float32, width measure) (out []entry, below float32) {
	var all float32
	for _, s := range data {
		all += swatch + tickRoom + width(s.name) + legendGap
	}
	row := float32(titleSize * 1.5)
	if title == 0 {
		row = line
	}
	if len(data) == 0 {
		if title > 0 {
			return nil, top + row
		}
		return nil, top
	}
	x, y := total-2*padding-all+legendGap, top+(row-line)/2
	if x < padding+title { // below the title, from the left
		x = padding
		if title > 0 {
			y += row
		}
	}
	for _, s := range data {
		w := swatch + tickRoom + width(s.name)
		if x+w > total-padding && x > padding {
			x, y = padding, y+line
		}
		out = append(out, entry{x, y})
		x += w + legendGap
	}
	return out, y + line
}

// ranges finds what the axes span.
func (f *frame) ranges(c *Chart) {
	xlo, xhi, whole := math.Inf(1), math.Inf(-1), true
	ylo, yhi := math.Inf(1), math.Inf(-1)
	for _, s := range f.data {
		if n := len(s.xs); n > 0 {
			xlo, xhi = min(xlo, s.xs[0]), max(xhi, s.xs[n-1])
			whole = whole && allWhole(s.xs[:min(n, 50)]) // more need no finer ticks than 1 anyway
		}
		for _, y := range s.ys {
			if y-y == 0 && (!c.LogY || y > 0) { // finite
				ylo, yhi = min(ylo, y), max(yhi, y)
			}
		}
	}
	f.any = xlo <= xhi
	if !f.any {
		xlo, xhi = 0, 1
	}
	if ylo > yhi {
		ylo, yhi = 0.1, 1
	}
	f.x = xAxis(xlo, xhi)
	f.x.whole = whole
	switch {
	case c.MinY < c.MaxY && (!c.LogY || c.MinY > 0):
		f.y = axis{lo: c.MinY, hi: c.MaxY, log: c.LogY}
	case c.LogY:
		f.y = logAxis(ylo, yhi)
	default:
		f.y = yAxis(ylo, yhi)
	}
}

func allWhole(xs []float64) bool {
	for _, x := range xs {
		if x != math.Trunc(x) {
			return false
		}
	}
	return true
}

// px and py return where a value lies, in units of the chart.
func (f *frame) px(v float64) float32 { return f.plot.x0 + float32(f.x.at(v))*f.plot.w() }

func (f *frame) py(v float64) float32 { return f.plot.y1 - float32(f.y.at(v))*f.plot.h() }

// roomy reports whether there is room for a plot at all.
func (f *frame) roomy() bool { return f.plot.w() >= minPlot && f.plot.h() >= minPlot }
