package ui

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// choiceRow is one line of a list of which one is chosen: a sign, a text, and how
// many there are. It takes no keys, so that they stay where the crops are.
type choiceRow struct {
	widget.BaseWidget
	sign   fyne.Resource
	text   string
	count  int // negative where nobody knows
	chosen bool
	off    bool // cannot be chosen now
	over   bool
	tapped func()
}

var (
	_ fyne.Tappable     = (*choiceRow)(nil)
	_ desktop.Hoverable = (*choiceRow)(nil)
)

func newChoiceRow(text string, sign fyne.Resource, tapped func()) *choiceRow {
	r := &choiceRow{text: text, sign: sign, count: -1, tapped: tapped}
	r.ExtendBaseWidget(r)
	return r
}

// Tapped implements fyne.Tappable.
func (r *choiceRow) Tapped(*fyne.PointEvent) {
	if !r.off {
		r.tapped()
	}
}

// MouseIn implements desktop.Hoverable.
func (r *choiceRow) MouseIn(*desktop.MouseEvent) { r.over = true; r.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (r *choiceRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (r *choiceRow) MouseOut() { r.over = false; r.Refresh() }

// set shows whether the row is chosen, its count, and whether it can be chosen.
func (r *choiceRow) set(chosen bool, count int, off bool) {
	if r.chosen != chosen || r.count != count || r.off != off {
		r.chosen, r.count, r.off = chosen, count, off
		r.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (r *choiceRow) CreateRenderer() fyne.WidgetRenderer {
	d := &choiceRenderer{
		r: r, back: canvas.NewRectangle(nil), bar: canvas.NewRectangle(nil), sign: widget.NewIcon(nil),
		text: canvas.NewText("", nil), count: canvas.NewText("", nil),
	}
	d.back.CornerRadius = 4
	d.bar.CornerRadius = 2
	d.count.Alignment = fyne.TextAlignTrailing
	d.Refresh()
	return d
}

type choiceRenderer struct {
	r           *choiceRow
	back, bar   *canvas.Rectangle
	sign        *widget.Icon
	text, count *canvas.Text
}

const (
	choiceHigh = 26
	choiceSign = 16
)

func (d *choiceRenderer) MinSize() fyne.Size {
	return fyne.NewSize(d.text.MinSize().Width+d.count.MinSize().Width+choiceSign+28, choiceHigh)
}

func (d *choiceRenderer) Layout(s fyne.Size) {
	d.back.Resize(s)
	d.bar.Resize(fyne.NewSize(3, s.Height-8))
	d.bar.Move(fyne.NewPos(0, 4))
	d.sign.Resize(fyne.NewSquareSize(choiceSign))
	d.sign.Move(fyne.NewPos(8, (s.Height-choiceSign)/2))
	d.text.Resize(fyne.NewSize(s.Width, s.Height))
	d.text.Move(fyne.NewPos(choiceSign+16, 0))
	d.count.Resize(fyne.NewSize(s.Width-8, s.Height))
}

func (d *choiceRenderer) Refresh() {
	fore, quiet := theme.Color(theme.ColorNameForeground), theme.Color(theme.ColorNamePlaceHolder)
	d.back.FillColor, d.bar.FillColor = color.Transparent, color.Transparent
	switch {
	case d.r.chosen:
		d.back.FillColor = theme.Color(theme.ColorNameSelection)
		d.bar.FillColor = theme.Color(theme.ColorNamePrimary)
	case d.r.over && !d.r.off:
		d.back.FillColor = theme.Color(theme.ColorNameHover)
	}
	if d.r.off {
		fore = quiet
	}
	d.sign.SetResource(d.r.sign)
	d.text.Text, d.text.Color, d.text.TextSize = d.r.text, fore, theme.TextSize()-1
	d.text.TextStyle.Bold = d.r.chosen
	d.count.Text, d.count.Color, d.count.TextSize = "", quiet, theme.TextSize()-2
	if d.r.count >= 0 && !d.r.off {
		d.count.Text = grouped(d.r.count)
	}
	for _, o := range d.Objects() {
		o.Refresh()
	}
}

func (d *choiceRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{d.back, d.bar, d.sign, d.text, d.count}
}

func (d *choiceRenderer) Destroy() {}

// grouped writes a number with its thousands apart.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
