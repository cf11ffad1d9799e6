package ui

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"

	"frglab/dataset"
)

// The signs of verdicts: the plates and shapes of the grid's marks, as icons.
var (
	faceIcon   = plateIcon("face", faceColor, "#ffffff", "M5 12.5 L10 17.5 L19.5 7")
	otherIcon  = plateIcon("other", otherColor, "#ffffff", "M6 6 L18 18 M18 6 L6 18")
	unsureIcon = plateIcon("unsure", unsureColor, "#000000", "M8 9 C8 3.5 16.5 3.5 16 9 C15.6 12 12 11.8 12 15 M12 18 L12 19.5")
	openIcon   = plateIcon("open", color.NRGBA{0x80, 0x80, 0x80, 0xff}, "#ffffff", "M10.5 12 L13.5 12")
)

// The signs in the lower right corner of a cell, as icons.
var (
	suspectIcon = plateIcon("suspect", suspectColor, "#000000", "M12 5 L12 13.5 M12 18.5 L12 18.6")
	twinIcon    = plateIcon("twin", twinColor, "#ffffff", "M7 9.5 L17 9.5 M7 14.5 L17 14.5")
	validIcon   = plateIcon("valid", validColor, "#ffffff", "M7 6.5 L12 17.5 L17 6.5")
)

func plateIcon(name string, fill color.NRGBA, ink, path string) fyne.Resource {
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">
<rect x="1" y="1" width="22" height="22" rx="5" fill="#%02x%02x%02x"/>
<path d="%s" fill="none" stroke="%s" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>`,
		fill.R, fill.G, fill.B, path, ink)
	return fyne.NewStaticResource("verdict-"+name+".svg", []byte(svg))
}

// classIcon is the sign of a verdict.
func classIcon(c dataset.Class) fyne.Resource {
	switch c {
	case dataset.Face:
		return faceIcon
	case dataset.Other:
		return otherIcon
	}
	return unsureIcon
}
