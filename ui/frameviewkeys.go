package ui

import (
	"fyne.io/fyne/v2"
)

// frameKeys are the keys of this mode beside those of the whole tab, for the sheet of
// keys. TestFrameKeys presses each.
func frameKeys() [][2]string {
	return [][2]string{
		{tr("drag"), tr("beside the boxes: a new one; a box: move it; its edge: resize it")},
		{"Shift + " + tr("drag"), tr("square, or not")},
		{"Ctrl + " + tr("drag"), tr("move the picture (as the middle button)")},
		{"Tab / Shift+Tab", tr("next box, last box")},
		{"← ↑ → ↓", tr("move the box by a pixel (Shift: 10)")},
		{"Ctrl + ← ↑ → ↓", tr("resize the box by a pixel (Shift: 10)")},
		{"Esc", tr("take a drag back")},
		{"S", tr("snap the box to a detector's")},
		{"P", tr("show the detectors' proposals; a click accepts one")},
		{"D", tr("draw over boxes, too")},
		{"Q", tr("square boxes, or any")},
		{"[ / ]", tr("last frame, next frame")},
		{", / .", tr("the frame before and after in the video")},
		{"0 / A", tr("fit, 100 %")},
		{"+ / −", tr("larger, smaller")},
		{tr("Missed faces") + ": Enter, Space", tr("no more faces in this frame: the next one")},
		{tr("Missed faces") + ": Backspace", tr("back to the last one")},
	}
}

// key is asked before the pane acts on a key.
func (m *frameMode) key(name fyne.KeyName) bool {
	if m.t.typedKey(name) {
		return true
	}
	switch name {
	case fyne.KeyPageUp:
		m.step(-1)
		return true
	case fyne.KeyPageDown:
		m.step(1)
		return true
	}
	if m.missed == nil {
		return false
	}
	switch name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		m.missed.accept(m)
	case fyne.KeyBackspace:
		m.step(-1)
	default:
		return false
	}
	return true
}

// rune is asked before the pane acts on a character.
func (m *frameMode) rune(r rune) bool {
	if m.t.typedRune(r) {
		return true
	}
	switch r {
	case 's', 'S':
		m.snap()
	case 'p', 'P':
		m.side.proposals.SetChecked(!m.side.proposals.Checked)
	case 'd', 'D':
		m.setDraw(!m.pane.Draw())
	case 'q', 'Q':
		m.side.square.SetChecked(!m.side.square.Checked)
	case '[':
		m.step(-1)
	case ']':
		m.step(1)
	case ',':
		m.stepInVideo(-1)
	case '.':
		m.stepInVideo(1)
	case 'a', 'A':
		m.view.Actual()
		m.center()
	case '+', '=':
		m.view.ZoomBy(keyZoom)
		m.center()
	case '-':
		m.view.ZoomBy(1 / keyZoom)
		m.center()
	default:
		return false
	}
	return true
}

// act implements actMode.
func (m *frameMode) act(a action) bool {
	m.pane.Settle() // whatever it is: the box as it is drawn is the one that counts
	switch {
	case a == actRemove:
		m.remove()
	case a == actShowFrame && m.missed != nil && m.wish.place != place{}:
		m.t.openFrame(m.wish.source, m.wish.frame, m.selected)
	default:
		return false
	}
	return true
}

// keyZoom is the zoom of a key press.
const keyZoom = 1.25

// center keeps the selected box in view while the keys zoom.
func (m *frameMode) center() {
	if s := m.sample(m.selected); !s.Box.Empty() {
		m.view.Center(s.Box)
	}
}

func (m *frameMode) setDraw(on bool) {
	m.pane.SetDraw(on)
	m.side.draw.Checked = on
	m.side.draw.Refresh()
}
