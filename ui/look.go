package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
)

// The colours of verdicts and detectors, told apart by colour-blind readers too
// (Okabe and Ito 2008). Shapes and dashes carry the same meaning.
var (
	faceColor    = color.NRGBA{0x00, 0x9e, 0x73, 0xff} // bluish green
	otherColor   = color.NRGBA{0xd5, 0x5e, 0x00, 0xff} // vermilion
	unsureColor  = color.NRGBA{0xe6, 0x9f, 0x00, 0xff} // orange
	suspectColor = color.NRGBA{0xf0, 0xe4, 0x42, 0xff} // yellow
	validColor   = color.NRGBA{0x00, 0x72, 0xb2, 0xff} // blue
	twinColor    = color.NRGBA{0x55, 0x55, 0x55, 0xff}
	bothColor    = color.NRGBA{0x00, 0x9e, 0x73, 0xff} // found by CNN and cascade
	cnnColor     = color.NRGBA{0x56, 0xb4, 0xe9, 0xff} // sky blue
	cascadeColor = color.NRGBA{0xe6, 0x9f, 0x00, 0xff} // orange
)

// fixedWidth lays one object out at this width, for text of the usual size, and whatever
// height there is.
type fixedWidth float32

// MinSize implements fyne.Layout.
func (w fixedWidth) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(grown(float32(w)), objects[0].MinSize().Height)
}

// Layout implements fyne.Layout.
func (w fixedWidth) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

// fixedHeight lays one object out at this height and whatever width there is.
type fixedHeight float32

// MinSize implements fyne.Layout.
func (h fixedHeight) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(objects[0].MinSize().Width, float32(h))
}

// Layout implements fyne.Layout.
func (h fixedHeight) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

// middleHeight lays one object out at this height in the middle of what there is.
type middleHeight float32

// MinSize implements fyne.Layout.
func (h middleHeight) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(objects[0].MinSize().Width, float32(h))
}

// Layout implements fyne.Layout.
func (h middleHeight) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(fyne.NewSize(size.Width, float32(h)))
	objects[0].Move(fyne.NewPos(0, (size.Height-float32(h))/2))
}

// rightMargin leaves so much room at the right, such as for a scroll bar.
type rightMargin float32

// MinSize implements fyne.Layout.
func (m rightMargin) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(float32(m), 0)
}

// Layout implements fyne.Layout.
func (m rightMargin) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size.SubtractWidthHeight(float32(m), 0))
}

// column lays objects out below each other with so much room between them.
type column float32

// MinSize implements fyne.Layout.
func (c column) MinSize(objects []fyne.CanvasObject) (size fyne.Size) {
	for _, o := range objects {
		if o.Visible() {
			m := o.MinSize()
			size = fyne.NewSize(max(size.Width, m.Width), size.Height+m.Height+float32(c))
		}
	}
	return size
}

// Layout implements fyne.Layout.
func (c column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if o.Visible() {
			h := o.MinSize().Height
			o.Move(fyne.NewPos(0, y))
			o.Resize(fyne.NewSize(size.Width, h))
			y += h + float32(c)
		}
	}
}
