package cropgrid

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// palette are the theme's colours that a grid is drawn with.
type palette struct {
	ground, plate, fore, faint, primary, onPrimary color.RGBA
}

func newPalette(w fyne.Widget) palette {
	get := func(n fyne.ThemeColorName) color.RGBA { return rgba(theme.ColorForWidget(n, w)) }
	p := palette{
		ground:    get(theme.ColorNameBackground),
		fore:      get(theme.ColorNameForeground),
		primary:   get(theme.ColorNamePrimary),
		onPrimary: get(theme.ColorNameForegroundOnPrimary),
	}
	p.plate = mix(p.ground, p.fore, 0.08) // quiet on light and dark alike
	p.faint = mix(p.ground, p.fore, 0.35)
	return p
}

func rgba(c color.Color) color.RGBA { return color.RGBAModel.Convert(c).(color.RGBA) }

// mix returns a with part t of b; the result is opaque where a and b are.
func mix(a, b color.RGBA, t float64) color.RGBA {
	m := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + (float64(y)-float64(x))*t)) }
	return color.RGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), m(a.A, b.A)}
}

// ink returns black or white, whichever is the more legible on c (WCAG's
// relative luminance; 0.36 instead of 0.18 as white on mid tones reads better
// at small sizes).
func ink(c color.RGBA) color.RGBA {
	lin := func(v uint8) float64 { return math.Pow(float64(v)/255, 2.2) }
	if 0.2126*lin(c.R)+0.7152*lin(c.G)+0.0722*lin(c.B) > 0.36 {
		return color.RGBA{A: 255}
	}
	return color.RGBA{255, 255, 255, 255}
}

// penKey names a mask. Sizes are device pixels.
type penKey struct {
	kind    byte // s shape, r rounded rectangle, f frame
	shape   Shape
	w, h    int
	rad, wd int
}

type textKey struct {
	s  string
	px int
}

// pens keeps the masks that cells are drawn with, so that a redraw rasters no
// outline twice.
type pens struct {
	masks map[penKey]*image.Alpha
	texts map[textKey]*image.Alpha
	faces map[int]font.Face
	sfnt  *opentype.Font
	font  fyne.Resource
}

func newPens() *pens {
	return &pens{masks: map[penKey]*image.Alpha{}, texts: map[textKey]*image.Alpha{}, faces: map[int]font.Face{}}
}

// use takes the theme's bold font; what was drawn with another one is dropped.
func (p *pens) use(res fyne.Resource) {
	if p.font == res {
		return
	}
	p.font, p.sfnt = res, nil
	clear(p.texts)
	clear(p.faces)
	if f, err := opentype.Parse(res.Content()); err == nil {
		p.sfnt = f
	}
}

// mask returns a cached mask; many sizes come by while zooming, so the cache
// starts anew when it has grown.
func (p *pens) mask(k penKey, paint func() *image.Alpha) *image.Alpha {
	m, ok := p.masks[k]
	if !ok {
		if len(p.masks) > 200 {
			clear(p.masks)
		}
		m = paint()
		p.masks[k] = m
	}
	return m
}

func (p *pens) shape(s Shape, side int) *image.Alpha {
	return p.mask(penKey{kind: 's', shape: s, w: side}, func() *image.Alpha {
		return raster(side, side, float64(side), outlines[s]...)
	})
}

func (p *pens) round(w, h, rad int) *image.Alpha {
	return p.mask(penKey{kind: 'r', w: w, h: h, rad: rad}, func() *image.Alpha {
		return raster(w, h, 1, roundRect(0, 0, float64(w), float64(h), float64(rad)))
	})
}

// frame is a rounded rectangle of which only a rim of wd pixels is painted.
func (p *pens) frame(side, rad, wd int) *image.Alpha {
	return p.mask(penKey{kind: 'f', w: side, rad: rad, wd: wd}, func() *image.Alpha {
		s, r, d := float64(side), float64(rad), float64(wd)
		return raster(side, side, 1, roundRect(0, 0, s, s, r), reversed(roundRect(d, d, s-2*d, s-2*d, r-d)))
	})
}

// text returns a string as a mask with its baseline at y 0 and capitals that
// reach up to Rect.Min.Y, nil where the font has nothing to show for it.
func (p *pens) text(s string, px int) *image.Alpha {
	k := textKey{s, px}
	if m, ok := p.texts[k]; ok {
		return m
	}
	if len(p.texts) > 1000 {
		clear(p.texts)
	}
	p.texts[k] = p.write(s, px)
	return p.texts[k]
}

func (p *pens) write(s string, px int) *image.Alpha {
	face := p.face(px)
	if face == nil {
		return nil
	}
	w := font.MeasureString(face, s).Ceil()
	m := face.Metrics()
	if w <= 0 {
		return nil
	}
	out := image.NewAlpha(image.Rect(0, -m.CapHeight.Ceil(), w, m.Descent.Ceil()))
	d := font.Drawer{Dst: out, Src: image.Opaque, Face: face, Dot: fixed.P(0, 0)}
	d.DrawString(s)
	return out
}

func (p *pens) face(px int) font.Face {
	f, ok := p.faces[px]
	if !ok && p.sfnt != nil {
		f, _ = opentype.NewFace(p.sfnt, &opentype.FaceOptions{Size: float64(px), DPI: 72, Hinting: font.HintingFull})
		p.faces[px] = f
	}
	return f
}

// stamp paints a mask in one colour with the mask's origin at x, y.
func stamp(dst *image.RGBA, x, y int, m *image.Alpha, c color.RGBA) {
	if m != nil {
		draw.DrawMask(dst, m.Rect.Add(image.Pt(x, y)), image.NewUniform(c), image.Point{}, m, m.Rect.Min, draw.Over)
	}
}

// block fills a rectangle.
func block(dst *image.RGBA, r image.Rectangle, c color.RGBA) {
	op := draw.Src
	if c.A != 255 {
		op = draw.Over
	}
	draw.Draw(dst, r, image.NewUniform(c), image.Point{}, op)
}
