package engine

import (
	"image"
	"math"
	"math/rand/v2"
)

// jitter is how one crop is changed before it is learned from; the zero value but
// for zoom, contrast and colors 1 leaves it as it is.
type jitter struct {
	turn     int // quarter turns, counterclockwise
	flip     bool
	zoom     float64 // 1.1 enlarges by a tenth
	dx, dy   float64 // in pixels; positive shows more of the right, of the bottom
	bright   float64 // added to each of 0 to 255
	contrast float64 // 1.1 widens the distance from the middle by a tenth
	colors   float64 // 1.1 makes them stronger by a tenth, 0 takes them away
	hue      float64 // in radians, round the colour circle
}

// newJitter draws one. Every number is always drawn, so that switching one change
// on does not alter the others.
func newJitter(c Config, turn int, rng *rand.Rand) jitter {
	around := func(width float64) float64 { return width * (2*rng.Float64() - 1) }
	flip := rng.Uint64()&1 == 1
	side := float64(c.Arch.Size)
	j := jitter{
		turn:     turn,
		flip:     flip && c.Flip,
		zoom:     1 + around(c.Zoom),
		dx:       around(c.Shift) * side,
		dy:       around(c.Shift) * side,
		bright:   around(c.Brightness) * 255,
		contrast: 1 + around(c.Contrast),
		colors:   1 + around(c.Saturation),
		hue:      around(c.Hue) * math.Pi / 180,
	}
	if rng.Float64() < c.Gray {
		j.colors, j.hue = 0, 0
	}
	return j
}

// asItIs is the jitter that only turns and mirrors.
func (j jitter) asItIs() jitter {
	return jitter{turn: j.turn, flip: j.flip, zoom: 1, contrast: 1, colors: 1}
}

// apply returns the changed crop; img stays as it is. Where the new picture reaches
// beyond the old one, the edge goes on.
func (j jitter) apply(img *image.RGBA) *image.RGBA {
	if j.turn != 0 {
		img = turned(img, j.turn)
	}
	if j == j.asItIs() && !j.flip {
		return img
	}
	out := j.resample(img)
	if j.recolors() {
		sin, cos := j.colour()
		recolor(out, sin, cos)
	}
	return out
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
		table[p] = shade(v)
	}
	return table
}

// recolors says whether the colours change.
func (j jitter) recolors() bool { return j.colors != 1 || j.hue != 0 }

// colour is what the colour differences are turned and stretched by.
func (j jitter) colour() (sin, cos float64) {
	sin, cos = math.Sincos(j.hue)
	return sin * j.colors, cos * j.colors
}

// recolor changes the colours of a picture and leaves its lightness: the two colour
// differences of JPEG (ITU-R BT.601) grow or shrink, and turn.
func recolor(img *image.RGBA, sin, cos float64) {
	for i := 0; i < len(img.Pix); i += 4 {
		p := img.Pix[i : i+3 : i+3]
		r, g, b := float64(p[0]), float64(p[1]), float64(p[2])
		y := 0.299*r + 0.587*g + 0.114*b
		u, v := (b-y)/1.772, (r-y)/1.402
		u, v = cos*u-sin*v, sin*u+cos*v
		p[0] = shade(y + 1.402*v)
		p[1] = shade(y - 0.344136*u - 0.714136*v)
		p[2] = shade(y + 1.772*u)
	}
}

// shade is the nearest of 0 to 255.
func shade(v float64) uint8 { return uint8(math.Round(min(max(v, 0), 255))) }
