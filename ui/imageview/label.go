package imageview

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

const (
	labelSize = 12 // text size in units: legible at any zoom, since it does not follow it
	labelPad  = 4
	// smallBox is the width in units below which a box shows its caption only
	// while it is hovered or selected: a plate would hide it.
	smallBox = 16
	// crowd is the number of boxes from which captions are left out where they
	// would cover another one; hovering shows them.
	crowd = 40
)

// label is a caption on its plate. Labels are reused for other boxes.
type label struct {
	plate *canvas.Rectangle
	text  *canvas.Text
	size  fyne.Size // of the plate
}

func newLabel() *label {
	l := &label{plate: canvas.NewRectangle(color.Black), text: canvas.NewText("", color.White)}
	l.plate.CornerRadius = 3
	l.text.TextSize = labelSize
	l.text.TextStyle.Bold = true
	return l
}

// set changes text and colour, and returns the size of the plate.
func (l *label) set(text string, c color.RGBA) fyne.Size {
	if l.text.Text != text || l.plate.FillColor != c {
		l.text.Text, l.text.Color, l.plate.FillColor = text, ink(c), c
		l.text.Resize(l.text.MinSize())
		l.size = l.text.Size().Add(fyne.NewSize(2*labelPad, 0))
		l.text.Refresh()
		l.plate.Refresh()
	}
	return l.size
}

func (l *label) show(at area) {
	l.plate.Move(fyne.NewPos(float32(at.x0), float32(at.y0)))
	l.plate.Resize(fyne.NewSize(float32(at.x1-at.x0), float32(at.y1-at.y0)))
	l.text.Move(fyne.NewPos(float32(at.x0)+labelPad, float32(at.y0)))
	if l.plate.Hidden {
		l.plate.Show()
		l.text.Show()
	}
}

func (l *label) hide() {
	if !l.plate.Hidden {
		l.plate.Hide()
		l.text.Hide()
	}
}

// placeLabel returns where the plate of a box goes in a pane of w by h: above
// the box, below it, or at its upper edge inside, whichever first is clear of
// the plates already there; always wholly inside the pane. Where none is clear
// it returns the first one and false.
func placeLabel(box area, lw, lh, w, h float64, taken []area) (at area, clear bool) {
	const off = 3 // clear of the line
	x := min(max(box.x0-off/2, 0), max(w-lw, 0))
	first := area{}
	for i, y := range []float64{box.y0 - lh - off, box.y1 + off, box.y0 + off} {
		y = min(max(y, 0), max(h-lh, 0))
		a := area{x, y, x + lw, y + lh}
		if i == 0 {
			first = a
		}
		free := true
		for _, t := range taken {
			free = free && !a.overlaps(t)
		}
		if free {
			return a, true
		}
	}
	return first, false
}
