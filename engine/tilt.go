package engine

import (
	"image"
	"math"
)

// maxTilts bounds the work that a picture may ask for.
const maxTilts = 12

// view is a picture as it is, or a turned copy, to look for candidates in.
type view struct {
	pic   *image.RGBA
	sides []float64                             // of the windows to look at, in its pixels
	back  func(image.Rectangle) image.Rectangle // from a window in it to a box in the picture, both from their corners
}

// views are the picture itself and a copy for each angle of p.Tilt.
func (p DetectParams) views(img *image.RGBA) []view {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	sides := p.fitting(w, h)
	all := []view{{img, sides, func(r image.Rectangle) image.Rectangle { return r }}}
	if len(p.Tilt) == 0 || len(sides) == 0 {
		return all
	}
	small := img
	if long := max(w, h); p.Width > 0 && long > 2*p.Width { // what is turned need not be finer than the windows
		zoom := float64(2*p.Width) / float64(long)
		small = resize(img, max(round(float64(w)*zoom), 1), max(round(float64(h)*zoom), 1))
	}
	zoom := float64(w) / float64(small.Rect.Dx())
	for _, degrees := range p.Tilt {
		t := newTurn(small.Rect.Size(), degrees)
		v := view{pic: t.apply(small), back: func(r image.Rectangle) image.Rectangle { return t.back(r, zoom) }}
		for _, s := range sides {
			if s /= zoom; s <= float64(min(t.to.X, t.to.Y)) {
				v.sides = append(v.sides, s)
			}
		}
		all = append(all, v)
	}
	return all
}

// turn is a rotation of a picture about its centre, into one that holds all of it.
type turn struct {
	from, to image.Point // sizes in pixels
	cos, sin float64
}

// newTurn turns clockwise by some degrees.
func newTurn(size image.Point, degrees float64) turn {
	t := turn{from: size, cos: math.Cos(degrees * math.Pi / 180), sin: math.Sin(degrees * math.Pi / 180)}
	w, h, c, s := float64(size.X), float64(size.Y), math.Abs(t.cos), math.Abs(t.sin)
	t.to = image.Pt(int(math.Ceil(w*c+h*s-1e-6)), int(math.Ceil(w*s+h*c-1e-6)))
	return t
}

// origin is where a point of the turned picture comes from.
func (t turn) origin(x, y float64) (float64, float64) {
	x, y = x-float64(t.to.X)/2, y-float64(t.to.Y)/2
	return x*t.cos + y*t.sin + float64(t.from.X)/2, -x*t.sin + y*t.cos + float64(t.from.Y)/2
}

// back is the upright box around the centre of a turned one, of the same sides, in a
// picture that is zoom times as large.
func (t turn) back(r image.Rectangle, zoom float64) image.Rectangle {
	x, y := t.origin(float64(r.Min.X+r.Max.X)/2, float64(r.Min.Y+r.Max.Y)/2)
	w, h := float64(r.Dx())/2, float64(r.Dy())/2
	return image.Rect(round((x-w)*zoom), round((y-h)*zoom), round((x+w)*zoom), round((y+h)*zoom))
}

// outside is what a turned picture shows beyond the picture: about the mean of pictures,
// which is near 0 for the networks.
const outside = 128

// apply turns a picture, with linear interpolation between its pixels.
func (t turn) apply(img *image.RGBA) *image.RGBA {
	dst := image.NewRGBA(image.Rectangle{Max: t.to})
	for y := range t.to.Y {
		row := dst.Pix[y*dst.Stride:]
		sx, sy := t.origin(0.5, float64(y)+0.5)
		sx, sy = sx-0.5, sy-0.5 // from corners to centres of pixels
		for x := range t.to.X {
			interpolate(row[4*x:4*x+4], img, sx+float64(x)*t.cos, sy-float64(x)*t.sin)
		}
	}
	return dst
}

// interpolate reads a picture between its pixels; the first one's centre is (0,0).
func interpolate(to []uint8, img *image.RGBA, x, y float64) {
	to[0], to[1], to[2], to[3] = outside, outside, outside, 255
	size := img.Rect.Size()
	if x >= -0.5 && y >= -0.5 && x <= float64(size.X)-0.5 && y <= float64(size.Y)-0.5 {
		blend(to, img, x, y)
	}
}

// blend is the colour of an opaque picture between its pixels; beyond them its edge goes on.
func blend(to []uint8, img *image.RGBA, x, y float64) {
	size := img.Rect.Size()
	x, y = min(max(x, 0), float64(size.X-1)), min(max(y, 0), float64(size.Y-1))
	x0, y0 := int(x), int(y)
	fx, fy := float32(x-float64(x0)), float32(y-float64(y0))
	a := img.Pix[y0*img.Stride+4*x0:]
	right, below := 4*min(1, size.X-1-x0), img.Stride*min(1, size.Y-1-y0)
	for c := range 3 {
		top := float32(a[c]) + fx*(float32(a[right+c])-float32(a[c]))
		bottom := float32(a[below+c]) + fx*(float32(a[below+right+c])-float32(a[below+c]))
		to[c] = uint8(top + fy*(bottom-top) + 0.5)
	}
	to[3] = 255
}

// centreIn says whether the centre of a box lies in a picture of that size.
func centreIn(r image.Rectangle, size image.Point) bool {
	return r.Min.Add(r.Max).Div(2).In(image.Rectangle{Max: size})
}
