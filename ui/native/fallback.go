package native

import (
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"
)

// showFyne puts a question with Fyne's dialogs.
func showFyne(w fyne.Window, q Question, done func(path string)) {
	switch q.Kind {
	case AnyFile:
		d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
			if r == nil {
				refused(w, err, done)
				return
			}
			r.Close() // nothing was written, and the caller opens the path itself
			done(r.URI().Path())
		}, w)
		d.SetTitleText(q.Title)
		if e := extensions(q.Filters); len(e) > 0 {
			d.SetFilter(storage.NewExtensionFileFilter(e))
		}
		show(d, w)
	case Folder:
		d := dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
			if u == nil {
				refused(w, err, done)
				return
			}
			done(u.Path())
		}, w)
		d.SetTitleText(q.Title)
		show(d, w)
	case NewFile:
		showSave(w, q, done)
	}
}

// show gives a file dialog most of the window.
func show(d *dialog.FileDialog, w fyne.Window) {
	size := w.Canvas().Size()
	d.Show() // before Resize, which otherwise panics
	d.Resize(fyne.NewSize(min(size.Width*0.9, 900), min(size.Height*0.9, 650)))
}

func refused(w fyne.Window, err error, done func(string)) {
	if err != nil {
		dialog.ShowError(err, w)
	}
	done("")
}

// showSave asks for a path in a line of text. Fyne's own dialog for saving
// empties the chosen file before it answers, which is too early for a program
// that writes a new file first and then renames it.
func showSave(w fyne.Window, q Question, done func(path string)) {
	entry := widget.NewEntry()
	entry.SetText(proposed(q.Name))
	answer := func(ok bool) {
		path := entry.Text
		if !ok || path == "" {
			done("")
			return
		}
		if path = withExtension(path, q.Filters); !exists(path) {
			done(path)
			return
		}
		// "Overwrite?" is translated by package ui.
		dialog.ShowConfirm(lang.L("Overwrite?"), path, func(ok bool) {
			if !ok {
				path = ""
			}
			done(path)
		}, w)
	}
	d := dialog.NewCustomConfirm(q.Title, lang.L("Save"), lang.L("Cancel"), entry, answer, w)
	d.Resize(fyne.NewSize(min(w.Canvas().Size().Width*0.9, 640), d.MinSize().Height))
	d.Show()
	w.Canvas().Focus(entry)
}

// proposed returns a path in the user's home for a name.
func proposed(name string) string {
	home, err := os.UserHomeDir()
	if err != nil || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(home, name)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// extensions returns what Fyne filters by; nil where a filter takes all files.
func extensions(filters []Filter) []string {
	var out []string
	for _, f := range filters {
		for _, e := range f.Extensions {
			if e == anyExtension {
				return nil
			}
			out = append(out, "."+e)
		}
	}
	return out
}
