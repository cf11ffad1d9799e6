package imageview

import (
	"image"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Pane shows one picture and its boxes. Everything belongs to the UI goroutine.
type Pane struct {
	widget.BaseWidget

	// OnBoxPicked is told the index of the box that was clicked: the smallest
	// one under the pointer. The pane does not select it: call SetSelected.
	OnBoxPicked func(index int)
	// OnBoxHovered is told the box under the pointer when it changes, -1 for none.
	OnBoxHovered func(index int)
	// OnEmptyTapped is told the picture pixel that was clicked, where no box is.
	// It comes after the time of a double click.
	OnEmptyTapped func(at image.Point)
	// OnBoxDrawn is told the box dragged out in draw mode, beside all boxes in Edit, or
	// elsewhere with Shift: within the picture and at least 2 pixels wide and high.
	OnBoxDrawn func(r image.Rectangle)
	// OnBoxChanging is told where a box is while it is dragged or nudged, and where
	// it was when that is cancelled. It must not replace the boxes.
	OnBoxChanging func(index int, r image.Rectangle)
	// OnBoxChanged is told once, at the end of a drag or of an arrow key. The box
	// lies within the picture and is at least 2 pixels wide and high.
	OnBoxChanged func(index int, r image.Rectangle)
	// OnKey is asked before the pane acts on a key; true means taken. Letters
	// arrive here and in OnRune: bind them in one place only.
	OnKey func(name fyne.KeyName) bool
	// OnRune gets the typed characters.
	OnRune func(r rune)

	// Empty is shown in the middle while there is no picture.
	Empty string
	// Edit lets boxes be moved, resized and drawn. Refresh after setting it.
	Edit bool
	// Square makes boxes that are drawn or resized square. Shift is the opposite
	// while it is held.
	Square bool

	view     *View
	span     float64 // width of the pane that this one is a window on; 0: it is none
	offset   float64 // where in that it begins
	img      image.Image
	pic      *pyramid    // nil while there is no picture
	overlay  *image.RGBA // over the picture; nil: none
	coarse   float64     // picture pixels per pixel of overlay
	boxes    []Box
	hover    int
	selected int
	draw     bool
	focused  bool
	press    press
	edit     edit
	nudged   bool          // the last change was by arrow keys
	shift    bool          // is held
	at       fyne.Position // of the pointer
	onBox    bool          // the last click picked a box, which its owner may have removed since
	buf      *image.RGBA
	update   func() // redraws picture, boxes and labels; set by the renderer
}

// NewPane returns a pane on the view. Panes of one view show the same part of
// their pictures.
func NewPane(v *View) *Pane {
	p := &Pane{view: v, hover: -1, selected: -1, update: func() {}}
	v.panes = append(v.panes, p)
	p.ExtendBaseWidget(p)
	return p
}

// SetImage shows img; nil shows Empty. The picture must not be modified
// afterwards. Boxes are in its coordinates, where Bounds().Min need not be 0;
// they stay: set them too. An overlay goes. Zoom and position stay, so that the next frame of a
// video appears where the last one was, and a click or a drag of the picture goes on; for
// another picture call View.Fit.
func (p *Pane) SetImage(img image.Image) {
	next := img != nil && p.img != nil && img.Bounds() == p.img.Bounds()
	if !next || p.press.drawing || p.press.grip != gripNone {
		p.press = press{}
	}
	p.img, p.pic, p.edit, p.overlay = img, nil, edit{}, nil
	if img != nil && !img.Bounds().Empty() {
		p.pic = newPyramid(img)
	}
	if p.pic != nil && !p.view.fitted {
		s := p.sight().within(p.pic.bounds)
		p.view.cx, p.view.cy = s.cx, s.cy
	}
	p.Refresh()
}

// SetOverlay lays a translucent picture over the one shown, from its corner on, below the
// boxes: each pixel of it, premultiplied, covers coarse times coarse pixels, smoothly. nil takes it
// away. It must not be modified afterwards.
func (p *Pane) SetOverlay(img *image.RGBA, coarse float64) {
	p.overlay, p.coarse = img, coarse
	p.update()
}

// Image returns what SetImage was given.
func (p *Pane) Image() image.Image { return p.img }

// SetBoxes replaces the boxes and clears the selection. A drag of a box that is
// under way, and not settled, is dropped.
func (p *Pane) SetBoxes(boxes []Box) {
	p.boxes, p.hover, p.selected, p.edit = slices.Clone(boxes), -1, -1, edit{}
	if p.press.grip != gripNone {
		p.press = press{}
	}
	p.update()
}

// SetCaption changes the caption of a box, also while it is dragged.
func (p *Pane) SetCaption(index int, text string) {
	p.boxes[index].Caption = text
	p.update()
}

// Boxes returns the boxes as they are, also during a drag; do not modify them.
func (p *Pane) Boxes() []Box { return p.boxes }

// SetSelected highlights a box; -1 none. In Edit it gets handles.
func (p *Pane) SetSelected(index int) {
	if p.edit.on && p.edit.box != index {
		p.Settle()
	}
	p.selected = index
	p.update()
}

// Selected returns the highlighted box, -1 for none.
func (p *Pane) Selected() int { return p.selected }

// SetDraw turns draw mode on or off: dragging makes a new box instead of
// moving the picture. The middle button still moves it.
func (p *Pane) SetDraw(on bool) { p.draw, p.press = on, press{} }

// Draw reports whether draw mode is on.
func (p *Pane) Draw() bool { return p.draw }

func (p *Pane) emphasis(i int) emphasis {
	switch i {
	case p.selected:
		return selected
	case p.hover:
		return hovered
	}
	return plain
}
