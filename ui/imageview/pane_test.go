package imageview

import (
	"image"
	"image/color"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
)

// pair is two panes of 400 by 400 units on one view, each with a picture of
// 200 by 200 pixels, so that a picture pixel is 2 units when fitted.
type pair struct {
	view        *View
	left, right *Pane
	picked      []int
	empty       []image.Point
	drawn       []image.Rectangle
}

func newPair(t *testing.T) *pair {
	test.NewTempApp(t)
	p := &pair{view: NewView()}
	p.left, p.right = NewPane(p.view), NewPane(p.view)
	box := container.NewWithoutLayout(p.left, p.right)
	w := test.NewTempWindow(t, box)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(800, 400))
	for i, pane := range []*Pane{p.left, p.right} {
		pane.Resize(fyne.NewSize(400, 400))
		pane.Move(fyne.NewPos(float32(400*i), 0))
		pane.SetImage(noise(200, 200))
	}
	p.left.OnBoxPicked = func(i int) { p.picked = append(p.picked, i) }
	p.left.OnEmptyTapped = func(at image.Point) { p.empty = append(p.empty, at) }
	p.left.OnBoxDrawn = func(r image.Rectangle) { p.drawn = append(p.drawn, r) }
	return p
}

func at(x, y float32) fyne.PointEvent { return fyne.PointEvent{Position: fyne.NewPos(x, y)} }

func (p *pair) wheel(x, y, dy float32) {
	p.left.Scrolled(&fyne.ScrollEvent{PointEvent: at(x, y), Scrolled: fyne.Delta{DY: dy}})
}

func (p *pair) drag(button desktop.MouseButton, x0, y0, x1, y1 float32) {
	p.left.MouseDown(&desktop.MouseEvent{PointEvent: at(x0, y0), Button: button})
	for _, t := range []float32{0.3, 0.6, 1} {
		p.left.Dragged(&fyne.DragEvent{PointEvent: at(x0+(x1-x0)*t, y0+(y1-y0)*t)})
	}
	p.left.MouseUp(&desktop.MouseEvent{PointEvent: at(x1, y1), Button: button})
	p.left.DragEnd()
}

func (p *pair) click(x, y float32) {
	p.left.MouseDown(&desktop.MouseEvent{PointEvent: at(x, y), Button: desktop.MouseButtonPrimary})
	p.left.MouseUp(&desktop.MouseEvent{PointEvent: at(x, y), Button: desktop.MouseButtonPrimary})
	e := at(x, y)
	p.left.Tapped(&e)
}

func TestPanesMoveTogether(t *testing.T) {
	p := newPair(t)
	told := 0
	p.view.OnChanged = func() { told++ }
	p.wheel(100, 100, 25)
	p.drag(desktop.MouseButtonPrimary, 200, 200, 150, 190)
	if p.left.sight() != p.right.sight() {
		t.Errorf("left looks at %+v, right at %+v", p.left.sight(), p.right.sight())
	}
	if p.view.Fitted() || told < 2 {
		t.Errorf("fitted is %v, told %d times", p.view.Fitted(), told)
	}
}

func TestWheelZoomsAboutThePointer(t *testing.T) {
	p := newPair(t)
	x, y := p.left.sight().toImage(120, 300)
	p.wheel(120, 300, 25)
	p.wheel(120, 300, 25)
	s := p.left.sight()
	if gx, gy := s.toPane(x, y); !close2(gx, 120) || !close2(gy, 300) {
		t.Errorf("the point under the pointer went to %v, %v", gx, gy)
	}
	if !close2(s.unit, 2*notch*notch) {
		t.Errorf("two notches: %v units a pixel, want %v", s.unit, 2*notch*notch)
	}
	p.wheel(120, 300, 1e5)
	if got := p.view.Zoom(); got != maxZoom {
		t.Errorf("zoom %v, want the limit %v", got, maxZoom)
	}
}

func TestDragMovesThePicture(t *testing.T) {
	p := newPair(t)
	p.drag(desktop.MouseButtonPrimary, 200, 200, 100, 100)
	if !p.view.Fitted() {
		t.Error("a fitted picture was moved")
	}
	p.view.ZoomBy(4)
	x, y := p.left.sight().toImage(200, 200)
	p.drag(desktop.MouseButtonPrimary, 200, 200, 130, 240)
	if gx, gy := p.left.sight().toPane(x, y); !close2(gx, 130) || !close2(gy, 240) {
		t.Errorf("the point that was pressed lies at %v, %v, want 130, 240", gx, gy)
	}
	if len(p.picked)+len(p.empty)+len(p.drawn) != 0 {
		t.Error("a drag was taken for a click or a new box")
	}
	p.drag(desktop.MouseButtonPrimary, 0, 0, 9000, 9000)
	if a := p.left.sight().area(image.Rect(0, 0, 200, 200)); a.x0 != 0 || a.y0 != 0 {
		t.Errorf("dragged away, the picture begins at %v, %v", a.x0, a.y0)
	}
}

