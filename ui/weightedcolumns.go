package ui

import (
	"fyne.io/fyne/v2"
)

// weightedColumns lays out rows of as many cells as it has numbers; a column is as wide as its
// share of them.
type weightedColumns []float32

// MinSize implements fyne.Layout.
func (w weightedColumns) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	sum := float32(0)
	for _, v := range w {
		sum += v
	}
	for i, o := range objects {
		size = size.Max(fyne.NewSize(o.MinSize().Width/w[i%len(w)]*sum, o.MinSize().Height))
	}
	rows := (len(objects) + len(w) - 1) / len(w)
	return fyne.NewSize(size.Width, size.Height*float32(rows))
}

// Layout implements fyne.Layout.
func (w weightedColumns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	sum := float32(0)
	for _, v := range w {
		sum += v
	}
	rows := (len(objects) + len(w) - 1) / len(w)
	height, left := size.Height/float32(max(1, rows)), float32(0)
	for i, o := range objects {
		column := i % len(w)
		if column == 0 {
			left = 0
		}
		width := size.Width * w[column] / sum
		o.Move(fyne.NewPos(left, height*float32(i/len(w))))
		o.Resize(fyne.NewSize(width, height))
		left += width
	}
}
