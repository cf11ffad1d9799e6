package dataset

import (
	"bytes"
	"image"
	"math/rand/v2"
	"testing"
)

func TestCutBounds(t *testing.T) {
	frame := image.Rect(0, 0, 100, 60)
	for _, test := range []struct {
		name   string
		frame  image.Rectangle
		box    image.Rectangle
		margin float64
		want   image.Rectangle
	}{
		{"a square as it is", frame, image.Rect(20, 20, 40, 40), 1, image.Rect(20, 20, 40, 40)},
		{"context all round", frame, image.Rect(20, 20, 40, 40), 1.5, image.Rect(15, 15, 45, 45)},
		{"tall: its longer side", frame, image.Rect(40, 10, 50, 40), 1, image.Rect(30, 10, 60, 40)},
		{"wide", frame, image.Rect(40, 20, 70, 30), 1, image.Rect(40, 10, 70, 40)},
		{"at the left and top: moved inside", frame, image.Rect(0, 0, 20, 20), 1.5, image.Rect(0, 0, 30, 30)},
		{"at the right and bottom", frame, image.Rect(80, 40, 100, 60), 1.5, image.Rect(70, 30, 100, 60)},
		{"half outside", frame, image.Rect(90, 20, 110, 40), 1, image.Rect(80, 20, 100, 40)},
		{"larger than the frame: as large as fits", frame, image.Rect(20, 0, 80, 60), 1.5, image.Rect(20, 0, 80, 60)},
		{"larger than the frame, at its side", frame, image.Rect(60, -20, 160, 80), 1, image.Rect(40, 0, 100, 60)},
		{"centre between two pixels: the upper left one", frame, image.Rect(20, 20, 41, 41), 0.48, image.Rect(25, 25, 35, 35)},
		{"never nothing", frame, image.Rect(20, 20, 21, 21), 0.2, image.Rect(20, 20, 21, 21)},
		{"empty box", frame, image.Rect(20, 20, 20, 40), 1, image.Rectangle{}},
		{"outside", frame, image.Rect(200, 20, 220, 40), 1, image.Rectangle{}},
		{"a part of a larger picture", image.Rect(50, 50, 150, 110), image.Rect(45, 60, 65, 80), 1, image.Rect(50, 60, 70, 80)},
	} {
		if got := CutBounds(test.frame, test.box, test.margin); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestCutCopiesThePixels(t *testing.T) {
	frame := drawing(1)
	crop := Cut(frame, image.Rect(300, 10, 330, 40), 1) // moved to 290..320
	if crop.Rect != image.Rect(0, 0, 30, 30) {
		t.Fatalf("the crop is %v", crop.Rect)
	}
	for y := range 30 {
		for x := range 30 {
			if got, want := crop.RGBAAt(x, y), frame.RGBAAt(290+x, 10+y); got != want {
				t.Fatalf("pixel %d,%d is %v, want %v", x, y, got, want)
			}
		}
	}
	crop.Pix[0] ^= 255
	if frame.RGBAAt(290, 10) == crop.RGBAAt(0, 0) {
		t.Error("the crop shares its pixels with the frame")
	}
	if empty := Cut(frame, image.Rect(-9, -9, -1, -1), 1); !empty.Rect.Empty() {
		t.Errorf("a box outside gives %v", empty.Rect)
	}
}

// Whatever the box: inside the frame, square, holding the box's centre where that is in
// the frame, and the same again.
func TestCutIsAlwaysASquareInside(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 20000 {
		frame := image.Rect(0, 0, 1+rng.IntN(200), 1+rng.IntN(200)).Add(image.Pt(rng.IntN(50)-25, rng.IntN(50)-25))
		box := image.Rect(rng.IntN(400)-100, rng.IntN(400)-100, rng.IntN(400)-100, rng.IntN(400)-100)
		margin := 0.2 + 3*rng.Float64()
		got := CutBounds(frame, box, margin)
		if got != CutBounds(frame, box, margin) {
			t.Fatalf("frame %v, box %v: not the same again", frame, box)
		}
		if box.Intersect(frame).Empty() {
			if !got.Empty() {
				t.Fatalf("frame %v, box %v outside: got %v", frame, box, got)
			}
			continue
		}
		if got.Empty() || !got.In(frame) || got.Dx() != got.Dy() {
			t.Fatalf("frame %v, box %v, margin %v: got %v", frame, box, margin, got)
		}
		centre := image.Pt((box.Min.X+box.Max.X)>>1, (box.Min.Y+box.Max.Y)>>1)
		if centre.In(frame) && !centre.In(got.Inset(-1)) { // it may lie between two pixels
			t.Fatalf("frame %v, box %v, margin %v: %v does not hold the centre %v", frame, box, margin, got, centre)
		}
	}
}

// The crop of a network's box, or of a random window, is the window.
func TestBoxOf(t *testing.T) {
	frame := image.Rect(0, 0, 1280, 720)
	for side := 24; side <= 720; side++ {
		window := image.Rect(7, 0, 7+side, side)
		got := CutBounds(frame, BoxOf(window), Margin)
		if d := got.Dx() - side; d < -1 || d > 1 {
			t.Fatalf("window %v: the crop is %v", window, got)
		}
	}
}

func TestShrunk(t *testing.T) {
	for side, want := range map[int]int{24: 24, largestCrop: largestCrop, 700: largestCrop} {
		if got := shrunk(image.NewRGBA(image.Rect(0, 0, side, side))).Rect.Dx(); got != want {
			t.Errorf("%d: got %d, want %d", side, got, want)
		}
	}
	if a, b := shrunk(drawing(1).SubImage(image.Rect(0, 0, 180, 180)).(*image.RGBA)), drawing(1); !bytes.Equal(a.Pix[:40], b.Pix[:40]) {
		t.Error("a small crop was changed")
	}
}