func TestFitAndActual(t *testing.T) {
	p := newPair(t)
	p.view.Actual()
	if got := p.view.Zoom(); got != 1 {
		t.Errorf("Actual: zoom %v", got)
	}
	p.view.Fit()
	if !p.view.Fitted() || p.view.Zoom() != 2 {
		t.Errorf("Fit: fitted %v, zoom %v", p.view.Fitted(), p.view.Zoom())
	}
	p.view.ZoomBy(notch)
	p.left.DoubleTapped(&fyne.PointEvent{})
	if !p.view.Fitted() {
		t.Error("a double click does not fit")
	}
	p.left.Resize(fyne.NewSize(200, 200))
	if got := p.view.Zoom(); got != 1 {
		t.Errorf("after a resize the fitted zoom is %v, want 1", got)
	}
}

func TestKeysPan(t *testing.T) {
	p := newPair(t)
	p.left.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if !p.view.Fitted() {
		t.Error("an arrow moved a fitted picture")
	}
	p.view.ZoomBy(4)
	s := p.left.sight()
	p.left.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	p.left.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	if got := p.left.sight(); !close2(got.cx, s.cx+arrowPan/s.unit) || !close2(got.cy, s.cy-arrowPan/s.unit) {
		t.Errorf("right and up from %v, %v led to %v, %v", s.cx, s.cy, got.cx, got.cy)
	}
}

func TestOwnerIsAskedFirst(t *testing.T) {
	p := newPair(t)
	p.view.ZoomBy(4)
	s := p.left.sight()
	p.left.OnKey = func(k fyne.KeyName) bool { return k == fyne.KeyLeft }
	typed := ""
	p.left.OnRune = func(r rune) { typed += string(r) }
	p.left.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	p.left.TypedRune('0')
	if p.left.sight() != s || typed != "0" {
		t.Errorf("the pane acted on keys that its owner took, which got %q", typed)
	}
}

var someBoxes = []Box{
	{Rect: image.Rect(10, 10, 110, 110), Color: color.White, Caption: "large"},
	{Rect: image.Rect(20, 20, 60, 60), Color: color.White, Caption: "small"},
}

func TestClicksPick(t *testing.T) {
	p := newPair(t)
	p.left.SetBoxes(someBoxes)
	p.click(80, 80)   // pixel 40, 40
	p.click(200, 200) // pixel 100, 100
	p.click(300, 301) // pixel 150, 150
	if !slices.Equal(p.picked, []int{1, 0}) {
		t.Errorf("picked %v, want 1 and 0", p.picked)
	}
	if !slices.Equal(p.empty, []image.Point{{150, 150}}) {
		t.Errorf("empty clicks %v, want 150, 150", p.empty)
	}
}

func TestRemovedBoxIsNoEmptyClick(t *testing.T) {
	p := newPair(t)
	p.left.SetBoxes(someBoxes)
	p.left.OnBoxPicked = func(int) { p.left.SetBoxes(nil) }
	p.click(80, 80)
	if len(p.empty) != 0 {
		t.Error("a click that removed its box counts as beside all boxes too")
	}
}

// Frames of a video that come while a button is held do not take the picture out of the
// hand, nor the click from a box; a box that is drawn on one frame is not for the next.
func TestHandOverARunningVideo(t *testing.T) {
	p := newPair(t)
	p.left.SetBoxes(someBoxes)
	p.wheel(200, 200, 50)
	down := func(held fyne.KeyModifier) {
		p.left.MouseDown(&desktop.MouseEvent{PointEvent: at(80, 80), Button: desktop.MouseButtonPrimary, Modifier: held})
	}
	up := func() {
		p.left.MouseUp(&desktop.MouseEvent{PointEvent: at(80, 80), Button: desktop.MouseButtonPrimary})
	}
	down(0)
	p.left.SetImage(noise(200, 200))
	up()
	if len(p.picked) != 1 {
		t.Errorf("a click picked %v", p.picked)
	}
	before := p.left.sight()
	down(0)
	for x := float32(100); x <= 160; x += 20 {
		p.left.SetImage(noise(200, 200))
		p.left.Dragged(&fyne.DragEvent{PointEvent: at(x, 80)})
	}
	up()
	if p.left.sight() == before {
		t.Error("a drag did not move the picture")
	}
	down(fyne.KeyModifierShift)
	p.left.Dragged(&fyne.DragEvent{PointEvent: at(160, 160)})
	p.left.SetImage(noise(200, 200))
	p.left.Dragged(&fyne.DragEvent{PointEvent: at(170, 170)})
	up()
	if len(p.drawn) != 0 {
		t.Errorf("a box is drawn over two frames: %v", p.drawn)
	}
}

