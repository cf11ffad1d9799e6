package dataset

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"testing"
)

// rectangles is a picture of n rectangles in random places and colours.
func rectangles(seed uint64, side, n int) *image.RGBA {
	rng := rand.New(rand.NewPCG(seed, 7))
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.Draw(img, img.Rect, image.NewUniform(color.Gray{uint8(rng.IntN(256))}), image.Point{}, draw.Src)
	for range n {
		x, y := rng.IntN(side), rng.IntN(side)
		r := image.Rect(x, y, x+side/8+rng.IntN(side/3), y+side/8+rng.IntN(side/3))
		c := color.RGBA{uint8(rng.IntN(256)), uint8(rng.IntN(256)), uint8(rng.IntN(256)), 255}
		draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
	}
	return img
}

// turnedImage turns a square picture pixel by pixel.
func turnedImage(img *image.RGBA, t turn) *image.RGBA {
	out := image.NewRGBA(img.Rect)
	end := img.Rect.Dx() - 1
	for y := range end + 1 {
		for x := range end + 1 {
			u, v := x, y
			if t&1 != 0 {
				u = end - u
			}
			if t&2 != 0 {
				v = end - v
			}
			if t&4 != 0 {
				u, v = v, u
			}
			out.SetRGBA(x, y, img.RGBAAt(u, v))
		}
	}
	return out
}

// changed is a copy with another value for each.
func changed(img *image.RGBA, f func(v int) int) *image.RGBA {
	out := image.NewRGBA(img.Rect)
	for i, v := range img.Pix {
		out.Pix[i] = 255
		if i%4 < 3 {
			out.Pix[i] = uint8(min(max(f(int(v)), 0), 255))
		}
	}
	return out
}

func TestPrintTurned(t *testing.T) {
	for seed := range uint64(40) {
		img := rectangles(seed, []int{64, 37, 200, 8}[seed%4], 12)
		grid := squeeze(img)
		for by := range turn(turns) {
			other := squeeze(turnedImage(img, by))
			if d := other.print().Distance(grid.print().turned(by)); d > 1 { // a frequency that is 0 but for rounding
				t.Errorf("seed %d, turn %d: the print of the turned picture is %d bits off the turned print", seed, by, d)
			}
			if *other.thumb() != *grid.thumb().turned(by) {
				t.Errorf("seed %d, turn %d: the thumb of the turned picture is not the turned thumb", seed, by)
			}
		}
	}
}

func TestPrintDistance(t *testing.T) {
	img := rectangles(1, 128, 12)
	for _, c := range []struct {
		name     string
		img      image.Image
		from, to int
	}{
		{"itself", img, 0, 0},
		{"darker", changed(img, func(v int) int { return v * 6 / 10 }), 0, 4},
		{"less contrast", changed(img, func(v int) int { return 60 + v/2 }), 0, 4},
		{"JPEG", jpegAgain(t, img), 0, 4},
		{"another picture", rectangles(2, 128, 12), 15, 63},
		{"mirrored", turnedImage(img, 1), 15, 63},
	} {
		if d := printOf(c.img).Distance(printOf(img)); d < c.from || d > c.to {
			t.Errorf("%s: %d bits differ, want %d to %d", c.name, d, c.from, c.to)
		}
	}
	if p := printOf(filled(5, 9, red)); p == 0 {
		t.Error("the print of a flat picture is 0, which means that there is none")
	}
}

// jpegAgain is what is left of a picture after it was saved as JPEG.
func jpegAgain(t testing.TB, img image.Image) *image.RGBA {
	t.Helper()
	out, err := DecodeImage("copy", bytes.NewReader(jpegOf(t, img)))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// turned is the thumb of the turned picture.
func (t *thumb) turned(by turn) *thumb {
	u := new(thumb)
	for i, k := range turnedFrom[by] {
		u[i] = t[k]
	}
	return u
}

// printOf takes the print of a picture, whatever its shape: it is squeezed to a square.
// Transparency is over white.
func printOf(img image.Image) Print {
	return squeeze(flatten(img)).print()
}
