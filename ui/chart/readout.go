package chart

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"frglab/ui/chart/plot"
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
	t.TextSize = plot.TextSize
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
func (r *readout) show(c *Chart, f *plot.Frame, col plot.Colors) {
	var rows []plot.Row
	var at plot.Value
	if h := c.hover; h != nil {
		at, rows = f.Read(h.X, col)
	}
	if len(rows) == 0 {
		r.layer.Hide()
		return
	}
	r.grow(len(rows))
	r.fill(c.XLabel, at.Text, rows, col)
	r.place(f, f.X(at.V), rows, c.Size())
	r.layer.Show()
}

// fill writes texts and colours.
func (r *readout) fill(label, at string, rows []plot.Row, col plot.Colors) {
	r.head.Text, r.head.Color = at, col.Fore
	if label != "" {
		r.head.Text = label + " " + at
	}
	r.hair.StrokeColor, r.plate.FillColor, r.plate.StrokeColor = plot.Faded(col.Fore, 0.45), col.Ground, plot.Faded(col.Fore, 0.2)
	for i := range r.names {
		shown := i < len(rows)
		r.names[i].Hidden, r.values[i].Hidden, r.marks[i].Hidden = !shown, !shown, !shown
		r.dots[i].Hidden = !shown || !rows[i].Dot
		if shown {
			r.names[i].Text, r.values[i].Text = rows[i].Name, rows[i].Value
			r.names[i].Color, r.values[i].Color = col.Fore, col.Fore
			r.marks[i].FillColor, r.dots[i].FillColor, r.dots[i].StrokeColor = rows[i].Color, rows[i].Color, col.Ground
		}
	}
}

// place puts the plate beside the hair at x, on the side where there is room.
func (r *readout) place(f *plot.Frame, x float32, rows []plot.Row, size fyne.Size) {
	const line, pad = plot.TextSize * 1.5, 8
	var names, values float32
	for i := range rows {
		names, values = max(names, r.names[i].MinSize().Width), max(values, r.values[i].MinSize().Width)
	}
	w := max(r.head.MinSize().Width, 14+names+12+values) + 2*pad
	h := float32(len(rows)+1)*line + 2*pad - 2
	_, y0, _, y1 := f.Plot()
	left, top := x+10, y0+4
	if left+w > size.Width {
		left = max(0, x-10-w)
	}
	r.hair.Position1, r.hair.Position2 = fyne.NewPos(x, y0), fyne.NewPos(x, y1)
	r.plate.Move(fyne.NewPos(left, top))
	r.plate.Resize(fyne.NewSize(w, h))
	r.head.Move(fyne.NewPos(left+pad, top+pad-2))
	for i := range rows {
		y := top + pad + float32(i+1)*line
		r.marks[i].Move(fyne.NewPos(left+pad, y+5))
		r.marks[i].Resize(fyne.NewSize(8, 8))
		r.names[i].Move(fyne.NewPos(left+pad+14, y))
		r.values[i].Move(fyne.NewPos(left+w-pad-r.values[i].MinSize().Width, y))
		r.dots[i].Move(fyne.NewPos(x-4, rows[i].Y-4))
		r.dots[i].Resize(fyne.NewSize(8, 8))
	}
}
