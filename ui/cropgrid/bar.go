package cropgrid

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

const (
	barWidth = 14
	minThumb = 28 // long enough to be caught by the pointer at 100,000 items
)

// bar is the scroll bar. A press beside the thumb takes the thumb there.
type bar struct {
	widget.BaseWidget
	scroll           func(off float64)
	off, limit, view float64
	hovered, held    bool
	grip             float32 // pointer below the thumb's upper end while held
	thumb, track     *canvas.Rectangle
}

var (
	_ desktop.Hoverable = (*bar)(nil)
	_ desktop.Mouseable = (*bar)(nil)
	_ fyne.Draggable    = (*bar)(nil)
)

func newBar(scroll func(float64)) *bar {
	b := &bar{scroll: scroll, thumb: canvas.NewRectangle(nil), track: canvas.NewRectangle(nil)}
	b.ExtendBaseWidget(b)
	return b
}

func (b *bar) set(off, limit, view float64) {
	b.off, b.limit, b.view = off, limit, view
	b.place()
}

// thumbSpan returns the thumb's upper end and length on a track of the given
// length, for a view that shows view units at offset off of at most limit.
func thumbSpan(track, off, limit, view float64) (top, length float64) {
	length = min(track, max(minThumb, track*view/(limit+view)))
	return (track - length) * min(off/limit, 1), length
}

// thumbOffset is the offset at which the thumb's upper end is at top.
func thumbOffset(track, top, limit, view float64) float64 {
	_, length := thumbSpan(track, 0, limit, view)
	return limit * min(max(top/max(track-length, 1), 0), 1)
}

func (b *bar) place() {
	size, wd := b.Size(), float32(6)
	if b.hovered || b.held {
		wd = 10
	}
	b.thumb.Hidden = b.limit <= 0
	b.track.Hidden = b.limit <= 0 || wd < 10
	top, length := thumbSpan(float64(size.Height), b.off, max(b.limit, 1), b.view)
	b.thumb.Resize(fyne.NewSize(wd, float32(length)))
	b.thumb.Move(fyne.NewPos(size.Width-wd-2, float32(top)))
	b.thumb.CornerRadius = wd / 2
	b.track.Resize(size)
}

// CreateRenderer implements fyne.Widget.
func (b *bar) CreateRenderer() fyne.WidgetRenderer {
	return &barRenderer{WidgetRenderer: widget.NewSimpleRenderer(&fyne.Container{}), b: b}
}

type barRenderer struct {
	fyne.WidgetRenderer
	b *bar
}

func (r *barRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.b.track, r.b.thumb}
}
func (r *barRenderer) MinSize() fyne.Size { return fyne.NewSize(barWidth, minThumb) }
func (r *barRenderer) Layout(fyne.Size)   { r.b.place() }
func (r *barRenderer) Refresh() {
	r.b.thumb.FillColor = theme.ColorForWidget(theme.ColorNameScrollBar, r.b)
	r.b.track.FillColor = theme.ColorForWidget(theme.ColorNameScrollBarBackground, r.b)
	r.b.place()
	r.b.thumb.Refresh()
	r.b.track.Refresh()
}

func (b *bar) MouseIn(*desktop.MouseEvent) {
	b.hovered = true
	b.Refresh()
}

func (b *bar) MouseOut() {
	b.hovered = false
	b.Refresh()
}

func (b *bar) MouseMoved(*desktop.MouseEvent) {}

func (b *bar) MouseDown(e *desktop.MouseEvent) {
	top, length := thumbSpan(float64(b.Size().Height), b.off, max(b.limit, 1), b.view)
	b.held, b.grip = true, e.Position.Y-float32(top)
	if b.grip < 0 || b.grip > float32(length) {
		b.grip = float32(length) / 2
		b.pull(e.Position.Y)
	}
}

func (b *bar) MouseUp(*desktop.MouseEvent) { b.DragEnd() }

func (b *bar) Dragged(e *fyne.DragEvent) { b.pull(e.Position.Y) }

func (b *bar) DragEnd() {
	b.held = false
	b.Refresh()
}

func (b *bar) pull(y float32) {
	if b.limit > 0 {
		b.scroll(thumbOffset(float64(b.Size().Height), float64(y-b.grip), b.limit, b.view))
	}
}
