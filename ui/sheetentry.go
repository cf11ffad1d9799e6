package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// sheetEntry is a text field of a dialog: Escape closes that, which a field of Fyne's would
// swallow.
type sheetEntry struct {
	widget.Entry
	s *session
}

func newSheetEntry(s *session) *sheetEntry {
	e := &sheetEntry{s: s}
	e.ExtendBaseWidget(e)
	return e
}

// TypedKey implements fyne.Focusable.
func (e *sheetEntry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		e.s.win.Canvas().Unfocus()
		e.s.win.Canvas().OnTypedKey()(k)
		return
	}
	e.Entry.TypedKey(k)
}
