package ui

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// swipeCard shows one crop as large as it can. A drag to the side gives a verdict, as
// a swipe does on a touch screen.
type swipeCard struct {
	widget.BaseWidget
	onSwipe func(right bool)
	onKey   func(fyne.KeyName)
	onRune  func(rune)

	picture image.Image
	smooth  bool
	frame   color.Color // in the colour of the verdict
	sign    fyne.Resource
	caption string
	dx      float32 // how far it is dragged now
	focused bool
}

var (
	_ fyne.Focusable    = (*swipeCard)(nil)
	_ fyne.Draggable    = (*swipeCard)(nil)
	_ fyne.Tappable     = (*swipeCard)(nil)
	_ desktop.Mouseable = (*swipeCard)(nil)
)

// swipeFrom is how far a card must be dragged for a verdict.
const swipeFrom = 90

func newSwipeCard() *swipeCard {
	c := &swipeCard{}
	c.ExtendBaseWidget(c)
	return c
}

// side is the verdict that letting go would give: -1 left, 1 right, 0 none.
func (c *swipeCard) side() int {
	switch {
	case c.dx >= swipeFrom:
		return 1
	case c.dx <= -swipeFrom:
		return -1
	}
	return 0
}

// FocusGained implements fyne.Focusable.
func (c *swipeCard) FocusGained() { c.focused = true }

// FocusLost implements fyne.Focusable.
func (c *swipeCard) FocusLost() { c.focused = false }

// TypedRune implements fyne.Focusable.
func (c *swipeCard) TypedRune(r rune) { c.onRune(r) }

// TypedKey implements fyne.Focusable.
func (c *swipeCard) TypedKey(e *fyne.KeyEvent) { c.onKey(e.Name) }

// Tapped implements fyne.Tappable.
func (c *swipeCard) Tapped(*fyne.PointEvent) {}

// MouseDown implements desktop.Mouseable.
func (c *swipeCard) MouseDown(*desktop.MouseEvent) {
	if canvas := fyne.CurrentApp().Driver().CanvasForObject(c); canvas != nil {
		canvas.Focus(c)
	}
}

// MouseUp implements desktop.Mouseable.
func (c *swipeCard) MouseUp(*desktop.MouseEvent) {}

// Dragged implements fyne.Draggable.
func (c *swipeCard) Dragged(e *fyne.DragEvent) {
	if c.picture != nil {
		c.dx += e.Dragged.DX
		c.Refresh()
	}
}

// DragEnd implements fyne.Draggable.
func (c *swipeCard) DragEnd() {
	side := c.side()
	c.dx = 0
	c.Refresh()
	if side != 0 {
		c.onSwipe(side > 0)
	}
}

// CreateRenderer implements fyne.Widget.
func (c *swipeCard) CreateRenderer() fyne.WidgetRenderer {
	r := &swipeRenderer{
		c: c, back: canvas.NewRectangle(nil), rim: canvas.NewRectangle(color.Transparent),
		picture: canvas.NewImageFromImage(nil), plate: canvas.NewRectangle(nil),
		sign: canvas.NewImageFromResource(nil), caption: canvas.NewText("", nil),
	}
	r.picture.FillMode = canvas.ImageFillContain
	r.back.CornerRadius, r.rim.CornerRadius, r.plate.CornerRadius = 8, 8, 6
	r.rim.StrokeWidth = 4
	r.Refresh()
	return r
}

type swipeRenderer struct {
	c               *swipeCard
	back, rim       *canvas.Rectangle
	picture         *canvas.Image
	plate           *canvas.Rectangle
	sign            *canvas.Image
	caption         *canvas.Text
	shown           image.Image
	resource        fyne.Resource
	captionMeasured fyne.Size
}

func (r *swipeRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(160) }

// Layout puts the card, a square, into the middle; its caption onto its lower edge.
func (r *swipeRenderer) Layout(s fyne.Size) {
	side := min(s.Width, s.Height)
	at := fyne.NewPos((s.Width-side)/2+r.c.dx, (s.Height-side)/2)
	for _, o := range []fyne.CanvasObject{r.back, r.rim} {
		o.Resize(fyne.NewSquareSize(side))
		o.Move(at)
	}
	const pad = 10
	r.picture.Resize(fyne.NewSquareSize(side - 2*pad))
	r.picture.Move(at.AddXY(pad, pad))
	w, h := r.captionMeasured.Width+44, r.captionMeasured.Height+10
	r.plate.Resize(fyne.NewSize(w, h))
	r.plate.Move(at.AddXY((side-w)/2, side-h-pad))
	r.sign.Resize(fyne.NewSquareSize(18))
	r.sign.Move(at.AddXY((side-w)/2+8, side-h-pad+(h-18)/2))
	r.caption.Resize(r.captionMeasured)
	r.caption.Move(at.AddXY((side-w)/2+32, side-h-pad+5))
}

func (r *swipeRenderer) Refresh() {
	c := r.c
	r.back.FillColor = theme.Color(theme.ColorNameInputBackground)
	r.rim.StrokeColor = color.Transparent
	caption, fill, sign := c.caption, c.frame, c.sign
	switch c.side() {
	case 1:
		caption, fill, sign = tr("Face"), faceColor, faceIcon
	case -1:
		caption, fill, sign = tr("Other"), otherColor, otherIcon
	}
	if fill != nil {
		r.rim.StrokeColor = fill
	}
	r.plate.FillColor = fill
	r.caption.Text, r.caption.Color, r.caption.TextStyle.Bold = caption, color.White, true
	r.captionMeasured = fyne.MeasureText(caption, theme.TextSize(), r.caption.TextStyle)
	r.caption.TextSize = theme.TextSize()
	if sign != nil && sign != r.resource {
		r.resource, r.sign.Resource = sign, sign
	}
	for _, o := range []fyne.CanvasObject{r.plate, r.sign, r.caption} {
		if caption == "" || fill == nil {
			o.Hide()
		} else {
			o.Show()
		}
	}
	mode := canvas.ImageScalePixels
	if c.smooth {
		mode = canvas.ImageScaleSmooth
	}
	if r.shown != c.picture || r.picture.ScaleMode != mode {
		r.shown, r.picture.Image, r.picture.ScaleMode = c.picture, c.picture, mode
		r.picture.Refresh()
	}
	r.picture.Hidden = c.picture == nil
	r.back.Hidden = c.picture == nil
	r.Layout(c.Size())
	for _, o := range []fyne.CanvasObject{r.back, r.rim, r.plate, r.sign, r.caption} {
		o.Refresh()
	}
	canvas.Refresh(c)
}

func (r *swipeRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.picture, r.rim, r.plate, r.sign, r.caption}
}

func (r *swipeRenderer) Destroy() {}
