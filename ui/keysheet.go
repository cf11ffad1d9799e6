package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// keySection is a part of the sheet of keys.
type keySection struct {
	title    string
	actions  []actionInfo
	gestures []gesture
}

// keySections are all keys, by where they work. What works in several tabs stands under
// "Everywhere".
func keySections() []keySection {
	sections := []keySection{{title: tr("Label")}, {title: tr("Frame, missed faces")}, {title: tr("Detect")}, {title: tr("Evaluate")}, {title: tr("Everywhere")}}
	place := func(modes int) *keySection {
		for i, tab := range []int{inFrames, inAll, inDetect, inEvaluate} {
			if modes&^tab == 0 {
				return &sections[[]int{1, 0, 2, 3}[i]]
			}
		}
		return &sections[4]
	}
	for _, a := range actions {
		s := place(a.modes)
		s.actions = append(s.actions, a)
	}
	for _, g := range gestures {
		s := place(g.modes)
		s.gestures = append(s.gestures, g)
	}
	return sections
}

// keySheet shows all keys, and gives those of actions to other ones.
type keySheet struct {
	w       *window
	catcher *keyCatcher
	message *widget.Label
	buttons map[action]*widget.Button
	waiting *actionInfo // for a key
}

func (w *window) showSheet() {
	if w.win.Canvas().Overlays().Top() != nil {
		return
	}
	k := newKeySheet(w)
	d := dialog.NewCustom(tr("Keys"), tr("Close"), k.content(), w.win)
	d.SetOnClosed(func() { w.keys.catch = nil; w.focusTab() })
	size := w.win.Canvas().Size()
	d.Resize(fyne.NewSize(min(grown(900), size.Width-40), min(grown(900), size.Height-40)))
	d.Show()
	w.win.Canvas().Focus(k.catcher)
}

func newKeySheet(w *window) *keySheet {
	k := &keySheet{w: w, message: widget.NewLabel(""), buttons: map[action]*widget.Button{}}
	k.catcher = newKeyCatcher(k.caught)
	k.message.Wrapping = fyne.TextWrapWord
	k.say(nil)
	return k
}

func (k *keySheet) content() fyne.CanvasObject {
	heading := statsHeading
	reset := widget.NewButtonWithIcon(tr("Usual keys"), theme.ViewRefreshIcon(), func() {
		k.w.keys.reset()
		k.stop()
		k.say(nil)
	})
	sheet := container.NewVBox(container.NewBorder(nil, nil, nil, reset, k.message))
	for _, part := range keySections() {
		sheet.Add(heading(part.title))
		sheet.Add(k.choices(part.actions))
		if len(part.gestures) > 0 {
			sheet.Add(gestureTable(part.gestures))
		}
	}
	k.name()
	sheet.Add(heading(tr("Signs")))
	sheet.Add(signTable())
	return container.NewStack(k.catcher, container.NewVScroll(container.New(rightMargin(theme.Padding()*3), sheet)))
}

// choices are actions, with a button each to choose another key.
func (k *keySheet) choices(actions []actionInfo) fyne.CanvasObject {
	rows := container.NewGridWithColumns(2)
	for _, a := range actions {
		b := widget.NewButton("", func() { k.ask(a) })
		k.buttons[a.action] = b
		text := widget.NewLabel(a.text())
		text.Truncation = fyne.TextTruncateEllipsis
		rows.Add(container.NewBorder(nil, nil, container.New(fixedWidth(96), b), nil, text))
	}
	return rows
}

// ask waits for the key that an action gets.
func (k *keySheet) ask(a actionInfo) {
	k.stop()
	k.waiting, k.w.keys.catch = &a, k.caught
	k.name()
	k.w.win.Canvas().Focus(k.catcher)
}

func (k *keySheet) stop() {
	k.waiting, k.w.keys.catch = nil, nil
	k.name()
	k.w.win.Canvas().Focus(k.catcher)
}

// caught takes the key; Escape leaves things as they are.
func (k *keySheet) caught(pressed key) {
	switch {
	case k.waiting == nil && pressed == key(fyne.KeyEscape):
		k.w.typed(&fyne.KeyEvent{Name: fyne.KeyEscape})
		return
	case k.waiting == nil:
		return
	case pressed != key(fyne.KeyEscape):
		k.say(k.w.keys.set(k.waiting.action, pressed))
	}
	k.stop()
}

func (k *keySheet) say(err error) {
	k.message.Importance = widget.MediumImportance
	k.message.SetText(tr("Click a key to choose another one."))
	if err != nil {
		k.message.Importance = widget.DangerImportance
		k.message.SetText(err.Error())
	}
}

// name writes the present keys on the buttons.
func (k *keySheet) name() {
	for _, a := range actions {
		b := k.buttons[a.action]
		if b == nil {
			continue
		}
		b.Importance, b.Text = widget.MediumImportance, k.w.keys.labels(a.action)
		if k.waiting != nil && k.waiting.action == a.action {
			b.Importance, b.Text = widget.HighImportance, tr("press a key…")
		}
		b.Refresh()
	}
}

// signTable says what the signs in the cells mean.
func signTable() fyne.CanvasObject {
	rows := container.NewGridWithColumns(2)
	for _, s := range []struct {
		sign fyne.Resource
		text string
	}{
		{faceIcon, tr("checked: a face")},
		{suspectIcon, tr("the label is probably wrong")},
		{otherIcon, tr("checked: no face")},
		{twinIcon, tr("a duplicate; another crop is shown for it")},
		{unsureIcon, tr("checked: unsure")},
		{validIcon, tr("of the split to check with")},
		{openIcon, tr("not checked")},
		{nil, tr("+3: so many duplicates are folded under it")},
	} {
		text := widget.NewLabel(s.text)
		text.Truncation = fyne.TextTruncateEllipsis
		rows.Add(container.NewBorder(nil, nil, container.New(fixedWidth(96), container.NewCenter(widget.NewIcon(s.sign))), nil, text))
	}
	return rows
}

// gestureTable is what stays as it is, dense.
func gestureTable(list []gesture) fyne.CanvasObject {
	var keys, acts []string
	for _, g := range list {
		keys, acts = append(keys, g.keys()), append(acts, g.text())
	}
	left := widget.NewLabelWithStyle(strings.Join(keys, "\n"), fyne.TextAlignTrailing, fyne.TextStyle{Bold: true})
	right := widget.NewLabel(strings.Join(acts, "\n"))
	return container.NewBorder(nil, nil, container.New(fixedWidth(190), left), nil, right)
}
