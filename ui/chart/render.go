package chart

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// renderer puts the raster, the texts and the readout together.
type renderer struct {
	fyne.WidgetRenderer
	c       *Chart
	raster  *canvas.Raster
	layer   *fyne.Container // texts, without layout
	texts   []*canvas.Text
	used    int // of texts
	readout *readout
	frame   frame
	colors  colors
	buf     *image.RGBA
}

// CreateRenderer implements fyne.Widget.
func (c *Chart) CreateRenderer() fyne.WidgetRenderer {
	c.ExtendBaseWidget(c)
	r := &renderer{c: c, layer: container.NewWithoutLayout(), readout: newReadout()}
	r.raster = canvas.NewRaster(r.generate)
	r.raster.ScaleMode = canvas.ImageScalePixels
	r.WidgetRenderer = widget.NewSimpleRenderer(container.NewClip(container.NewStack(r.layer, r.readout.layer)))
	c.update = r.hover
	return r
}

func (r *renderer) Destroy() { r.c.update = func() {} }

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
	r.colors = newColors(r.c)
	r.frame = newFrame(r.c, r.c.Size(), textWidth)
	r.write()
	r.hover()
	r.raster.Refresh()
}

func (r *renderer) hover() { r.readout.show(r.c, &r.frame, r.colors) }

func textWidth(s string) float32 {
	return fyne.MeasureText(s, textSize, fyne.TextStyle{}).Width
}

// write puts the texts.
func (r *renderer) write() {
	r.used = 0
	f, c, size := &r.frame, r.c, r.c.Size()
	line := float32(textSize * 1.5)
	if c.Title != "" {
		r.text(c.Title, titleSize, r.colors.fore, padding, padding, fyne.TextAlignLeading).TextStyle.Bold = true
	}
	for i, e := range f.legend {
		r.text(f.data[i].name, textSize, r.colors.fore, e.x+swatch+tickRoom, e.y, fyne.TextAlignLeading)
	}
	switch {
	case !f.any:
		r.text(c.Empty, titleSize, r.colors.faint, size.Width/2, size.Height/2-titleSize*0.75, fyne.TextAlignCenter)
	case f.roomy():
		for _, t := range f.yt {
			r.text(t.label, textSize, r.colors.faint, f.plot.x0-tickRoom-2, f.py(t.v)-line/2, fyne.TextAlignTrailing)
		}
		for _, t := range f.xt {
			r.text(t.label, textSize, r.colors.faint, f.px(t.v), f.plot.y1+tickRoom, fyne.TextAlignCenter)
		}
		r.text(c.YLabel, textSize, r.colors.faint, padding, f.plot.y0-line-2, fyne.TextAlignLeading)
		r.text(c.XLabel, textSize, r.colors.faint, (f.plot.x0+f.plot.x1)/2, f.plot.y1+line+2, fyne.TextAlignCenter)
		r.marks()
	}
	for _, t := range r.texts[r.used:] {
		t.Hide()
	}
}

// marks writes the labels of the vertical lines above them, clear of the curves.
func (r *renderer) marks() {
	f := &r.frame
	for _, v := range r.c.vlines {
		at := f.x.at(v.X)
		if at < 0 || at > 1 || v.Label == "" {
			continue
		}
		c := v.Color
		if c == nil {
			c = r.colors.fore
		}
		r.text(v.Label, textSize, c, f.px(v.X), f.plot.y0-textSize*1.5-2, fyne.TextAlignCenter)
	}
}

// text puts a text with the given side of its upper edge at x, y.
func (r *renderer) text(s string, size float32, c color.Color, x, y float32, align fyne.TextAlign) *canvas.Text {
	if r.used == len(r.texts) {
		r.texts = append(r.texts, canvas.NewText("", c))
		r.layer.Add(r.texts[r.used])
	}
	t := r.texts[r.used]
	r.used++
	style := fyne.TextStyle{Bold: size == titleSize && s == r.c.Title}
	if t.Text != s || t.TextSize != size || t.Color != c || t.TextStyle != style {
		t.Text, t.TextSize, t.Color, t.TextStyle = s, size, c, style
		t.Resize(t.MinSize())
		t.Refresh()
	}
	w := t.Size().Width
	switch align {
	case fyne.TextAlignCenter:
		x -= w / 2
	case fyne.TextAlignTrailing:
		x -= w
	}
	t.Move(fyne.NewPos(max(0, min(x, r.c.Size().Width-w)), y))
	t.Hidden = s == ""
	return t
}

// generate draws the curves at the screen's resolution: w by h device pixels.
func (r *renderer) generate(w, h int) image.Image {
	if r.buf == nil || r.buf.Rect.Dx() != w || r.buf.Rect.Dy() != h {
		r.buf = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	clear(r.buf.Pix)
	b := brush{frame: r.frame, colors: r.colors, dst: r.buf, scale: float64(w) / float64(max(r.c.Size().Width, 1))}
	b.draw(r.c.vlines)
	return r.buf
}
