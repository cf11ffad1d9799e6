package engine

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// What is at a place of the turned picture comes from where back says.
func TestTurnKnowsWhereItComesFrom(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		size := image.Pt(20+rng.IntN(100), 20+rng.IntN(100))
		degrees := rng.Float64()*360 - 180
		if rng.IntN(3) == 0 {
			degrees = float64(rng.IntN(5)-2) * 90
		}
		mark := image.Pt(2+rng.IntN(size.X-4), 2+rng.IntN(size.Y-4))
		img := canvas(image.Rectangle{Max: size}.Add(image.Pt(7, 5)))
		dot := image.Rect(-1, -1, 2, 2).Add(mark)
		for y := dot.Min.Y; y < dot.Max.Y; y++ {
			for x := dot.Min.X; x < dot.Max.X; x++ {
				img.SetRGBA(x+7, y+5, color.RGBA{R: 255, A: 255})
			}
		}
		turned := newTurn(size, degrees)
		pic := turned.apply(img)
		var sum, sx, sy float64
		for y := range pic.Rect.Dy() {
			for x := range pic.Rect.Dx() {
				if p := pic.RGBAAt(x, y); p.R > p.G { // not the grey beyond the picture
					v := float64(p.R - p.G)
					sum, sx, sy = sum+v, sx+v*(float64(x)+0.5), sy+v*(float64(y)+0.5)
				}
			}
		}
		if math.Abs(sum/255-9) > 1 {
			t.Fatalf("%v by %.1f: the dot at %v has %.1f pixels, want 9", size, degrees, mark, sum/255)
		}
		x, y := turned.origin(sx/sum, sy/sum)
		if off := math.Hypot(x-float64(mark.X)-0.5, y-float64(mark.Y)-0.5); off > 0.3 {
			t.Errorf("%v by %.1f: the dot at %v is said to come from %.2f,%.2f", size, degrees, mark, x, y)
		}
		r := image.Rect(0, 0, 8, 8).Add(image.Pt(round(sx/sum-4), round(sy/sum-4)))
		back := turned.back(r, 3)
		centre := back.Min.Add(back.Max).Div(2).Sub(mark.Mul(3))
		if back.Dx() < 23 || back.Dx() > 25 || back.Dy() < 23 || back.Dy() > 25 || max(centre.X, centre.Y, -centre.X, -centre.Y) > 5 {
			t.Errorf("%v by %.1f: a box around the dot at %v goes back to %v", size, degrees, mark, back)
		}
	}
}

// Quarter turns lose no pixel, and clockwise is clockwise.
func TestQuarterTurns(t *testing.T) {
	img := colours(image.Rect(0, 0, 31, 20))
	for _, c := range []struct {
		degrees float64
		size    image.Point
		to      func(x, y int) (int, int)
	}{
		{0, image.Pt(31, 20), func(x, y int) (int, int) { return x, y }},
		{90, image.Pt(20, 31), func(x, y int) (int, int) { return 19 - y, x }},
		{180, image.Pt(31, 20), func(x, y int) (int, int) { return 30 - x, 19 - y }},
		{-90, image.Pt(20, 31), func(x, y int) (int, int) { return y, 30 - x }},
	} {
		turned := newTurn(image.Pt(31, 20), c.degrees).apply(img)
		if turned.Rect.Size() != c.size {
			t.Fatalf("by %v: %v, want %v", c.degrees, turned.Rect.Size(), c.size)
		}
		for y := range 20 {
			for x := range 31 {
				tx, ty := c.to(x, y)
				if got, want := turned.RGBAAt(tx, ty), img.RGBAAt(x, y); got != want {
					t.Fatalf("by %v: pixel %d,%d is %v at %d,%d, want %v", c.degrees, x, y, got, tx, ty, want)
				}
			}
		}
	}
}

// A head that lies on its side is found, at its place, only with the picture turned.
func TestDetectTurnsThePicture(t *testing.T) {
	d, _ := fakeDetector(func(x []float32) float32 { // white above, black below
		half := len(x) / 6
		return brightness(x[:half]) - brightness(x[half:2*half]) - 12
	})
	d.scout = brightScout(t)
	img := whiteSquare(image.Rect(40, 30, 640, 430), image.Rect(300, 150, 340, 230)) // right half of a square, white
	p := preset(t, ModeScout)
	p.Candidates, p.Apart, p.Prior, p.Trust, p.Settled = 200, 0.9, 0, 0, 0
	left := image.Rect(285, 160, 315, 220) // around the border with black on the left, white on the right
	at := func() bool {
		return slices.ContainsFunc(detect(t, d, img, p), func(f Detection) bool { return f.Box.Min.Add(f.Box.Max).Div(2).In(left) })
	}
	if at() {
		t.Error("found upright")
	}
	p.Tilt = []float64{30, 90}
	if at() {
		t.Error("found, turned the wrong way")
	}
	p.Tilt = []float64{30, -90}
	if !at() {
		t.Error("not found")
	}
}
