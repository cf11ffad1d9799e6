package ui

// act implements actMode.
func (m *frameMode) act(a action) bool {
	m.pane.Settle() // whatever it is: the box as it is drawn is the one that counts
	switch a {
	case actRemove:
		m.remove()
	case actShowFrame:
		if m.missed == nil || m.wish.place == (place{}) {
			return false
		}
		m.t.openFrame(m.wish.source, m.wish.frame, m.selected)
	case actSnap:
		m.snap()
	case actProposals:
		m.side.proposals.SetChecked(!m.side.proposals.Checked)
	case actDraw:
		m.setDraw(!m.pane.Draw())
	case actSquare:
		m.side.square.SetChecked(!m.side.square.Checked)
	case actLastFrame, actMissedBack:
		m.step(-1)
	case actNextFrame:
		m.step(1)
	case actBefore:
		m.stepInVideo(-1)
	case actAfter:
		m.stepInVideo(1)
	case actNoMore:
		m.missed.accept(m)
	default:
		return m.zoom(a)
	}
	return true
}

// zoom does what a key asks for that makes the picture larger or smaller.
func (m *frameMode) zoom(a action) bool {
	switch a {
	case actFit:
		m.view.Fit()
		return true
	case actActual:
		m.view.Actual()
	case actLarger:
		m.view.ZoomBy(keyZoom)
	case actSmaller:
		m.view.ZoomBy(1 / keyZoom)
	default:
		return false
	}
	m.center()
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
