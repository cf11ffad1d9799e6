package ui

import (
	"image"
	"math"

	"golang.org/x/image/draw"

	"frglab/dataset"
)

// views are crops of what is in a box: as it is, moved by an eighth each way, a little wider
// and narrower, and mirrored. To the network a face is a face wherever in the box it is, but
// what it takes for one by mistake it describes by how the box happened to lie.
func views(img *image.RGBA, box image.Rectangle) (crops []image.Image) {
	step := max(1, box.Dx()/8)
	for _, b := range []image.Rectangle{
		box,
		box.Add(image.Pt(step, 0)), box.Add(image.Pt(-step, 0)), box.Add(image.Pt(0, step)), box.Add(image.Pt(0, -step)),
		box.Inset(step / 2), box.Inset(-step / 2),
	} {
		crops = append(crops, dataset.Cut(img, b, dataset.Margin))
	}
	return append(crops, mirrored(crops[0].(*image.RGBA)))
}

func mirrored(img *image.RGBA) *image.RGBA {
	out := image.NewRGBA(img.Rect)
	for y := img.Rect.Min.Y; y < img.Rect.Max.Y; y++ {
		for x := img.Rect.Min.X; x < img.Rect.Max.X; x++ {
			out.SetRGBA(img.Rect.Min.X+img.Rect.Max.X-1-x, y, img.RGBAAt(x, y))
		}
	}
	return out
}

// glanceSide is the side of the picture that a glance takes of a crop.
const glanceSide = 12

// glance is a crop as a person sees it from afar: a few coarse pixels, of mean 0 and length 1,
// so that the product of two is their correlation.
type glance [3 * glanceSide * glanceSide]float64

func glanceOf(img image.Image) (g glance) {
	small := image.NewRGBA(image.Rect(0, 0, glanceSide, glanceSide))
	draw.ApproxBiLinear.Scale(small, small.Rect, img, img.Bounds(), draw.Src, nil)
	mean, length := 0.0, 0.0
	for i := range g {
		g[i] = float64(small.Pix[4*(i/3)+i%3])
		mean += g[i] / float64(len(g))
	}
	for i := range g {
		g[i] -= mean
		length += g[i] * g[i]
	}
	for i := range g {
		g[i] /= math.Sqrt(max(length, 1e-9))
	}
	return g
}

// look is how a box appears, in all its views.
type look struct {
	vectors [][]int8 // to the network
	glances []glance // to the eye
}

func lookOf(vectors [][]int8, crops []image.Image) look {
	l := look{vectors: vectors}
	for _, c := range crops {
		l.glances = append(l.glances, glanceOf(c))
	}
	return l
}

// like is how much two boxes look alike, at most 1: half to the network, half to the eye, each
// by the two views that do so most.
func (l look) like(o look) float64 {
	network, eye := -1.0, -1.0
	for _, v := range l.vectors {
		for _, w := range o.vectors {
			network = max(network, dataset.Alike(v, w))
		}
	}
	for _, a := range l.glances {
		for _, b := range o.glances {
			same := 0.0
			for i := range a {
				same += a[i] * b[i]
			}
			eye = max(eye, same)
		}
	}
	return (network + eye) / 2
}
