package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// newScoreRow is a dense line: a name, a bar as long as share of its place, and a text.
func newScoreRow(name, text string, share float64) fyne.CanvasObject {
	write := func(s string) fyne.CanvasObject {
		t := canvas.NewText(s, theme.Color(theme.ColorNameForeground))
		return container.New(middleHeight(t.MinSize().Height), t)
	}
	track := canvas.NewRectangle(theme.Color(theme.ColorNameInputBackground))
	bar := canvas.NewRectangle(theme.Color(theme.ColorNamePrimary))
	track.CornerRadius, bar.CornerRadius = 3, 3
	return container.NewPadded(container.New(fixedHeight(20), container.NewBorder(nil, nil,
		container.New(fixedWidth(104), write(name)), container.New(fixedWidth(64), write(text)),
		container.New(middleHeight(8), container.New(shares{share}, track, bar)))))
}

// shares lays the first object out over the whole place, and the second over its share from
// the left.
type shares struct{ share float64 }

// MinSize implements fyne.Layout.
func (shares) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(40, 6) }

// Layout implements fyne.Layout.
func (s shares) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	objects[1].Resize(fyne.NewSize(size.Width*float32(s.share), size.Height))
}
