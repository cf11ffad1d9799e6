package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// labelBar is the line above the Label tab: the modes, and what every mode has.
type labelBar struct {
	t       *labelTab
	content fyne.CanvasObject
	modes   *segments
}

func newLabelBar(t *labelTab) *labelBar {
	b := &labelBar{t: t}
	icons := []fyne.Resource{theme.GridIcon(), theme.FileImageIcon(), theme.StorageIcon(), theme.MediaPhotoIcon(), theme.VisibilityIcon()}
	b.modes = newSegments(t.names, icons, t.turnTo)
	tool := func(icon fyne.Resource, a action) fyne.CanvasObject {
		button := widget.NewButtonWithIcon("", icon, func() {
			t.common(a)
			if a == actUndo || a == actRedo {
				t.focus()
			}
		})
		button.Importance = widget.LowImportance
		return t.s.keyTip(button, a)
	}
	side := widget.NewButtonWithIcon("", theme.MenuIcon(), t.filter.toggle)
	side.Importance = widget.LowImportance
	b.content = container.NewBorder(nil, nil,
		container.NewHBox(t.s.tip(side, func() string { return tr("what is shown, at the side") }), b.modes.content),
		container.NewHBox(tool(theme.ContentUndoIcon(), actUndo), tool(theme.ContentRedoIcon(), actRedo),
			tool(theme.HistoryIcon(), actHistory), tool(theme.InfoIcon(), actStats), tool(theme.ComputerIcon(), actKeys)),
		layout.NewSpacer())
	return b
}

func (b *labelBar) refresh() { b.modes.choose(b.t.at) }

// segments is a row of buttons of which one is on.
type segments struct {
	content *fyne.Container
	buttons []*widget.Button
}

func newSegments(texts []string, icons []fyne.Resource, chosen func(i int)) *segments {
	s := &segments{content: container.New(layout.NewCustomPaddedHBoxLayout(2))}
	for i, text := range texts {
		b := widget.NewButtonWithIcon(text, icons[i], func() { chosen(i) })
		s.buttons = append(s.buttons, b)
		s.content.Add(b)
	}
	s.choose(0)
	return s
}

// choose shows which one is on.
func (s *segments) choose(at int) {
	for i, b := range s.buttons {
		b.Importance = widget.MediumImportance
		if i == at {
			b.Importance = widget.HighImportance
		}
		b.Refresh()
	}
}
