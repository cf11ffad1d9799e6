package engine

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"math"
	"runtime"
	"slices"
	"testing"
)

func TestNearestTable(t *testing.T) {
	for _, c := range []struct {
		from, to int
		want     []int
	}{
		{4, 4, []int{0, 1, 2, 3}},
		{4, 2, []int{0, 2}}, // from centres (Pillow since 3.4): 1, 3
		{5, 3, []int{0, 1, 3}},
		{9, 4, []int{0, 2, 4, 6}},
		{2, 4, []int{0, 0, 1, 1}},
		{3, 8, []int{0, 0, 0, 1, 1, 1, 2, 2}},
		{5, 1, []int{0}},
		{1, 3, []int{0, 0, 0}},
		// Ten steps of 0.7 add up to a little less than 7, as they did in Pillow.
		{7, 10, []int{0, 0, 1, 2, 2, 3, 4, 4, 5, 6}},
	} {
		if got := nearestTable(c.from, c.to); !slices.Equal(got, c.want) {
			t.Errorf("%d pixels from %d: got %v, want %v", c.to, c.from, got, c.want)
		}
	}
	for from := 1; from < 300; from++ {
		if last := nearestTable(from, 64)[63]; last < 0 || last >= from {
			t.Fatalf("64 pixels from %d: the last comes from pixel %d", from, last)
		}
	}
}

// colours makes a picture in which every pixel tells where it is.
func colours(r image.Rectangle) *image.RGBA {
	img := image.NewRGBA(r)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			img.SetRGBA(x, y, color.RGBA{uint8(x), uint8(y), uint8(x ^ y), 255})
		}
	}
	return img
}

func TestNearest2015TakesThePart(t *testing.T) {
	whole := colours(image.Rect(0, 0, 40, 30))
	src := whole.SubImage(image.Rect(4, 2, 40, 30)).(*image.RGBA)
	dst := image.NewRGBA(image.Rect(0, 0, 3, 2))
	nearest2015(dst, src, image.Rect(10, 8, 15, 12)) // 5x4: columns 0, 1, 3, rows 0, 2
	for y, wantY := range []int{8, 10} {
		for x, wantX := range []int{10, 11, 13} {
			if got, want := dst.RGBAAt(x, y), whole.RGBAAt(wantX, wantY); got != want {
				t.Errorf("pixel %d,%d: got %v, want %v", x, y, got, want)
			}
		}
	}
}

func TestCopyEdges(t *testing.T) {
	src := colours(image.Rect(0, 0, 40, 30)).SubImage(image.Rect(5, 5, 15, 12)).(*image.RGBA)
	for _, corner := range []image.Point{{5, 5}, {9, 6}, {2, 3}, {12, 10}, {0, 0}, {-20, 50}} {
		dst := image.NewRGBA(image.Rect(0, 0, 6, 6))
		copyEdges(dst, src, corner)
		for y := range 6 {
			for x := range 6 {
				want := src.RGBAAt(min(max(corner.X+x, 5), 14), min(max(corner.Y+y, 5), 11))
				if got := dst.RGBAAt(x, y); got != want {
					t.Fatalf("from %v, pixel %d,%d: got %v, want %v", corner, x, y, got, want)
				}
			}
		}
	}
}

func TestResizeKeepsFlatColours(t *testing.T) {
	want := color.RGBA{200, 30, 255, 255}
	src := image.NewRGBA(image.Rect(3, 4, 40, 33))
	for y := 4; y < 33; y++ {
		for x := 3; x < 40; x++ {
			src.SetRGBA(x, y, want)
		}
	}
	for _, size := range []image.Point{{37, 29}, {1, 1}, {10, 50}, {36, 28}, {120, 7}, {64, 64}} {
		dst := resize(src, size.X, size.Y)
		if dst.Rect != (image.Rectangle{Max: size}) {
			t.Fatalf("to %v: got %v", size, dst.Rect)
		}
		for y := range size.Y {
			for x := range size.X {
				if got := dst.RGBAAt(x, y); got != want {
					t.Fatalf("to %v, pixel %d,%d: got %v, want %v", size, x, y, got, want)
				}
			}
		}
	}
}

