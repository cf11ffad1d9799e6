package ui

import (
	"image"
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// film is a row of pictures with their names and counts that scrolls sideways. It has
// objects for the cells in view only, so its cost does not depend on how many there are.
type film struct {
	widget.BaseWidget

	cell     func(i int) filmCell // what to show; asked for the cells in view at each redraw
	onPicked func(i int)
	onView   func(from, to int) // other cells may be in view: [from,to)

	n, at int     // cells, and the one on screen, -1 for none
	off   float32 // units of the row left of the view
	bar   bool    // the scroll bar is being dragged
	draw  func()
}

// filmCell is what a film shows of a picture.
type filmCell struct {
	name  string
	thumb image.Image // nil: not yet
	filmCounts
	sign string // in place of the counts, such as for a video
}

// filmCounts are the numbers of boxes in a picture.
type filmCounts struct {
	looked       bool // the others are known
	cnn, cascade int  // boxes; cnn is -1 where it was not asked
	apart        int  // boxes that only one of them found
}

// The sizes of a film, in Fyne units. Thumbs are twice as large in pixels, for screens of
// scale 2.
const (
	filmWidth  = 128 // of a cell with its gap
	filmThumb  = 72  // height
	filmBar    = 8
	filmGap    = 4
	filmLine   = 17
	filmHeight = filmGap + filmThumb + 2*filmLine + filmGap + filmBar
)

var (
	_ fyne.Scrollable    = (*film)(nil)
	_ fyne.Draggable     = (*film)(nil)
	_ fyne.Tappable      = (*film)(nil)
	_ desktop.Cursorable = (*film)(nil)
)

func newFilm(cell func(i int) filmCell) *film {
	f := &film{cell: cell, at: -1, draw: func() {}}
	f.ExtendBaseWidget(f)
	return f
}

// show sets how many cells there are and which one is on screen, and scrolls to that.
func (f *film) show(n, at int) {
	moved := at != f.at || n != f.n
	f.n, f.at = n, at
	if moved {
		f.reveal()
	}
	f.scroll(0)
}

// reveal brings the cell on screen into view, and a half of each beside it.
func (f *film) reveal() {
	if w := f.Size().Width; f.at >= 0 && w >= 2*filmWidth {
		left := float32(f.at) * filmWidth
		f.off = min(f.off, max(left-filmWidth/2, 0))
		f.off = max(f.off, left+1.5*filmWidth-w)
	}
}

// scroll moves the view within the row and redraws it.
func (f *film) scroll(by float32) {
	f.off = min(max(f.off+by, 0), f.limit())
	f.Refresh()
	if f.onView != nil {
		f.onView(f.view())
	}
}

// limit is the largest offset.
func (f *film) limit() float32 { return max(0, float32(f.n)*filmWidth-f.Size().Width) }

// view is the range of cells that are in view, at least in part.
func (f *film) view() (from, to int) {
	from = int(f.off / filmWidth)
	return from, min(f.n, int((f.off+f.Size().Width)/filmWidth)+1)
}

// Resize implements fyne.CanvasObject.
func (f *film) Resize(size fyne.Size) {
	first := f.Size().Width < 2*filmWidth
	f.BaseWidget.Resize(size)
	if first {
		f.reveal()
	}
	f.scroll(0)
}

// Scrolled implements fyne.Scrollable: the wheel moves the row, whichever way it turns.
func (f *film) Scrolled(e *fyne.ScrollEvent) { f.scroll(-3 * (e.Scrolled.DX + e.Scrolled.DY)) }

// Dragged implements fyne.Draggable: it moves the row, or the scroll bar.
func (f *film) Dragged(e *fyne.DragEvent) {
	start := e.Position.Subtract(e.Dragged)
	if f.bar = f.bar || f.onBar(start); f.bar {
		f.scroll(e.Dragged.DX * float32(f.n) * filmWidth / max(f.Size().Width, 1))
		return
	}
	f.scroll(-e.Dragged.DX)
}

// DragEnd implements fyne.Draggable.
func (f *film) DragEnd() { f.bar = false }

// Tapped implements fyne.Tappable: it picks a cell, or jumps where the bar was clicked.
func (f *film) Tapped(e *fyne.PointEvent) {
	if f.onBar(e.Position) {
		f.scroll(e.Position.X/max(f.Size().Width, 1)*float32(f.n)*filmWidth - f.Size().Width/2 - f.off)
		return
	}
	if i := int((f.off + e.Position.X) / filmWidth); i < f.n && f.onPicked != nil {
		f.onPicked(i)
	}
}

func (f *film) onBar(p fyne.Position) bool {
	return f.limit() > 0 && p.Y >= f.Size().Height-filmBar-2
}

// Cursor implements desktop.Cursorable.
func (f *film) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (f *film) CreateRenderer() fyne.WidgetRenderer {
	r := &filmRenderer{film: f, bar: canvas.NewRectangle(color.Transparent)}
	r.bar.CornerRadius = filmBar / 2
	return r
}

// filmRenderer has a set of objects for each cell in view.
type filmRenderer struct {
	film    *film
	cells   []*filmObjects
	bar     *canvas.Rectangle
	objects []fyne.CanvasObject
}

// filmObjects are those of one cell.
type filmObjects struct {
	back        *canvas.Rectangle
	thumb       *canvas.Image
	name, apart *canvas.Text
	marks       [2]*canvas.Rectangle // CNN, cascade
	counts      [2]*canvas.Text
	all         []fyne.CanvasObject
	shownName   string // what name was cut from
}

func newFilmObjects() *filmObjects {
	o := &filmObjects{back: canvas.NewRectangle(color.Transparent), thumb: &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleFastest}}
	o.back.CornerRadius, o.back.StrokeWidth = 4, 2
	o.name, o.apart = canvas.NewText("", color.Black), canvas.NewText("", color.Black)
	o.all = []fyne.CanvasObject{o.back, o.thumb, o.name, o.apart}
	for i, c := range []color.Color{cnnColor, cascadeColor} {
		o.marks[i] = canvas.NewRectangle(color.Transparent)
		o.marks[i].StrokeColor, o.marks[i].StrokeWidth = c, 2.5
		o.counts[i] = canvas.NewText("", color.Black)
		o.all = append(o.all, o.marks[i], o.counts[i])
	}
	return o
}

