package ui

import (
	"image"
	"image/color"
	"image/draw"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// ribbon is a video from left to right, a lane for each detector. A click or a drag picks
// the frame under the mouse.
type ribbon struct {
	widget.BaseWidget

	picked  func(frame int) // by a click, or a drag that has ended
	dragged func(frame int) // to this one so far
	hovered func(frame int) // under the mouse, -1 for none

	frames int                 // of the video
	at     int                 // the one on screen
	cells  [lanes][]ribbonCell // of all frames, or empty
	drag   int                 // the frame that is dragged to, -1 for none

	raster *canvas.Raster
	head   *canvas.Rectangle // where the video is
}

var (
	_ fyne.Tappable     = (*ribbon)(nil)
	_ fyne.Draggable    = (*ribbon)(nil)
	_ desktop.Hoverable = (*ribbon)(nil)
)

// In Fyne units.
const (
	laneHeight  = 14
	ribbonInset = 3
	headWidth   = 2
)

func newRibbon() *ribbon {
	r := &ribbon{drag: -1, head: canvas.NewRectangle(color.White)}
	r.raster = canvas.NewRaster(r.paint)
	r.ExtendBaseWidget(r)
	return r
}

// show takes other lanes of a video of so many frames.
func (r *ribbon) show(frames int, cells [lanes][]ribbonCell) {
	r.frames, r.cells = frames, cells
	r.raster.Refresh()
	r.move()
}

// seek shows where the video is.
func (r *ribbon) seek(frame int) {
	r.at = frame
	r.move()
}

// frameAt is the frame under a place.
func (r *ribbon) frameAt(x float32) int {
	if r.frames == 0 || r.Size().Width <= 0 {
		return 0
	}
	return max(0, min(int(x/r.Size().Width*float32(r.frames)), r.frames-1))
}

// placeOf is where the middle of a frame is.
func (r *ribbon) placeOf(frame int) float32 {
	return (float32(frame) + 0.5) / float32(max(1, r.frames)) * r.Size().Width
}

func (r *ribbon) move() {
	at := r.at
	if r.drag >= 0 {
		at = r.drag
	}
	r.head.Move(fyne.NewPos(r.placeOf(at)-headWidth/2, 0))
	r.head.Resize(fyne.NewSize(headWidth, r.Size().Height))
	r.head.FillColor = theme.Color(theme.ColorNameForeground)
	r.head.Refresh()
}

// Tapped implements fyne.Tappable.
func (r *ribbon) Tapped(e *fyne.PointEvent) { r.picked(r.frameAt(e.Position.X)) }

// Dragged implements fyne.Draggable.
func (r *ribbon) Dragged(e *fyne.DragEvent) {
	r.drag = r.frameAt(e.Position.X)
	r.move()
	r.dragged(r.drag)
}

// DragEnd implements fyne.Draggable.
func (r *ribbon) DragEnd() {
	if at := r.drag; at >= 0 {
		r.drag = -1
		r.picked(at)
	}
}

// MouseIn implements desktop.Hoverable.
func (r *ribbon) MouseIn(e *desktop.MouseEvent) { r.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (r *ribbon) MouseMoved(e *desktop.MouseEvent) { r.hovered(r.frameAt(e.Position.X)) }

// MouseOut implements desktop.Hoverable.
func (r *ribbon) MouseOut() { r.hovered(-1) }

// paint draws the lanes, in device pixels: paler where only frames nearby were looked at.
func (r *ribbon) paint(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.NewUniform(theme.Color(theme.ColorNameInputBackground)), image.Point{}, draw.Src)
	scale := float64(h) / float64(lanes*laneHeight+(lanes+1)*ribbonInset)
	for lane, cells := range r.cells {
		top := int(scale * float64(ribbonInset+lane*(laneHeight+ribbonInset)))
		high := int(scale * laneHeight)
		for x := 0; x < w && len(cells) > 0; x++ {
			from := x * len(cells) / w
			c := strongest(cells[from:max(from+1, (x+1)*len(cells)/w)])
			fill, inset := laneColor(lane, c.mark), 0
			switch c.mark {
			case notLooked:
				continue
			case nobody:
				inset = (high - max(1, int(scale))) / 2
			case flicker:
				inset = high * 3 / 8
			}
			if !c.looked {
				fill.A = 110
			}
			draw.Draw(img, image.Rect(x, top+inset, x+1, top+high-inset), image.NewUniform(fill), image.Point{}, draw.Over)
		}
	}
	return img
}

// strongest is what is shown of cells in one place: frames that were looked at, if any.
func strongest(cells []ribbonCell) (best ribbonCell) {
	for _, c := range cells {
		if c.looked && !best.looked || c.looked == best.looked && c.mark > best.mark {
			best = c
		}
	}
	return best
}

// laneColor is that of the legend.
func laneColor(lane int, m mark) color.NRGBA {
	switch {
	case m == nobody:
		return color.NRGBAModel.Convert(theme.Color(theme.ColorNamePlaceHolder)).(color.NRGBA)
	case m == agreed:
		return bothColor
	case lane == laneCNN:
		return cnnColor
	}
	return cascadeColor
}

// CreateRenderer implements fyne.Widget.
func (r *ribbon) CreateRenderer() fyne.WidgetRenderer { return &ribbonRenderer{r} }

type ribbonRenderer struct{ r *ribbon }

func (v *ribbonRenderer) MinSize() fyne.Size {
	return fyne.NewSize(100, lanes*laneHeight+(lanes+1)*ribbonInset)
}

func (v *ribbonRenderer) Layout(size fyne.Size) {
	v.r.raster.Resize(size)
	v.r.move()
}

func (v *ribbonRenderer) Refresh() {
	v.r.raster.Refresh()
	v.r.move()
}

func (v *ribbonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{v.r.raster, v.r.head}
}

func (v *ribbonRenderer) Destroy() {}
