package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/ui/chart"
)

// curves are charts of one or more trainings, one above the other in x, with the
// controls that act on all of them.
type curves struct {
	s       *session
	content fyne.CanvasObject
	charts  []*chart.Chart
	grid    *fyne.Container
	smooth  *widget.Slider
	log     *widget.Check
	name    func() string // proposed for files

	loss, accuracy, rate, speed *chart.Chart
}

// percent writes an accuracy.
func percent(v float64) string { return fmt.Sprintf("%.2f %%", 100*v) }

// newCurves makes the charts: of one training with learning rate and throughput, or
// without them to compare several.
func newCurves(s *session, name func() string, rates bool) *curves {
	c := &curves{s: s, name: name, loss: chart.New(), accuracy: chart.New(), rate: chart.New(), speed: chart.New()}
	c.loss.Title, c.accuracy.Title = tr("Loss"), tr("Accuracy")
	if !rates { // several trainings, each in a colour of its own
		c.loss.Title, c.accuracy.Title = tr("Loss (dashed: validation)"), tr("Accuracy (dashed: validation)")
	}
	c.rate.Title, c.speed.Title = tr("Learning rate"), tr("Crops a second")
	c.accuracy.FormatY = percent
	c.charts = []*chart.Chart{c.loss, c.accuracy}
	if rates {
		c.charts = append(c.charts, c.rate, c.speed)
	}
	for _, ch := range c.charts {
		ch.XLabel = tr("iteration")
		ch.OnZoom = func(from, to float64) {
			for _, o := range c.charts {
				if o != ch {
					o.Zoom(from, to)
				}
			}
		}
	}
	c.smooth = widget.NewSlider(0, 0.99)
	c.smooth.Step = 0.01
	c.smooth.Value = 0.8
	c.smooth.OnChanged = func(v float64) {
		for _, ch := range c.charts {
			ch.SetSmoothing(v)
		}
	}
	c.log = widget.NewCheck(tr("Logarithmic loss"), func(yes bool) { c.loss.LogY = yes; c.loss.Refresh() })
	all := widget.NewButtonWithIcon(tr("All"), theme.ZoomFitIcon(), func() {
		for _, ch := range c.charts {
			ch.Zoom(0, 0)
		}
	})
	picture := widget.NewButtonWithIcon("PNG", theme.DocumentSaveIcon(), c.savePNG)
	table := widget.NewButtonWithIcon("CSV", theme.DocumentSaveIcon(), c.saveCSV)
	for _, b := range []*widget.Button{all, picture, table} {
		b.Importance = widget.LowImportance
	}
	look := container.NewHBox(widget.NewLabel(tr("Smoothing")), container.New(fixedWidth(110), c.smooth))
	files := container.NewHBox(all, picture, table)
	c.grid = container.New(adaptive{})
	for _, ch := range c.charts {
		c.grid.Add(ch)
	}
	c.content = container.New(barAbove{}, look, c.log, files, container.NewPadded(c.grid))
	return c
}

// barAbove lays its last object out below the others, which stand beside each other,
// the last of them at the right end, in as many rows as they need.
type barAbove struct{}

// MinSize implements fyne.Layout.
func (barAbove) MinSize(os []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range os {
		m := o.MinSize()
		size = fyne.NewSize(max(size.Width, m.Width), size.Height+m.Height)
	}
	return size
}

// Layout implements fyne.Layout.
func (barAbove) Layout(os []fyne.CanvasObject, size fyne.Size) {
	at, high := fyne.NewPos(0, 0), float32(0)
	bar, below := os[:len(os)-1], os[len(os)-1]
	for i, o := range bar {
		m := o.MinSize()
		if at.X > 0 && at.X+m.Width > size.Width {
			at = fyne.NewPos(0, high)
		}
		if i == len(bar)-1 && at.X > 0 {
			at.X = size.Width - m.Width
		}
		o.Move(at)
		o.Resize(m)
		at.X += m.Width
		high = max(high, at.Y+m.Height)
	}
	below.Move(fyne.NewPos(0, high))
	below.Resize(fyne.NewSize(size.Width, size.Height-high))
}

// leastChart is the least height at which a chart has room for a curve.
const leastChart = 130

// adaptive lays charts out in two columns where there is room, else in one; where
// it is too low for two rows only the first.
type adaptive struct{}

// MinSize implements fyne.Layout.
func (adaptive) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(240, leastChart) }

// Layout implements fyne.Layout.
func (adaptive) Layout(os []fyne.CanvasObject, size fyne.Size) {
	cols := 1
	if len(os) > 2 && size.Width > size.Height*0.9 {
		cols = 2
	}
	rows := (len(os) + cols - 1) / cols
	if cols == 2 && size.Height < 2*leastChart { // the first two are the ones to watch
		rows = 1
	}
	w, h := size.Width/float32(cols), size.Height/float32(rows)
	for i, o := range os {
		if o.Show(); i >= rows*cols {
			o.Hide()
		}
		o.Move(fyne.NewPos(float32(i%cols)*w, float32(i/cols)*h))
		o.Resize(fyne.NewSize(w, h))
	}
}

func (c *curves) refresh() {
	for _, ch := range c.charts {
		ch.Refresh()
	}
}
