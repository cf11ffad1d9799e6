package native

import (
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
)

// Filter is one kind of file offered by a dialog.
type Filter struct {
	Name       string
	Extensions []string // without dot, lower case: "png"; upper case is found too; "*" takes all files
}

const anyExtension = "*"

// Kind is what a question asks for.
type Kind uint8

// The kinds of questions.
const (
	AnyFile Kind = iota // a file that exists
	NewFile             // where to save
	Folder              // a folder that exists
)

// Question is what a dialog asks.
type Question struct {
	Kind    Kind
	Title   string
	Name    string   // proposed for a NewFile
	Filters []Filter // none: every file is offered
}

// Dialogs puts a question to the user, in a dialog that belongs to a window, and tells
// done the path, or "" when the user cancelled. It is System but for tests.
type Dialogs func(w fyne.Window, q Question, done func(path string))

// System asks with the system's own dialogs, and with Fyne's where it has none.
var System Dialogs = system.ask

// OpenFile asks for an existing file. Without filters every file is offered.
func (d Dialogs) OpenFile(w fyne.Window, title string, filters []Filter, done func(path string)) {
	d(w, Question{Kind: AnyFile, Title: title, Filters: filters}, done)
}

// SaveFile asks where to save; name is proposed. A path without extension gets
// the first filter's, unless a file of that name exists. The user has agreed to
// overwrite where the file exists; nothing is created or overwritten here.
func (d Dialogs) SaveFile(w fyne.Window, title, name string, filters []Filter, done func(path string)) {
	d(w, Question{Kind: NewFile, Title: title, Name: name, Filters: filters}, func(path string) {
		done(withExtension(path, filters))
	})
}

// OpenFolder asks for an existing folder.
func (d Dialogs) OpenFolder(w fyne.Window, title string, done func(path string)) {
	d(w, Question{Kind: Folder, Title: title}, done)
}

// withExtension adds the first filter's extension to a path without one, but
// never leads to a file that the user was not asked about.
func withExtension(path string, filters []Filter) string {
	if path == "" || filepath.Ext(path) != "" || len(filters) == 0 || len(filters[0].Extensions) == 0 {
		return path
	}
	longer := path + "." + filters[0].Extensions[0]
	if filters[0].Extensions[0] == anyExtension {
		return path
	}
	if _, err := os.Lstat(longer); !os.IsNotExist(err) {
		return path
	}
	return longer
}

// bothCases returns extensions in lower and upper case: GTK's patterns tell
// them apart.
func bothCases(extensions []string) []string {
	var out []string
	for _, e := range extensions {
		out = append(out, strings.ToLower(e), strings.ToUpper(e))
	}
	return out
}
