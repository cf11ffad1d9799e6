package plot

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// Sizes in units.
const (
	TextSize   = 11
	TitleSize  = 14
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
type entry struct {
	*Series
	x, y float32
}

// word is the name of a series in the legend.
func (s *Series) word() string { return cmp.Or(s.style.Legend, s.name) }

// Frame is where everything of a figure lies, for one size and the points at one
// moment. It stays as it is while series grow.
type Frame struct {
	fig    *Figure
	width  float32
	height float32
	plot   area
	x, y   axis
	xt, yt []tick
	legend []entry
	data   []snapshot
	any    bool // some series has a point
}

// measure returns the width of a text of TextSize in units.
type measure func(text string) float32

// NewFrame lays a figure out in w by h units.
func NewFrame(fig *Figure, w, h float32, width func(text string) float32) Frame {
	c := *fig // the caller may change it while the frame is drawn
	f := Frame{fig: &c, width: w, height: h}
	for _, s := range c.series {
		f.data = append(f.data, s.snapshot())
	}
	if c.From < c.To {
		for i := range f.data {
			f.data[i].cut(c.From, c.To)
		}
	}
	f.ranges()
	line := float32(TextSize * 1.5)
	top := float32(padding)
	titleWidth := float32(0)
	if c.Title != "" {
		titleWidth = width(c.Title)*TitleSize/TextSize*1.1 + legendGap // bold
	}
	f.legend, top = placeLegend(c.series, w, titleWidth, top, line, width)
	f.plot = area{padding, top + padding, w - 2*padding, h - padding/2 - line}
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
func placeLegend(series []*Series, total, title, top, line float32, width measure) (out []entry, below float32) {
	var all float32
	var named []*Series
	for _, s := range series {
		if s.style.With == nil {
			named = append(named, s)
			all += swatch + tickRoom + width(s.word()) + legendGap
		}
	}
	row := float32(TitleSize * 1.5)
	if title == 0 {
		row = line
	}
	if len(named) == 0 {
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
	for _, s := range named {
		w := swatch + tickRoom + width(s.word())
		if x+w > total-padding && x > padding {
			x, y = padding, y+line
		}
		out = append(out, entry{s, x, y})
		x += w + legendGap
	}
	return out, y + line
}

// ranges finds what the axes span.
func (f *Frame) ranges() {
	c := f.fig
	xlo, xhi, whole := math.Inf(1), math.Inf(-1), true
	ylo, yhi := math.Inf(1), math.Inf(-1)
	for _, s := range f.data {
		if n := len(s.xs); n > 0 {
			xlo, xhi = min(xlo, s.xs[0]), max(xhi, s.xs[n-1])
			whole = whole && allWhole(s.xs[:min(n, 50)]) // more need no finer ticks than 1 anyway
		}
		for i, y := range s.ys {
			if c.From < c.To && (s.xs[i] < c.From || s.xs[i] > c.To) {
				continue
			}
			if y-y == 0 && (!c.LogY || y > 1/most) { // finite
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
	if c.From < c.To {
		f.x = axis{lo: c.From, hi: c.To}
	}
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
func (f *Frame) px(v float64) float32 { return f.plot.x0 + float32(f.x.at(v))*f.plot.w() }

func (f *Frame) py(v float64) float32 { return f.plot.y1 - float32(f.y.at(v))*f.plot.h() }

// cut leaves the points from x to x and one beyond either end.
func (s *snapshot) cut(from, to float64) {
	a := max(sort.SearchFloat64s(s.xs, from)-1, 0)
	b := min(sort.SearchFloat64s(s.xs, math.Nextafter(to, math.Inf(1)))+1, len(s.xs))
	if len(s.smooth) > 0 {
		s.smooth = s.smooth[a:b]
	}
	s.xs, s.ys = s.xs[a:b], s.ys[a:b]
}

// Plot is the rectangle between the axes, in units.
func (f *Frame) Plot() (left, top, right, bottom float32) {
	return f.plot.x0, f.plot.y0, f.plot.x1, f.plot.y1
}

// At is the x value at a place, in units from the left.
func (f *Frame) At(x float32) float64 { return f.x.value(float64((x - f.plot.x0) / f.plot.w())) }

// X is the place of an x value, in units from the left.
func (f *Frame) X(v float64) float32 { return f.px(v) }

// roomy reports whether there is room for a plot at all.
func (f *Frame) roomy() bool { return f.plot.w() >= minPlot && f.plot.h() >= minPlot }
