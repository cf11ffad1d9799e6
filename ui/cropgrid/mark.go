package cropgrid

import "image/color"

// Shape is a sign drawn inside a mark's plate. Shapes are drawn by outline,
// so they stay crisp at every size and need no font.
type Shape uint8

// The shapes. NoShape leaves the plate to Mark.Glyph.
const (
	NoShape Shape = iota
	Check
	Cross
	Question
	Dot
	Bar
	Warning // a triangle with an exclamation mark
)

// Mark is how a cell shows what is known about its crop. Fill alone never
// carries the meaning: give it a Shape or a Glyph too, for readers who cannot
// tell the colours apart.
type Mark struct {
	Fill  color.Color // plate and lower edge; nil draws neither
	Shape Shape       // drawn on the plate
	Glyph rune        // drawn on the plate where Shape is NoShape; 0 for none
	Dim   bool        // the picture is drawn faded
	Badge string      // short text in the upper right corner, such as a score; shown where the cell is wide enough
	Signs []Sign      // small plates along the lower edge, from the right corner on; shown where the cell is wide enough
}

// Sign is something more that is known about a crop. As with Mark, give it a Shape or
// a Glyph.
type Sign struct {
	Fill  color.Color
	Shape Shape
	Glyph rune
}
