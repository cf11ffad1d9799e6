package ui

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// frameBar is the line above a frame, with what leads to other ones, and the line below,
// which says where it is from.
type frameBar struct {
	m            *frameMode
	above, below fyne.CanvasObject

	last, next   *widget.Button
	count        *widget.Label
	before, then *widget.Button // in the video
	video        *fyne.Container
	accept       *widget.Button // of missed faces
	where        *widget.Label
	zoom         *widget.Button
}

func newFrameBar(m *frameMode) *frameBar {
	b := &frameBar{m: m, count: widget.NewLabel(""), where: widget.NewLabel("")}
	b.where.Truncation, b.count.Truncation = fyne.TextTruncateEllipsis, fyne.TextTruncateEllipsis
	step := func(text string, icon fyne.Resource, do func()) *widget.Button {
		return widget.NewButtonWithIcon(text, icon, func() { do(); m.focus() })
	}
	b.last = step("", theme.NavigateBackIcon(), func() { m.step(-1) })
	b.next = step("", theme.NavigateNextIcon(), func() { m.step(1) })
	b.before = step("−1", theme.MediaSkipPreviousIcon(), func() { m.stepInVideo(-1) })
	b.then = step("+1", theme.MediaSkipNextIcon(), func() { m.stepInVideo(1) })
	b.then.IconPlacement = widget.ButtonIconTrailingText
	b.video = container.NewHBox(widget.NewSeparator(), m.s.keyTip(b.before, actBefore), m.s.keyTip(b.then, actAfter))
	b.zoom = step("", theme.ZoomFitIcon(), m.view.Fit)
	b.zoom.Importance = widget.LowImportance
	left, right := container.NewHBox(m.s.keyTip(b.last, actLastFrame), m.s.keyTip(b.next, actNextFrame)), container.NewHBox(b.video, m.s.keyTip(b.zoom, actFit))
	if m.missed != nil {
		left = container.NewHBox(m.s.keyTip(b.last, actMissedBack))
		b.accept = widget.NewButtonWithIcon("", theme.NavigateNextIcon(), func() { m.missed.accept(m); m.focus() })
		b.accept.Importance, b.accept.IconPlacement = widget.HighImportance, widget.ButtonIconTrailingText
		m.t.keys.follow(func() { b.accept.SetText(m.t.keys.with(tr("No more faces"), actNoMore)) })
		right = container.NewHBox(m.s.keyTip(b.zoom, actFit), b.accept)
	}
	b.above = container.NewPadded(container.NewBorder(nil, nil, left, right, b.count))
	b.below = b.where
	return b
}

func (b *frameBar) refresh() {
	m := b.m
	b.zoomed()
	b.where.SetText(b.place())
	shown := m.shot.picture.img != nil
	enable(b.zoom, shown)
	if m.missed != nil {
		b.count.SetText(m.missed.progress())
		enable(b.last, m.missed.at > 0)
		enable(b.accept, m.missed.at < len(m.missed.ids))
		return
	}
	_, _, back := m.beside(-1)
	_, _, forth := m.beside(1)
	enable(b.last, back)
	enable(b.next, forth)
	b.count.SetText(b.position())
	frames := m.shot.picture.frames
	b.video.Hidden = frames == 0
	enable(b.before, m.wish.frame > 0)
	enable(b.then, m.wish.frame+1 < frames)
	b.video.Refresh()
}

// zoomed shows the zoom.
func (b *frameBar) zoomed() {
	if b.m.shot.picture.img == nil {
		b.zoom.SetText("")
		return
	}
	if b.m.missed == nil { // there the words on the other buttons need the room
		b.zoom.SetText(tr("%.0f %%", 100*b.m.view.Zoom()))
	}
}

// position is where the selected crop stands in the list.
func (b *frameBar) position() string {
	if i, ok := b.m.t.l.index[b.m.selected]; ok {
		return tr("crop %d of %d", i+1, len(b.m.t.l.ids))
	}
	return ""
}

// place says what is on screen.
func (b *frameBar) place() string {
	m := b.m
	info := m.shot.info
	if info.Path == "" {
		return ""
	}
	text := info.Title
	if info.Episode != "" {
		text += " " + info.Episode
	}
	text += "  ·  " + filepath.Base(info.Path)
	if m.shot.picture.frames > 0 {
		text += "  ·  " + tr("frame %d of %d, %s", m.shot.frame, m.shot.picture.frames, timeText(info.At))
	}
	switch n := len(m.boxed()); {
	case m.shot.crop:
		text = tr("This crop was imported by itself: there is no frame to show.") + "  ·  " + text
	case m.selected != 0 && m.sample(m.selected).Box.Empty() && m.sample(m.selected).ID != 0:
		text = tr("Where in the frame this crop was is not known.") + "  ·  " + text
	case m.shot.picture.img != nil && n > 1:
		text += "  ·  " + tr("%d boxes", n)
	}
	if len(m.finding) > 0 {
		text = tr("Detectors are looking…") + "  ·  " + text
	}
	return text
}

// frameNote stands in the picture's place where there is none, and says what to do.
type frameNote struct {
	m       *frameMode
	content *fyne.Container
	text    *widget.Label
	again   *widget.Button
	collect *widget.Button
}

func newFrameNote(m *frameMode) *frameNote {
	n := &frameNote{m: m, text: widget.NewLabel("")}
	n.text.Wrapping, n.text.Alignment = fyne.TextWrapWord, fyne.TextAlignCenter
	n.again = widget.NewButtonWithIcon(tr("Try again"), theme.ViewRefreshIcon(), func() { m.again(); m.focus() })
	n.collect = widget.NewButtonWithIcon(tr("Collect from a video or picture…"), theme.ContentAddIcon(), m.s.collect.ask)
	n.collect.Importance = widget.HighImportance
	n.content = container.NewCenter(container.New(fixedWidth(300), container.NewVBox(n.text, container.NewCenter(n.again), container.NewCenter(n.collect))))
	n.content.Hide()
	return n
}

func (n *frameNote) refresh() {
	text := n.words()
	n.again.Hidden = n.m.shot.err == nil
	n.collect.Hidden = n.m.missed == nil || !n.m.missed.nothing()
	n.content.Hidden = text == ""
	n.text.SetText(text)
	n.content.Refresh()
}

func (n *frameNote) words() string {
	m := n.m
	switch {
	case m.s.project == nil:
		return m.s.noProject()
	case m.shot.gone():
		return tr("The file is not there any more:\n%s\nPut it back to this place and try again. The crop itself is safe in the project.", m.shot.info.Path)
	case m.shot.err != nil:
		return tr("The frame cannot be read: %s", because(m.shot.err))
	case m.missed != nil:
		return m.s.keys.fill(m.missed.words())
	case m.shot.picture.img == nil && m.loading == nil:
		return m.t.emptyText()
	}
	return ""
}
