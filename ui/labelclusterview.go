package ui

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/ui/cropgrid"
)

func newClusterMode(t *labelTab) *clusterMode {
	m := &clusterMode{
		t: t, grid: cropgrid.New(), strip: cropgrid.New(), head: widget.NewLabel(""), words: widget.NewLabel(""),
		buttons: map[action]*widget.Button{}, stale: true,
	}
	read := func(id int64) image.Image { return thumb(m.shown.Load(), id) }
	m.grid.Thumb, m.strip.Thumb = read, read
	m.grid.Mark, m.strip.Mark = t.mark, m.stripMark
	m.grid.OnKey, m.strip.OnKey = t.typedKey, t.typedKey
	m.grid.OnRune, m.strip.OnRune = t.typedRune, t.typedRune
	m.grid.OnCursor = func(id int64) { t.current = id }
	m.grid.OnActivated = func(int64) { t.turnTo(modeCard) }
	m.strip.OnSelected = func(ids []int64) {
		if len(ids) == 1 && m.groupOf[ids[0]] != m.at {
			m.goTo(m.groupOf[ids[0]])
		}
	}
	m.strip.SetCellSize(64)
	m.head.TextStyle.Bold = true
	m.head.Truncation = fyne.TextTruncateEllipsis
	m.order = widget.NewSelect([]string{tr("Biggest first"), tr("Most uncertain first")}, func(string) { m.load(); t.focus() })
	m.order.Selected = m.order.Options[0]
	m.words.Alignment, m.words.Wrapping = fyne.TextAlignCenter, fyne.TextWrapWord
	m.review = widget.NewButtonWithIcon(tr("Review crops…"), theme.SearchIcon(), t.reviews.ask)
	m.review.Importance = widget.HighImportance
	m.note = container.NewCenter(container.NewVBox(container.New(fixedWidth(420), m.words), container.NewCenter(m.review)))

	verdicts := container.NewGridWithColumns(3, m.t.actButton(m.buttons, otherIcon, actOther), m.t.actButton(m.buttons, unsureIcon, actUnsure), m.t.actButton(m.buttons, faceIcon, actFace))
	moves := container.NewGridWithColumns(3,
		m.t.actButton(m.buttons, theme.NavigateBackIcon(), actBack), m.t.actButton(m.buttons, theme.NavigateNextIcon(), actSkip), m.t.actButton(m.buttons, theme.MediaSkipNextIcon(), actNext))
	t.keys.follow(m.name)
	m.body = container.NewBorder(
		container.NewBorder(nil, nil, nil, m.order, m.head),
		container.NewVBox(container.New(fixedHeight(44), verdicts), moves),
		container.NewHBox(container.New(fixedWidth(96), m.strip), widget.NewSeparator()), nil, m.grid)
	m.all = container.NewPadded(container.NewStack(m.body, m.note))
	return m
}

// name writes the present keys on the buttons.
func (m *clusterMode) name() {
	for a, text := range map[action]string{
		actFace: tr("All faces"), actOther: tr("All others"), actUnsure: tr("All unsure"),
		actBack: tr("Back"), actSkip: tr("Skip"), actNext: tr("Next unchecked"),
	} {
		m.buttons[a].SetText(m.t.keys.with(text, a))
	}
}

func (m *clusterMode) content() fyne.CanvasObject { return m.all }

// draw shows where the work stands.
func (m *clusterMode) draw() {
	m.grid.Refresh()
	m.strip.Refresh()
	text := ""
	switch {
	case m.t.s.project == nil || len(m.t.l.ids) == 0:
		text = m.t.emptyText()
	case !m.t.reviews.done():
		text = tr("Crops that are alike come together here, to be judged with one key. For that the model must look at all crops once: review them first.")
	case m.loading == nil && len(m.groups) == 0:
		text = tr("No two crops here are alike enough. Choose something else on the left.")
	case m.at >= len(m.groups) && len(m.groups) > 0:
		text = tr("That was the last cluster. Go on with the crops that are left: Not checked, in the grid or card by card.")
	}
	setText(m.words, text)
	show(m.note, text != "")
	show(m.body, text == "" || m.at > 0)
	show(m.review, !m.t.reviews.done() && m.t.s.project != nil && len(m.t.l.ids) > 0)
	if m.at < len(m.groups) {
		g := m.groups[m.at]
		text := tr("Cluster %d of %d: %d crops, %d not checked", m.at+1, len(m.groups), len(g.ids), g.left)
		if !math.IsNaN(g.face) {
			text += ";  " + tr("the model says %s (%s)", className(g.class()), m.t.keys.label(actAccept))
		}
		setText(m.head, text)
	}
}

// show shows or hides something.
func show(o fyne.CanvasObject, on bool) {
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

// stripMark says how many crops a cluster has and whether it is done.
func (m *clusterMode) stripMark(id int64) cropgrid.Mark {
	i, ok := m.groupOf[id]
	if !ok {
		return cropgrid.Mark{}
	}
	g := m.groups[i]
	mark := cropgrid.Mark{Badge: grouped(len(g.ids))}
	if g.left == 0 {
		mark.Fill, mark.Shape, mark.Dim = theme.Color(theme.ColorNameDisabled), cropgrid.Check, true
	}
	return mark
}