func TestClickBesideThePictureIsNothing(t *testing.T) {
	p := newPair(t)
	p.left.SetImage(noise(200, 20)) // fills the middle only
	p.click(200, 20)
	if len(p.empty) != 0 {
		t.Errorf("got %v", p.empty)
	}
}

func TestHover(t *testing.T) {
	p := newPair(t)
	p.left.SetBoxes(someBoxes)
	var got []int
	p.left.OnBoxHovered = func(i int) { got = append(got, i) }
	for _, x := range []float32{5, 80, 81, 180, 390} {
		p.left.MouseMoved(&desktop.MouseEvent{PointEvent: at(x, x)})
	}
	p.left.MouseOut()
	if !slices.Equal(got, []int{1, 0, -1}) {
		t.Errorf("told %v, want 1, 0, -1", got)
	}
}

func TestDrawMode(t *testing.T) {
	p := newPair(t)
	p.left.SetDraw(true)
	p.drag(desktop.MouseButtonPrimary, 100, 100, 200, 140)
	p.left.Square = true
	p.drag(desktop.MouseButtonPrimary, 100, 100, 200, 140)
	p.left.Square = false
	p.drag(desktop.MouseButtonPrimary, 200, 200, 260, 202) // too low
	if want := []image.Rectangle{image.Rect(50, 50, 100, 70), image.Rect(50, 50, 100, 100)}; !slices.Equal(p.drawn, want) {
		t.Errorf("drawn %v, want %v", p.drawn, want)
	}
	p.view.ZoomBy(4)
	s := p.left.sight()
	p.drag(desktop.MouseButtonTertiary, 200, 200, 150, 150)
	if len(p.drawn) != 2 || p.left.sight() == s {
		t.Error("the middle button does not move the picture in draw mode")
	}
	p.left.SetDraw(false)
	p.drag(desktop.MouseButtonPrimary, 100, 100, 200, 140)
	if len(p.drawn) != 2 {
		t.Error("a box was drawn with draw mode off")
	}
}

func TestEscapeDropsTheBoxBeingDrawn(t *testing.T) {
	p := newPair(t)
	p.left.SetDraw(true)
	p.left.MouseDown(&desktop.MouseEvent{PointEvent: at(10, 10), Button: desktop.MouseButtonPrimary})
	p.left.Dragged(&fyne.DragEvent{PointEvent: at(90, 90)})
	p.left.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	p.left.MouseUp(&desktop.MouseEvent{PointEvent: at(90, 90), Button: desktop.MouseButtonPrimary})
	if len(p.drawn) != 0 {
		t.Errorf("drawn %v", p.drawn)
	}
}

func TestWithoutPictureNothingHappens(t *testing.T) {
	p := newPair(t)
	p.left.SetImage(nil)
	p.right.SetImage(nil)
	p.left.SetBoxes(someBoxes)
	p.left.SetDraw(true)
	p.left.Empty = "drop a picture"
	p.left.Refresh()
	p.click(50, 50)
	p.drag(desktop.MouseButtonPrimary, 10, 10, 90, 90)
	p.wheel(10, 10, 25)
	p.view.Fit()
	p.view.Actual()
	p.view.ZoomBy(2)
	p.left.TypedRune('0')
	p.left.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	p.view.Center(image.Rect(0, 0, 5, 5))
	if len(p.picked)+len(p.empty)+len(p.drawn) != 0 || p.view.Zoom() != 0 {
		t.Error("an empty pane reported something")
	}
	r := test.WidgetRenderer(p.left).(*renderer)
	if r.empty.Text != "drop a picture" {
		t.Errorf("shows %q", r.empty.Text)
	}
	r.generate(400, 400)
	p.left.SetImage(noise(5, 5))
	if r.empty.Text != "" {
		t.Errorf("shows %q over a picture", r.empty.Text)
	}
}

