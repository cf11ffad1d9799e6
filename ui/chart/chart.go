package chart

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"frglab/ui/chart/plot"
)

// What a chart shows is a figure of package plot.
type (
	Style  = plot.Style
	Series = plot.Series
	VLine  = plot.VLine
)

// Chart shows series over a common x axis. Its fields and methods belong to
// the UI goroutine; call Refresh after changing a field.
type Chart struct {
	widget.BaseWidget
	plot.Figure

	// OnZoom is told the part of the x axis that the user chose, from < to, or 0, 0 for
	// all of it, after the chart has followed; so that others can follow too.
	OnZoom func(from, to float64)
	// OnPicked is told the x value nearest to a click.
	OnPicked func(x float64)

	hover  *fyne.Position // pointer over the chart
	drag   *[2]float32    // part that is being chosen, in units from the left
	update func()         // redraws the readout; set by the renderer
	frame  func() *plot.Frame
}

// New returns a chart without series.
func New() *Chart {
	c := &Chart{update: func() {}, frame: func() *plot.Frame { return nil }}
	c.ExtendBaseWidget(c)
	return c
}

// SetSmoothing changes the smoothing of every series that has some, and redraws.
func (c *Chart) SetSmoothing(weight float64) {
	c.Smooth(weight)
	c.Refresh()
}

// SetVLines replaces the vertical marks and redraws.
func (c *Chart) SetVLines(lines ...VLine) {
	c.Mark(lines...)
	c.Refresh()
}

// Zoom shows a part of the x axis, or all of it where from is not below to.
func (c *Chart) Zoom(from, to float64) {
	if from >= to {
		from, to = 0, 0
	}
	c.From, c.To = from, to
	c.Refresh()
}
