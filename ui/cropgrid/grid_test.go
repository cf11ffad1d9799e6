package cropgrid

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
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

func TestClicks(t *testing.T) {
	b := newBench(t, 50)
	for _, c := range []struct {
		name string
		id   int64
		m    fyne.KeyModifier
		want []int64
	}{
		{"plain selects one", 103, 0, ids(103, 104)},
		{"plain replaces", 101, 0, ids(101, 102)},
		{"shift selects the range", 106, shift, ids(101, 107)},
		{"shift goes on from the same end", 103, shift, ids(101, 104)},
		{"ctrl takes away", 102, ctrl, []int64{101, 103}},
		{"ctrl adds", 109, ctrl, []int64{101, 103, 109}},
		{"shift from the last toggled", 111, shift, ids(109, 112)},
	} {
		b.click(c.id, c.m)
		if !equal(b.selected, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, b.selected, c.want)
		}
		if b.cursor != c.id {
			t.Errorf("%s: cursor on %d, want %d", c.name, b.cursor, c.id)
		}
	}
	b.press(fyne.NewPos(2, 2), ctrl)
	if len(b.selected) != 3 {
		t.Errorf("ctrl-click beside the cells: got %v", b.selected)
	}
	b.press(fyne.NewPos(2, 2), 0)
	if len(b.selected) != 0 {
		t.Errorf("click beside the cells: got %v", b.selected)
	}
	if b.window.Canvas().Focused() != b.Grid {
		t.Error("a click does not focus the grid")
	}
}

func TestRubberBand(t *testing.T) {
	four := []int64{100, 101, 105, 106}
	for _, c := range []struct {
		name string
		m    fyne.KeyModifier
		want []int64
	}{
		{"plain replaces", 0, four},
		{"shift adds", shift, append(append([]int64{}, four...), 108)},
		{"ctrl inverts", ctrl, []int64{100, 101, 105, 108}},
	} {
		b := newBench(t, 50)
		b.Select(106, 108)
		b.drag(fyne.NewPos(1, 1), b.middle(106), c.m)
		if !equal(b.selected, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, b.selected, c.want)
		}
	}
}

func TestUnsteadyClickIsNoBand(t *testing.T) {
	b := newBench(t, 50)
	b.click(101, 0)
	at := b.middle(108)
	b.drag(at, at.AddXY(3, 3), shift)
	if !equal(b.selected, ids(101, 109)) {
		t.Errorf("shift-click with a tremble: got %v, want the range", b.selected)
	}
}

func TestBandScrollsAtTheEdge(t *testing.T) {
	b := newBench(t, 500)
	b.drag(fyne.NewPos(1, 1), fyne.NewPos(500, 400), 0)
	if b.off <= 0 {
		t.Fatal("the view did not scroll")
	}
	if got, want := len(b.selected), 25; got != want { // the band reaches to the fifth row
		t.Errorf("%d selected, want %d", got, want)
	}
}

func TestKeys(t *testing.T) {
	b := newBench(t, 48)
	b.click(101, 0)
	for _, c := range []struct {
		name   string
		key    fyne.KeyName
		m      fyne.KeyModifier
		cursor int64
		want   []int64
	}{
		{"right", fyne.KeyRight, 0, 102, ids(102, 103)},
		{"down", fyne.KeyDown, 0, 107, ids(107, 108)},
		{"shift right", fyne.KeyRight, shift, 108, ids(107, 109)},
		{"shift up", fyne.KeyUp, shift, 103, ids(103, 108)},
		{"ctrl left keeps", fyne.KeyLeft, ctrl, 102, ids(103, 108)},
		{"space takes in", fyne.KeySpace, 0, 102, ids(102, 108)},
		{"space takes out", fyne.KeySpace, 0, 102, ids(103, 108)},
		{"end", fyne.KeyEnd, 0, 147, ids(147, 148)},
		{"shift home", fyne.KeyHome, shift, 100, ids(100, 148)},
		{"home", fyne.KeyHome, 0, 100, ids(100, 101)},
		{"page down", fyne.KeyPageDown, 0, 115, ids(115, 116)},
		{"shift page up", fyne.KeyPageUp, shift, 100, ids(100, 116)},
		{"escape", fyne.KeyEscape, 0, 100, nil},
		{"ctrl shift end", fyne.KeyEnd, ctrl | shift, 147, ids(115, 148)},
	} {
		b.key(c.key, c.m)
		if !equal(b.selected, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, b.selected, c.want)
		}
		if b.cursor != c.cursor {
			t.Errorf("%s: cursor on %d, want %d", c.name, b.cursor, c.cursor)
		}
		if p := b.layout.page(b.off); b.sel.cursor < p.from || b.sel.cursor >= p.to {
			t.Errorf("%s: cursor is out of view", c.name)
		}
	}
	b.key(fyne.KeyEscape, 0)
	b.TypedShortcut(&fyne.ShortcutSelectAll{})
	if len(b.selected) != 48 {
		t.Errorf("ctrl+A: %d selected, want 48", len(b.selected))
	}
}

