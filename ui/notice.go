package ui

import (
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
)

// notify says in the status bar what was just done.
func (s *session) notify(text string) {
	s.notice = text
	s.jobs.changed()
}

// tellImported sums an import up: in the status bar where all went well, in a
// dialog that names the files where some did not.
func (s *session) tellImported(path string, r dataset.ImportReport) {
	s.notify(tr("%s: %d crops added, %d were there already.", filepath.Base(path), r.Added, r.Skipped))
	lines := append([]string(nil), r.Warnings...)
	for _, f := range r.Failed {
		lines = append(lines, f.Path+": "+f.Reason)
	}
	s.showLines(tr("%d crops added; these lines need a look", r.Added), lines)
}

// showLines shows messages in a dialog, where there are any, in the window's language.
func (s *session) showLines(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	var shown []string
	for _, line := range lines {
		shown = append(shown, oneLined(reason(line)))
	}
	text := widget.NewLabel(strings.Join(shown, "\n"))
	text.Wrapping = fyne.TextWrapWord
	text.Selectable = true
	d := dialog.NewCustom(title, tr("Close"), container.NewVScroll(text), s.win)
	d.Resize(fyne.NewSize(620, 380))
	d.Show()
}
