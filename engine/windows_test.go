package engine

import (
	"image"
	"slices"
	"strings"
	"testing"
)

func preset(t *testing.T, name string) DetectParams {
	t.Helper()
	p, err := DefaultDetectParams(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Validate(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	p.Prior = 0 // the fakes answer with plain logits
	return p
}

func windows(t *testing.T, p DetectParams, w, h int) []image.Rectangle {
	t.Helper()
	ws, err := p.Windows(w, h, 64)
	if err != nil {
		t.Fatal(err)
	}
	return ws
}

// square is the box of a window with its upper left corner at x, y.
func square(x, y, side int) image.Rectangle { return image.Rect(x, y, x+side, y+side) }

// The 630 windows of the 2015 article, column by column.
func TestWindows2015(t *testing.T) {
	ws := windows(t, preset(t, Mode2015), 512, 288)
	if len(ws) != 630 || 435+171+24 != 630 {
		t.Fatalf("got %d windows, want 435 + 171 + 24 = 630", len(ws))
	}
	for i, want := range map[int]image.Rectangle{
		0:   square(0, 0, 48),
		1:   square(0, 16, 48),
		14:  square(0, 224, 48), // 240 would be flush with the border
		15:  square(16, 0, 48),
		434: square(448, 224, 48),
		435: square(0, 0, 72),
		436: square(0, 24, 72),
		443: square(0, 192, 72),
		444: square(24, 0, 72),
		605: square(432, 192, 72),
		606: square(0, 0, 144),
		607: square(0, 48, 144),
		608: square(0, 96, 144),
		609: square(48, 0, 144),
		629: square(336, 96, 144),
	} {
		if ws[i] != want {
			t.Errorf("window %d: got %v, want %v", i, ws[i], want)
		}
	}
}

func TestWindows2015Counts(t *testing.T) {
	for _, c := range []struct {
		name       string
		preset     string
		w, h, want int
	}{
		{"four sizes", "repository", 512, 288, 634},
		{"a larger picture counts shrunk", Mode2015, 1280, 720, 630},
		{"a height that is cut, 512*333/1000 = 170.4", Mode2015, 1000, 333, 29*8 + 19*5 + 8},
		{"a smaller picture is not enlarged", Mode2015, 300, 200, 16*10 + 10*6 + 4*2},
		{"a tall picture", Mode2015, 512, 1000, 29*60 + 19*39 + 8*18},
		{"exactly one window fits: none is looked at", Mode2015, 48, 48, 0},
		{"one pixel more", Mode2015, 49, 49, 1},
		{"smaller than a window", Mode2015, 47, 500, 0},
		{"a line", Mode2015, 5000, 1, 0},
		{"nothing", Mode2015, 0, 0, 0},
	} {
		if got := len(windows(t, preset(t, c.preset), c.w, c.h)); got != c.want {
			t.Errorf("%s: %dx%d has %d windows, want %d", c.name, c.w, c.h, got, c.want)
		}
	}
}

// Boxes go back to the picture by the ratio of the widths, cut to whole pixels.
func TestWindows2015InTheOriginal(t *testing.T) {
	ws := windows(t, preset(t, Mode2015), 1000, 333) // 512x170; 1000/512 = 1.953125, 333/170 = 1.9588
	for i, want := range map[int]image.Rectangle{
		0: image.Rect(0, 0, 93, 93),     // 48 -> 93.75
		6: image.Rect(0, 187, 93, 281),  // 96 -> 187.5 (not 188.05), 144 -> 281.25
		9: image.Rect(31, 31, 125, 125), // 16 -> 31.25, 64 -> 125
	} {
		if ws[i] != want {
			t.Errorf("window %d: got %v, want %v", i, ws[i], want)
		}
	}
}

func TestWindowsCoverThePicture(t *testing.T) {
	p := preset(t, ModeWindows)
	for _, size := range []image.Point{{512, 288}, {1920, 1080}, {288, 512}, {777, 501}, {100, 100}, {41, 333}, {40, 40}} {
		ls, err := p.levels(size.X, size.Y, 64)
		if err != nil {
			t.Fatal(err)
		}
		var sides []float64
		for _, l := range ls {
			bounds := image.Rectangle{Max: l.size}
			all := image.Rectangle{}
			for _, w := range l.windows {
				if w.Dx() != 64 || w.Dy() != 64 || !w.In(bounds) {
					t.Fatalf("%v: window %v in a level of %v", size, w, l.size)
				}
				all = all.Union(w)
			}
			if all != bounds {
				t.Errorf("%v: the windows of the level of %v cover only %v", size, l.size, all)
			}
			checkSteps(t, l, 64*p.Stride)
			sides = append(sides, 64*float64(size.Y)/float64(l.size.Y))
		}
		zoom := float64(p.Width) / float64(max(size.X, size.Y, p.Width))
		if first, want := sides[0]*zoom, float64(p.MinSize); first < 0.98*want || first > 1.02*want {
			t.Errorf("%v: the smallest window is %.1f pixels, want %.1f", size, first, want)
		}
		if last, want := sides[len(sides)-1], float64(min(size.X, size.Y)); last < 0.98*want || last > 1.02*want {
			t.Errorf("%v: the largest window is %.1f pixels, want %.1f", size, last, want)
		}
		for i := 1; i < len(sides); i++ {
			if f := sides[i] / sides[i-1]; f > 1.03*p.Factor || f < 1 {
				t.Errorf("%v: windows grow from %.1f to %.1f pixels, want a factor of at most %v", size, sides[i-1], sides[i], p.Factor)
			}
		}
	}
}

// checkSteps says whether the columns and rows of a level's windows lie closer than stride.
func checkSteps(t *testing.T, l level, stride float64) {
	t.Helper()
	var xs, ys []int
	for _, w := range l.windows {
		xs, ys = append(xs, w.Min.X), append(ys, w.Min.Y)
	}
	slices.Sort(xs)
	slices.Sort(ys)
	xs, ys = slices.Compact(xs), slices.Compact(ys)
	for _, at := range [][]int{xs, ys} {
		for i := 1; i < len(at); i++ {
			if step := at[i] - at[i-1]; float64(step) > stride+1 {
				t.Errorf("level %v: windows at %d and %d, want steps up to %.1f", l.size, at[i-1], at[i], stride)
			}
		}
	}
	if want := len(xs) * len(ys); len(l.windows) != want {
		t.Errorf("level %v: %d windows in %d places", l.size, len(l.windows), want)
	}
}

func TestWindowsInTheOriginal(t *testing.T) {
	p := preset(t, ModeWindows)
	ws := windows(t, p, 1000, 600)
	first, last := ws[0], ws[len(ws)-1]
	if first.Min != (image.Point{}) || last.Max != image.Pt(1000, 600) {
		t.Errorf("got %v to %v, want the first in the upper left and the last in the lower right corner", first, last)
	}
	if want := 40.0 * 1000 / 512; float64(first.Dx()) < want-1 || float64(first.Dx()) > want+1 {
		t.Errorf("the smallest window is %v, want a side of %.1f", first, want)
	}
	if last.Dy() != 600 {
		t.Errorf("the largest window is %v, want the height of the picture", last)
	}
	if got := len(windows(t, p, 512, 288)); got != 1443 {
		t.Errorf("%d windows on 512x288: correct the comments that say 1443", got)
	}
	if got := windows(t, p, 39, 500); got != nil {
		t.Errorf("a picture smaller than a window has %d windows", len(got))
	}
	p.Width = 0
	if got := windows(t, p, 1000, 600)[0].Dx(); got != 40 {
		t.Errorf("with width 0 the smallest window has %d pixels, want 40", got)
	}
}

// Windows larger than the picture reach beyond it on both sides.
func TestWindowsBeyondThePicture(t *testing.T) {
	p := preset(t, ModeWindows)
	p.MaxSize = 1.5
	ws := windows(t, p, 512, 288)
	last := ws[len(ws)-1]
	// The picture has whole pixels at each level, here 76x43: so squares are square to 1 %.
	if last.Dx() < 427 || last.Dx() > 437 || last.Dy() < 427 || last.Dy() > 437 {
		t.Errorf("the largest window is %v, want sides of about 432", last)
	}
	above, below := false, false
	for _, w := range ws {
		if w.Dy() <= 288 {
			continue
		}
		if w.Min.Y > 0 || w.Max.Y < 288 {
			t.Errorf("window %v does not hold the whole height", w)
		}
		above, below = above || w.Max.Y == 288, below || w.Min.Y == 0
	}
	if !above || !below {
		t.Error("no large window is flush with the upper border, or none with the lower")
	}
}

func TestTooManyWindows(t *testing.T) {
	huge := preset(t, ModeWindows)
	huge.Width, huge.MinSize, huge.Stride = 0, 4, 0.01
	wide := huge // few windows, but each at 16 times the picture's size
	wide.Stride = 1
	if _, err := wide.Windows(2048, 2048, 64); err == nil {
		t.Error("a picture enlarged to 32768x32768 pixels: no error")
	}
	for name, p := range map[string]DetectParams{
		"windows": huge,
		"2015":    {Mode: Mode2015, Sizes: []WindowSize{{1, 1}}, Suppress: SuppressNone, IoU: 0.3, Shrink: 1},
	} {
		for _, side := range []int{20000, 1 << 30} {
			if _, err := p.Windows(side, side, 64); err == nil || !strings.Contains(err.Error(), "set a width") {
				t.Errorf("%s, side %d: got %v, want advice to set a width", name, side, err)
			}
		}
	}
}
