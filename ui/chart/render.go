package chart

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/ui/chart/plot"
)

// renderer puts the raster, the texts and the readout together.
type renderer struct {
	fyne.WidgetRenderer
	c       *Chart
	raster  *canvas.Raster
	layer   *fyne.Container // texts, without layout
	texts   []*canvas.Text
	used    int // of texts
	chosen  *canvas.Rectangle
	readout *readout
	over    *fyne.Container // what follows the pointer: chosen and readout
	frame   plot.Frame
	colors  plot.Colors
	buf     *image.RGBA
}

// CreateRenderer implements fyne.Widget.
func (c *Chart) CreateRenderer() fyne.WidgetRenderer {
	c.ExtendBaseWidget(c)
	r := &renderer{c: c, layer: container.NewWithoutLayout(), chosen: canvas.NewRectangle(nil), readout: newReadout()}
	r.raster = canvas.NewRaster(r.generate)
	r.raster.ScaleMode = canvas.ImageScalePixels
	r.chosen.Hide()
	r.over = container.NewWithoutLayout(r.chosen, r.readout.layer)
	r.WidgetRenderer = widget.NewSimpleRenderer(container.NewClip(container.NewStack(r.layer, r.over)))
	c.update, c.frame = r.hover, func() *plot.Frame { return &r.frame }
	return r
}

func (r *renderer) Destroy() { r.c.update, r.c.frame = func() {}, func() *plot.Frame { return nil } }

func (r *renderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.raster}, r.WidgetRenderer.Objects()...)
}

func (r *renderer) MinSize() fyne.Size { return fyne.NewSize(160, 110) }

func (r *renderer) Layout(s fyne.Size) {
	r.raster.Resize(s)
	r.WidgetRenderer.Layout(s)
	r.Refresh()
}

// Refresh takes a snapshot of the points and draws everything anew.
func (r *renderer) Refresh() {
	color := func(n fyne.ThemeColorName) color.Color { return theme.ColorForWidget(n, r.c) }
	r.colors = plot.NewColors(color(theme.ColorNameForeground), color(theme.ColorNameBackground))
	size := r.c.Size()
	r.frame = plot.NewFrame(&r.c.Figure, size.Width, size.Height, textWidth)
	r.write()
	r.hover()
	r.raster.Refresh()
}

// hover draws what follows the pointer. It refreshes the whole of it: a window paints
// anew only for what it has painted before, and what was hidden it has not.
func (r *renderer) hover() {
	r.readout.show(r.c, &r.frame, r.colors)
	d := r.c.drag
	if r.chosen.Hidden = d == nil; d != nil {
		_, top, _, bottom := r.frame.Plot()
		r.chosen.FillColor = plot.Faded(r.colors.Fore, 0.12)
		r.chosen.Move(fyne.NewPos(min(d[0], d[1]), top))
		r.chosen.Resize(fyne.NewSize(max(d[0]-d[1], d[1]-d[0]), bottom-top))
	}
	r.over.Refresh()
}

func textWidth(s string) float32 {
	return fyne.MeasureText(s, plot.TextSize, fyne.TextStyle{}).Width
}

// write puts the texts.
func (r *renderer) write() {
	r.used = 0
	for _, t := range r.frame.Texts(r.colors) {
		r.text(t)
	}
	for _, t := range r.texts[r.used:] {
		t.Hide()
	}
}

// text puts a text with the given side of its upper edge at its place.
func (r *renderer) text(t plot.Text) {
	if r.used == len(r.texts) {
		r.texts = append(r.texts, canvas.NewText("", t.Color))
		r.layer.Add(r.texts[r.used])
	}
	o := r.texts[r.used]
	r.used++
	style := fyne.TextStyle{Bold: t.Bold}
	if o.Text != t.Text || o.TextSize != t.Size || o.Color != t.Color || o.TextStyle != style {
		o.Text, o.TextSize, o.Color, o.TextStyle = t.Text, t.Size, t.Color, style
		o.Resize(o.MinSize())
		o.Refresh()
	}
	x, w := t.X, o.Size().Width
	switch t.Align {
	case plot.Center:
		x -= w / 2
	case plot.Trailing:
		x -= w
	}
	o.Move(fyne.NewPos(max(0, min(x, r.c.Size().Width-w)), t.Y))
	o.Hidden = false
}

// generate draws the curves at the screen's resolution: w by h device pixels.
func (r *renderer) generate(w, h int) image.Image {
	if r.buf == nil || r.buf.Rect.Dx() != w || r.buf.Rect.Dy() != h {
		r.buf = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	clear(r.buf.Pix)
	r.frame.Draw(r.buf, r.colors, float64(w)/float64(max(r.c.Size().Width, 1)))
	return r.buf
}
