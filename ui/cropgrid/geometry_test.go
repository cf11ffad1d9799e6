package cropgrid

import (
	"math"
	"testing"
)

// five columns of 100 wide cells, 7.3 rows high
var view = layout{n: 23, cell: 92, w: 520, h: 730}

func TestColumnsAndRows(t *testing.T) {
	for _, c := range []struct {
		name       string
		l          layout
		cols, rows int
	}{
		{"several", view, 5, 5},
		{"exact width", layout{n: 10, cell: 92, w: 508, h: 100}, 5, 2},
		{"one unit short", layout{n: 10, cell: 92, w: 507, h: 100}, 4, 3},
		{"narrower than a cell", layout{n: 10, cell: 92, w: 20, h: 100}, 1, 10},
		{"no items", layout{cell: 92, w: 520, h: 100}, 5, 0},
		{"no size yet", layout{n: 3, cell: 92}, 1, 3},
	} {
		if got := c.l.cols(); got != c.cols {
			t.Errorf("%s: %d columns, want %d", c.name, got, c.cols)
		}
		if got := c.l.rows(); got != c.rows {
			t.Errorf("%s: %d rows, want %d", c.name, got, c.rows)
		}
	}
}

func TestHitFindsEachCellAtItsCorners(t *testing.T) {
	for _, l := range []layout{view, {n: 100_000, cell: 33, w: 1599, h: 900}} {
		for _, i := range []int{0, 1, l.cols() - 1, l.cols(), l.n / 2, l.n - 1} {
			x, y := l.at(i)
			far := float64(l.cell) - 0.01
			for _, p := range [][2]float64{{x, y}, {x + far, y}, {x, y + far}, {x + far, y + far}} {
				if got := l.hit(p[0], p[1]); got != i {
					t.Errorf("cell %d of %d at %v: hit %d", i, l.n, p, got)
				}
			}
		}
	}
}

func TestHitMisses(t *testing.T) {
	x, y := view.at(22)
	for _, c := range []struct {
		name string
		x, y float64
	}{
		{"gap right of a cell", view.left() + 92, 20},
		{"gap below a cell", view.left(), gap + 92},
		{"left margin", 1, 20},
		{"above", 20, -5},
		{"behind the last item", x + 100, y},
		{"below the last row", x, y + 100},
		{"right of the last column", view.left() + 500, 20},
	} {
		if got := view.hit(c.x, c.y); got != -1 {
			t.Errorf("%s: hit %d", c.name, got)
		}
	}
}

func TestSpans(t *testing.T) {
	l := layout{n: 100, cell: 92, w: 520, h: 250} // two and a half rows
	for _, c := range []struct {
		name          string
		off           float64
		visible, page span
	}{
		{"top", 0, span{0, 15}, span{0, 10}},
		{"a sliver lost", 9, span{0, 15}, span{5, 10}},
		{"half a row down", 50, span{0, 15}, span{5, 15}},
		{"a row down, its frame still shows", 100, span{0, 20}, span{5, 15}},
		{"a row and its frame down", 105, span{5, 20}, span{5, 15}},
		{"end", l.limit(), span{85, 100}, span{90, 100}},
		{"beyond the end", 1900, span{90, 100}, span{95, 100}},
	} {
		if got := l.visible(c.off); got != c.visible {
			t.Errorf("%s: visible %v, want %v", c.name, got, c.visible)
		}
		if got := l.page(c.off); got != c.page {
			t.Errorf("%s: page %v, want %v", c.name, got, c.page)
		}
	}
	low := layout{n: 100, cell: 92, w: 520, h: 40}
	if got := low.page(0); got != (span{0, 5}) {
		t.Errorf("view lower than a row: page %v, want its one row", got)
	}
	if got := (layout{cell: 92, w: 520, h: 250}).page(0); got != (span{}) {
		t.Errorf("no items: page %v", got)
	}
}

