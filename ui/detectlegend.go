package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"frglab/ui/imageview"
)

// detectLegend says what the boxes mean, and how many there are of each kind.
type detectLegend struct {
	content fyne.CanvasObject
	labels  [3]*widget.Label
}

func newDetectLegend(keys *bindings) *detectLegend {
	l := &detectLegend{}
	row := container.NewHBox()
	for i, b := range []imageview.Box{byBoth, byOneCNN, byOneCascade} {
		l.labels[i] = widget.NewLabel("")
		row.Add(container.New(layout.NewCenterLayout(), imageview.NewSwatch(b)))
		row.Add(l.labels[i])
	}
	hint := widget.NewLabel("")
	keys.follow(func() {
		hint.SetText(keys.fill(tr("Click a box, then {detect.false}: not a face. {detect.right}: a face. {detect.missed}: a missed face.")))
	})
	hint.Alignment = fyne.TextAlignTrailing
	hint.Truncation = fyne.TextTruncateEllipsis
	l.content = container.NewBorder(nil, nil, row, nil, hint)
	l.count(nil, nil, false)
	return l
}

// count takes the boxes of both panes: of two detectors, or where comparing of one model
// and of what it was before.
func (l *detectLegend) count(cnn, cascade []imageview.Box, comparing bool) {
	of := func(list []imageview.Box, kind imageview.Box) (n int) {
		for _, b := range list {
			if b.Line == kind.Line {
				n++
			}
		}
		return n
	}
	names := [3]string{tr("both agree"), tr("only the CNN"), tr("only the cascade")}
	if comparing {
		names = [3]string{tr("as before"), tr("new"), tr("gone")}
	}
	for i, n := range [3]int{of(cnn, byBoth), of(cnn, byOneCNN), of(cascade, byOneCascade)} {
		l.labels[i].SetText(names[i] + "  " + strconv.Itoa(n))
	}
}