// MinSize implements fyne.WidgetRenderer.
func (r *filmRenderer) MinSize() fyne.Size { return fyne.NewSize(filmWidth, filmHeight) }

// Layout implements fyne.WidgetRenderer.
func (r *filmRenderer) Layout(fyne.Size) { r.Refresh() }

// Objects implements fyne.WidgetRenderer.
func (r *filmRenderer) Objects() []fyne.CanvasObject { return r.objects }

// Destroy implements fyne.WidgetRenderer.
func (r *filmRenderer) Destroy() {}

// Refresh implements fyne.WidgetRenderer.
func (r *filmRenderer) Refresh() {
	f := r.film
	from, to := f.view()
	for len(r.cells) < to-from {
		r.cells = append(r.cells, newFilmObjects())
	}
	r.objects = r.objects[:0]
	for i := from; i < to; i++ {
		o := r.cells[i-from]
		o.set(f.cell(i), i == f.at)
		o.place(float32(i)*filmWidth - f.off)
		r.objects = append(r.objects, o.all...)
	}
	r.placeBar()
	r.objects = append(r.objects, r.bar)
	canvas.Refresh(f)
}

func (r *filmRenderer) placeBar() {
	f := r.film
	size := f.Size()
	r.bar.Hidden = f.limit() == 0
	r.bar.FillColor = theme.Color(theme.ColorNameScrollBar)
	whole := max(float32(f.n)*filmWidth, 1)
	w := max(size.Width*size.Width/whole, 24)
	x := float32(0)
	if limit := f.limit(); limit > 0 {
		x = (size.Width - w) * f.off / limit
	}
	r.bar.Move(fyne.NewPos(x, size.Height-filmBar))
	r.bar.Resize(fyne.NewSize(w, filmBar-2))
}

