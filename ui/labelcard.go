package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
)

// cardMode shows one crop large with its frame beside it: one key is one verdict,
// and the next one comes at once.
type cardMode struct {
	t       *labelTab
	all     fyne.CanvasObject
	card    *swipeCard
	crops   cropQueue
	frame   *cardFrame
	bar     *widget.ProgressBar
	count   *widget.Label
	end     *widget.Label // in the card's place behind the last one
	buttons map[action]*widget.Button
	ended   bool
}

const prefPixels = "label.pixels"

func newCardMode(t *labelTab) *cardMode {
	m := &cardMode{
		t: t, card: newSwipeCard(), frame: newCardFrame(t), bar: widget.NewProgressBar(), count: widget.NewLabel(""),
		end: widget.NewLabel(""), buttons: map[action]*widget.Button{},
	}
	m.crops.js = t.s.jobs
	m.card.smooth = !t.s.app.Preferences().Bool(prefPixels)
	m.card.onSwipe = func(right bool) {
		if right {
			m.verdict(dataset.Face)
		} else {
			m.verdict(dataset.Other)
		}
	}
	m.card.onKey, m.card.onRune = m.key, t.typedRune
	m.bar.TextFormatter = func() string { return "" }
	m.end.Alignment, m.end.Wrapping = fyne.TextAlignCenter, fyne.TextWrapWord

	pixels := widget.NewCheck(tr("Pixels"), func(on bool) {
		m.card.smooth = !on
		t.s.app.Preferences().SetBool(prefPixels, on)
		m.card.Refresh()
		t.focus()
	})
	pixels.Checked = !m.card.smooth
	top := container.NewBorder(nil, nil, m.count, pixels, container.New(middleHeight(8), m.bar))
	big := container.NewGridWithColumns(3,
		m.t.actButton(m.buttons, otherIcon, actOther), m.t.actButton(m.buttons, unsureIcon, actUnsure), m.t.actButton(m.buttons, faceIcon, actFace))
	small := container.NewGridWithColumns(3,
		m.t.actButton(m.buttons, theme.NavigateBackIcon(), actBack), m.t.actButton(m.buttons, theme.NavigateNextIcon(), actSkip), m.t.actButton(m.buttons, theme.MediaSkipNextIcon(), actNext))
	t.keys.follow(m.name)
	middle := container.NewGridWithColumns(2, container.NewStack(m.card, container.NewCenter(container.New(fixedWidth(220), m.end))), m.frame.content)
	m.all = container.NewPadded(container.NewBorder(top, container.NewVBox(container.New(fixedHeight(52), big), small), nil, nil, container.NewPadded(middle)))
	return m
}

// name writes the present keys on the buttons.
func (m *cardMode) name() {
	for a, text := range map[action]string{
		actFace: tr("Face"), actOther: tr("Other"), actUnsure: tr("Unsure"),
		actBack: tr("Back"), actSkip: tr("Skip"), actNext: tr("Next unchecked"),
	} {
		m.buttons[a].SetText(m.t.keys.with(text, a))
	}
}

func (m *cardMode) content() fyne.CanvasObject { return m.all }

// aside is nothing: the frame and its words stand beside the card.
func (m *cardMode) aside() fyne.CanvasObject { return nil }

func (m *cardMode) focus() { m.t.s.win.Canvas().Focus(m.card) }

func (m *cardMode) show(l loaded) {
	m.crops.use(l.project)
	if m.ended && !l.anew && l.project != nil { // more crops may have come behind the last one
		m.goTo(l.index[m.t.current] + 1)
		return
	}
	m.ended = false
	m.draw()
}

func (m *cardMode) update([]int64) {
	if _, ok := m.t.l.index[m.t.current]; ok {
		m.ended = false
	}
	m.draw()
}

func (m *cardMode) key(name fyne.KeyName) {
	if m.t.typedKey(name) {
		return
	}
	n := len(m.t.l.ids)
	at := m.t.l.index[m.t.current]
	switch name {
	case fyne.KeyLeft, fyne.KeyUp:
		m.act(actBack)
	case fyne.KeyRight, fyne.KeyDown:
		m.act(actSkip)
	case fyne.KeyPageUp:
		m.goTo(max(at-10, 0))
	case fyne.KeyPageDown:
		m.goTo(min(at+10, n-1))
	case fyne.KeyHome:
		m.goTo(0)
	case fyne.KeyEnd:
		m.goTo(n - 1)
	}
}

func (m *cardMode) act(a action) bool {
	at, ok := m.t.l.index[m.t.current]
	switch a {
	case actSkip:
		if ok {
			m.goTo(at + 1)
		}
	case actBack:
		if m.ended {
			at++
		}
		m.goTo(max(at-1, 0))
	case actNext:
		if id, ok := m.t.l.nextOpen(m.t.current); ok {
			m.goTo(m.t.l.index[id])
		} else {
			m.goTo(len(m.t.l.ids))
		}
	default:
		return false
	}
	return true
}

// verdict labels the crop. The next one is shown when that is on the disk.
func (m *cardMode) verdict(c dataset.Class) {
	at, ok := m.t.l.index[m.t.current]
	if !ok || m.ended {
		return
	}
	if m.t.label(map[int64]dataset.Class{m.t.current: c}, whatLabel(c)) {
		m.goTo(at + 1)
	}
}

// goTo shows crop i of the list, or the end behind the last one.
func (m *cardMode) goTo(i int) {
	m.ended = i >= len(m.t.l.ids)
	if i >= 0 && !m.ended {
		m.t.setCurrent(m.t.l.ids[i])
	}
	m.draw()
}

// draw shows the current crop as it is now.
func (m *cardMode) draw() {
	l := m.t.l
	s, ok := m.t.rows.get(m.t.current)
	at, in := l.index[m.t.current]
	if !ok || !in || m.ended {
		m.card.picture, m.card.frame = nil, nil
		setText(m.end, m.endText())
		m.end.Show()
		m.frame.show(dataset.Sample{}, nil)
	} else {
		m.card.picture = m.crops.get(s.ID)
		m.card.frame, m.card.caption = nil, ""
		if s.Checked {
			m.card.frame, m.card.caption, m.card.sign = verdictColor(s), className(s.Class), classIcon(s.Class)
		}
		m.end.Hide()
		m.crops.ahead(l.ids[at:min(at+6, len(l.ids))])
		m.frame.show(s, m.next(at))
	}
	m.card.Refresh()
	done := len(l.ids) - l.left
	m.bar.Max = float64(max(1, len(l.ids)))
	m.bar.SetValue(float64(done))
	setText(m.count, tr("%s of %s checked", grouped(done), grouped(len(l.ids))))
}

// next is the crop behind place at, nil at the end.
func (m *cardMode) next(at int) *dataset.Sample {
	if at+1 < len(m.t.l.ids) {
		if s, ok := m.t.rows.get(m.t.l.ids[at+1]); ok {
			return &s
		}
	}
	return nil
}

// endText says what to do when there is no crop to judge.
func (m *cardMode) endText() string {
	switch {
	case len(m.t.l.ids) == 0:
		return m.t.emptyText()
	case m.t.l.left > 0:
		return tr("That was the last one. Not checked yet: %s. %s goes to the first of them.", grouped(m.t.l.left), m.t.keys.label(actNext))
	}
	return tr("All %s crops here are checked. Choose something else on the left, look at suspected ones, or train.", grouped(len(m.t.l.ids)))
}
