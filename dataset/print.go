package dataset

import (
	"image"
	"math"
	"math/bits"
)

// Print is a perceptual hash: alike pictures have prints that differ in few bits,
// whatever their size, brightness and contrast. It holds the signs of the lowest 8x8
// frequencies of the grey picture (DCT-II), bit 8*v+u for u waves across and v
// down. The mean has no sign: its bit is always set, so no print is 0.
type Print uint64

// grid is the side of the grey picture that the frequencies are taken of, waves how
// many there are each way.
const (
	grid  = 32
	waves = 8
)

// Distance is the number of bits, 0 to 63, in which two prints differ.
func (p Print) Distance(q Print) int { return bits.OnesCount64(uint64(p ^ q)) }

// turn is one of the 8 symmetries of the square: transposed first (bit 2), then
// mirrored left to right (bit 0) and top to bottom (bit 1).
type turn uint8

const turns = 8

// A mirror changes the sign of the odd waves in its direction: those columns or rows
// of bits flip.
const (
	oddAcross = 0xaaaaaaaaaaaaaaaa
	oddDown   = 0xff00ff00ff00ff00
)

// turned is the print of the turned picture.
func (p Print) turned(t turn) Print {
	if t&4 != 0 {
		p = p.transposed()
	}
	if t&1 != 0 {
		p ^= oddAcross
	}
	if t&2 != 0 {
		p ^= oddDown
	}
	return p
}

// transposed swaps rows and columns of bits: in 2x2 blocks, then 4x4, then 8x8
// (Hacker's Delight, 7-3).
func (p Print) transposed() Print {
	x := uint64(p)
	for _, s := range []struct {
		shift uint
		mask  uint64
	}{{7, 0x00aa00aa00aa00aa}, {14, 0x0000cccc0000cccc}, {28, 0x00000000f0f0f0f0}} {
		t := (x ^ x>>s.shift) & s.mask
		x ^= t ^ t<<s.shift
	}
	return Print(x)
}

// squeezed is a picture as 32x32 grey values, 0 to 255, in rows.
type squeezed [grid * grid]float64

// squeeze averages the grey values of an opaque picture over the cells of the grid. It
// sums in whole numbers, so a turned picture gives exactly the turned grid.
func squeeze(img *image.RGBA) *squeezed {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	across, down := cells(w), cells(h)
	var sums [grid * grid]uint64
	var row [grid]uint64
	for y := range h {
		clear(row[:])
		pix := img.Pix[y*img.Stride : y*img.Stride+4*w]
		for x, c := range across {
			p := pix[4*x : 4*x+4 : 4*x+4]
			grey := (299*uint64(p[0]) + 587*uint64(p[1]) + 114*uint64(p[2])) // Rec. 601, in thousandths
			for i := c.first; i <= c.last; i++ {
				row[i] += grey * c.overlap(i, x, w)
			}
		}
		for j := down[y].first; j <= down[y].last; j++ {
			weight := down[y].overlap(j, y, h)
			for i, v := range row {
				sums[j*grid+i] += v * weight
			}
		}
	}
	s := new(squeezed)
	for i, v := range sums {
		s[i] = float64(v) / (1000 * float64(w) * float64(h))
	}
	return s
}

// span is the cells that one pixel touches.
type span struct{ first, last int }

// cells says for each of n pixels which of the grid's cells it touches. Lengths are
// in parts of a pixel such that all are whole: a pixel has grid of them, a cell n.
func cells(n int) []span {
	spans := make([]span, n)
	for k := range spans {
		spans[k] = span{k * grid / n, ((k+1)*grid - 1) / n}
	}
	return spans
}

// overlap is the length that cell i shares with pixel k of n.
func (span) overlap(i, k, n int) uint64 {
	return uint64(min((k+1)*grid, (i+1)*n) - max(k*grid, i*n))
}

// cosines are the waves over the grid.
var cosines = func() (c [waves][grid]float64) {
	for u := range c {
		for x := range c[u] {
			c[u][x] = math.Cos(math.Pi * float64(u*(2*x+1)) / (2 * grid))
		}
	}
	return c
}()

// print takes the signs of the low frequencies.
func (s *squeezed) print() Print {
	var across [grid][waves]float64
	for y := range grid {
		row := s[y*grid : (y+1)*grid]
		for u := range waves {
			sum := 0.0
			for x, v := range row {
				sum += v * cosines[u][x]
			}
			across[y][u] = sum
		}
	}
	p := Print(1)
	for v := range waves {
		for u := range waves {
			sum := 0.0
			for y := range grid {
				sum += across[y][u] * cosines[v][y]
			}
			if sum > 0 && u+v > 0 {
				p |= 1 << (waves*v + u)
			}
		}
	}
	return p
}

// thumb is a picture as 16x16 grey pixels in rows: what tells twins from pictures
// that happen to have the same print.
type thumb [thumbSide * thumbSide]uint8

const thumbSide = grid / 2

// thumb shrinks the grid by half.
func (s *squeezed) thumb() *thumb {
	t := new(thumb)
	for i := range t {
		k := i/thumbSide*2*grid + i%thumbSide*2
		t[i] = uint8(math.Round((s[k] + s[k+1] + s[k+grid] + s[k+grid+1]) / 4))
	}
	return t
}

// turnedFrom says for each turn which pixel of a thumb comes to each place.
var turnedFrom = func() (from [turns][thumbSide * thumbSide]uint8) {
	const end = thumbSide - 1
	for t := range from {
		for i := range from[t] {
			x, y := i%thumbSide, i/thumbSide
			if t&1 != 0 {
				x = end - x
			}
			if t&2 != 0 {
				y = end - y
			}
			if t&4 != 0 {
				x, y = y, x
			}
			from[t][i] = uint8(y*thumbSide + x)
		}
	}
	return from
}()
