package cropgrid

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
)

// bench is a grid of 5 columns and 3 whole rows of 92 units in a window, with
// the items 100, 101 …
type bench struct {
	*Grid
	window    fyne.Window
	held      fyne.KeyModifier
	ready     chan bool
	selected  []int64
	told      int // calls of OnSelected
	cursor    int64
	activated []int64
}

func newBench(t testing.TB, n int) *bench {
	test.NewTempApp(t)
	b := &bench{Grid: New(), ready: make(chan bool, 1000)}
	b.loader.ready = func() { b.ready <- true } // there is no UI goroutine to redraw on
	b.modifiers = func() fyne.KeyModifier { return b.held }
	b.OnSelected = func(ids []int64) { b.selected, b.told = ids, b.told+1 }
	b.OnCursor = func(id int64) { b.cursor = id }
	b.OnActivated = func(id int64) { b.activated = append(b.activated, id) }
	b.SetCellSize(92)
	b.window = test.NewWindow(b.Grid)
	b.window.SetPadded(false)
	b.window.Resize(fyne.NewSize(508+barWidth, 320))
	b.SetItems(ids(100, 100+int64(n)))
	t.Cleanup(func() { b.Close(); b.window.Close() })
	return b
}

// middle returns the middle of the cell of an item, in the view.
func (b *bench) middle(id int64) fyne.Position {
	x, y := b.layout.at(b.index[id])
	return fyne.NewPos(float32(x)+46, float32(y-b.off)+46)
}

func (b *bench) press(at fyne.Position, m fyne.KeyModifier) {
	b.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}, Button: desktop.MouseButtonPrimary, Modifier: m})
}

func (b *bench) click(id int64, m fyne.KeyModifier) {
	b.press(b.middle(id), m)
	b.MouseUp(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary})
}

func (b *bench) drag(from, to fyne.Position, m fyne.KeyModifier) {
	b.press(from, m)
	for _, t := range []float32{0.3, 0.6, 1} {
		at := fyne.NewPos(from.X+(to.X-from.X)*t, from.Y+(to.Y-from.Y)*t)
		b.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: at}})
	}
	b.MouseUp(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary})
	b.DragEnd()
}

func (b *bench) key(name fyne.KeyName, m fyne.KeyModifier) {
	if m&fyne.KeyModifierControl != 0 {
		b.TypedShortcut(&desktop.CustomShortcut{KeyName: name, Modifier: m})
		return
	}
	b.held = m
	b.TypedKey(&fyne.KeyEvent{Name: name})
	b.held = 0
}

const (
	ctrl  = fyne.KeyModifierControl
	shift = fyne.KeyModifierShift
)

func TestPagesCoverEveryItemOnce(t *testing.T) {
	for _, n := range []int{1, 15, 16, 97, 1000} {
		for _, start := range []float64{0, 37} {
			b := newBench(t, n)
			b.scroll(start)
			got := append([]int64{}, b.Items()[:b.layout.page(b.off).from]...)
			got = append(got, b.PageIDs()...)
			for b.NextPage() {
				b.Refresh() // a redraw must not move the page
				if id, _ := b.Cursor(); id != b.PageIDs()[0] {
					t.Errorf("cursor on %d, page begins with %d", id, b.PageIDs()[0])
				}
				got = append(got, b.PageIDs()...)
			}
			if !equal(got, b.Items()) {
				t.Errorf("%d items from offset %v: pages show %d", n, start, len(got))
			}
		}
	}
}

func TestPrevPage(t *testing.T) {
	b := newBench(t, 50)
	if b.PageSize() != 15 {
		t.Fatalf("page of %d, want 15", b.PageSize())
	}
	b.NextPage()
	b.NextPage()
	b.PrevPage()
	if got := b.PageIDs(); !equal(got, ids(115, 130)) {
		t.Errorf("got %v", got)
	}
	b.PrevPage()
	if b.PrevPage() || !equal(b.PageIDs(), ids(100, 115)) {
		t.Errorf("at the first page: %v", b.PageIDs())
	}
}

func TestSetItemsKeepsWhatStays(t *testing.T) {
	b := newBench(t, 1000)
	b.NextPage()
	b.NextPage() // items 130 to 144
	b.Select(131, 133, 500)
	b.SetCursor(133)
	var left []int64
	for _, id := range b.Items() {
		if id < 105 || id > 110 && id != 133 {
			left = append(left, id)
		}
	}
	b.SetItems(left)
	if !equal(b.selected, []int64{131, 500}) {
		t.Errorf("selection: %v, want 131 and 500", b.selected)
	}
	if id, _ := b.Cursor(); id != 134 {
		t.Errorf("cursor on %d, want 134, the next that stayed", id)
	}
	if p := b.PageIDs(); p[0] > 130 || p[len(p)-1] < 130 {
		t.Errorf("page %v lost item 130", p)
	}
	b.SetItems(ids(5000, 5003))
	if id, _ := b.Cursor(); id != 5002 || len(b.Selection()) != 0 || b.off != 0 {
		t.Errorf("all new: cursor %d, selection %v, offset %v", id, b.Selection(), b.off)
	}
	b.SetItems(nil)
	if _, ok := b.Cursor(); ok {
		t.Error("no items, but a cursor")
	}
}

// Accepting a page under a filter takes its items out of the grid: the next
// ones must be at the top then.
func TestAcceptedPageMakesRoomForTheNext(t *testing.T) {
	b := newBench(t, 200)
	b.SetItems(ids(115, 300))
	if got := b.PageIDs(); !equal(got, ids(115, 130)) {
		t.Errorf("got %v", got)
	}
}

func TestResizeKeepsThePlace(t *testing.T) {
	b := newBench(t, 1000)
	for range 20 {
		b.NextPage()
	}
	first := b.PageIDs()[0]
	b.window.Resize(fyne.NewSize(308+barWidth, 420))
	if p := b.layout.visible(b.off); b.Items()[p.from] > first || b.Items()[p.to-1] < first {
		t.Errorf("item %d went out of view", first)
	}
}

// The cost of what is done once for all items.
func BenchmarkSetItems(b *testing.B) {
	g := newBench(b, 100_000)
	all := ids(0, 100_000)
	for b.Loop() {
		g.SetItems(all)
	}
}

func BenchmarkSelectAll(b *testing.B) {
	g := newBench(b, 100_000)
	for b.Loop() {
		g.SelectAll()
	}
}
