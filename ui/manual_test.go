package ui

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"frglab/assets"
	"frglab/ui/cli"
)

// TestManual reads each page in both languages: there is one of every tab, no other one,
// the keys in it are those of the sheet, and the languages say the same.
func TestManual(t *testing.T) {
	named := regexp.MustCompile(`\{([^}]*)\}`)
	code := regexp.MustCompile("`([^`]*)`")
	for _, language := range []string{"en", "ja"} {
		files, err := fs.ReadDir(assets.Manual(), language)
		if err != nil || len(files) != len(manualPages) {
			t.Errorf("%s has %d pages (%v), want %d", language, len(files), err, len(manualPages))
		}
		for _, page := range manualPages {
			text := manualPage(language, page)
			if !strings.HasPrefix(text, "# ") || len(text) < 500 {
				t.Errorf("%s/%s.md is no page: %.40q", language, page, text)
			}
			for _, m := range named.FindAllStringSubmatch(text, -1) {
				if !isKeyName(m[1]) {
					t.Errorf("%s/%s.md: no action or gesture is called %q", language, page, m[1])
				}
			}
			for _, m := range code.FindAllStringSubmatch(text, -1) {
				command, isCommand := strings.CutPrefix(m[1], "frglab ")
				if !isCommand || !cli.IsCommand(strings.Fields(command)) {
					t.Errorf("%s/%s.md: %q is no command; a key is named by its action", language, page, m[1])
				}
			}
			if language == "ja" {
				for _, find := range []*regexp.Regexp{named, code, regexp.MustCompile(`(?m)^(#+|\d\.|-) `)} {
					english := manualPage("en", page)
					a, b := find.FindAllString(english, -1), find.FindAllString(text, -1)
					slices.Sort(a)
					slices.Sort(b)
					if !slices.Equal(a, b) {
						t.Errorf("%s.md: English has %q, Japanese %q", page, a, b)
					}
				}
			}
		}
	}
}

// TestManualOpens shows the page of the tab on screen by its key, its button and the menu,
// with the present keys, and turns to another page.
func TestManualOpens(t *testing.T) {
	w, _, _ := open(t, 3)
	if err := w.keys.set(actAccept, "j"); err != nil {
		t.Fatal(err)
	}
	page := func() string {
		top := w.win.Canvas().Overlays().Top()
		if top == nil {
			return ""
		}
		text := ""
		for _, o := range test.LaidOutObjects(top) {
			if r, ok := o.(*widget.RichText); ok && len(r.String()) > len(text) {
				text = r.String()
			}
		}
		return text
	}
	for tab, want := range []string{"say what each crop is", "a network learns", "OpenCV's cascade finds", "how good network and cascade are"} {
		w.tabs.SelectIndex(tab)
		w.help()
		if got := page(); !strings.Contains(got, want) {
			t.Errorf("tab %d: the page is %.80q", tab, got)
		}
		w.typed(&fyne.KeyEvent{Name: fyne.KeyEscape})
	}
	w.tabs.SelectIndex(tabLabel)
	w.functionKey(fyne.KeyF1)
	if got := page(); !strings.Contains(got, "say what each crop is") {
		t.Errorf("F1 in the Label tab shows %.80q", got)
	}
	if got := w.manual("label"); !strings.Contains(got, "press **J**:") {
		t.Errorf("the page does not say the present key: %.400q", got)
	}
	for _, o := range test.LaidOutObjects(w.win.Canvas().Overlays().Top()) {
		if b, ok := o.(*widget.Button); ok && b.Text == "How it works" {
			test.Tap(b)
		}
	}
	if got := page(); !strings.Contains(got, "The way of the data") {
		t.Errorf("the button turned to %.80q", got)
	}
	w.typed(&fyne.KeyEvent{Name: fyne.KeyEscape})
	w.tabs.SelectIndex(tabDetect)
	w.functionKey(fyne.KeyF1)
	if got := page(); !strings.Contains(got, "OpenCV's cascade") {
		t.Errorf("F1 in the Detect tab shows %.80q", got)
	}
}
