package imageview

import (
	"image"
	"math/rand/v2"
	"testing"
)

func TestGripAt(t *testing.T) {
	large, small := area{100, 100, 300, 200}, area{100, 100, 108, 108}
	for _, c := range []struct {
		name string
		a    area
		x, y float64
		want grip
	}{
		{"middle", large, 200, 150, gripAll},
		{"on the left edge", large, 100, 150, gripLeft},
		{"outside of the right edge, within reach", large, 308, 150, gripRight},
		{"inside of the lower edge, within reach", large, 200, 195, gripBottom},
		{"upper left corner", large, 95, 104, gripLeft | gripTop},
		{"lower right corner, outside", large, 308, 208, gripRight | gripBottom},
		{"upper right corner", large, 299, 101, gripRight | gripTop},
		{"out of reach", large, 311, 150, gripNone},
		{"in line with an edge, out of reach", large, 100, 220, gripNone},
		{"a small box still moves by its middle", small, 104, 104, gripAll},
		{"a small box is resized from outside", small, 92, 104, gripLeft},
		{"a small box's corner", small, 115, 115, gripRight | gripBottom},
	} {
		if got := gripAt(c.a, c.x, c.y); got != c.want {
			t.Errorf("%s: got %04b, want %04b", c.name, got, c.want)
		}
	}
}

func TestDragged(t *testing.T) {
	b := image.Rect(0, 0, 100, 60)
	r := image.Rect(20, 20, 40, 40)
	const nw, ne, se = gripLeft | gripTop, gripRight | gripTop, gripRight | gripBottom
	for _, c := range []struct {
		name   string
		g      grip
		dx, dy float64
		square bool
		want   image.Rectangle
	}{
		{"moved", gripAll, 5.4, -3.6, false, image.Rect(25, 16, 45, 36)},
		{"moved against the edge", gripAll, 999, -999, true, image.Rect(80, 0, 100, 20)},
		{"right edge", gripRight, 10, 99, false, image.Rect(20, 20, 50, 40)},
		{"left edge past the right one", gripLeft, 99, 0, false, image.Rect(38, 20, 40, 40)},
		{"upper edge out of the picture", gripTop, 0, -99, false, image.Rect(20, 0, 40, 40)},
		{"corner", nw, -5, -7, false, image.Rect(15, 13, 40, 40)},
		{"corner past the opposite one", se, -99, -99, false, image.Rect(20, 20, 22, 22)},
		{"square corner takes the longer way", se, 10, 3, true, image.Rect(20, 20, 50, 50)},
		{"square corner within the picture", se, 70, 0, true, image.Rect(20, 20, 60, 60)},
		{"square upper right corner keeps lower left", ne, 5, -12, true, image.Rect(20, 8, 52, 40)},
		{"square edge keeps the other edge and the middle", gripRight, 10, 0, true, image.Rect(20, 15, 50, 45)},
		{"square edge at the border slides in", gripRight, 36, 0, true, image.Rect(20, 2, 76, 58)},
		{"square edge is no higher than the picture", gripRight, 80, 0, true, image.Rect(20, 0, 80, 60)},
		{"square never turns over", se, -99, -99, true, image.Rect(20, 20, 22, 22)},
		{"nothing held", gripNone, 9, 9, true, r},
	} {
		if got := dragged(r, c.g, c.dx, c.dy, b, c.square); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
	if got, want := dragged(image.Rect(-30, 50, 130, 90), gripAll, 0, 0, b, false), image.Rect(0, 50, 100, 60); got != want {
		t.Errorf("a box that hangs over: got %v, want %v", got, want)
	}
}

// Whatever is dragged wherever: never outside, never inverted, never too small; square
// stays square; what was not taken stays.
func TestDraggedProperties(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 7))
	grips := []grip{gripLeft, gripTop, gripRight, gripBottom, gripLeft | gripTop, gripRight | gripTop, gripLeft | gripBottom, gripRight | gripBottom, gripAll}
	for range 20000 {
		b := image.Rect(rnd.IntN(20)-10, rnd.IntN(20)-10, 30+rnd.IntN(100), 30+rnd.IntN(100))
		r := image.Rectangle{Min: image.Pt(b.Min.X+rnd.IntN(b.Dx()-1), b.Min.Y+rnd.IntN(b.Dy()-1))}
		r.Max = image.Pt(r.Min.X+2+rnd.IntN(b.Max.X-r.Min.X-1), r.Min.Y+2+rnd.IntN(b.Max.Y-r.Min.Y-1))
		g, square := grips[rnd.IntN(len(grips))], rnd.IntN(2) == 0
		dx, dy := rnd.Float64()*400-200, rnd.Float64()*400-200
		got := dragged(r, g, dx, dy, b, square)
		fail := func(what string) {
			t.Fatalf("%v in %v, grip %04b by %.1f, %.1f, square %v: %v %s", r, b, g, dx, dy, square, got, what)
		}
		if !got.In(b) {
			fail("lies outside")
		}
		if got.Dx() < minBox || got.Dy() < minBox {
			fail("is too small")
		}
		if g == gripAll {
			if got.Size() != r.Size() {
				fail("changed its size")
			}
			continue
		}
		if square && got.Dx() != got.Dy() {
			fail("is not square")
		}
		corner := way(g, gripLeft, gripRight) != 0 && way(g, gripTop, gripBottom) != 0
		for _, side := range []struct {
			taken    grip
			was, now int
			opposite grip
		}{
			{gripLeft, r.Min.X, got.Min.X, gripRight},
			{gripRight, r.Max.X, got.Max.X, gripLeft},
			{gripTop, r.Min.Y, got.Min.Y, gripBottom},
			{gripBottom, r.Max.Y, got.Max.Y, gripTop},
		} {
			fixed := g&side.opposite != 0 || (!square && g&side.taken == 0)
			if (fixed || (corner && g&side.taken == 0)) && side.was != side.now {
				fail("moved a side that was not taken")
			}
		}
	}
}

func TestFollowing(t *testing.T) {
	boxes := []Box{{}, {Fixed: true}, {}, {Fixed: true}}
	for _, c := range []struct {
		name string
		at   int
		back bool
		want int
	}{
		{"from none", -1, false, 0},
		{"from none, back", -1, true, 2},
		{"over a fixed one", 0, false, 2},
		{"round the end", 2, false, 0},
		{"back", 2, true, 0},
		{"back round the start", 0, true, 2},
	} {
		if got := following(boxes, c.at, c.back); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
	if got := following(boxes[1:2], -1, false); got != -1 {
		t.Errorf("only fixed ones: got %d, want -1", got)
	}
	if got := following(nil, -1, true); got != -1 {
		t.Errorf("no boxes: got %d, want -1", got)
	}
}
