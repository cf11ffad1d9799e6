package dataset

import (
	"image"
	"image/color"
	"image/draw"
)

// flatten is img as opaque RGBA that starts at (0,0) and has no gaps between its rows,
// with transparency over white. It is img itself where that is so already.
func flatten(img image.Image) *image.RGBA {
	b := img.Bounds()
	opaque := false
	if o, ok := img.(interface{ Opaque() bool }); ok {
		opaque = o.Opaque()
	}
	if rgba, ok := img.(*image.RGBA); ok && opaque && b.Min == (image.Point{}) && rgba.Stride == 4*b.Dx() {
		return rgba
	}
	dst := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	op := draw.Src
	if !opaque {
		draw.Draw(dst, dst.Rect, image.White, image.Point{}, draw.Src)
		op = draw.Over
	}
	draw.Draw(dst, dst.Rect, img, b.Min, op)
	return dst
}

// onScreen places a GIF's first frame on its screen, which is white elsewhere.
func onScreen(frame image.Image, screen image.Config) image.Image {
	whole := image.Rect(0, 0, screen.Width, screen.Height)
	if frame.Bounds() == whole {
		return frame
	}
	dst := image.NewRGBA(whole)
	draw.Draw(dst, whole, image.White, image.Point{}, draw.Src)
	draw.Draw(dst, frame.Bounds(), frame, frame.Bounds().Min, draw.Over)
	return dst
}

// fullRange mends the colours of lossy WebP. Its luma runs from 16 to 235 and its
// chroma from 16 to 240 (RFC 6386, section 9.2), but x/image hands the planes out as
// YCbCr of JPEG, from 0 to 255: black would come out as dark grey, white as light grey.
func fullRange(img image.Image) image.Image {
	var planes *image.YCbCr
	var alpha *image.NYCbCrA
	switch m := img.(type) {
	case *image.YCbCr:
		planes = m
	case *image.NYCbCrA:
		planes, alpha = &m.YCbCr, m
	default:
		return img
	}
	b := planes.Rect
	dst := image.NewNRGBA(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			yy, c := int(planes.Y[planes.YOffset(x, y)]), planes.COffset(x, y)
			px := videoRGB(yy, int(planes.Cb[c]), int(planes.Cr[c]))
			if alpha != nil {
				px.A = alpha.A[alpha.AOffset(x, y)]
			}
			dst.SetNRGBA(x, y, px)
		}
	}
	return dst
}

// videoRGB converts BT.601 in its limited range, with the fixed point factors that
// libwebp uses.
func videoRGB(y, u, v int) color.NRGBA {
	y = y * 19077 >> 8
	clip := func(n int) uint8 { return uint8(min(max(n>>6, 0), 255)) }
	return color.NRGBA{
		R: clip(y + v*26149>>8 - 14234),
		G: clip(y - u*6419>>8 - v*13320>>8 + 8708),
		B: clip(y + u*33050>>8 - 17685),
		A: 255,
	}
}
