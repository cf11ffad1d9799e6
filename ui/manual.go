package ui

import (
	"io/fs"
	"slices"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/assets"
)

// The pages of the manual: those of the tabs in their order, and how all of it works
// together. They are files manual/<language>/<page>.md.
var manualPages = []string{"label", "train", "detect", "evaluate", pageHow}

const pageHow = "how"

// manualNames are the pages as the user calls them.
func manualNames() []string {
	return []string{tr("Label"), tr("Train"), tr("Detect"), tr("Evaluate"), tr("How it works")}
}

// showManual shows a page of the manual, over a dialog if one is open, and lets the user
// turn to others.
func (w *window) showManual(page string) {
	overlays := w.win.Canvas().Overlays()
	if w.page != nil && slices.Contains(overlays.List(), w.page) {
		return
	}
	text := widget.NewRichText()
	text.Wrapping = fyne.TextWrapWord
	if manualLanguage() == "ja" {
		text.Wrapping = fyne.TextWrapBreak // for there are no spaces between words
	}
	scroll := container.NewVScroll(container.New(rightMargin(theme.Padding()*3), text))
	turns := container.NewVBox()
	var turn func(page string)
	buttons := map[string]*widget.Button{}
	for i, name := range manualNames() {
		b := widget.NewButton(name, func() { turn(manualPages[i]) })
		b.Alignment = widget.ButtonAlignLeading
		buttons[manualPages[i]] = b
		turns.Add(b)
	}
	turn = func(page string) {
		for name, b := range buttons {
			b.Importance = widget.LowImportance
			if name == page {
				b.Importance = widget.HighImportance
			}
			b.Refresh()
		}
		text.ParseMarkdown(w.manual(page))
		scroll.ScrollToTop()
	}
	turn(page)
	keys := widget.NewButtonWithIcon(tr("Keys"), theme.ComputerIcon(), nil)
	keys.Importance = widget.LowImportance
	keys.Alignment = widget.ButtonAlignLeading
	turns.Add(widget.NewSeparator())
	turns.Add(keys)
	catcher := newKeyCatcher(func(k key) {
		if k == key(fyne.KeyEscape) {
			w.typed(&fyne.KeyEvent{Name: fyne.KeyEscape})
		}
	})
	body := container.NewStack(catcher, container.NewBorder(nil, nil, container.NewHBox(turns, widget.NewSeparator()), nil, scroll))
	d := dialog.NewCustom(tr("Manual"), tr("Close"), body, w.win)
	d.SetOnClosed(w.focusTab)
	keys.OnTapped = func() { d.Hide(); w.showSheet() }
	size := w.win.Canvas().Size()
	d.Resize(fyne.NewSize(min(grown(860), size.Width-40), min(grown(680), size.Height-40)))
	d.Show()
	w.page = overlays.Top()
	w.win.Canvas().Focus(catcher)
}

// manual is a page in the language of the window, with the present keys: see bindings.fill.
func (w *window) manual(page string) string {
	return w.keys.filled(manualPage(manualLanguage(), page), func(label string) string {
		if len(label) == 1 && !unicode.IsLetter(rune(label[0])) && !unicode.IsDigit(rune(label[0])) {
			label = "“" + label + "”" // a comma is hard to see
		}
		return "**" + label + "**"
	})
}

// manualLanguage is the folder of the pages in the present language.
func manualLanguage() string {
	if len(texts) > 0 {
		return "ja"
	}
	return "en"
}

// manualPage is a page as it is written; "" where there is none, which a test rules out.
func manualPage(language, page string) string {
	text, _ := fs.ReadFile(assets.Manual(), language+"/"+page+".md")
	return string(text)
}
