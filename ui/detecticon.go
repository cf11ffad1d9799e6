package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The signs of the Detect tab's buttons.
var (
	besideIcon = shapeIcon("beside", "M3 5H21V19H3Z M5 7V17H11V7Z M13 7V17H19V7Z")
	aloneIcon  = shapeIcon("alone", "M3 5H21V19H3Z M5 7V17H19V7Z")
	swipeIcon  = shapeIcon("swipe", "M3 5H11V3H13V5H21V19H13V21H11V19H3Z M13 7V17H19V7Z")
	swapIcon   = shapeIcon("swap", "M7 3L2 8L7 13V9.5H15V6.5H7Z M17 11L22 16L17 21V17.5H9V14.5H17Z")
)

// shapeIcon is a filled shape, in the colour of the theme (which colours no strokes).
func shapeIcon(name, path string) fyne.Resource {
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">`+
		`<path d="%s" fill="#000000" fill-rule="evenodd"/></svg>`, path)
	return theme.NewThemedResource(fyne.NewStaticResource("detect-"+name+".svg", []byte(svg)))
}
