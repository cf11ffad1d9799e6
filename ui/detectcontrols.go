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
// among scores act while they move, the others when they come to rest.
type detectControls struct {
	t       *detectTab
	content fyne.CanvasObject

	mode, suppress, presets *widget.Select
	about                   *widget.Label
	rows                    []*detectRow
	sizes                   *widget.Entry // of mode 2015
	sizesRow                fyne.CanvasObject
	equalize, tight         *widget.Check
	setting                 bool // while the controls follow the parameters
}

// detectRow is the slider of one parameter.
type detectRow struct {
	detectParam
	*slider
}

func newDetectControls(t *detectTab) *detectControls {
	c := &detectControls{t: t, about: wrapped("")}
	c.mode = widget.NewSelect(engine.DetectPresets(), func(name string) { c.do(func() { c.reset(name) }) })
	c.suppress = widget.NewSelect(nil, nil)
	for _, way := range engine.Suppressions() {
		c.suppress.Options = append(c.suppress.Options, suppressionName(way))
	}
	c.suppress.OnChanged = func(string) {
		c.do(func() { t.params.Suppress = engine.Suppressions()[c.suppress.SelectedIndex()]; c.follow() })
	}
	c.sizes = widget.NewEntry()
	c.sizes.OnSubmitted = c.setSizes
	c.sizesRow = labelled(tr("Sizes/steps"), c.sizes)
	c.equalize = widget.NewCheck(tr("Equalise brightness"), func(b bool) { c.do(func() { t.classy.Equalize = b }) })
	c.tight = widget.NewCheck(tr("Boxes from brow to chin"), func(on bool) { c.do(func() { t.params = withTight(t.params, on); c.follow() }) })
	c.presets = widget.NewSelect(nil, func(name string) {
		if !c.setting && name != "" {
			c.use(name)
			t.retune()
		}
	})
	c.presets.PlaceHolder = tr("Own settings")

	choose, where, cascade := container.NewVBox(), container.NewVBox(), container.NewVBox()
	for _, p := range detectParams() {
		row := &detectRow{p, newSlider(p.name, p.low, p.high, p.step, p.format, nil)}
		change := func(v float64) { c.do(func() { p.set(t, v) }) }
		row.slide.OnChangeEnded = change
		if p.quick {
			row.moved = change
		}
		c.rows = append(c.rows, row)
		map[detectGroup]*fyne.Container{groupChoose: choose, groupWhere: where, groupCascade: cascade}[p.group].Add(row.content)
	}
	choose.Objects = append([]fyne.CanvasObject{choose.Objects[0], labelled(tr("Keep"), c.suppress)}, choose.Objects[1:]...)
	choose.Add(c.tight)
	where.Add(c.sizesRow)
	cascade.Add(c.equalize)
	c.content = container.NewVBox(
		statsHeading(tr("CNN")), labelled(tr("Mode"), c.mode), c.about, choose,
		widget.NewSeparator(), statsHeading(tr("Cascade")), cascade,
		widget.NewSeparator(), statsHeading(tr("Where the CNN looks")), where,
		widget.NewSeparator(), c.presetRow(),
	)
	c.listPresets()
	c.reset(engine.ModeScout)
	return c
}

// do changes parameters and follows them, unless the controls are being set.
func (c *detectControls) do(change func()) {
	if c.setting {
		return
	}
	change()
	c.setting = true
	c.presets.ClearSelected() // they are not the preset's any more
	c.setting = false
	c.t.retune()
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
		p.Threshold = m.ThresholdFor(p.Mode)
	}
	c.t.params, c.t.classy = p, vision.DefaultCascadeParams()
	c.setting = true
	c.mode.SetSelected(mode)
	c.setting = false
	c.follow()
}

// follow shows the present parameters, and hides those that the mode does not heed.
func (c *detectControls) follow() {
	was := c.setting
	c.setting = true
	defer func() { c.setting = was }()
	p := c.t.params
	for i, way := range engine.Suppressions() {
		if way == p.Suppress {
			c.suppress.SetSelectedIndex(i)
		}
	}
	for _, r := range c.rows {
		if r.of == nil || r.of(p) {
			r.content.Show()
		} else {
			r.content.Hide()
		}
		if r.slide.Value != r.get(c.t) {
			r.slider.set(r.get(c.t))
		}
	}
	c.sizes.SetText(sizesText(p.Sizes))
	show2015 := p.Mode == engine.Mode2015
	c.sizesRow.Hide()
	if show2015 {
		c.sizesRow.Show()
	}
	c.tight.SetChecked(tightBoxes(p))
	c.equalize.SetChecked(c.t.classy.Equalize)
	c.about.SetText(modeText(p.Mode))
}

func (c *detectControls) setSizes(text string) {
	sizes, err := parseSizes(text)
	if err != nil {
		c.t.s.show(err)
		return
	}
	c.do(func() { c.t.params.Sizes = sizes })
}

func (c *detectControls) modelChanged() {
	if m := c.t.s.model; m != nil && c.t.params.Mode != engine.Mode2015 && m.Threshold > 0 && c.presets.Selected == "" {
		c.t.params.Threshold = m.ThresholdFor(c.t.params.Mode)
		c.follow()
	}
	c.t.retune()
}

// slider is a named slider with its value written beside the name.
type slider struct {
	content fyne.CanvasObject
	slide   *widget.Slider
	value   *widget.Label
	format  string
	moved   func(float64) // is told every step of a drag; nil is fine
}

func newSlider(name string, low, high, step float64, format string, changed func(float64)) *slider {
	s := &slider{slide: widget.NewSlider(low, high), value: widget.NewLabel(fmt.Sprintf(format, low)), format: format}
	s.slide.Step = step
	s.slide.OnChanged = func(v float64) {
		s.value.SetText(fmt.Sprintf(format, v))
		if s.moved != nil {
			s.moved(v)
		}
	}
	s.slide.OnChangeEnded = changed
	s.value.Alignment = fyne.TextAlignTrailing
	s.content = container.NewBorder(nil, nil, container.New(fixedWidth(116), trimmed(name)), container.New(fixedWidth(56), s.value), s.slide)
	return s
}

func (s *slider) set(v float64) {
	s.slide.SetValue(v)
	s.value.SetText(fmt.Sprintf(s.format, v))
}

func labelled(name string, o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewBorder(nil, nil, container.New(fixedWidth(116), trimmed(name)), nil, o)
}

// trimmed is a label that ends in dots where there is no room.
func trimmed(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Truncation = fyne.TextTruncateEllipsis
	return l
}

// presetRow is where settings get names.
func (c *detectControls) presetRow() fyne.CanvasObject {
	save := widget.NewButtonWithIcon("", theme.DocumentSaveIcon(), c.askPresetName)
	drop := widget.NewButtonWithIcon("", theme.DeleteIcon(), func() { c.dropPreset(c.presets.Selected) })
	back := widget.NewButtonWithIcon(tr("Back to defaults"), theme.ViewRefreshIcon(), func() { c.do(func() { c.reset(engine.ModeScout) }) })
	return container.NewVBox(container.NewBorder(nil, nil, nil, container.NewHBox(
		c.t.s.tip(save, func() string { return tr("keep these settings under a name") }),
		c.t.s.tip(drop, func() string { return tr("delete this preset") })), c.presets), back)
}
