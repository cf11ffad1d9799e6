package dataset

import (
	"image"
	"math"
	"math/rand/v2"
	"slices"

	"golang.org/x/image/draw"
)

// How random negatives are chosen.
const (
	smallestWindow = 24  // pixels: no detector looks for less
	tries          = 24  // windows of a size, of which the busiest is taken
	flat           = 2.0 // mean gradient, in grey levels: sky, a wall, a blank page
	crowded        = 0.2 // IoU of two windows of one frame
	busyEnough     = 48  // grey levels: a stronger edge counts no more, or all would be lettering
	largestCrop    = 192 // pixels: what a network gets of it is 128 at most
	mapSide        = 480 // pixels: edges are looked for in a picture no larger than this
)

// windows are up to k squares of a picture that hold something: edges and things
// rather than flat sky. Their sides go from 24 pixels to the whole picture, they
// overlap little, and none touches a box of avoid. A flat picture has none.
func windows(img *image.RGBA, k int, avoid []image.Rectangle, rng *rand.Rand) []image.Rectangle {
	if k <= 0 {
		return nil
	}
	edges := edgesOf(img)
	largest := float64(min(img.Rect.Dx(), img.Rect.Dy()))
	if largest < smallestWindow {
		return nil
	}
	var chosen []image.Rectangle
	for i := range k {
		best, most := image.Rectangle{}, flat
		for range tries {
			u := (float64(i) + rng.Float64()) / float64(k)
			side := int(math.Round(smallestWindow * math.Pow(largest/smallestWindow, u)))
			x := img.Rect.Min.X + rng.IntN(img.Rect.Dx()-side+1)
			y := img.Rect.Min.Y + rng.IntN(img.Rect.Dy()-side+1)
			w := image.Rect(x, y, x+side, y+side)
			if slices.ContainsFunc(avoid, w.Overlaps) ||
				slices.ContainsFunc(chosen, func(o image.Rectangle) bool { return iou(w, o) > crowded }) {
				continue
			}
			if e := edges.mean(w.Sub(img.Rect.Min)); e > most {
				best, most = w, e
			}
		}
		if !best.Empty() {
			chosen = append(chosen, best)
		}
	}
	return chosen
}

// edgeMap holds sums of gradients, so that any window's mean is quick.
type edgeMap struct {
	shrink, w, h int
	sums         []int32 // (h+1)x(w+1)
}

func edgesOf(img *image.RGBA) edgeMap {
	m := edgeMap{shrink: (max(img.Rect.Dx(), img.Rect.Dy()) + mapSide - 1) / mapSide}
	m.w, m.h = img.Rect.Dx()/m.shrink, img.Rect.Dy()/m.shrink
	gray := make([]int32, m.w*m.h)
	for y := range m.h {
		row := img.Pix[y*m.shrink*img.Stride:]
		for x := range m.w {
			c := row[4*x*m.shrink:]
			gray[y*m.w+x] = (77*int32(c[0]) + 150*int32(c[1]) + 29*int32(c[2])) >> 8
		}
	}
	m.sums = make([]int32, (m.w+1)*(m.h+1))
	for y := range m.h {
		var row int32
		for x := range m.w {
			g := gray[y*m.w+x]
			right, below := gray[y*m.w+min(x+1, m.w-1)], gray[min(y+1, m.h-1)*m.w+x]
			row += min(max(right-g, g-right)+max(below-g, g-below), busyEnough)
			m.sums[(y+1)*(m.w+1)+x+1] = m.sums[y*(m.w+1)+x+1] + row
		}
	}
	return m
}

// mean is the mean gradient in a window.
func (m edgeMap) mean(w image.Rectangle) float64 {
	x0, y0 := w.Min.X/m.shrink, w.Min.Y/m.shrink
	x1, y1 := min(w.Max.X/m.shrink, m.w), min(w.Max.Y/m.shrink, m.h)
	at := func(x, y int) int32 { return m.sums[y*(m.w+1)+x] }
	return float64(at(x1, y1)-at(x0, y1)-at(x1, y0)+at(x0, y0)) / float64(max(1, (x1-x0)*(y1-y0)))
}

// iou is the overlap of two boxes: 0 to 1.
func iou(a, b image.Rectangle) float64 {
	in := a.Intersect(b)
	if in.Empty() {
		return 0
	}
	n := float64(in.Dx() * in.Dy())
	return n / (float64(a.Dx()*a.Dy()+b.Dx()*b.Dy()) - n)
}

// shrunk is a square crop made no larger than largestCrop: whole frames would fill the
// project, and show a training nothing more.
func shrunk(img *image.RGBA) *image.RGBA {
	if img.Rect.Dx() <= largestCrop {
		return img
	}
	small := image.NewRGBA(image.Rect(0, 0, largestCrop, largestCrop))
	draw.BiLinear.Scale(small, small.Rect, img, img.Rect, draw.Src, nil)
	return small
}
