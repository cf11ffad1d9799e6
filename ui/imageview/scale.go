package imageview

import (
	"encoding/binary"
	"image"
	"math"
	"runtime"
	"sync"
)

// rows calls f for 0 to n-1, in bands on all cores where there are enough.
func rows(n int, f func(y int)) {
	k := min(runtime.GOMAXPROCS(0), n/64)
	if k < 2 {
		for y := range n {
			f(y)
		}
		return
	}
	var wg sync.WaitGroup
	for i := range k {
		wg.Go(func() {
			for y := i * n / k; y < (i+1)*n/k; y++ {
				f(y)
			}
		})
	}
	wg.Wait()
}

// mapping says what destination pixels show: source = from + (dst+0.5)*step.
type mapping struct {
	fromX, fromY float64 // source point at the destination's upper left corner
	step         float64 // source pixels per destination pixel
}

// tap is what one destination column or row samples: two neighbouring source
// pixels, which may be the same one, and the weight of the second in 1/256.
type tap struct {
	a, b int32 // a is -1 outside the source
	w    uint32
}

// taps returns what n destination pixels sample from size source pixels.
// smooth mixes neighbours; otherwise each takes the pixel it lies in.
func taps(n, size int, from, step float64, smooth bool) []tap {
	out := make([]tap, n)
	last := float64(size - 1)
	for i := range out {
		v := from + (float64(i)+0.5)*step
		if v < 0 || v >= float64(size) {
			out[i].a = -1
			continue
		}
		if !smooth {
			out[i].a, out[i].b = int32(v), int32(v)
			continue
		}
		v = min(max(v-0.5, 0), last)
		f := math.Floor(v)
		out[i] = tap{int32(f), int32(min(f+1, last)), uint32((v-f)*256 + 0.5)}
	}
	return out
}

// inside returns the range of taps that hit the source.
func inside(t []tap) (from, to int) {
	for from < len(t) && t[from].a < 0 {
		from++
	}
	to = from
	for to < len(t) && t[to].a >= 0 {
		to++
	}
	return from, to
}

// scale draws src into dst by the mapping; what lies outside src becomes ground.
func scale(dst, src *image.RGBA, m mapping, smooth bool, ground uint32) {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	xs := taps(w, src.Rect.Dx(), m.fromX, m.step, smooth)
	ys := taps(h, src.Rect.Dy(), m.fromY, m.step, smooth)
	x0, x1 := inside(xs)
	rows(h, func(y int) {
		out := dst.Pix[y*dst.Stride:][:4*w]
		t := ys[y]
		if t.a < 0 {
			fill(out, ground)
			return
		}
		fill(out[:4*x0], ground)
		fill(out[4*x1:], ground)
		a, b := src.Pix[int(t.a)*src.Stride:], src.Pix[int(t.b)*src.Stride:]
		if smooth {
			blend(out[4*x0:4*x1], a, b, xs[x0:x1], t.w)
		} else {
			pixels(out[4*x0:4*x1], a, xs[x0:x1])
		}
	})
}

// pixels draws one row without mixing.
func pixels(out, a []byte, xs []tap) {
	le := binary.LittleEndian
	for i, t := range xs {
		le.PutUint32(out[4*i:], le.Uint32(a[4*t.a:]))
	}
}

// blend draws one row between the source rows a and b, b weighing w/256.
func blend(out, a, b []byte, xs []tap, w uint32) {
	le := binary.LittleEndian
	for i, t := range xs {
		p, q := 4*t.a, 4*t.b
		top := mix(le.Uint32(a[p:]), le.Uint32(a[q:]), t.w)
		low := mix(le.Uint32(b[p:]), le.Uint32(b[q:]), t.w)
		le.PutUint32(out[4*i:], mix(top, low, w))
	}
}

// mix returns the pixel p with w/256 of q, all four channels at once.
func mix(p, q, w uint32) uint32 {
	const even = 0x00ff00ff
	v := 256 - w
	rb := (p&even*v + q&even*w + 0x00800080) >> 8 & even
	ga := (p>>8&even*v + q>>8&even*w + 0x00800080) &^ even
	return rb | ga
}

func fill(out []byte, c uint32) {
	for i := 0; i+4 <= len(out); i += 4 {
		binary.LittleEndian.PutUint32(out[i:], c)
	}
}
