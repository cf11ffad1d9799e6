package cropgrid

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// fill is a picture of one colour.
func fill(c color.Color, side int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.Draw(m, m.Rect, image.NewUniform(c), image.Point{}, draw.Src)
	return m
}

func TestPicturesAndMarksAreDrawn(t *testing.T) {
	b := newBench(t, 50)
	blue, green, red := color.RGBA{0, 0, 200, 255}, color.RGBA{0, 160, 0, 255}, color.RGBA{200, 0, 0, 255}
	b.Thumb = func(id int64) image.Image {
		if id == 102 {
			return nil
		}
		return fill(blue, 16)
	}
	b.Mark = func(id int64) Mark {
		switch id {
		case 101:
			return Mark{Fill: green, Shape: Check, Dim: true, Badge: "0.98"}
		case 103:
			return Mark{Fill: green, Glyph: 'S', Signs: []Sign{{Fill: red, Shape: Warning}, {Fill: blue, Glyph: 'V'}}}
		}
		return Mark{}
	}
	b.Select(100)
	for _, scale := range []float64{1, 2} {
		w, h := int(508*scale), int(320*scale)
		r := test.WidgetRenderer(b.Grid).(*renderer)
		first := r.generate(w, h).(*image.RGBA)
		if at := b.middle(105); first.RGBAAt(int(float64(at.X)*scale), int(float64(at.Y)*scale)) == blue && scale == 1 {
			t.Error("a picture was there before it was loaded")
		}
		for ready := false; !ready; {
			<-b.ready
			ready = true
			for _, id := range ids(100, 115) {
				got := b.loader.get(id)
				ready = ready && got != nil && (got.source == nil || got.side == int(92*scale))
			}
		}
		img := r.generate(w, h).(*image.RGBA)
		at := func(id int64, dx, dy float64) color.RGBA {
			x, y := b.layout.at(b.index[id])
			return img.RGBAAt(int((x+dx)*scale), int((y+dy)*scale))
		}
		for _, c := range []struct {
			name string
			got  color.RGBA
			want color.RGBA
		}{
			{"picture", at(100, 46, 46), blue},
			{"picture of the last cell", at(114, 46, 46), blue},
			{"unreadable", at(102, 20, 46), r.colors.plate},
			{"gap", at(100, 96, 96), r.colors.ground},
			{"rounded corner", at(105, 0, 0), r.colors.ground},
			{"selection frame", at(100, 46, -1.5), r.colors.primary},
			{"no selection frame", at(101, 46, -1.5), r.colors.ground},
			{"mark's edge", at(101, 60, 91), green},
			{"mark's plate", at(101, 3, 80), green},
			{"glyph's plate", at(103, 2, 80), green},
			{"first sign in the corner", at(103, 76.5, 91), red},
			{"second sign beside it", at(103, 57.5, 91), blue},
		} {
			if c.got != c.want {
				t.Errorf("scale %v: %s is %v, want %v", scale, c.name, c.got, c.want)
			}
		}
		if got := at(101, 46, 46); got == blue {
			t.Errorf("scale %v: a dim picture is as strong as others", scale)
		}
	}
}

// A picture is shown as the loader scaled it, not by the quick scaling that
// stands in until then.
func TestWellScaledPictureIsDrawn(t *testing.T) {
	b := newBench(t, 1)
	b.Thumb = func(int64) image.Image {
		m := image.NewGray(image.Rect(0, 0, 16, 16))
		for i := range m.Pix {
			m.Pix[i] = uint8(i * 37)
		}
		return m
	}
	r := test.WidgetRenderer(b.Grid).(*renderer)
	r.generate(508, 320)
	<-b.ready
	img, want := r.generate(508, 320).(*image.RGBA), b.loader.get(100).fit
	x, y := b.layout.at(0)
	for i := 10; i < 80; i++ {
		if got := img.RGBAAt(int(x)+i, int(y)+i); got != want.RGBAAt(i, i) {
			t.Fatalf("pixel %d, %d is %v, want %v", i, i, got, want.RGBAAt(i, i))
		}
	}
}

func TestInvalidateLoadsAgain(t *testing.T) {
	b := newBench(t, 3)
	loads := make(chan int64, 100)
	b.Thumb = func(id int64) image.Image {
		loads <- id
		return fill(color.Black, 8)
	}
	r := test.WidgetRenderer(b.Grid).(*renderer)
	draw := func() { r.generate(508, 320) }
	draw()
	for range 3 {
		<-loads
	}
	for b.loader.get(100) == nil || b.loader.get(101) == nil || b.loader.get(102) == nil {
		<-b.ready
	}
	b.Invalidate(101)
	draw()
	if id := <-loads; id != 101 || len(loads) != 0 {
		t.Errorf("loaded %d and %d more, want only 101", id, len(loads))
	}
}

func TestEmptyTextIsShownOnlyWithoutItems(t *testing.T) {
	b := newBench(t, 0)
	b.Empty = "nothing yet"
	b.Refresh()
	r := test.WidgetRenderer(b.Grid).(*renderer)
	if r.empty.Text != "nothing yet" {
		t.Errorf("got %q", r.empty.Text)
	}
	b.SetItems(ids(0, 1))
	if r.empty.Text != "" {
		t.Errorf("with an item: %q", r.empty.Text)
	}
}

// Composing a full view of 1600 by 900 pixels in a grid of 100,000 items, all
// pictures loaded, every third cell marked, some selected.
func BenchmarkCompose(b *testing.B) {
	for _, size := range []int{32, 96, 256} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			g := newBench(b, 100_000)
			g.SetCellSize(size)
			g.window.Resize(fyne.NewSize(1600+barWidth, 900))
			g.Thumb = func(id int64) image.Image { return fill(color.Gray{uint8(id)}, 64) }
			g.Mark = func(id int64) Mark {
				if id%3 == 0 {
					return Mark{Fill: color.RGBA{0, 160, 0, 255}, Shape: Check, Badge: "0.98"}
				}
				return Mark{}
			}
			g.scroll(40_000)
			v := g.layout.visible(g.off)
			g.Select(g.Items()[v.from : v.from+20]...)
			r := test.WidgetRenderer(g.Grid).(*renderer)
			r.generate(1600, 900)
			for missing := true; missing; {
				<-g.ready
				missing = false
				for _, id := range g.Items()[v.from:v.to] {
					missing = missing || g.loader.get(id) == nil
				}
			}
			g.Close()
			for b.Loop() {
				r.generate(1600, 900)
			}
			b.ReportMetric(float64(v.to-v.from), "cells")
		})
	}
}
