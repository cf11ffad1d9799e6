package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"frglab/ui/imageview"
)

// detectLayouts are the buttons that lay the panes out.
type detectLayouts struct {
	t       *detectTab
	content *fyne.Container
	buttons [3]*widget.Button // by imageview.Layout
}

func newDetectLayouts(t *detectTab) *detectLayouts {
	l := &detectLayouts{t: t, content: container.NewHBox()}
	for i, icon := range []fyne.Resource{besideIcon, aloneIcon, swipeIcon} {
		l.buttons[i] = widget.NewButtonWithIcon("", icon, func() { l.set(imageview.Layout(i)) })
		l.content.Add(t.s.tip(l.buttons[i], func() string {
			names := []string{tr("next to each other"), tr("one alone"), tr("swipe")}
			return t.s.keys.with(names[i], actLayout)
		}))
	}
	l.content.Add(t.s.keyTip(widget.NewButtonWithIcon("", swapIcon, t.swap), actSwap))
	l.refresh()
	return l
}

func (l *detectLayouts) set(layout imageview.Layout) {
	l.t.pair.SetLayout(layout)
	l.refresh()
	l.t.focus()
}

func (l *detectLayouts) refresh() {
	for i, b := range l.buttons {
		b.Importance = widget.LowImportance
		if imageview.Layout(i) == l.t.pair.Layout() {
			b.Importance = widget.HighImportance
		}
		b.Refresh()
	}
}

// swap changes the sides of the two detectors; where one is alone, the other is seen.
func (t *detectTab) swap() {
	t.pair.Swap()
	t.focus()
}

// focus gives the keys to a pane that can be seen.
func (t *detectTab) focus() {
	pane := t.left
	if !pane.Visible() || t.right.Selected() >= 0 && t.right.Visible() {
		pane = t.right
	}
	t.s.win.Canvas().Focus(pane)
}
