package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// field is a setting on screen.
type field struct {
	setting
	entry  *widget.Entry  // a number
	choose *widget.Select // one of several values
	check  *widget.Check  // yes or no
}

// row is a setting with what it does below it.
func (f *trainForm) row(s setting) fyne.CanvasObject {
	w := field{setting: s}
	var input fyne.CanvasObject
	switch {
	case slices.Equal(s.choices, yesNo):
		w.check = widget.NewCheck("", func(bool) { f.guess() })
		input = w.check
	case s.choices != nil:
		var words []string
		for _, v := range s.choices {
			words = append(words, s.word(v))
		}
		w.choose = widget.NewSelect(words, func(string) { f.guess() })
		input = w.choose
	default:
		w.entry = widget.NewEntry()
		w.entry.OnChanged = func(string) { f.guess() }
		input = w.entry
	}
	f.fields = append(f.fields, w)
	help := small(s.help)
	help.Wrapping = fyne.TextWrapWord
	name := widget.NewLabel(s.name)
	line := container.NewBorder(nil, nil, container.New(fixedWidth(124), name), nil, input)
	return container.New(tight{}, line, help)
}

// small is a text beside more important ones.
func small(text string) *widget.RichText {
	return widget.NewRichText(&widget.TextSegment{Text: text, Style: widget.RichTextStyle{
		ColorName: theme.ColorNamePlaceHolder, SizeName: theme.SizeNameCaptionText,
	}})
}

// tight stacks two objects, the second drawn up to the first.
type tight struct{}

const drawnUp = 10

// MinSize implements fyne.Layout.
func (tight) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height-drawnUp)
}

// Layout implements fyne.Layout.
func (tight) Layout(o []fyne.CanvasObject, size fyne.Size) {
	h := o[0].MinSize().Height
	o[0].Resize(fyne.NewSize(size.Width, h))
	o[1].Move(fyne.NewPos(0, h-drawnUp/2))
	o[1].Resize(fyne.NewSize(size.Width, size.Height-h))
}
