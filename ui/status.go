package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// statusBar is the line at the bottom: which project and model, and the work in
// progress with its cancel button.
type statusBar struct {
	s       *session
	content *fyne.Container
	project *widget.Label
	work    *widget.Label
	bar     *widget.ProgressBar
	endless *widget.ProgressBarInfinite
	cancel  *widget.Button
	line    *fyne.Container
	shown   *job
}

// statusLine lays out two texts and what stands behind them. The second text is cut short
// where it would take more than two thirds of the line: a long one must not widen the window.
type statusLine struct{}

// MinSize implements fyne.Layout.
func (statusLine) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for _, o := range objects {
		if o.Visible() {
			size = fyne.NewSize(size.Width+o.MinSize().Width+theme.Padding(), max(size.Height, o.MinSize().Height))
		}
	}
	return size
}

// Layout implements fyne.Layout.
func (statusLine) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	work, behind := objects[1].(*widget.Label), objects[2]
	right := size.Width - behind.MinSize().Width
	behind.Move(fyne.NewPos(right, 0))
	behind.Resize(fyne.NewSize(size.Width-right, size.Height))
	left := right
	if work.Visible() {
		text := fyne.MeasureText(work.Text, theme.TextSize(), work.TextStyle).Width + 2*theme.InnerPadding() + 1
		left = max(right-text, size.Width/3)
		work.Move(fyne.NewPos(left, 0))
		work.Resize(fyne.NewSize(right-left, size.Height))
	}
	objects[0].Move(fyne.NewPos(0, 0))
	objects[0].Resize(fyne.NewSize(max(0, left), size.Height))
}

func newStatusBar(s *session) *statusBar {
	b := &statusBar{s: s, project: widget.NewLabel(""), work: widget.NewLabel(""), bar: widget.NewProgressBar(), endless: widget.NewProgressBarInfinite()}
	b.project.Truncation, b.work.Truncation = fyne.TextTruncateEllipsis, fyne.TextTruncateEllipsis
	b.work.Alignment = fyne.TextAlignTrailing
	b.cancel = widget.NewButtonWithIcon("", theme.CancelIcon(), func() {
		if b.shown != nil {
			b.shown.cancel()
		}
	})
	b.cancel.Importance = widget.LowImportance
	bar := container.NewGridWrap(fyne.NewSize(180, b.bar.MinSize().Height), container.NewStack(b.bar, b.endless))
	right := container.NewHBox(container.New(layout.NewCenterLayout(), bar), s.tip(b.cancel, func() string { return tr("Cancel") }))
	b.line = container.New(statusLine{}, b.project, b.work, right)
	b.content = container.NewVBox(widget.NewSeparator(), b.line)
	s.onProject = append(s.onProject, b.refresh)
	s.onSamples = append(s.onSamples, b.refresh)
	s.onModel = append(s.onModel, b.refresh)
	b.refresh()
	return b
}

func (b *statusBar) refresh() {
	if text := b.describe(); text != b.project.Text { // measuring it costs
		b.project.SetText(text)
	}
	b.shown = nil
	for _, j := range b.s.jobs.running {
		if !j.quiet {
			b.shown = j // the latest
		}
	}
	if b.shown == nil {
		for _, o := range []fyne.CanvasObject{b.work, b.bar, b.endless, b.cancel} {
			o.Hide()
		}
		b.endless.Stop()
		layOut(b.line)
		return
	}
	share, note := b.shown.progress()
	text := b.shown.name
	if note != "" {
		text += "  " + note
	}
	b.work.SetText(text)
	b.work.Show()
	b.cancel.Show()
	defer layOut(b.line)
	if share < 0 {
		b.bar.Hide()
		b.endless.Show()
		b.endless.Start()
		return
	}
	b.endless.Stop()
	b.endless.Hide()
	b.bar.SetValue(share)
	b.bar.Show()
}

func (b *statusBar) describe() string {
	s := b.s
	model := tr("no model")
	if s.model != nil {
		model = s.modelOf
	}
	project := b.s.noProject()
	if s.project != nil {
		project = tr("Project: %s", homeless(s.project.Path()))
	}
	text := project + "   " + tr("Model: %s", model)
	if s.notice != "" {
		text = s.notice + "   ·   " + text
	}
	return oneLined(text)
}
