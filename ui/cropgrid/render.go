package cropgrid

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// renderer puts the raster, the scroll bar and the empty text together.
type renderer struct {
	g      *Grid
	cells  *canvas.Raster
	bar    *bar
	empty  *widget.Label
	colors palette
}

// CreateRenderer implements fyne.Widget.
func (g *Grid) CreateRenderer() fyne.WidgetRenderer {
	g.ExtendBaseWidget(g)
	r := &renderer{g: g, bar: newBar(g.scroll), empty: widget.NewLabel("")}
	r.cells = canvas.NewRaster(r.generate)
	r.cells.ScaleMode = canvas.ImageScalePixels // one texel per pixel: never blur
	r.empty.Alignment, r.empty.Wrapping = fyne.TextAlignCenter, fyne.TextWrapWord
	g.paint = r.cells.Refresh
	r.update()
	return r
}

func (r *renderer) Destroy() { r.g.paint = func() {} }

func (r *renderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.cells, r.empty, r.bar}
}

// MinSize leaves room for one cell of the present size and the bar.
func (r *renderer) MinSize() fyne.Size {
	return fyne.NewSize(minCell+3*gap+barWidth, minCell+2*gap)
}

// Layout keeps the first visible item at its place when the number of columns
// changes.
func (r *renderer) Layout(s fyne.Size) {
	g, w := r.g, max(s.Width-barWidth, 1)
	if v := &g.layout; v.w != float64(w) || v.h != float64(s.Height) {
		first := v.top(g.off)
		into := g.off - v.rowOffset(first)
		v.w, v.h = float64(w), float64(s.Height)
		g.off = min(max(v.rowOffset(first)+into, 0), v.limit())
	}
	r.cells.Resize(fyne.NewSize(w, s.Height))
	r.bar.Resize(fyne.NewSize(barWidth, s.Height))
	r.bar.Move(fyne.NewPos(w, 0))
	r.bar.set(g.off, g.layout.limit(), g.layout.h)
	r.empty.Resize(fyne.NewSize(w, r.empty.MinSize().Height))
	high := r.empty.MinSize().Height // wrapped at that width
	r.empty.Resize(fyne.NewSize(w, high))
	r.empty.Move(fyne.NewPos(0, (s.Height-high)/2))
}

func (r *renderer) update() {
	r.colors = newPalette(r.g)
	r.g.pens.use(theme.CurrentForWidget(r.g).Font(fyne.TextStyle{Bold: true}))
	r.empty.Text = ""
	if len(r.g.ids) == 0 {
		r.empty.Text = r.g.Empty
	}
}

func (r *renderer) Refresh() {
	r.update()
	r.Layout(r.g.Size())
	r.empty.Refresh()
	r.bar.Refresh()
	r.cells.Refresh()
}

// generate composes the view at the screen's resolution: w by h device pixels.
func (r *renderer) generate(w, h int) image.Image {
	g := r.g
	if g.buf == nil || g.buf.Rect.Dx() != w || g.buf.Rect.Dy() != h {
		g.buf = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	s := g.scene(r.colors)
	s.scale = float64(w) / max(g.layout.w, 1)
	s.compose(g.buf)
	g.wish(s.side())
	return g.buf
}

// scene collects what a redraw needs, at scale 1.
func (g *Grid) scene(colors palette) scene {
	s := scene{layout: g.layout, off: g.off, scale: 1, focused: g.focused, colors: colors, pens: g.pens, cell: g.cell}
	if g.drag.moved {
		s.band = &g.drag.rect
	}
	return s
}

func (g *Grid) cell(i int) cell {
	id := g.ids[i]
	c := cell{thumb: g.loader.get(id), selected: g.sel.on[i], cursor: i == g.sel.cursor}
	if g.Mark != nil {
		c.mark = g.Mark(id)
	}
	return c
}

// wish asks for what is visible, then for the next page and the one before.
func (g *Grid) wish(side int) {
	v, page := g.layout.visible(g.off), g.PageSize()
	ids := make([]int64, 0, v.to-v.from+2*page)
	ids = append(ids, g.ids[v.from:v.to]...)
	ids = append(ids, g.ids[v.to:min(v.to+page, len(g.ids))]...)
	ids = append(ids, g.ids[max(v.from-page, 0):v.from]...)
	g.loader.wish(ids, v.to-v.from, side)
}
