package imageview

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Layout is how a Pair shows its two panes.
type Layout uint8

// The layouts of a Pair.
const (
	Beside Layout = iota // next to each other
	Alone                // the first one only: Swap turns to the other
	Swipe                // as if both lay over each other, the first one to the left of a bar
)

// Pair shows two panes of one View, of the same picture with other boxes or of two versions
// of one, each below a head that says what it is.
type Pair struct {
	widget.BaseWidget

	// OnChanged is told after the layout, the order, or the bar changed; nil is fine.
	OnChanged func()

	panes   [2]*Pane
	heads   [2]fyne.CanvasObject
	layout  Layout
	swapped bool
	at      float64 // of the bar, a share of the width
	bar     *bar
}

// NewPair returns a pair, the first pane to the left.
func NewPair(head1 fyne.CanvasObject, pane1 *Pane, head2 fyne.CanvasObject, pane2 *Pane) *Pair {
	p := &Pair{panes: [2]*Pane{pane1, pane2}, heads: [2]fyne.CanvasObject{head1, head2}, at: 0.5}
	p.bar = newBar(p)
	p.ExtendBaseWidget(p)
	return p
}

// Layout returns how the panes are shown.
func (p *Pair) Layout() Layout { return p.layout }

// SetLayout shows the panes in another way.
func (p *Pair) SetLayout(l Layout) {
	p.layout = l
	p.changed()
}

// Swap changes the places of the panes; Alone, the other one is seen.
func (p *Pair) Swap() {
	p.swapped = !p.swapped
	p.changed()
}

// Swapped reports whether the second pane has the place of the first.
func (p *Pair) Swapped() bool { return p.swapped }

// SetBar moves the bar of Swipe to a share of the width.
func (p *Pair) SetBar(at float64) {
	p.at = min(max(at, 0), 1)
	p.changed()
}

// Bar returns where the bar is, a share of the width.
func (p *Pair) Bar() float64 { return p.at }

func (p *Pair) changed() {
	p.Refresh()
	if p.OnChanged != nil {
		p.OnChanged()
	}
}

// order returns the numbers of the panes from left to right.
func (p *Pair) order() (first, second int) {
	if p.swapped {
		return 1, 0
	}
	return 0, 1
}

// gap is the room between panes next to each other, in units.
const gap = 4

// columns are where two panes begin and end in a width: x0 to x1 the first, x2 to x3 the
// second. An empty one is not seen.
func columns(l Layout, width, at float64) (x0, x1, x2, x3 float64) {
	switch l {
	case Alone:
		return 0, width, width, width
	case Swipe:
		x := min(max(width*at, 0), width)
		return 0, x, x, width
	}
	half := max(0, (width-gap)/2)
	return 0, half, width - half, width
}

// CreateRenderer implements fyne.Widget.
func (p *Pair) CreateRenderer() fyne.WidgetRenderer { return &pairRenderer{p} }

type pairRenderer struct{ p *Pair }

func (r *pairRenderer) Destroy() {}

func (r *pairRenderer) Objects() []fyne.CanvasObject {
	p := r.p
	return []fyne.CanvasObject{p.panes[0], p.panes[1], p.heads[0], p.heads[1], p.bar}
}

func (r *pairRenderer) MinSize() fyne.Size {
	m := r.p.panes[0].MinSize()
	return fyne.NewSize(2*m.Width+gap, m.Height+r.head())
}

func (r *pairRenderer) head() float32 {
	return max(r.p.heads[0].MinSize().Height, r.p.heads[1].MinSize().Height)
}

// Layout gives the panes their places. In Swipe a pane is a window on a wider one.
func (r *pairRenderer) Layout(size fyne.Size) {
	p, top := r.p, r.head()
	width, height := float64(size.Width), max(0, size.Height-top)
	x0, x1, x2, x3 := columns(p.layout, width, p.at)
	first, second := p.order()
	for i, c := range map[int][2]float64{first: {x0, x1}, second: {x2, x3}} {
		pane := p.panes[i]
		pane.span, pane.offset = 0, 0
		if p.layout == Swipe {
			pane.span, pane.offset = width, c[0]
		}
		show(c[1] > c[0], pane)
		pane.Move(fyne.NewPos(float32(c[0]), top))
		pane.Resize(fyne.NewSize(float32(c[1]-c[0]), height))
		pane.update()
	}
	h0, h1, h2, h3 := columns(p.layout, width, 0.5) // heads stay where they can be read
	for i, c := range map[int][2]float64{first: {h0, h1}, second: {h2, h3}} {
		show(c[1] > c[0], p.heads[i])
		p.heads[i].Move(fyne.NewPos(float32(c[0]), 0))
		p.heads[i].Resize(fyne.NewSize(float32(c[1]-c[0]), top))
	}
	show(p.layout == Swipe, p.bar)
	p.bar.Move(fyne.NewPos(float32(x1)-barWidth/2, top))
	p.bar.Resize(fyne.NewSize(barWidth, height))
}

func show(yes bool, o fyne.CanvasObject) {
	if yes != o.Visible() {
		if yes {
			o.Show()
		} else {
			o.Hide()
		}
	}
}

func (r *pairRenderer) Refresh() {
	r.Layout(r.p.Size())
	r.p.bar.Refresh()
	canvas.Refresh(r.p)
}

// barWidth is how wide the place is where the bar can be taken, in units.
const barWidth = 14

// bar is the line of Swipe, with a grip in its middle.
type bar struct {
	widget.BaseWidget
	p *Pair
}

var (
	_ fyne.Draggable     = (*bar)(nil)
	_ desktop.Cursorable = (*bar)(nil)
)

func newBar(p *Pair) *bar {
	b := &bar{p: p}
	b.ExtendBaseWidget(b)
	return b
}

// Dragged implements fyne.Draggable.
func (b *bar) Dragged(e *fyne.DragEvent) {
	if w := b.p.Size().Width; w > 0 {
		b.p.SetBar(float64((b.Position().X + e.Position.X) / w))
	}
}

// DragEnd implements fyne.Draggable.
func (b *bar) DragEnd() {}

// Cursor implements desktop.Cursorable.
func (b *bar) Cursor() desktop.Cursor { return desktop.HResizeCursor }

// CreateRenderer implements fyne.Widget.
func (b *bar) CreateRenderer() fyne.WidgetRenderer {
	r := &barRenderer{halo: canvas.NewRectangle(color.NRGBA{A: 0x90}), line: canvas.NewRectangle(nil), grip: canvas.NewRectangle(nil)}
	r.grip.CornerRadius = barWidth / 2
	r.Refresh()
	return r
}

type barRenderer struct{ halo, line, grip *canvas.Rectangle }

func (r *barRenderer) Destroy()           {}
func (r *barRenderer) MinSize() fyne.Size { return fyne.NewSize(barWidth, barWidth) }

func (r *barRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.halo, r.line, r.grip}
}

func (r *barRenderer) Layout(s fyne.Size) {
	const grip = 44
	r.halo.Move(fyne.NewPos(barWidth/2-2, 0))
	r.halo.Resize(fyne.NewSize(4, s.Height))
	r.line.Move(fyne.NewPos(barWidth/2-1, 0))
	r.line.Resize(fyne.NewSize(2, s.Height))
	r.grip.Move(fyne.NewPos(2, (s.Height-grip)/2))
	r.grip.Resize(fyne.NewSize(barWidth-4, grip))
}

func (r *barRenderer) Refresh() {
	c := theme.Color(theme.ColorNamePrimary)
	r.line.FillColor, r.grip.FillColor = color.White, c
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
