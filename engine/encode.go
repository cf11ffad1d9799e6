package engine

import (
	"fmt"
	"image"
	"math"

	"golang.org/x/image/draw"
)

// Encode turns a picture of W x H pixels into a network's input: channels first in
// the order red, green, blue, each number (p-mean)/scale with p from 0 to 255. It is
// the only place where pixels become numbers, so training and detection cannot
// disagree.
//
// dst is (3,H,W). mean is one number a channel (3) or one a pixel and channel
// (3,H,W). The picture is opaque; its bounds may start anywhere. Slices of other
// lengths are a mistake of the caller and panic.
func Encode(dst []float32, img *image.RGBA, mean []float32, scale float32) {
	b := img.Rect
	w, n := b.Dx(), b.Dx()*b.Dy()
	if len(dst) != 3*n || len(mean) != 3 && len(mean) != 3*n {
		panic(fmt.Sprintf("engine: encode %v into %d numbers with a mean of %d", b, len(dst), len(mean)))
	}
	if len(mean) == 3 {
		encodeChannels(dst, img, mean, scale)
		return
	}
	for y := range b.Dy() {
		row := img.Pix[y*img.Stride : y*img.Stride+4*w]
		for x := range w {
			for c := range 3 {
				i := c*n + y*w + x
				dst[i] = (float32(row[4*x+c]) - mean[i]) / scale
			}
		}
	}
}

// encodeChannels is Encode with a mean per channel: 256 values a channel can occur,
// so they are computed once.
func encodeChannels(dst []float32, img *image.RGBA, mean []float32, scale float32) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	var table [256]float32
	for c := range 3 {
		for p := range table {
			table[p] = (float32(p) - mean[c]) / scale
		}
		plane := dst[c*w*h : (c+1)*w*h]
		for y := range h {
			row := img.Pix[y*img.Stride : y*img.Stride+4*w]
			for x := range w {
				plane[y*w+x] = table[row[4*x+c]]
			}
		}
	}
}

// lanczos is the filter that the 2015 crops were shrunk with: Pillow's ANTIALIAS, a
// windowed sinc over three lobes.
var lanczos = draw.Kernel{Support: 3, At: func(t float64) float64 { return sinc(t) * sinc(t/3) }}

func sinc(t float64) float64 {
	if t == 0 {
		return 1
	}
	return math.Sin(math.Pi*t) / (math.Pi * t)
}

// fit returns a crop as size x size opaque pixels, as training and evaluation see
// it: resized by Lanczos without keeping its shape, as in 2015. The result may be
// img itself and is not to be written to.
func fit(img image.Image, size int) (*image.RGBA, error) {
	b := img.Bounds()
	if b.Empty() {
		return nil, fmt.Errorf("the picture has no pixels")
	}
	same := b.Dx() == size && b.Dy() == size
	if rgba, ok := img.(*image.RGBA); ok && same && rgba.Opaque() {
		return rgba, nil
	}
	out := image.NewRGBA(image.Rect(0, 0, size, size))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src) // what shines through is white
	if same {
		draw.Draw(out, out.Rect, img, b.Min, draw.Over)
	} else {
		lanczos.Scale(out, out.Rect, img, b, draw.Over, nil)
	}
	return out, nil
}
