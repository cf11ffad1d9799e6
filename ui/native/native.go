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

// OpenFile asks for an existing file. done is told its path, or "" when the
// user cancelled. Without filters every file is offered.
func OpenFile(w fyne.Window, title string, filters []Filter, done func(path string)) {
	system.ask(w, question{kind: openFile, title: title, filters: filters}, done)
}

// SaveFile asks where to save; name is proposed. A path without extension gets
// the first filter's, unless a file of that name exists. The user has agreed to
// overwrite where the file exists; nothing is created or overwritten here.
// See OpenFile for done.
func SaveFile(w fyne.Window, title, name string, filters []Filter, done func(path string)) {
	system.ask(w, question{kind: saveFile, title: title, name: name, filters: filters}, func(path string) {
		done(withExtension(path, filters))
	})
}

// OpenFolder asks for an existing folder. See OpenFile for done.
func OpenFolder(w fyne.Window, title string, done func(path string)) {
	system.ask(w, question{kind: openFolder, title: title}, done)
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
