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
			blend(out.Pix[out.PixOffset(x, y):], part, float64(m)/2+cos*u-sin*v-0.5, float64(m)/2+sin*u+cos*v-0.5)
		}
	}
	return out
}
