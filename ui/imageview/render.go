package imageview

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// nearestFrom is the zoom from which pixels are drawn as squares: to judge a
// crop's edge one wants to see them.
const nearestFrom = 3

// renderer puts the raster, the labels, the empty text and the focus frame together.
type renderer struct {
	fyne.WidgetRenderer
	p      *Pane
	raster *canvas.Raster
	layer  *fyne.Container // labels, without layout
	labels []*label
	empty  *canvas.Text
	frame  *canvas.Rectangle
	ground uint32
}

// CreateRenderer implements fyne.Widget.
func (p *Pane) CreateRenderer() fyne.WidgetRenderer {
	p.ExtendBaseWidget(p)
	r := &renderer{p: p, layer: container.NewWithoutLayout(), empty: canvas.NewText("", nil), frame: canvas.NewRectangle(color.Transparent)}
	r.raster = canvas.NewRaster(r.generate)
	r.raster.ScaleMode = canvas.ImageScalePixels
	r.empty.Alignment = fyne.TextAlignCenter
	r.frame.StrokeWidth = 1
	r.WidgetRenderer = widget.NewSimpleRenderer(container.NewClip(r.layer))
	p.update = r.place
	r.restyle()
	return r
}

func (r *renderer) Destroy() { r.p.update = func() {} }

func (r *renderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.raster}, append(r.WidgetRenderer.Objects(), r.empty, r.frame)...)
}

func (r *renderer) MinSize() fyne.Size { return fyne.NewSquareSize(80) }

func (r *renderer) Layout(s fyne.Size) {
	r.raster.Resize(s)
	r.WidgetRenderer.Layout(s)
	r.frame.Resize(s)
	r.empty.Resize(fyne.NewSize(s.Width, r.empty.MinSize().Height))
	r.empty.Move(fyne.NewPos(0, (s.Height-r.empty.MinSize().Height)/2))
	r.place()
}

func (r *renderer) Refresh() {
	r.restyle()
	r.Layout(r.p.Size())
	r.empty.Refresh()
	r.frame.Refresh()
}

func (r *renderer) restyle() {
	p := r.p
	bg := color.RGBAModel.Convert(theme.ColorForWidget(theme.ColorNameInputBackground, p)).(color.RGBA)
	r.ground = uint32(bg.R) | uint32(bg.G)<<8 | uint32(bg.B)<<16 | uint32(bg.A)<<24
	r.frame.StrokeColor = color.Transparent
	if p.focused {
		r.frame.StrokeColor = theme.ColorForWidget(theme.ColorNamePrimary, p)
	}
	r.empty.Color = theme.ColorForWidget(theme.ColorNamePlaceHolder, p)
	r.empty.TextSize = theme.SizeForWidget(theme.SizeNameText, p)
	r.empty.Text = ""
	if p.pic == nil {
		r.empty.Text = p.Empty
	}
}

// place puts the labels and has the raster drawn anew.
func (r *renderer) place() {
	n := 0
	if r.p.pic != nil {
		n = r.placeLabels(r.p.sight())
	}
	for _, l := range r.labels[n:] {
		l.hide()
	}
	r.raster.Refresh()
}

// placeLabels returns how many labels are shown. Selected and hovered boxes
// come first, so that they get the best places, and lie on top.
func (r *renderer) placeLabels(s sight) (n int) {
	p, w, h := r.p, float64(r.p.Size().Width), float64(r.p.Size().Height)
	view := area{0, 0, w, h}
	var taken []area
	put := func(b Box, e emphasis) {
		box := s.area(b.Rect)
		if b.Caption == "" || !box.overlaps(view) {
			return
		}
		l := r.label(n)
		size := l.set(b.Caption, b.color())
		at, clear := placeLabel(box, float64(size.Width), float64(size.Height), w, h, taken)
		if !clear && e == plain && len(p.boxes) >= crowd {
			return
		}
		l.show(at)
		taken = append(taken, at)
		n++
	}
	if p.press.drawing && p.press.moved {
		d := p.drawnBox(p.press)
		put(Box{Rect: d, Caption: fmt.Sprintf("%d × %d", d.Dx(), d.Dy())}, selected)
	}
	for _, e := range []emphasis{selected, hovered, plain} {
		for i, b := range p.boxes {
			if p.edit.on && p.edit.box == i {
				b.Caption = fmt.Sprintf("%s %d × %d", b.Caption, b.Rect.Dx(), b.Rect.Dy())
			}
			if p.emphasis(i) == e && (e != plain || float64(b.Rect.Dx())*s.unit >= smallBox) {
				put(b, e)
			}
		}
	}
	return n
}

func (r *renderer) label(i int) *label {
	if i == len(r.labels) {
		l := newLabel()
		r.labels = append(r.labels, l)
		// the first label has the best place: keep it above the later ones
		r.layer.Objects = append([]fyne.CanvasObject{l.plate, l.text}, r.layer.Objects...)
		r.layer.Refresh()
	}
	return r.labels[i]
}

// generate composes the pane at the screen's resolution: w by h device pixels.
func (r *renderer) generate(w, h int) image.Image {
	p := r.p
	if p.buf == nil || p.buf.Rect.Dx() != w || p.buf.Rect.Dy() != h {
		p.buf = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	s := p.sight()
	if p.pic == nil || p.Size().Width <= 0 {
		fill(p.buf.Pix, r.ground)
		return p.buf
	}
	p.compose(p.buf, s, float64(w)/float64(p.Size().Width), r.ground)
	return p.buf
}

// compose draws picture and boxes, at scale device pixels per unit.
func (p *Pane) compose(dst *image.RGBA, s sight, scaling float64, ground uint32) {
	zoom := s.unit * scaling
	// The picture's corner lies on a whole device pixel, and boxes follow it,
	// so that nothing shifts against each other.
	x, y := s.toPane(float64(p.pic.bounds.Min.X), float64(p.pic.bounds.Min.Y))
	x, y = math.Round(x*scaling), math.Round(y*scaling)
	level, k := p.pic.at(zoom)
	step := 1 / (zoom * float64(int(1)<<k))
	scale(dst, level, mapping{-x * step, -y * step, step}, zoom < nearestFrom, ground)
	if p.overlay != nil {
		layer := image.NewRGBA(dst.Rect)
		step := 1 / (zoom * p.coarse)
		scale(layer, p.overlay, mapping{-x * step, -y * step, step}, true, 0)
		draw.Draw(dst, dst.Rect, layer, image.Point{}, draw.Over)
	}
	pixels := func(b image.Rectangle) image.Rectangle {
		at := func(o float64, v, lo int) int { return int(math.Round(o + float64(v-lo)*zoom)) }
		m := p.pic.bounds.Min
		return image.Rect(at(x, b.Min.X, m.X), at(y, b.Min.Y, m.Y), at(x, b.Max.X, m.X), at(y, b.Max.Y, m.Y))
	}
	for _, e := range []emphasis{plain, hovered, selected} {
		for i, b := range p.boxes {
			if p.emphasis(i) == e {
				outline(dst, pixels(b.Rect), b, e, scaling)
			}
		}
	}
	if i := p.selected; i >= 0 && i < len(p.boxes) {
		handles(dst, pixels(p.boxes[i].Rect), p.boxes[i].color(), p.editable(i), scaling)
	}
	if p.press.drawing && p.press.moved {
		outline(dst, pixels(p.drawnBox(p.press)), Box{Line: Dashed}, hovered, scaling)
	}
}
