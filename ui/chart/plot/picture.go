package plot

import (
	"fmt"
	"image"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Picture draws a figure of w by h units with its texts, at scale pixels a unit. The
// letters are Go's own font: Latin, Greek and Cyrillic.
func Picture(fig *Figure, c Colors, w, h int, scale float64) (*image.RGBA, error) {
	img := image.NewRGBA(image.Rect(0, 0, int(float64(w)*scale), int(float64(h)*scale)))
	draw.Draw(img, img.Rect, image.NewUniform(c.Ground), image.Point{}, draw.Src)
	faces := map[Text]font.Face{}
	face := func(size float32, bold bool) (font.Face, error) {
		key := Text{Size: size, Bold: bold}
		if f := faces[key]; f != nil {
			return f, nil
		}
		f, err := newFace(float64(size)*scale, bold)
		faces[key] = f
		return f, err
	}
	plain, err := face(TextSize, false)
	if err != nil {
		return nil, err
	}
	width := func(s string) float32 { return float32(float64(font.MeasureString(plain, s)) / 64 / scale) }
	f := NewFrame(fig, float32(w), float32(h), width)
	f.Draw(img, c, scale)
	for _, t := range f.Texts(c) {
		face, err := face(t.Size, t.Bold)
		if err != nil {
			return nil, err
		}
		t.draw(img, face, scale)
	}
	return img, nil
}

func newFace(size float64, bold bool) (font.Face, error) {
	data := goregular.TTF
	if bold {
		data = gobold.TTF
	}
	f, err := opentype.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("read the font: %w", err)
	}
	return opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
}

// draw writes the text in the middle of a line of one and a half times its size.
func (t Text) draw(img *image.RGBA, face font.Face, scale float64) {
	wide := float64(font.MeasureString(face, t.Text)) / 64
	x := float64(t.X) * scale
	switch t.Align {
	case Center:
		x -= wide / 2
	case Trailing:
		x -= wide
	}
	x = math.Round(max(0, min(x, float64(img.Rect.Dx())-wide)))
	y := math.Round((float64(t.Y) + 1.15*float64(t.Size)) * scale)
	d := font.Drawer{Dst: img, Src: image.NewUniform(t.Color), Face: face, Dot: fixed.P(int(x), int(y))}
	d.DrawString(t.Text)
}
