package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// keySection is a part of the sheet of keys: keys on the left, what they do on the right.
type keySection struct {
	title string
	rows  [][2]string
}

// keySections are the keys that nobody can change.
func keySections() []keySection {
	return []keySection{
		{tr("Crops"), labelKeys()},
		{tr("Frame"), frameKeys()},
		{tr("Detect"), detectKeys()},
		{tr("Everywhere"), [][2]string{
			{"Ctrl+1 / 2 / 3 / 4", tr("Label, Train, Detect, Evaluate")},
			{"Ctrl+Z / Ctrl+Y", tr("undo, redo")},
			{"Ctrl+V", tr("paste a picture")},
			{"F1", tr("the manual of this tab")},
		}},
	}
}

// labelKeys are the keys of the Label tab that move about.
func labelKeys() [][2]string {
	return [][2]string{
		{tr("click"), tr("wrong on its page, or not of its cluster")},
		{"Ctrl / Shift + " + tr("click"), tr("select several")},
		{tr("drag"), tr("select what it touches; a card: left other, right face")},
		{"Ctrl+A, Esc", tr("select all, none")},
		{tr("arrows, Home, End"), tr("another crop; with Shift select, with Ctrl only move")},
		{"PgUp / PgDn", tr("page by page")},
		{tr("Space"), tr("select the crop, or not")},
		{"+ / −", tr("larger, smaller")},
		{tr("double click"), tr("the crop as a card")},
	}
}

// keySheet shows all keys, and gives those of actions to other ones.
type keySheet struct {
	w       *window
	catcher *keyCatcher
	message *widget.Label
	buttons map[action]*widget.Button
	waiting *actionInfo // for a key
}

func (w *window) showKeys() {
	if w.win.Canvas().Overlays().Top() != nil {
		return
	}
	k := newKeySheet(w)
	d := dialog.NewCustom(tr("Keys"), tr("Close"), k.content(), w.win)
	d.SetOnClosed(w.focusTab)
	size := w.win.Canvas().Size()
	d.Resize(fyne.NewSize(min(860, size.Width-40), min(900, size.Height-40)))
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
	for _, part := range []struct {
		title string
		modes int
	}{{tr("Label"), inAll}, {tr("Detect"), inDetect}, {tr("Everywhere"), inMenu}} {
		sheet.Add(heading(part.title))
		sheet.Add(k.choices(part.modes))
	}
	k.name()
	sheet.Add(heading(tr("Signs")))
	sheet.Add(signTable())
	sheet.Add(widget.NewSeparator())
	sheet.Add(wrapped(tr("These keys stay as they are:")))
	for _, s := range keySections() {
		sheet.Add(heading(s.title))
		sheet.Add(keyTable(s.rows))
	}
	return container.NewStack(k.catcher, container.NewVScroll(container.New(rightMargin(theme.Padding()*3), sheet)))
}

// choices are the actions of these modes, with a button each to choose another key.
func (k *keySheet) choices(modes int) fyne.CanvasObject {
	rows := container.NewGridWithColumns(2)
	for _, a := range actions {
		if a.modes&modes == 0 {
			continue
		}
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
	k.waiting = &a
	k.name()
	k.w.win.Canvas().Focus(k.catcher)
}

func (k *keySheet) stop() {
	k.waiting = nil
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
		b.Importance, b.Text = widget.MediumImportance, k.w.keys.label(a.action)
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

// keyTable is a dense table.
func keyTable(rows [][2]string) fyne.CanvasObject {
	var keys, acts []string
	for _, r := range rows {
		keys, acts = append(keys, r[0]), append(acts, r[1])
	}
	left := widget.NewLabelWithStyle(strings.Join(keys, "\n"), fyne.TextAlignTrailing, fyne.TextStyle{Bold: true})
	return container.NewBorder(nil, nil, container.New(fixedWidth(190), left), nil, widget.NewLabel(strings.Join(acts, "\n")))
}
