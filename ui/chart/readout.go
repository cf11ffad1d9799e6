package chart

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
)

var _ desktop.Hoverable = (*Chart)(nil)

// MouseIn implements desktop.Hoverable.
func (c *Chart) MouseIn(e *desktop.MouseEvent) { c.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (c *Chart) MouseMoved(e *desktop.MouseEvent) {
	c.hover = &e.Position
	c.update()
}

// MouseOut implements desktop.Hoverable.
func (c *Chart) MouseOut() {
	c.hover = nil
	c.update()
}

// row is one line of the readout.
type row struct {
	color       color.Color // of the sample; nil for none
	name, value string
	y           float32 // of the dot, in units of the chart
	dot         bool
}

// read returns the x nearest to the pointer where a series has a value, and a
// row for each series with its value nearest to there.
func (f *frame) read(pointer float32, x, y func(float64) string, c colors) (at float64, rows []row) {
	want := f.x.value(float64((pointer - f.plot.x0) / f.plot.w()))
	found := false
	for _, s := range f.data {
		i := s.nearest(want)
		if i >= 0 && (!found || abs(s.xs[i]-want) < abs(at-want)) {
			at, found = s.xs[i], true
		}
	}
	if !found {
		return 0, nil
	}
	for _, s := range f.data {
		i := s.nearest(at)
		if i < 0 {
			continue
		}
		v := s.strong()[i]
		text := y(v)
		if len(s.smooth) > 0 {
			text += " (" + y(s.ys[i]) + ")"
		}
		near := abs(s.xs[i]-at)/(f.x.hi-f.x.lo)*float64(f.plot.w()) < 1
		py := f.py(v)
		rows = append(rows, row{c.of(s.Series), s.name, text, py, near && py >= f.plot.y0 && py <= f.plot.y1})
	}
	return at, rows
}

func abs(v float64) float64 { return max(v, -v) }

// readout is the vertical hair, the dots on the curves and the plate with
// names and values.
type readout struct {
	layer  *fyne.Container
	hair   *canvas.Line
	plate  *canvas.Rectangle
	head   *canvas.Text
	dots   []*canvas.Circle
	marks  []*canvas.Rectangle
	names  []*canvas.Text
	values []*canvas.Text
}

func newReadout() *readout {
	r := &readout{layer: container.NewWithoutLayout(), hair: canvas.NewLine(nil), plate: canvas.NewRectangle(nil), head: newText()}
	r.head.TextStyle.Bold = true
	r.hair.StrokeWidth = 1
	r.plate.CornerRadius = 4
	r.plate.StrokeWidth = 1
	r.layer.Objects = []fyne.CanvasObject{r.hair, r.plate, r.head}
	r.layer.Hide()
	return r
}

func newText() *canvas.Text {
	t := canvas.NewText("", nil)
	t.TextSize = textSize
	return t
}

// grow makes room for n rows.
func (r *readout) grow(n int) {
	for len(r.names) < n {
		d, m, a, b := canvas.NewCircle(nil), canvas.NewRectangle(nil), newText(), newText()
		d.StrokeWidth = 1.5
		m.CornerRadius = 2
		r.dots, r.marks = append(r.dots, d), append(r.marks, m)
		r.names, r.values = append(r.names, a), append(r.values, b)
		r.layer.Objects = append([]fyne.CanvasObject{d}, append(r.layer.Objects, m, a, b)...)
	}
}

// show puts the readout for the pointer's place, or hides it.
func (r *readout) show(c *Chart, f *frame, col colors) {
	var rows []row
	var at float64
	formatX, formatY := c.FormatX, c.FormatY
	if formatX == nil {
		formatX = f.x.format
	}
	if formatY == nil {
		formatY = f.y.format
	}
	if h := c.hover; h != nil && f.any && f.roomy() && h.X >= f.plot.x0-edge && h.X <= f.plot.x1+edge {
		at, rows = f.read(h.X, formatX, formatY, col)
	}
	if len(rows) == 0 {
		r.layer.Hide()
		return
	}
	r.grow(len(rows))
	r.fill(c.XLabel, formatX(at), rows, col)
	r.place(f, f.px(at), rows, c.Size())
	r.layer.Show()
	r.layer.Refresh()
}

// fill writes texts and colours.
func (r *readout) fill(label, at string, rows []row, col colors) {
	r.head.Text, r.head.Color = at, col.fore
	if label != "" {
		r.head.Text = label + " " + at
	}
	r.hair.StrokeColor, r.plate.FillColor, r.plate.StrokeColor = faded(col.fore, 0.45), col.ground, faded(col.fore, 0.2)
	for i := range r.names {
		shown := i < len(rows)
		r.names[i].Hidden, r.values[i].Hidden, r.marks[i].Hidden = !shown, !shown, !shown
		r.dots[i].Hidden = !shown || !rows[i].dot
		if shown {
			r.names[i].Text, r.values[i].Text = rows[i].name, rows[i].value
			r.names[i].Color, r.values[i].Color = col.fore, col.fore
			r.marks[i].FillColor, r.dots[i].FillColor, r.dots[i].StrokeColor = rows[i].color, rows[i].color, col.ground
		}
	}
}

// place puts the plate beside the hair at x, on the side where there is room.
func (r *readout) place(f *frame, x float32, rows []row, size fyne.Size) {
	const line, pad = textSize * 1.5, 8
	var names, values float32
	for i := range rows {
		names, values = max(names, r.names[i].MinSize().Width), max(values, r.values[i].MinSize().Width)
	}
	w := max(r.head.MinSize().Width, 14+names+12+values) + 2*pad
	h := float32(len(rows)+1)*line + 2*pad - 2
	left, top := x+10, f.plot.y0+4
	if left+w > size.Width {
		left = max(0, x-10-w)
	}
	r.hair.Position1, r.hair.Position2 = fyne.NewPos(x, f.plot.y0), fyne.NewPos(x, f.plot.y1)
	r.plate.Move(fyne.NewPos(left, top))
	r.plate.Resize(fyne.NewSize(w, h))
	r.head.Move(fyne.NewPos(left+pad, top+pad-2))
	for i := range rows {
		y := top + pad + float32(i+1)*line
		r.marks[i].Move(fyne.NewPos(left+pad, y+5))
		r.marks[i].Resize(fyne.NewSize(8, 8))
		r.names[i].Move(fyne.NewPos(left+pad+14, y))
		r.values[i].Move(fyne.NewPos(left+w-pad-r.values[i].MinSize().Width, y))
		r.dots[i].Move(fyne.NewPos(x-4, rows[i].y-4))
		r.dots[i].Resize(fyne.NewSize(8, 8))
	}
}
