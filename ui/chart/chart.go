package chart

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// VLine marks an x value, such as the best epoch.
type VLine struct {
	X     float64
	Label string      // above the line; may be empty
	Color color.Color // nil: the theme's foreground
}

// Chart shows series over a common x axis. Its fields and methods belong to
// the UI goroutine; call Refresh after changing a field.
type Chart struct {
	widget.BaseWidget

	Title, XLabel, YLabel string
	// Empty is shown in the middle while no series has a point.
	Empty string
	// LogY scales the y axis by logarithm; values of 0 and less are not drawn.
	LogY bool
	// MinY and MaxY fix the y axis where MinY < MaxY; otherwise it follows the
	// points. With LogY a MinY of 0 or less fixes nothing.
	MinY, MaxY float64
	// FormatX and FormatY write values of the readout; nil: as many digits as
	// the axis makes useful.
	FormatX, FormatY func(v float64) string

	series []*Series
	added  int // series ever added, for the palette
	vlines []VLine
	hover  *fyne.Position // pointer over the chart
	update func()         // redraws the readout; set by the renderer
}

// New returns a chart without series.
func New() *Chart {
	c := &Chart{update: func() {}}
	c.ExtendBaseWidget(c)
	return c
}

// AddSeries adds a curve; its name is shown in legend and readout.
func (c *Chart) AddSeries(name string, style Style) *Series {
	s := &Series{name: name, style: style, index: c.added}
	c.added++
	c.series = append(c.series, s)
	return s
}

// RemoveSeries removes a curve; once none is left, colours start anew.
func (c *Chart) RemoveSeries(s *Series) {
	c.series = slices.DeleteFunc(c.series, func(o *Series) bool { return o == s })
	if len(c.series) == 0 {
		c.added = 0
	}
}

// SetSmoothing changes the smoothing of every series that has some, and
// redraws. A weight of 0 would take their strong lines for good: it becomes a
// weight too small to see.
func (c *Chart) SetSmoothing(weight float64) {
	for _, s := range c.series {
		if s.style.Smoothing > 0 {
			s.setSmoothing(max(weight, 1e-9))
		}
	}
	c.Refresh()
}

// SetVLines replaces the vertical marks and redraws.
func (c *Chart) SetVLines(lines ...VLine) {
	c.vlines = lines
	c.Refresh()
}