func TestKeysWithoutItems(t *testing.T) {
	b := newBench(t, 0)
	for _, k := range []fyne.KeyName{fyne.KeyLeft, fyne.KeyDown, fyne.KeyHome, fyne.KeyEnd, fyne.KeyPageDown, fyne.KeySpace, fyne.KeyReturn} {
		b.key(k, 0)
	}
	b.drag(fyne.NewPos(1, 1), fyne.NewPos(300, 300), 0)
	if b.NextPage() || b.PrevPage() || len(b.PageIDs()) != 0 || len(b.activated) != 0 {
		t.Error("an empty grid has pages or items")
	}
}

func TestOwnerIsAskedFirst(t *testing.T) {
	b := newBench(t, 20)
	var keys []fyne.KeyName
	var runes []rune
	b.OnKey = func(k fyne.KeyName) bool {
		keys = append(keys, k)
		return k == fyne.KeyReturn
	}
	b.OnRune = func(r rune) bool {
		runes = append(runes, r)
		return r == '+'
	}
	b.key(fyne.KeyReturn, 0)
	b.key(fyne.KeyEnter, 0)
	b.key(fyne.KeyRight, 0)
	b.TypedRune('+')
	b.TypedRune('-')
	if !equal(keys, []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter, fyne.KeyRight}) || string(runes) != "+-" {
		t.Errorf("asked about %v and %q", keys, string(runes))
	}
	if !equal(b.activated, []int64{100}) {
		t.Errorf("activated %v, want 100 once: the owner took Return, not Enter", b.activated)
	}
	if b.CellSize() != 80 {
		t.Errorf("cells of %d, want 80: the owner took +, not -", b.CellSize())
	}
}

func TestForeignShortcutsGoToTheCanvas(t *testing.T) {
	b := newBench(t, 20)
	var got []fyne.Shortcut
	b.pass = func(s fyne.Shortcut) { got = append(got, s) }
	save := &desktop.CustomShortcut{KeyName: fyne.KeyS, Modifier: ctrl}
	undo := &fyne.ShortcutUndo{}
	for _, s := range []fyne.Shortcut{
		save, undo, &fyne.ShortcutSelectAll{},
		&desktop.CustomShortcut{KeyName: fyne.KeyEnd, Modifier: ctrl},
	} {
		b.TypedShortcut(s)
	}
	if !equal(got, []fyne.Shortcut{save, undo}) {
		t.Errorf("passed on %v, want Ctrl+S and undo", got)
	}
}

func TestDoubleClickActivates(t *testing.T) {
	b := newBench(t, 20)
	b.click(107, 0)
	b.DoubleTapped(&fyne.PointEvent{Position: b.middle(107)})
	b.DoubleTapped(&fyne.PointEvent{Position: fyne.NewPos(1, 1)})
	if !equal(b.activated, []int64{107}) {
		t.Errorf("activated %v, want 107", b.activated)
	}
}

func TestZoomKeepsWhatIsUnderThePointer(t *testing.T) {
	b := newBench(t, 2000)
	b.scroll(3000)
	id := b.Items()[b.layout.page(b.off).from+6]
	at := b.middle(id)
	b.held = ctrl
	for _, dy := range []float32{1, 1, 1, -1, -1, -1, -1} {
		b.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: at}, Scrolled: fyne.Delta{DY: dy}})
		_, y := b.layout.at(b.index[id])
		if mid := y - b.off + float64(b.layout.cell)/2; mid < 0 || mid > b.layout.h {
			t.Errorf("at %d units: the item is %v below the view's top", b.CellSize(), mid)
		}
	}
	if b.CellSize() != 64 {
		t.Errorf("cells of %d, want 64 after three steps up and four down from 92", b.CellSize())
	}
	b.SetCellSize(5)
	if b.CellSize() != minCell {
		t.Errorf("cells of %d, want %d", b.CellSize(), minCell)
	}
}

func TestWheelScrollsWithinLimits(t *testing.T) {
	b := newBench(t, 100)
	wheel := func(dy float32) { b.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: dy}}) }
	wheel(50)
	if b.off != 0 {
		t.Errorf("scrolled above the top: %v", b.off)
	}
	wheel(-10)
	if b.off != 40 {
		t.Errorf("a wheel of -10 scrolled to %v, want 40", b.off)
	}
	wheel(-1e6)
	if b.off != b.layout.limit() {
		t.Errorf("scrolled to %v, want the limit %v", b.off, b.layout.limit())
	}
}

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

func TestScrollBarPull(t *testing.T) {
	b := newBench(t, 1000)
	bar := test.WidgetRenderer(b.Grid).(*renderer).bar
	bar.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(5, 5)}})
	bar.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(5, 5000)}})
	if b.off != b.layout.limit() {
		t.Errorf("pulled to the end: offset %v, want %v", b.off, b.layout.limit())
	}
	bar.MouseUp(nil)
	bar.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(5, 2)}})
	if b.off != 0 {
		t.Errorf("a press at the top: offset %v", b.off)
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
