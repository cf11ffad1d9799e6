package plot

import (
	"image/color"
	"math"
)

// The palette of Okabe and Ito (2008), in the order that keeps neighbours
// apart; yellow and sky blue only where the ground is dark, darker tones where
// it is light.
var (
	onDark = []color.NRGBA{
		{0x56, 0xb4, 0xe9, 0xff},
		{0xe6, 0x9f, 0x00, 0xff},
		{0x2f, 0xc4, 0x96, 0xff}, // bluish green, lighter
		{0xdd, 0x8f, 0xbc, 0xff}, // reddish purple, lighter
		{0xf0, 0xe4, 0x42, 0xff},
		{0xf0, 0x7a, 0x35, 0xff}, // vermillion, lighter
	}
	onLight = []color.NRGBA{
		{0x00, 0x72, 0xb2, 0xff},
		{0xd5, 0x5e, 0x00, 0xff},
		{0x00, 0x8a, 0x64, 0xff}, // bluish green, darker
		{0xb0, 0x54, 0x8e, 0xff}, // reddish purple, darker
		{0xb3, 0x7a, 0x00, 0xff}, // orange, darker
		{0x2b, 0x8c, 0xc4, 0xff}, // sky blue, darker
	}
)

// Colors are what a figure is drawn with.
type Colors struct {
	Fore, Faint, Ground color.Color
	grid, axis          color.Color
	palette             []color.NRGBA
}

// Light is for files: black on white.
var Light = NewColors(color.Gray{0x20}, color.White)

// NewColors makes the colours for a text colour on a ground.
func NewColors(fore, ground color.Color) Colors {
	c := Colors{Fore: fore, Ground: ground, Faint: faded(fore, 0.7), grid: faded(fore, 0.1), axis: faded(fore, 0.35), palette: onLight}
	if luminance(ground) < 0.2 {
		c.palette = onDark
	}
	return c
}

// luminance is the relative luminance of WCAG, 0 for black to 1 for white.
func luminance(c color.Color) float64 {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	lin := func(v uint8) float64 { return math.Pow(float64(v)/255, 2.2) }
	return 0.2126*lin(n.R) + 0.7152*lin(n.G) + 0.0722*lin(n.B)
}

// Of is the colour of a series.
func (c Colors) Of(s *Series) color.Color {
	if s.style.Color != nil {
		return s.style.Color
	}
	return c.palette[s.index%len(c.palette)]
}