func TestNextFrameAppearsInPlace(t *testing.T) {
	p := newPair(t)
	p.view.ZoomBy(3)
	s := p.left.sight()
	p.left.SetImage(noise(200, 200))
	if p.left.sight() != s {
		t.Error("a new picture of the same size moved the view")
	}
	p.left.SetImage(noise(20, 20))
	if got := p.left.sight(); got.cx != 10 || got.cy != 10 {
		t.Errorf("a smaller picture lies out of view: %+v", got)
	}
}

func TestViewCenter(t *testing.T) {
	p := newPair(t)
	p.view.Center(image.Rect(150, 150, 160, 160))
	if !p.view.Fitted() {
		t.Error("a fitted view shows all: it should stay")
	}
	p.view.ZoomBy(5)
	p.view.Center(image.Rect(150, 150, 160, 160))
	if s := p.left.sight(); s.cx != 155 || s.cy != 155 {
		t.Errorf("centre at %v, %v, want 155, 155", s.cx, s.cy)
	}
}

// labels returns the captions shown and where.
func labels(p *Pane) map[string]fyne.Position {
	out := map[string]fyne.Position{}
	for _, l := range test.WidgetRenderer(p).(*renderer).labels {
		if l.text.Visible() {
			out[l.text.Text] = l.plate.Position()
			if end := l.plate.Position().Add(l.plate.Size()); end.X > p.Size().Width || end.Y > p.Size().Height || l.plate.Position().X < 0 || l.plate.Position().Y < 0 {
				out["outside: "+l.text.Text] = end
			}
		}
	}
	return out
}

func TestLabels(t *testing.T) {
	p := newPair(t)
	p.left.SetBoxes([]Box{
		{Rect: image.Rect(0, 0, 50, 50), Caption: "corner"},
		{Rect: image.Rect(180, 180, 200, 200), Caption: "a long caption"},
		{Rect: image.Rect(100, 100, 103, 103), Caption: "tiny"},
		{Rect: image.Rect(20, 120, 60, 160)},
	})
	for _, zoom := range []float32{1, 1.5, 3, 0.1} {
		for caption, at := range labels(p.left) {
			if len(caption) > 7 && caption[:7] == "outside" {
				t.Errorf("zoom %v: %s ends at %v", zoom, caption, at)
			}
		}
		p.view.ZoomBy(zoom)
	}
	p.view.Fit()
	got := labels(p.left)
	if _, ok := got["tiny"]; ok || len(got) != 2 {
		t.Errorf("labels %v, want corner and a long caption", got)
	}
	p.left.SetSelected(2)
	if _, ok := labels(p.left)["tiny"]; !ok {
		t.Error("a selected box shows no caption")
	}
	p.left.SetBoxes(nil)
	if got := labels(p.left); len(got) != 0 {
		t.Errorf("labels stay without boxes: %v", got)
	}
}

func TestBoxesAreDrawnWhereTheyAre(t *testing.T) {
	p := newPair(t)
	red := color.RGBA{255, 0, 0, 255}
	p.left.SetImage(image.NewRGBA(image.Rect(0, 0, 200, 200)))
	p.left.SetBoxes([]Box{{Rect: image.Rect(50, 50, 100, 100), Color: red}, {Rect: image.Rect(120, 50, 170, 100), Color: red, Line: Dashed}})
	r := test.WidgetRenderer(p.left).(*renderer)
	for _, scale := range []int{1, 2} {
		img := r.generate(400*scale, 400*scale).(*image.RGBA)
		edge := func(v int) []bool { // the pixels beside an edge that are red, from 2 before it
			var out []bool
			for d := -2; d < 2; d++ {
				out = append(out, img.RGBAAt(v*scale+d*scale, 150*scale) == red)
			}
			return out
		}
		want := []bool{false, true, true, false} // a line of 2 units, half of it inside
		for name, got := range map[string][]bool{"left": edge(100), "right": edge(200)} {
			if !slices.Equal(got, want) {
				t.Errorf("scale %d, %s edge: red is %v, want %v", scale, name, got, want)
			}
		}
		for name, y := range map[string]int{"upper": 100, "lower": 200} {
			if img.RGBAAt(150*scale, y*scale) != red || img.RGBAAt(150*scale, y*scale-2*scale) == red || img.RGBAAt(150*scale, y*scale+scale) == red {
				t.Errorf("scale %d: the %s edge is not where it should be", scale, name)
			}
		}
		if img.RGBAAt(150*scale, 150*scale) == red {
			t.Errorf("scale %d: the box is filled", scale)
		}
		on := 0
		for x := 240 * scale; x < 340*scale; x++ {
			if img.RGBAAt(x, 100*scale) == red {
				on++
			}
		}
		if share := float64(on) / float64(100*scale); share < 0.5 || share > 0.75 {
			t.Errorf("scale %d: strokes take %.2f of a dashed edge, want about 0.6", scale, share)
		}
	}
}

