package imageview

import (
	"encoding/binary"
	"image"
	"image/draw"
)

// pyramid is a picture and its half-size copies, made when first needed.
type pyramid struct {
	bounds image.Rectangle
	levels []*image.RGBA // levels[k] is 1/2^k as large, with its origin at 0
}

// newPyramid takes img without copying where it is an RGBA picture.
func newPyramid(img image.Image) *pyramid {
	b := img.Bounds()
	base, ok := img.(*image.RGBA)
	if ok {
		base = &image.RGBA{Pix: base.Pix, Stride: base.Stride, Rect: image.Rect(0, 0, b.Dx(), b.Dy())}
	} else {
		base = image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
		draw.Draw(base, base.Rect, img, b.Min, draw.Src)
	}
	return &pyramid{bounds: b, levels: []*image.RGBA{base}}
}

// at returns the smallest level that still has at least as many pixels as are
// shown, at zoom screen pixels per picture pixel, and its number.
func (p *pyramid) at(zoom float64) (level *image.RGBA, k int) {
	for zoom <= 0.5 {
		if k+1 == len(p.levels) {
			last := p.levels[k]
			if last.Rect.Dx() < 2 || last.Rect.Dy() < 2 {
				break
			}
			p.levels = append(p.levels, halve(last))
		}
		zoom *= 2
		k++
	}
	return p.levels[k], k
}

// halve averages each two by two pixels; an odd last row or column is left out.
func halve(src *image.RGBA) *image.RGBA {
	w, h := src.Rect.Dx()/2, src.Rect.Dy()/2
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	rows(h, func(y int) {
		a := src.Pix[2*y*src.Stride:][:8*w]
		b := src.Pix[(2*y+1)*src.Stride:][:8*w]
		out := dst.Pix[y*dst.Stride:][:4*w]
		for x := 0; x < w; x++ {
			p, q := binary.LittleEndian.Uint64(a[8*x:]), binary.LittleEndian.Uint64(b[8*x:])
			binary.LittleEndian.PutUint32(out[4*x:], average(p, q))
		}
	})
	return dst
}

// average returns the mean of the two pixels in p and the two in q.
func average(p, q uint64) uint32 {
	const even = 0x00ff00ff00ff00ff
	rb := p&even + q&even
	ga := p>>8&even + q>>8&even
	r := uint32(rb) + uint32(rb>>32) + 0x00020002
	g := uint32(ga) + uint32(ga>>32) + 0x00020002
	return r>>2&0x00ff00ff | g>>2&0x00ff00ff<<8
}
