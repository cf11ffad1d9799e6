package engine

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"testing"
)

// A copy is made from the smallest picture that is wide enough.
func TestPyramid(t *testing.T) {
	grey := func(width int, v uint8) *image.RGBA {
		img := image.NewRGBA(image.Rect(0, 0, width, 10))
		draw.Draw(img, img.Rect, image.NewUniform(color.RGBA{v, v, v, 255}), image.Point{}, draw.Src)
		return img
	}
	for _, c := range []struct {
		width int
		haste bool
		want  uint8
	}{
		{290, true, 1},
		{201, true, 1},
		{200, true, 2},
		{134, true, 2},
		{133, true, 3},
		{20, true, 3},
		{500, true, 1},
		{200, false, 1},
		{20, false, 1},
	} {
		p := pyramid{pics: []*image.RGBA{grey(400, 1), grey(300, 2), grey(200, 3)}}
		if err := p.add(image.Pt(c.width, 5), image.Pt(c.width+3, 6), c.haste); err != nil {
			t.Fatal(err)
		}
		if len(p.pics) != 4 || p.pics[3].Rect != image.Rect(0, 0, c.width, 5) {
			t.Fatalf("%d pixels wide: not kept", c.width)
		}
		whole := p.last(image.Pt(c.width+3, 6))
		if got := whole.Pix[0]; got != c.want {
			t.Errorf("%d pixels wide: made from picture %d, want %d", c.width, got, c.want)
		}
		for _, at := range []image.Point{{c.width, 0}, {c.width + 2, 5}, {0, 5}} {
			if got := whole.RGBAAt(at.X, at.Y); got != (color.RGBA{}) {
				t.Errorf("%d pixels wide: beside it at %v is %v", c.width, at, got)
			}
		}
	}
}

// Copies that are made at once are those that are made one after the other.
func TestPyramidFill(t *testing.T) {
	img := colours(image.Rect(10, 20, 410, 320))
	one, many := pyramid{pics: []*image.RGBA{img}}, pyramid{pics: []*image.RGBA{img}}
	var pics []*image.RGBA
	for _, w := range []int{430, 340, 280, 200, 133, 90, 60, 33, 32} {
		size := image.Pt(w, w*3/4)
		if err := one.add(size, size, true); err != nil {
			t.Fatal(err)
		}
		pics = append(pics, image.NewRGBA(image.Rectangle{Max: size}))
	}
	many.fill(pics)
	if len(many.pics) != len(one.pics) {
		t.Fatalf("%d pictures, want %d", len(many.pics), len(one.pics))
	}
	for i, want := range one.pics {
		if !bytes.Equal(many.pics[i].Pix, want.Pix) {
			t.Errorf("%v is another picture", want.Rect)
		}
	}
}
