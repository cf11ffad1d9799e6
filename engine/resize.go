package engine

import (
	"image"
	"math"
	"runtime"
	"sync"
)

// nearest2015 fills dst with the part r of src by the nearest neighbour as the Pillow
// of 2015 (before 3.4) took it: from the corner of a pixel, not from its centre, so
// that target column i comes from source column floor(i*scale), with i*scale added
// up step by step. r lies inside src.
func nearest2015(dst, src *image.RGBA, r image.Rectangle) {
	size := dst.Rect.Size()
	cols := nearestTable(r.Dx(), size.X)
	for y, sy := range nearestTable(r.Dy(), size.Y) {
		from := src.Pix[src.PixOffset(r.Min.X, r.Min.Y+sy):]
		to := dst.Pix[y*dst.Stride:]
		for x, sx := range cols {
			copy(to[4*x:4*x+4], from[4*sx:4*sx+4])
		}
	}
}

// nearestTable says which of from pixels each of to pixels is taken from.
func nearestTable(from, to int) []int {
	t := make([]int, to)
	scale, at := float64(from)/float64(to), 0.0
	for i := range t {
		t[i] = min(int(at), from-1)
		at += scale
	}
	return t
}

// copyEdges fills dst with the pixels of src from corner on. Where dst reaches
// beyond src, the nearest pixel of src's border is repeated.
func copyEdges(dst, src *image.RGBA, corner image.Point) {
	size := dst.Rect.Size()
	for y := range size.Y {
		sy := min(max(corner.Y+y, src.Rect.Min.Y), src.Rect.Max.Y-1)
		to := dst.Pix[y*dst.Stride : y*dst.Stride+4*size.X]
		if corner.X >= src.Rect.Min.X && corner.X+size.X <= src.Rect.Max.X {
			copy(to, src.Pix[src.PixOffset(corner.X, sy):])
			continue
		}
		for x := range size.X {
			sx := min(max(corner.X+x, src.Rect.Min.X), src.Rect.Max.X-1)
			copy(to[4*x:4*x+4], src.Pix[src.PixOffset(sx, sy):])
		}
	}
}

// triangle is a weighted sum of neighbouring source pixels.
type triangle struct {
	first   int
	weights []float32 // their sum is 1
}

// triangles are the sums that make to pixels of from pixels: linear interpolation
// between pixel centres when enlarging, a triangle of two target pixels' width
// when shrinking, so that no source pixel is skipped (as Pillow's BILINEAR since 2.7).
func triangles(from, to int) []triangle {
	scale := float64(from) / float64(to)
	reach := max(scale, 1)
	ts := make([]triangle, to)
	for i := range ts {
		centre := (float64(i) + 0.5) * scale
		lo := max(int(math.Floor(centre-reach+0.5)), 0)
		hi := min(int(math.Ceil(centre+reach-0.5)), from)
		w, sum := make([]float32, 0, hi-lo), 0.0
		for j := lo; j < hi; j++ {
			v := max(1-math.Abs(float64(j)+0.5-centre)/reach, 0)
			w, sum = append(w, float32(v)), sum+v
		}
		for k := range w {
			w[k] /= float32(sum)
		}
		ts[i] = triangle{lo, w}
	}
	return ts
}

// resize makes a smooth copy of src, which is opaque, with w x h pixels.
func resize(src *image.RGBA, w, h int) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	resizeTo(dst, src)
	return dst
}

// resizeTo is resize into a picture that is there.
func resizeTo(dst, src *image.RGBA) {
	w, h, size := dst.Rect.Dx(), dst.Rect.Dy(), src.Rect.Size()
	if size.X == w && size.Y == h {
		copyEdges(dst, src, src.Rect.Min)
		return
	}
	cols, rows := triangles(size.X, w), triangles(size.Y, h)
	work := size.X*max(size.Y, h) + w*h
	bands := min(max(work/resizeBand, 1), h, runtime.GOMAXPROCS(0))
	var done sync.WaitGroup
	for i := range bands - 1 {
		done.Go(func() { resizeRows(dst, src, cols, rows, i*h/bands, (i+1)*h/bands) })
	}
	resizeRows(dst, src, cols, rows, (bands-1)*h/bands, h)
	done.Wait()
}

// resizeBand is the work that is worth a goroutine, in pixels read and made: about 0.5 ms.
const resizeBand = 1 << 16

// resizeRows makes rows from to to-1 of resizeTo.
func resizeRows(dst, src *image.RGBA, cols, rows []triangle, from, to int) {
	row := make([]float32, 4*src.Rect.Dx()) // one target row, not yet shrunk in x
	for y := from; y < to; y++ {
		m := rows[y]
		clear(row)
		for k, wt := range m.weights {
			pix := src.Pix[src.PixOffset(src.Rect.Min.X, src.Rect.Min.Y+m.first+k):]
			for i, p := range pix[:len(row)] {
				row[i] += wt * float32(p)
			}
		}
		to := dst.Pix[y*dst.Stride:]
		for x, m := range cols {
			var r, g, b float32
			for k, wt := range m.weights {
				p := row[4*(m.first+k) : 4*(m.first+k)+4]
				r, g, b = r+wt*p[0], g+wt*p[1], b+wt*p[2]
			}
			p := to[4*x : 4*x+4]
			p[0], p[1], p[2], p[3] = uint8(r+0.5), uint8(g+0.5), uint8(b+0.5), 255
		}
	}
}
