package plot

import (
	"image"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

// Picture draws a figure of w by h units with its texts, at scale pixels a unit.
func Picture(fig *Figure, c Colors, l *Letters, w, h int, scale float64) (*image.RGBA, error) {
	img := image.NewRGBA(image.Rect(0, 0, int(float64(w)*scale), int(float64(h)*scale)))
	draw.Draw(img, img.Rect, image.NewUniform(c.Ground), image.Point{}, draw.Src)
	var failed error
	width := func(s string) float32 {
		runs, err := l.runs(s, TextSize*scale, false)
		if err != nil {
			failed = err
		}
		return float32(wide(runs) / scale)
	}
	f := NewFrame(fig, float32(w), float32(h), width)
	f.Draw(img, c, scale)
	for _, t := range f.Texts(c) {
		runs, err := l.runs(t.Text, float64(t.Size)*scale, t.Bold)
		if err != nil {
			return nil, err
		}
		t.draw(img, runs, scale)
	}
	return img, failed
}

// wide is how many pixels the pieces of a text take.
func wide(runs []run) (pixels float64) {
	for _, r := range runs {
		pixels += float64(font.MeasureString(r.face, r.text)) / 64
	}
	return pixels
}

// draw writes the text in the middle of a line of one and a half times its size.
func (t Text) draw(img *image.RGBA, runs []run, scale float64) {
	wide := wide(runs)
	x := float64(t.X) * scale
	switch t.Align {
	case Center:
		x -= wide / 2
	case Trailing:
		x -= wide
	}
	x = math.Round(max(0, min(x, float64(img.Rect.Dx())-wide)))
	y := math.Round((float64(t.Y) + 1.15*float64(t.Size)) * scale)
	d := font.Drawer{Dst: img, Src: image.NewUniform(t.Color), Dot: fixed.P(int(x), int(y))}
	for _, r := range runs {
		d.Face = r.face
		d.DrawString(r.text)
	}
}
