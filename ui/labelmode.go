package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
)

// labelMode is one way to look at the chosen crops. Its keys go through
// labelTab.act first, or reach it from there. Its calls belong to the UI goroutine.
type labelMode interface {
	content() fyne.CanvasObject
	focus()             // give the keys to it
	show(l loaded)      // other samples are chosen, or it comes on screen: look at labelTab.current
	update(ids []int64) // these samples were labelled, undone, or came
}

// asideMode is a mode that brings what stands on the right in the inspector's place;
// nil for nothing.
type asideMode interface{ aside() fyne.CanvasObject }

// actMode is a mode with keys of its own; false where it does not know the action.
type actMode interface{ act(a action) bool }

// verdictMode is a mode in which a verdict is about more than the current crop.
type verdictMode interface{ verdict(c dataset.Class) }

// The modes, in the order of their buttons.
const (
	modeGrid = iota
	modeCard
	modeClusters
	modeFrame
	modeMissed
)

// turnTo puts another mode on screen. The project, the filter and the current crop
// stay what they are.
func (t *labelTab) turnTo(mode int) {
	if mode != t.at {
		t.at = mode
		t.arrange()
	}
	t.focus()
}

// arrange puts the mode's content on screen.
func (t *labelTab) arrange() {
	m := t.modes[t.at]
	t.middle.Objects = []fyne.CanvasObject{m.content()}
	t.beside.Objects = []fyne.CanvasObject{t.look.content}
	if a, ok := m.(asideMode); ok {
		t.beside.Objects = nil
		if o := a.aside(); o != nil {
			t.beside.Objects = []fyne.CanvasObject{o}
		}
	}
	t.bar.refresh()
	m.show(t.l)
	t.look.show(t.current)
	t.content.Refresh()
}

// openFrame shows a frame in frame mode. A sample other than 0 is marked there.
func (t *labelTab) openFrame(source int64, frame int, sample int64) {
	if sample != 0 {
		t.setCurrent(sample)
	}
	t.turnTo(modeFrame)
	t.frames.open(source, frame, sample)
}

// setCurrent is told by the mode which crop is looked at.
func (t *labelTab) setCurrent(id int64) {
	t.current = id
	t.look.show(id)
}

// act does what a key asks for; false where the mode on screen has no such action.
func (t *labelTab) act(a action) bool {
	if m, ok := t.modes[t.at].(actMode); ok && m.act(a) {
		return true
	}
	return t.common(a)
}

// common are the actions of every mode.
func (t *labelTab) common(a action) bool {
	switch a {
	case actGrid, actCard, actClusters, actFrame, actMissed:
		t.turnTo(int(a - actGrid))
	case actFace, actOther, actUnsure:
		t.verdict(dataset.Class(a - actFace))
	case actRemove:
		t.remove()
	case actUndo:
		t.undo()
	case actRedo:
		t.redo()
	case actShowFrame:
		t.showFrame()
	case actSimilar:
		t.similar()
	case actHistory:
		t.showHistory()
	case actStats:
		t.showStats()
	case actSearch:
		t.filter.search()
	case actKeys:
		t.s.showKeys()
	default:
		return false
	}
	return true
}

// showFrame goes to the frame that the current crop was cut from.
func (t *labelTab) showFrame() {
	if s, ok := t.rows.get(t.current); ok {
		t.openFrame(s.Source, s.Frame, s.ID)
	}
}

// typedKey and typedRune are for the modes' widgets: the first is asked before a widget
// acts on a key itself; true means taken.
func (t *labelTab) typedKey(name fyne.KeyName) bool {
	return t.keys.pressed(keyOf(name), t.at, t.act)
}

func (t *labelTab) typedRune(r rune) {
	t.keys.pressed(runeKey(r), t.at, t.act)
}

// actButton makes the button of an act, and puts it among the buttons of a mode.
func (t *labelTab) actButton(buttons map[action]*widget.Button, icon fyne.Resource, a action) *widget.Button {
	b := widget.NewButtonWithIcon("", icon, func() { t.act(a); t.focus() })
	if a == actBack || a == actSkip || a == actNext {
		b.Importance = widget.LowImportance
	}
	buttons[a] = b
	return b
}