// Several goroutines make the same picture as one.
func TestResizeInBands(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(5))
	src := colours(image.Rect(10, 20, 650, 420))
	for _, size := range []image.Point{{300, 3}, {333, 207}, {700, 501}} {
		want := image.NewRGBA(image.Rectangle{Max: size})
		resizeRows(want, src, triangles(640, size.X), triangles(400, size.Y), 0, size.Y)
		if !bytes.Equal(resize(src, size.X, size.Y).Pix, want.Pix) {
			t.Errorf("%v: another picture than from one goroutine", size)
		}
	}
}

// Stripes that are too fine for the smaller picture become grey. The nearest
// neighbour, which the 2015 program used, makes them black or white.
func TestResizeDoesNotAlias(t *testing.T) {
	src := image.NewRGBA(image.Rect(0, 0, 128, 128))
	for i := range src.Pix {
		src.Pix[i] = 255
		if x := i / 4 % 128; x%2 == 0 && i%4 != 3 {
			src.Pix[i] = 0
		}
	}
	dst := resize(src, 32, 32)
	for x := 1; x < 31; x++ { // the border has one stripe less to mix
		if got := dst.RGBAAt(x, 16).R; got < 125 || got > 131 {
			t.Errorf("column %d: got %d, want 128", x, got)
		}
	}
	old := image.NewRGBA(dst.Rect)
	nearest2015(old, src, src.Rect)
	if got := old.RGBAAt(5, 5).R; got != 0 {
		t.Errorf("nearest neighbour: got %d, want the black stripe", got)
	}
}

// A slope stays a slope and stays in place: pixel centres map to pixel centres.
func TestResizeStaysInPlace(t *testing.T) {
	const n = 60
	src := image.NewRGBA(image.Rect(0, 0, n, n))
	for y := range n {
		for x := range n {
			src.SetRGBA(x, y, color.RGBA{uint8(4 * x), uint8(4 * y), 0, 255})
		}
	}
	for _, to := range []int{20, 25, 30, 90, 120, 133} {
		dst := resize(src, to, to)
		for i := range to {
			at := (float64(i)+0.5)*n/float64(to) - 0.5
			if reach := math.Max(n/float64(to), 1); at < reach || at > n-1-reach {
				continue // the border bends the slope
			}
			if got := dst.RGBAAt(i, to/2).R; math.Abs(float64(got)-4*at) > 1 {
				t.Errorf("to %d, column %d: got %d, want %.1f", to, i, got, 4*at)
			}
			if got := dst.RGBAAt(to/2, i).G; math.Abs(float64(got)-4*at) > 1 {
				t.Errorf("to %d, row %d: got %d, want %.1f", to, i, got, 4*at)
			}
		}
	}
}

func BenchmarkResize(b *testing.B) {
	for _, c := range []struct{ from, to image.Point }{
		{image.Pt(1920, 1080), image.Pt(819, 461)}, // the largest level of a frame
		{image.Pt(1920, 1080), image.Pt(114, 64)},  // the smallest
		{image.Pt(512, 288), image.Pt(819, 461)},
		{image.Pt(512, 288), image.Pt(114, 64)},
	} {
		src := colours(image.Rectangle{Max: c.from})
		b.Run(fmt.Sprintf("%dx%d-%dx%d", c.from.X, c.from.Y, c.to.X, c.to.Y), func(b *testing.B) {
			for b.Loop() {
				resize(src, c.to.X, c.to.Y)
			}
		})
	}
	src := colours(image.Rect(0, 0, 512, 288))
	b.Run("nearest-48-64", func(b *testing.B) {
		dst := image.NewRGBA(image.Rect(0, 0, 64, 64))
		for b.Loop() {
			nearest2015(dst, src, image.Rect(100, 100, 148, 148))
		}
	})
}