// A click must hit the very pixel that is drawn under it.
func TestDrawingAndPickingAgree(t *testing.T) {
	p := newPair(t)
	src := noise(200, 200)
	p.left.SetImage(src)
	r := test.WidgetRenderer(p.left).(*renderer)
	for _, zoom := range []float32{1, 1.7, 4.3} {
		p.view.ZoomBy(zoom)
		p.wheel(333, 77, 13)
		img := r.generate(400, 400).(*image.RGBA)
		s := p.left.sight()
		hits, tries := 0, 0
		for y := 3; y < 400; y += 23 {
			for x := 5; x < 400; x += 19 {
				ix, iy := s.toImage(float64(x)+0.5, float64(y)+0.5)
				tries++
				if s.unit < nearestFrom || src.RGBAAt(int(ix), int(iy)) == img.RGBAAt(x, y) {
					hits++
				}
			}
		}
		if hits < tries*8/10 { // half a screen pixel may lie between
			t.Errorf("%v units a pixel: %d of %d pixels agree", s.unit, hits, tries)
		}
	}
}

var sink image.Image

// One redraw of a pane of 960 by 1000 pixels with a picture of 1920 by 1080
// and 20 boxes.
func BenchmarkCompose(b *testing.B) {
	test.NewTempApp(b)
	p := NewPane(NewView())
	p.Resize(fyne.NewSize(960, 1000))
	p.SetImage(noise(1920, 1080))
	var boxes []Box
	for i := range 20 {
		boxes = append(boxes, Box{Rect: image.Rect(i*60, i*40, i*60+150, i*40+150), Color: color.White, Line: Line(i % 2)})
	}
	p.SetBoxes(boxes)
	r := test.WidgetRenderer(p).(*renderer)
	for _, c := range []struct {
		name string
		zoom float32
	}{{"fitted", 1}, {"zoomed smooth", 3}, {"zoomed pixels", 12}} {
		b.Run(c.name, func(b *testing.B) {
			p.view.Fit()
			if c.zoom != 1 {
				p.view.ZoomBy(c.zoom)
			}
			for b.Loop() {
				sink = r.generate(960, 1000)
			}
		})
	}
}

// One step of a pan or a zoom over two panes of 960 by 1000 pixels with a picture of
// 3840 by 2160 and 20 boxes each, drawing both anew.
func BenchmarkStep4K(b *testing.B) {
	test.NewTempApp(b)
	v := NewView()
	panes, src := []*Pane{NewPane(v), NewPane(v)}, noise(3840, 2160)
	var renderers []*renderer
	for _, p := range panes {
		p.Resize(fyne.NewSize(960, 1000))
		p.SetImage(src)
		var boxes []Box
		for i := range 20 {
			boxes = append(boxes, Box{Rect: image.Rect(i*150, i*90, i*150+300, i*90+300), Color: color.White})
		}
		p.SetBoxes(boxes)
		renderers = append(renderers, test.WidgetRenderer(p).(*renderer))
	}
	back := func(i int) float64 { return float64(1 - i/40%2*2) } // and forth, every 40 steps
	pan := func(i int) {
		sight := panes[0].sight()
		sight.cx += 16 * back(i)
		panes[0].look(sight)
	}
	zoom := func(i int) {
		panes[0].Scrolled(&fyne.ScrollEvent{PointEvent: at(300, 300), Scrolled: fyne.Delta{DY: float32(2 * back(i))}})
	}
	for _, c := range []struct {
		name string
		from float32 // zoom, 1 is fitted
		step func(i int)
	}{{"pan at 100 %", 4, pan}, {"pan at 400 %", 16, pan}, {"zoom from fitted", 1, zoom}} {
		b.Run(c.name, func(b *testing.B) {
			v.Fit()
			v.ZoomBy(c.from)
			i := 0
			for b.Loop() {
				c.step(i)
				for _, r := range renderers {
					sink = r.generate(960, 1000)
				}
				i++
			}
			b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "steps/s")
		})
	}
}

// What a new video frame costs before it is drawn.
func BenchmarkHalve(b *testing.B) {
	src := noise(1920, 1080)
	for b.Loop() {
		sink = halve(src)
	}
}