// set fills the cell.
func (o *filmObjects) set(c filmCell, current bool) {
	ink, faint := theme.Color(theme.ColorNameForeground), theme.Color(theme.ColorNamePlaceHolder)
	o.back.FillColor, o.back.StrokeColor = color.Transparent, color.Transparent
	if current {
		o.back.FillColor, o.back.StrokeColor = theme.Color(theme.ColorNameSelection), theme.Color(theme.ColorNamePrimary)
	}
	if o.thumb.Image != c.thumb {
		o.thumb.Image = c.thumb
		o.thumb.Refresh()
	}
	o.thumb.Hidden = c.thumb == nil
	size := theme.Size(theme.SizeNameCaptionText)
	if o.shownName != c.name || o.name.TextSize != size {
		o.shownName, o.name.TextSize = c.name, size
		o.name.Text = shortened(c.name, size, filmWidth-3*filmGap)
	}
	o.name.Color = faint
	for i, n := range []int{c.cnn, c.cascade} {
		o.marks[i].Hidden = !c.looked || n < 0
		o.counts[i].Text, o.counts[i].Color, o.counts[i].TextSize = strconv.Itoa(n), ink, size
		o.counts[i].Hidden = o.marks[i].Hidden
	}
	o.apart.Text, o.apart.TextStyle.Bold = "", false
	switch {
	case c.sign != "":
		o.apart.Text = c.sign
	case c.looked && c.cnn >= 0 && c.apart > 0:
		o.apart.Text, o.apart.TextStyle.Bold = "≠ "+strconv.Itoa(c.apart), true
	case c.looked && c.cnn > 0:
		o.apart.Text = "="
	}
	o.apart.Color, o.apart.TextSize = ink, size
}

// place puts the cell's objects at x.
func (o *filmObjects) place(x float32) {
	inner := float32(filmWidth - filmGap)
	o.back.Move(fyne.NewPos(x, 0))
	o.back.Resize(fyne.NewSize(inner, filmHeight-filmBar-1))
	o.thumb.Move(fyne.NewPos(x+filmGap, filmGap))
	o.thumb.Resize(fyne.NewSize(inner-2*filmGap, filmThumb))
	o.name.Move(fyne.NewPos(x+filmGap, filmGap+filmThumb))
	o.name.Resize(fyne.NewSize(inner-2*filmGap, filmLine))
	y := float32(filmGap + filmThumb + filmLine)
	at := x + filmGap
	for i, m := range o.marks {
		m.Move(fyne.NewPos(at, y+4))
		m.Resize(fyne.NewSquareSize(10))
		o.counts[i].Move(fyne.NewPos(at+14, y))
		o.counts[i].Resize(fyne.NewSize(20, filmLine))
		at += 36
	}
	if o.marks[0].Hidden && o.marks[1].Hidden { // a sign in place of the counts
		at = x + filmGap
	}
	o.apart.Move(fyne.NewPos(at, y))
	o.apart.Resize(fyne.NewSize(x+inner-at, filmLine))
}

// shortened cuts text in its middle, where names of pictures differ least, until it fits.
func shortened(text string, size, width float32) string {
	fits := func(s string) bool { return fyne.MeasureText(s, size, fyne.TextStyle{}).Width <= width }
	runes := []rune(text)
	if fits(text) {
		return text
	}
	for keep := min(len(runes)-1, 40); keep > 2; keep-- {
		if s := string(runes[:keep/3]) + "…" + string(runes[len(runes)-(keep-keep/3):]); fits(s) {
			return s
		}
	}
	return "…"
}
