package imageview

import (
	"image"
	"image/color"
	"image/draw"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// NewSwatch is a small picture of how a box is drawn, for legends. One of a light colour
// is on grey, so that it shows on a light theme too.
func NewSwatch(b Box) fyne.CanvasObject {
	const w, h = 34, 20
	r := canvas.NewRaster(func(dw, dh int) image.Image {
		img := image.NewRGBA(image.Rect(0, 0, dw, dh))
		scale := float64(dw) / w
		if c := b.color(); min(c.R, c.G, c.B) > 200 {
			draw.Draw(img, img.Rect, image.NewUniform(color.Gray{0x60}), image.Point{}, draw.Src)
		}
		outline(img, img.Rect.Inset(int(3*scale)), b, plain, scale)
		return img
	})
	r.SetMinSize(fyne.NewSize(w, h))
	return r
}
