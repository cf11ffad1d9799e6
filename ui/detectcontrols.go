package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/engine"
	"frglab/engine/vision"
)

// detectControls are the parameters beside the pictures. Those that only choose
// among scores act at once, the others look at the picture again.
type detectControls struct {
	t       *detectTab
	content *fyne.Container

	mode                       *widget.Select
	threshold, iou, shrink     *slider
	neighbours, factor, minBox *slider
	equalize                   *widget.Check
	setting                    bool // while reset moves the controls
}

func newDetectControls(t *detectTab) *detectControls {
	c := &detectControls{t: t}
	tune := func(change func(v float64)) func(float64) {
		return c.guard(func(v float64) { change(v); t.retune() })
	}
	c.threshold = newSlider(tr("Threshold"), 0.05, 0.99, 0.01, "%.2f", tune(func(v float64) { t.params.Threshold = v }))
	c.iou = newSlider(tr("Overlap kept"), 0.05, 0.9, 0.05, "%.2f", tune(func(v float64) { t.params.IoU = v }))
	c.shrink = newSlider(tr("Box size"), 0.5, 1.2, 0.05, "%.2f", tune(func(v float64) { t.params.Shrink = v }))
	c.neighbours = newSlider(tr("Neighbours"), 1, 15, 1, "%.0f", tune(func(v float64) { t.classy.MinNeighbors = int(v) }))
	c.factor = newSlider(tr("Scale step"), 1.05, 1.5, 0.05, "%.2f", tune(func(v float64) { t.classy.ScaleFactor = v }))
	c.minBox = newSlider(tr("Smallest, px"), 16, 128, 8, "%.0f", tune(func(v float64) { t.classy.MinSize = int(v) }))
	c.equalize = widget.NewCheck(tr("Equalise brightness"), func(b bool) {
		if !c.setting {
			t.classy.Equalize = b
			t.retune()
		}
	})
	c.mode = widget.NewSelect(engine.DetectPresets(), func(name string) {
		if !c.setting {
			c.reset(name)
			t.retune()
		}
	})
	heading := func(text string) fyne.CanvasObject {
		return widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	}
	c.content = container.NewVBox(
		heading(tr("CNN")), labelled(tr("Mode"), c.mode),
		c.threshold.content, c.iou.content, c.shrink.content,
		widget.NewSeparator(),
		heading(tr("Cascade")), c.neighbours.content, c.factor.content, c.minBox.content, c.equalize,
		widget.NewSeparator(),
		widget.NewButtonWithIcon(tr("Back to defaults"), theme.ViewRefreshIcon(), func() {
			c.reset(engine.ModeScout)
			t.retune()
		}),
	)
	c.reset(engine.ModeScout)
	return c
}

func (c *detectControls) guard(f func(float64)) func(float64) {
	return func(v float64) {
		if !c.setting {
			f(v)
		}
	}
}

// reset puts all parameters to the defaults of a mode, the threshold to what the
// model's training recommends.
func (c *detectControls) reset(mode string) {
	p, err := engine.DefaultDetectParams(mode)
	if err != nil {
		c.t.s.show(err)
		return
	}
	if m := c.t.s.model; m != nil && p.Mode != engine.Mode2015 && m.Threshold > 0 {
		p.Threshold = m.Threshold
	}
	c.t.params, c.t.classy = p, vision.DefaultCascadeParams()
	c.setting = true
	defer func() { c.setting = false }()
	c.mode.SetSelected(mode)
	c.threshold.set(p.Threshold)
	c.iou.set(p.IoU)
	c.shrink.set(p.Shrink)
	c.neighbours.set(float64(c.t.classy.MinNeighbors))
	c.factor.set(c.t.classy.ScaleFactor)
	c.minBox.set(float64(c.t.classy.MinSize))
	c.equalize.SetChecked(c.t.classy.Equalize)
}

func (c *detectControls) modelChanged() {
	c.reset(c.mode.Selected)
	c.t.retune()
}

// slider is a named slider with its value written beside the name.
type slider struct {
	content fyne.CanvasObject
	slide   *widget.Slider
	value   *widget.Label
	format  string
}

func newSlider(name string, low, high, step float64, format string, changed func(float64)) *slider {
	s := &slider{slide: widget.NewSlider(low, high), value: widget.NewLabel(""), format: format}
	s.slide.Step = step
	s.slide.OnChanged = func(v float64) { s.value.SetText(fmt.Sprintf(format, v)) }
	s.slide.OnChangeEnded = changed
	s.value.Alignment = fyne.TextAlignTrailing
	s.content = container.NewBorder(nil, nil, container.New(fixedWidth(116), widget.NewLabel(name)), container.New(fixedWidth(56), s.value), s.slide)
	return s
}

func (s *slider) set(v float64) {
	s.slide.SetValue(v)
	s.value.SetText(fmt.Sprintf(s.format, v))
}

func labelled(name string, o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewBorder(nil, nil, container.New(fixedWidth(116), widget.NewLabel(name)), nil, o)
}
