package cropgrid

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
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
	for _, k := range []fyne.KeyName{fyne.KeyLeft, fyne.KeyDown, fyne.KeyHome, fyne.KeyEnd, fyne.KeyPageDown} {
		b.key(k, 0)
	}
	b.Toggle()
	b.Activate()
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
		return k == fyne.KeyRight
	}
	b.OnRune = func(r rune) { runes = append(runes, r) }
	b.key(fyne.KeyRight, 0)
	b.key(fyne.KeyEnd, 0)
	b.TypedRune('+')
	if !equal(keys, []fyne.KeyName{fyne.KeyRight, fyne.KeyEnd}) || string(runes) != "+" {
		t.Errorf("asked about %v and %q", keys, string(runes))
	}
	if b.cursor != 119 || !equal(b.selected, []int64{119}) {
		t.Errorf("the cursor is on %d, want 119: the owner took the arrow, not the other key", b.cursor)
	}
}

// TestForTheOwnersKeys does what the owner has keys for.
func TestForTheOwnersKeys(t *testing.T) {
	b := newBench(t, 20)
	b.SetCursor(102)
	b.Toggle()
	if !equal(b.selected, []int64{102}) {
		t.Errorf("selected %v, want 102", b.selected)
	}
	b.Toggle()
	b.Activate()
	if len(b.selected) != 0 || !equal(b.activated, []int64{102}) {
		t.Errorf("selected %v, want none; activated %v, want 102", b.selected, b.activated)
	}
	was := b.CellSize()
	b.Zoom(1)
	larger := b.CellSize()
	b.Zoom(-1)
	if larger <= was || b.CellSize() >= larger {
		t.Errorf("cells of %d became %d and then %d", was, larger, b.CellSize())
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