func TestReveal(t *testing.T) {
	l := layout{n: 100, cell: 92, w: 520, h: 250}
	for _, c := range []struct {
		name      string
		i         int
		off, want float64
	}{
		{"already visible", 5, 50, 50},
		{"above", 0, 50, 0},
		{"below", 50, 0, 1000 + 108 - 250},
		{"first row", 3, 900, 0},
		{"partly below", 10, 0, 58},
	} {
		if got := l.reveal(c.i, c.off); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
	low := layout{n: 100, cell: 92, w: 520, h: 40}
	if got := low.reveal(50, 0); got != 1000 {
		t.Errorf("view lower than a row: got %v, want the row's top", got)
	}
}

func TestRevealKeepsPrecisionFarDown(t *testing.T) {
	l := layout{n: 100_000, cell: 256, w: 300, h: 700} // one column: 26 million units
	off := l.reveal(99_999, 0)
	if _, y := l.at(99_999); math.Abs(y+256+gap-(off+l.h)) > 1e-6 {
		t.Errorf("last cell ends at %v, view at %v", y+256+gap, off+l.h)
	}
}

func TestMove(t *testing.T) {
	for _, c := range []struct {
		name      string
		i, dx, dy int
		want      int
	}{
		{"right", 0, 1, 0, 1},
		{"right to the next row", 4, 1, 0, 5},
		{"left at the first", 0, -1, 0, 0},
		{"right at the last", 22, 1, 0, 22},
		{"down", 3, 0, 1, 8},
		{"down to a short row", 18, 0, 1, 22},
		{"down at the last row", 21, 0, 1, 21},
		{"up at the first row", 3, 0, -1, 3},
		{"a page down", 1, 0, 7, 21},
	} {
		if got := view.move(c.i, c.dx, c.dy); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
	if got := (layout{cell: 92, w: 520, h: 250}).move(-1, 1, 0); got != -1 {
		t.Errorf("no items: got %d", got)
	}
}

func TestTouched(t *testing.T) {
	left := view.left()
	for _, c := range []struct {
		name           string
		x0, y0, x1, y1 float64
		want           []int
	}{
		{"within a cell", left + 10, 20, left + 20, 30, []int{0}},
		{"two by two", left + 50, 50, left + 150, 150, []int{0, 1, 5, 6}},
		{"only gaps", left + 93, 0, left + 99, 500, nil},
		{"short last row", left + 250, 420, left + 600, 480, []int{22}},
		{"everything right of the grid", 515, 0, 600, 900, nil},
		{"from outside", -100, -100, left + 1, 9, []int{0}},
	} {
		var got []int
		view.touched(c.x0, c.y0, c.x1, c.y1, func(i int) { got = append(got, i) })
		if !equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func equal[T comparable](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestStepZoom(t *testing.T) {
	for _, c := range []struct{ size, steps, want int }{
		{64, 1, 80}, {64, -1, 56}, {70, 1, 80}, {70, -1, 64}, {256, 1, 256}, {32, -1, 32}, {32, 100, 256},
	} {
		if got := stepZoom(c.size, c.steps); got != c.want {
			t.Errorf("%d by %d: got %d, want %d", c.size, c.steps, got, c.want)
		}
	}
}

func TestScrollBarThumb(t *testing.T) {
	for _, c := range []struct {
		name             string
		off, limit, view float64
		top, length      float64
	}{
		{"top", 0, 900, 100, 0, 30},
		{"middle", 450, 900, 100, 135, 30},
		{"end", 900, 900, 100, 270, 30},
		{"beyond the end", 1200, 900, 100, 270, 30},
		{"half in view", 0, 100, 100, 0, 150},
		{"never too short to catch", 0, 1e6, 100, 0, minThumb},
	} {
		top, length := thumbSpan(300, c.off, c.limit, c.view)
		if math.Abs(top-c.top) > 1e-9 || math.Abs(length-c.length) > 1e-9 {
			t.Errorf("%s: %v long at %v, want %v at %v", c.name, length, top, c.length, c.top)
		}
		if c.off <= c.limit {
			if got := thumbOffset(300, top, c.limit, c.view); math.Abs(got-c.off) > 1e-9 {
				t.Errorf("%s: pulled there it scrolls to %v, want %v", c.name, got, c.off)
			}
		}
	}
}
