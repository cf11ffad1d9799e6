package engine

import (
	"image"
	"math"
)

// cut makes a crop of size x size pixels. Where the window reaches beyond the picture,
// its edge goes on.
func (s spot) cut(img *image.RGBA, size int) *image.RGBA {
	sin, cos := math.Sincos(s.tilt * math.Pi / 180)
	reach := s.side * (math.Abs(sin) + math.Abs(cos))
	n := max(1, round(reach))
	part := image.NewRGBA(image.Rect(0, 0, n, n))
	corner := image.Pt(round(s.x-reach/2), round(s.y-reach/2))
	copyEdges(part, img, img.Rect.Min.Add(corner))
	scale := float64(size) / s.side
	if s.small > 0 {
		few := max(1, round(reach*float64(s.small)/s.side))
		part = resize(part, few, few)
	}
	m := size
	if s.tilt != 0 {
		m = max(1, round(reach*scale))
	}
	part = resize(part, m, m)
	if s.tilt == 0 {
		return part
	}
	out := image.NewRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			u, v := float64(x)+0.5-float64(size)/2, float64(y)+0.5-float64(size)/2
			bilinear(out.Pix[out.PixOffset(x, y):], part, float64(m)/2+cos*u-sin*v-0.5, float64(m)/2+sin*u+cos*v-0.5)
		}
	}
	return out
}

// bilinear writes the colour of a place between pixels.
func bilinear(to []uint8, img *image.RGBA, x, y float64) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	x, y = min(max(x, 0), float64(w-1)), min(max(y, 0), float64(h-1))
	x0, y0 := int(x), int(y)
	x1, y1 := min(x0+1, w-1), min(y0+1, h-1)
	fx, fy := x-float64(x0), y-float64(y0)
	for c := range 3 {
		at := func(x, y int) float64 { return float64(img.Pix[img.PixOffset(x, y)+c]) }
		top := at(x0, y0)*(1-fx) + at(x1, y0)*fx
		bottom := at(x0, y1)*(1-fx) + at(x1, y1)*fx
		to[c] = uint8(top*(1-fy) + bottom*fy + 0.5)
	}
	to[3] = 255
}
