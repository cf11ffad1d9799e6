package engine

import (
	"image"
	"math"
	"math/rand/v2"
)

// jitter is how one crop is changed before it is learned from; the zero value but
// for zoom and contrast 1 leaves it as it is.
type jitter struct {
	turn     int // quarter turns, counterclockwise
	flip     bool
	zoom     float64 // 1.1 enlarges by a tenth
	dx, dy   float64 // in pixels; positive shows more of the right, of the bottom
	bright   float64 // added to each of 0 to 255
	contrast float64 // 1.1 widens the distance from the middle by a tenth
}

// newJitter draws one. Every number is always drawn, so that switching one change
// on does not alter the others.
func newJitter(c Config, turn int, rng *rand.Rand) jitter {
	around := func(width float64) float64 { return width * (2*rng.Float64() - 1) }
	flip := rng.Uint64()&1 == 1
	side := float64(c.Arch.Size)
	return jitter{
		turn:     turn,
		flip:     flip && c.Flip,
		zoom:     1 + around(c.Zoom),
		dx:       around(c.Shift) * side,
		dy:       around(c.Shift) * side,
		bright:   around(c.Brightness) * 255,
		contrast: 1 + around(c.Contrast),
	}
}

// apply returns the changed crop; img stays as it is. Where the new picture reaches
// beyond the old one, the edge goes on.
func (j jitter) apply(img *image.RGBA) *image.RGBA {
	if j.turn != 0 {
		img = turned(img, j.turn)
	}
	plain := jitter{turn: j.turn, zoom: 1, contrast: 1}
	if j == plain {
		return img
	}
	return j.resample(img)
}

// turned is img after quarter turns counterclockwise, pixel for pixel.
func turned(img *image.RGBA, quarters int) *image.RGBA {
	s := img.Rect.Dx()
	out := image.NewRGBA(image.Rect(0, 0, s, s))
	for y := range s {
		for x := range s {
			fx, fy := x, y
			for range quarters {
				fx, fy = s-1-fy, fx
			}
			copy(out.Pix[y*out.Stride+4*x:][:4], img.Pix[fy*img.Stride+4*fx:][:4])
		}
	}
	return out
}

// edgeTap is where one pixel of a line comes from: two neighbours and the share, of
// 256, of the second one.
type edgeTap struct{ a, b, share int }

// edgeTaps maps the pixels of a line of s after a zoom about its middle and a move.
func edgeTaps(s int, zoom, move float64, flip bool) []edgeTap {
	line := make([]edgeTap, s)
	middle := float64(s-1) / 2
	for i := range line {
		at := float64(i) - middle
		if flip {
			at = -at
		}
		at = at/zoom + middle + move
		low := math.Floor(at)
		line[i] = edgeTap{
			a:     min(max(int(low), 0), s-1),
			b:     min(max(int(low)+1, 0), s-1),
			share: int(math.Round(256 * (at - low))),
		}
	}
	return line
}

// resample flips, zooms, moves, and changes brightness and contrast, in one pass.
func (j jitter) resample(img *image.RGBA) *image.RGBA {
	s := img.Rect.Dx()
	cols, rows := edgeTaps(s, j.zoom, j.dx, j.flip), edgeTaps(s, j.zoom, j.dy, false)
	tone := j.tone()
	out := image.NewRGBA(image.Rect(0, 0, s, s))
	for y, r := range rows {
		upper, lower := img.Pix[r.a*img.Stride:], img.Pix[r.b*img.Stride:]
		line := out.Pix[y*out.Stride:]
		for x, c := range cols {
			for k := range 3 {
				top := int(upper[4*c.a+k])*(256-c.share) + int(upper[4*c.b+k])*c.share
				bottom := int(lower[4*c.a+k])*(256-c.share) + int(lower[4*c.b+k])*c.share
				line[4*x+k] = tone[(top*(256-r.share)+bottom*r.share+1<<15)>>16]
			}
			line[4*x+3] = 255
		}
	}
	return out
}

// tone is what each brightness becomes.
func (j jitter) tone() (table [256]uint8) {
	for p := range table {
		v := (float64(p)-127.5)*j.contrast + 127.5 + j.bright
		table[p] = uint8(math.Round(min(max(v, 0), 255)))
	}
	return table
}
