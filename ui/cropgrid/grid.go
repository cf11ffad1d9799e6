package cropgrid

import (
	"image"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Grid shows items as square cells. Its methods and callbacks belong to the
// UI goroutine, except Thumb, which its loaders call.
type Grid struct {
	widget.BaseWidget

	// Thumb returns the picture of an item, or nil where it cannot be read.
	// Called from several loader goroutines at once; the picture must not be
	// modified afterwards. Set it before the grid is shown.
	Thumb func(id int64) image.Image
	// Mark returns how an item is marked; nil marks nothing. It is called for
	// each visible cell at each redraw: answer from memory. Call Refresh when
	// marks have changed.
	Mark func(id int64) Mark
	// OnSelected is told the selected items in grid order, after each change
	// made by the user or by a method. The slice is the callee's.
	OnSelected func(ids []int64)
	// OnCursor is told the item under the cursor after the cursor went to
	// another item.
	OnCursor func(id int64)
	// OnActivated is told the item that was double-clicked; see Activate.
	OnActivated func(id int64)
	// OnKey is asked before the grid acts on a key; true means taken. Letters
	// arrive here and in OnRune: bind them in one place only.
	OnKey func(name fyne.KeyName) bool
	// OnRune gets the typed characters.
	OnRune func(r rune)
	// OnZoomed is told the new cell size in Fyne units.
	OnZoomed func(size int)

	// Empty is shown in the middle while there are no items.
	Empty string

	ids     []int64
	index   map[int64]int
	layout  layout
	off     float64 // units of the content above the view
	sel     selection
	drag    drag
	focused bool
	loader  *loader
	pens    *pens
	buf     *image.RGBA
	paint   func() // redraws the cells; set by the renderer

	modifiers func() fyne.KeyModifier // held now; tests replace it
	pass      func(fyne.Shortcut)     // takes shortcuts that are not the grid's; tests replace it
}

// New returns an empty grid with cells of 96 units. Close it when it is no
// longer shown.
func New() *Grid {
	g := &Grid{layout: layout{cell: 96}, sel: newSelection(0), pens: newPens(), paint: func() {}, modifiers: heldModifiers}
	g.loader = newLoader(g.thumb, func() { fyne.Do(func() { g.paint() }) })
	g.pass = g.toCanvas
	g.ExtendBaseWidget(g)
	return g
}

func (g *Grid) thumb(id int64) image.Image {
	if g.Thumb == nil {
		return nil
	}
	return g.Thumb(id)
}

func heldModifiers() fyne.KeyModifier {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// SetItems replaces the items. Selection, cursor and scroll position follow
// the items that stay; a cursor whose item left goes to the next one that
// stayed. The grid keeps ids; do not modify it. Ids must differ.
func (g *Grid) SetItems(ids []int64) {
	old, oldIDs, first := g.sel, g.ids, g.layout.top(g.off)
	g.index = make(map[int64]int, len(ids))
	for i, id := range ids {
		g.index[id] = i
	}
	g.ids, g.sel = ids, newSelection(len(ids))
	for i, on := range old.on {
		if j, ok := g.index[oldIDs[i]]; on && ok {
			g.sel.set(j, true)
		}
	}
	if len(ids) > 0 && old.cursor >= 0 {
		g.sel.cursor = g.survivor(oldIDs, old.cursor)
		g.sel.anchor = g.survivor(oldIDs, old.anchor)
	}
	into := g.off - g.layout.rowOffset(first) // the row at the top stays there, to the pixel
	g.layout.n = len(ids)
	if len(oldIDs) > 0 && len(ids) > 0 {
		g.off = g.layout.rowOffset(g.survivor(oldIDs, first)) + into
	}
	g.off = min(max(g.off, 0), g.layout.limit())
	g.Refresh()
	if old.count != g.sel.count {
		g.selected()
	}
	if id, ok := g.Cursor(); ok && (old.cursor < 0 || oldIDs[old.cursor] != id) {
		g.cursorMoved()
	}
}

// survivor returns the new index of the first of old[from:] that is still
// there, else the last item's.
func (g *Grid) survivor(old []int64, from int) int {
	for _, id := range old[min(from, len(old)):] {
		if i, ok := g.index[id]; ok {
			return i
		}
	}
	return len(g.ids) - 1
}

// Items returns the items in grid order; do not modify the slice.
func (g *Grid) Items() []int64 { return g.ids }

// Invalidate forgets the pictures of the given items, or of all where none
// are given, and loads those that are visible again.
func (g *Grid) Invalidate(ids ...int64) {
	g.loader.forget(ids)
	g.paint()
}

// Close stops the loaders and waits for calls of Thumb to return. A closed
// grid shows only the pictures it has.
func (g *Grid) Close() { g.loader.close() }

// Selection returns the selected items in grid order; the slice is the caller's.
func (g *Grid) Selection() []int64 { return g.sel.ids(g.ids) }

// Select makes the given items the selection; unknown ones are ignored.
func (g *Grid) Select(ids ...int64) {
	g.sel.fill(false)
	for _, id := range ids {
		if i, ok := g.index[id]; ok {
			g.sel.set(i, true)
		}
	}
	g.selected()
}

// SelectAll selects every item.
func (g *Grid) SelectAll() {
	g.sel.fill(true)
	g.selected()
}

// Cursor returns the item under the cursor; false where there are no items.
func (g *Grid) Cursor() (id int64, ok bool) {
	if g.sel.cursor < 0 {
		return 0, false
	}
	return g.ids[g.sel.cursor], true
}

// SetCursor moves the cursor to an item and scrolls it into view. The
// selection stays. Unknown items are ignored.
func (g *Grid) SetCursor(id int64) {
	if i, ok := g.index[id]; ok {
		g.goTo(i, func() { g.sel.cursor, g.sel.anchor = i, i })
	}
}

// CellSize returns the side of a picture in Fyne units.
func (g *Grid) CellSize() int { return g.layout.cell }

// SetCellSize zooms to a cell side in Fyne units, kept within 32 to 256. The
// cursor stays in view if it was, else the first visible item does.
func (g *Grid) SetCellSize(size int) {
	i := g.sel.cursor
	if v := g.layout.visible(g.off); i < v.from || i >= v.to {
		i = v.from
	}
	_, y := g.layout.at(max(i, 0))
	g.zoom(size, i, y-g.off)
}

// zoom changes the cell size and keeps item i at the same height in the view.
func (g *Grid) zoom(size, i int, y float64) {
	size = min(max(size, minCell), maxCell)
	if size == g.layout.cell {
		return
	}
	g.layout.cell = size
	_, at := g.layout.at(max(i, 0))
	g.off = min(max(at-y, 0), g.layout.limit())
	g.Refresh()
	if g.OnZoomed != nil {
		g.OnZoomed(size)
	}
}

// PageSize returns how many items a whole page holds at the present size, at
// least 1.
func (g *Grid) PageSize() int { return g.layout.pageRows() * g.layout.cols() }

// PageIDs returns the items whose cells are wholly visible, in grid order: the
// page. The slice is the caller's.
func (g *Grid) PageIDs() []int64 {
	p := g.layout.page(g.off)
	return slices.Clone(g.ids[p.from:p.to])
}

// NextPage scrolls so that the page begins after the last item of PageIDs,
// and puts the cursor on its first item. No item is skipped or shown twice.
// It reports false, and does nothing, on the last page.
func (g *Grid) NextPage() bool {
	next := g.layout.page(g.off).to
	if next >= g.layout.n {
		return false
	}
	g.turn(next)
	return true
}

// PrevPage scrolls back by one page, so that it ends before the first item of
// PageIDs where there are enough; false at the first page.
func (g *Grid) PrevPage() bool {
	first := g.layout.page(g.off).from
	if first == 0 {
		return false
	}
	g.turn(max(0, first-g.PageSize()))
	return true
}

// turn brings the row of item i to the top, beyond the usual limit if need be,
// so that the last page shows nothing of the one before.
func (g *Grid) turn(i int) {
	g.off = g.layout.rowOffset(i)
	g.goTo(i, func() { g.sel.cursor, g.sel.anchor = i, i })
}

// scroll moves the view; an offset that a page turn left beyond the limit may
// only shrink.
func (g *Grid) scroll(off float64) {
	g.off = min(max(off, 0), max(g.layout.limit(), min(g.off, off)))
	g.Refresh()
}

// goTo moves the cursor by act, shows item i and tells the owner.
func (g *Grid) goTo(i int, act func()) {
	before := g.sel.cursor
	act()
	g.off = g.layout.reveal(i, g.off)
	g.Refresh()
	if g.sel.cursor != before {
		g.cursorMoved()
	}
}

func (g *Grid) cursorMoved() {
	if id, ok := g.Cursor(); ok && g.OnCursor != nil {
		g.OnCursor(id)
	}
}

// selected redraws and tells the owner after the selection changed.
func (g *Grid) selected() {
	g.paint()
	if g.OnSelected != nil {
		g.OnSelected(g.Selection())
	}
}
