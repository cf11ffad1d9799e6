package imageview

import (
	"image"

	"fyne.io/fyne/v2"
)

// View is the zoom and position shared by the panes made on it. The zero value
// is not usable; see NewView.
type View struct {
	// OnChanged is told after zoom or position changed; nil is fine.
	OnChanged func()

	fitted bool
	unit   float64 // while not fitted: units per picture pixel,
	cx, cy float64 // and the picture point in the middle
	panes  []*Pane
	lead   *Pane // last used by the user: methods act on it
}

// NewView returns a view that fits the picture into its pane.
func NewView() *View { return &View{fitted: true} }

// Fit shows the whole picture, and goes on doing so when panes or pictures
// change size.
func (v *View) Fit() {
	v.fitted = true
	v.changed()
}

// Actual shows one picture pixel per screen pixel, about the middle of the pane.
func (v *View) Actual() {
	if p := v.active(); p != nil {
		s := p.sight()
		p.look(s.zoomAbout(1/p.scale(), s.w/2-s.left, s.h/2))
	}
}

// ZoomBy multiplies the zoom about the middle of the pane.
func (v *View) ZoomBy(factor float32) {
	if p := v.active(); p != nil {
		s := p.sight()
		p.look(s.zoomAbout(p.limit(s.unit*float64(factor)), s.w/2-s.left, s.h/2))
	}
}

// Zoom returns screen pixels per picture pixel, 1 being 100 %; 0 while no
// picture is shown.
func (v *View) Zoom() float32 {
	p := v.active()
	if p == nil {
		return 0
	}
	return float32(p.sight().unit * p.scale())
}

// Fitted reports whether the whole picture is kept in view.
func (v *View) Fitted() bool { return v.fitted }

// Center brings a rectangle of the picture to the middle, zooming out where it
// would not be wholly visible. A fitted view shows all already and stays.
func (v *View) Center(r image.Rectangle) {
	if p := v.active(); p != nil && !v.fitted && !r.Empty() {
		p.look(p.sight().center(r))
	}
}

// active returns the pane that methods act on: the last one used that shows a
// picture, else the first that does, else nil.
func (v *View) active() *Pane {
	if v.lead != nil && v.lead.pic != nil {
		return v.lead
	}
	for _, p := range v.panes {
		if p.pic != nil {
			return p
		}
	}
	return nil
}

func (v *View) changed() {
	for _, p := range v.panes {
		p.update()
	}
	if v.OnChanged != nil {
		v.OnChanged()
	}
}

// sight returns where the pane looks.
func (p *Pane) sight() sight {
	w, h := p.extent()
	if p.view.fitted && p.pic != nil {
		s := fit(w, h, p.pic.bounds)
		s.left = p.offset
		return s
	}
	return sight{w: w, h: h, unit: max(p.view.unit, 1e-6), cx: p.view.cx, cy: p.view.cy, left: p.offset}
}

// extent is the size of the pane, or of the wider one that it is a window on.
func (p *Pane) extent() (w, h float64) {
	w = float64(p.Size().Width)
	if p.span > 0 {
		w = p.span
	}
	return w, float64(p.Size().Height)
}

// look turns the view to what the pane shall show.
func (p *Pane) look(s sight) {
	s = s.within(p.pic.bounds)
	p.view.fitted, p.view.unit, p.view.cx, p.view.cy = false, s.unit, s.cx, s.cy
	p.view.changed()
}

// limit keeps units per pixel within what is useful for the picture.
func (p *Pane) limit(unit float64) float64 {
	w, h := p.extent()
	lo, hi := limits(w, h, p.scale(), p.pic.bounds)
	return min(max(unit, lo), hi)
}

// scale returns screen pixels per unit.
func (p *Pane) scale() float64 {
	if c := fyne.CurrentApp().Driver().CanvasForObject(p); c != nil && c.Scale() > 0 {
		return float64(c.Scale())
	}
	return 1
}
