package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// labelSidebar shows and changes the filter of the Label tab, with how many crops each
// choice would show.
type labelSidebar struct {
	t        *labelTab
	content  *fyne.Container
	state    labelFilter
	facets   facets
	verdicts []*choiceRow // by the show constants
	finds    []*choiceRow // by the find constants
	picks    []*pick
	entry    *widget.Entry
	total    *widget.Label
	clear    *widget.Button
	done     *widget.ProgressBar
	progress *widget.Label
}

const (
	sidebarWidth = 208
	prefSidebar  = "label.sidebar.hidden"
)

func newLabelSidebar(t *labelTab) *labelSidebar {
	b := &labelSidebar{t: t, total: widget.NewLabel(""), progress: widget.NewLabel(""), done: widget.NewProgressBar()}
	b.total.TextStyle.Bold = true
	b.total.Truncation = fyne.TextTruncateEllipsis
	b.progress.Wrapping = fyne.TextWrapWord
	b.progress.SizeName = theme.SizeNameCaptionText
	b.done.TextFormatter = func() string { return "" }
	b.clear = widget.NewButtonWithIcon(tr("Reset"), theme.ContentClearIcon(), func() {
		b.entry.SetText("")
		b.change(func(f *labelFilter) { *f = labelFilter{} })
		t.focus()
	})
	b.clear.Importance = widget.LowImportance
	b.entry = widget.NewEntry()
	b.entry.SetPlaceHolder(tr("Search in names"))
	b.entry.OnChanged = func(text string) { b.change(func(f *labelFilter) { f.text = text }) }
	b.entry.OnSubmitted = func(string) { t.focus() }

	lists := container.New(column(2))
	for i, text := range []string{tr("All"), tr("Not checked"), tr("Faces"), tr("Others"), tr("Unsure")} {
		b.verdicts = append(b.verdicts, b.row(lists, text, verdictSign(i), func(f *labelFilter) { f.verdict = i }))
	}
	lists.Add(container.New(fixedHeight(9), container.NewPadded(widget.NewSeparator())))
	for i, text := range []string{tr("Uncertain"), tr("Model disagrees"), tr("Suspected")} {
		b.finds = append(b.finds, b.row(lists, text, findSign(i+1), func(f *labelFilter) { f.toggle(i + 1) }))
	}
	lists.Add(b.t.reviews.line)
	lists.Add(container.New(fixedHeight(9), container.NewPadded(widget.NewSeparator())))
	b.picks = b.newPicks()
	for _, p := range b.picks {
		lists.Add(p.content)
	}
	lists.Add(b.entry)
	foot := container.NewVBox(widget.NewSeparator(), container.New(fixedHeight(8), b.done), b.progress)
	side := container.NewBorder(container.NewBorder(nil, nil, nil, b.clear, b.total), foot, nil, nil,
		container.NewVScroll(container.New(rightMargin(8), lists)))
	b.content = container.NewHBox(container.New(fixedWidth(sidebarWidth), side), widget.NewSeparator())
	b.content.Hidden = t.s.app.Preferences().Bool(prefSidebar)
	b.refresh()
	return b
}

func (b *labelSidebar) row(to *fyne.Container, text string, sign fyne.Resource, set func(f *labelFilter)) *choiceRow {
	r := newChoiceRow(text, sign, func() { b.change(set); b.t.focus() })
	to.Add(r)
	return r
}

// reset shows all, as they were added: another project came.
func (b *labelSidebar) reset() {
	b.state, b.facets = labelFilter{}, facets{}
	b.entry.OnChanged, b.entry.Text = nil, ""
	b.entry.OnChanged = func(text string) { b.change(func(f *labelFilter) { f.text = text }) }
	b.entry.Refresh()
	b.refresh()
}

// change changes the filter and shows what it picks now.
func (b *labelSidebar) change(set func(f *labelFilter)) {
	before := b.state
	set(&b.state)
	if b.state != before {
		b.refresh()
		b.t.choose()
	}
}

// search gives the keys to the field for a text.
func (b *labelSidebar) search() {
	if !b.content.Visible() {
		b.toggle()
	}
	b.t.s.win.Canvas().Focus(b.entry)
}

// toggle hides the sidebar, or shows it again.
func (b *labelSidebar) toggle() {
	b.content.Hidden = !b.content.Hidden
	b.t.s.app.Preferences().SetBool(prefSidebar, b.content.Hidden)
	b.t.content.Refresh()
	b.t.focus()
}

// refresh shows filter, counts and progress as they are now.
func (b *labelSidebar) refresh() {
	reviewed := b.t.reviews.done()
	for i, r := range b.verdicts {
		r.set(b.state.verdict == i, b.facets.verdicts[i], false)
	}
	for i, r := range b.finds {
		r.set(b.state.find == i+1, b.facets.finds[i+1], !reviewed)
	}
	for _, p := range b.picks {
		p.refresh(b)
	}
	total := tr("%s crops", grouped(len(b.t.l.ids)))
	if b.state.only != "" {
		total = grouped(len(b.t.l.ids)) + " – " + b.state.only
	}
	setText(b.total, total)
	enable(b.clear, b.state != labelFilter{})
	setText(b.progress, b.progressText())
	b.done.Max = float64(max(1, b.facets.all.Samples))
	b.done.SetValue(float64(b.facets.all.Samples - b.facets.all.Unchecked))
}

// progressText is how far the project is, how fast it goes and what is left.
func (b *labelSidebar) progressText() string {
	n := b.facets.all
	text := tr("%s of %s checked", grouped(n.Samples-n.Unchecked), grouped(n.Samples))
	speed := b.t.speed.perMinute()
	if speed <= 0 {
		return text
	}
	text += "\n" + tr("%.0f a minute", speed)
	if n.Unchecked > 0 {
		minutes := float64(n.Unchecked) / speed
		if minutes < 90 {
			return text + ", " + tr("%.0f min left", minutes)
		}
		return text + ", " + tr("%.1f h left", minutes/60)
	}
	return text
}
