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
	bothColor    = color.NRGBA{0x00, 0x9e, 0x73, 0xff} // found by CNN and cascade
	cnnColor     = color.NRGBA{0x56, 0xb4, 0xe9, 0xff} // sky blue
	cascadeColor = color.NRGBA{0xe6, 0x9f, 0x00, 0xff} // orange
)

// fixedWidth lays one object out at this width and whatever height there is.
type fixedWidth float32

// MinSize implements fyne.Layout.
func (w fixedWidth) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(float32(w), objects[0].MinSize().Height)
}

// Layout implements fyne.Layout.
func (w fixedWidth) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }
