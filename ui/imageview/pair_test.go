package imageview

import (
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

func TestColumns(t *testing.T) {
	for _, tt := range []struct {
		layout    Layout
		width, at float64
		want      [4]float64
	}{
		{Beside, 804, 0.3, [4]float64{0, 400, 404, 804}},
		{Alone, 804, 0.3, [4]float64{0, 804, 804, 804}},
		{Swipe, 800, 0.25, [4]float64{0, 200, 200, 800}},
		{Swipe, 800, 0, [4]float64{0, 0, 0, 800}},
		{Swipe, 800, 1, [4]float64{0, 800, 800, 800}},
		{Beside, 2, 0.5, [4]float64{0, 0, 2, 2}},
	} {
		x0, x1, x2, x3 := columns(tt.layout, tt.width, tt.at)
		if got := [4]float64{x0, x1, x2, x3}; got != tt.want {
			t.Errorf("%v of %v at %v: %v, want %v", tt.layout, tt.width, tt.at, got, tt.want)
		}
	}
}

// newLaidOut is a Pair of 800 by 400 units and its panes, of a picture of 200 by 100.
func newLaidOut(t *testing.T) (*Pair, *Pane, *Pane) {
	test.NewTempApp(t)
	v := NewView()
	left, right := NewPane(v), NewPane(v)
	p := NewPair(widget.NewLabel("a"), left, widget.NewLabel("b"), right)
	w := test.NewTempWindow(t, p)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(800, 400+widget.NewLabel("a").MinSize().Height))
	for _, pane := range []*Pane{left, right} {
		pane.SetImage(noise(200, 100))
	}
	return p, left, right
}

func TestSwipeShowsOnePictureInTwoHalves(t *testing.T) {
	p, left, right := newLaidOut(t)
	p.SetLayout(Swipe)
	p.SetBar(0.25)
	if left.Size().Width != 200 || right.Size().Width != 600 || right.Position().X != 200 {
		t.Fatalf("the halves are %v and %v at %v", left.Size(), right.Size(), right.Position())
	}
	// The picture is 4 units a pixel over the whole width: pixel 50 is at the bar.
	for _, tt := range []struct {
		name string
		pane *Pane
		x, y float64
		want float64
	}{{"left edge", left, 0, 200, 0}, {"bar from the left", left, 200, 200, 50}, {"bar from the right", right, 0, 200, 50}, {"right edge", right, 600, 200, 200}} {
		if x, y := tt.pane.sight().toImage(tt.x, tt.y); x != tt.want || y != 50 {
			t.Errorf("%s: picture point %v, %v, want %v, 50", tt.name, x, y, tt.want)
		}
	}
	// Zoom about the pointer in the right half: the point stays, in both halves' terms.
	before, _ := right.sight().toImage(300, 100)
	right.Scrolled(&fyne.ScrollEvent{PointEvent: at(300, 100), Scrolled: fyne.Delta{DY: 75}})
	after, _ := right.sight().toImage(300, 100)
	other, _ := left.sight().toImage(500, 100) // the same place of the screen
	if math.Abs(after-before) > 1e-9 || math.Abs(other-before) > 1e-9 || left.view.Fitted() {
		t.Errorf("the point under the pointer went from %v to %v, in the left half %v", before, after, other)
	}
	// A drag moves the picture with the pointer.
	right.MouseDown(&desktop.MouseEvent{PointEvent: at(300, 100), Button: desktop.MouseButtonPrimary})
	right.Dragged(&fyne.DragEvent{PointEvent: at(330, 100)})
	if x, _ := right.sight().toImage(330, 100); math.Abs(x-before) > 1e-9 {
		t.Errorf("after a drag the pointer is over %v, want %v", x, before)
	}
	p.SetLayout(Beside)
	if s := left.sight(); s.left != 0 || s.w != 398 {
		t.Errorf("next to each other the left pane is %v wide from %v", s.w, s.left)
	}
}

func TestSwipePicksBoxesOfEachHalf(t *testing.T) {
	p, left, right := newLaidOut(t)
	var picked []string
	for name, pane := range map[string]*Pane{"left": left, "right": right} {
		pane.SetBoxes([]Box{{Rect: image.Rect(40, 20, 60, 80)}}) // on both sides of the bar
		pane.OnBoxPicked = func(int) { picked = append(picked, name) }
	}
	p.SetLayout(Swipe)
	p.SetBar(0.25)
	for _, pane := range []*Pane{left, right} {
		x := float32(190)
		if pane == right {
			x = 10
		}
		pane.MouseDown(&desktop.MouseEvent{PointEvent: at(x, 200), Button: desktop.MouseButtonPrimary})
		pane.MouseUp(&desktop.MouseEvent{PointEvent: at(x, 200), Button: desktop.MouseButtonPrimary})
	}
	if want := []string{"left", "right"}; !slices.Equal(picked, want) {
		t.Errorf("picked %v, want %v", picked, want)
	}
}

func TestBarFollowsThePointer(t *testing.T) {
	p, _, _ := newLaidOut(t)
	p.SetLayout(Swipe)
	p.bar.Dragged(&fyne.DragEvent{PointEvent: at(100+barWidth/2, 50)})
	if got := p.Bar(); math.Abs(got-0.625) > 1e-6 {
		t.Errorf("the bar is at %v, want 0.625", got)
	}
	p.bar.Dragged(&fyne.DragEvent{PointEvent: at(9000, 50)})
	if got := p.Bar(); got != 1 {
		t.Errorf("the bar is at %v, want 1", got)
	}
}

func TestAloneAndSwap(t *testing.T) {
	p, left, right := newLaidOut(t)
	p.SetLayout(Alone)
	if !left.Visible() || right.Visible() || left.Size().Width != 800 {
		t.Errorf("alone: %v, %v, %v wide", left.Visible(), right.Visible(), left.Size().Width)
	}
	p.Swap()
	if left.Visible() || !right.Visible() {
		t.Error("the swap does not turn to the other one")
	}
	p.SetLayout(Beside)
	if right.Position().X != 0 || left.Position().X <= 0 {
		t.Errorf("swapped, the panes are at %v and %v", left.Position().X, right.Position().X)
	}
}

func TestOverlayCoversThePicture(t *testing.T) {
	p := newPair(t)
	black := image.NewRGBA(image.Rect(0, 0, 200, 200))
	for i := 3; i < len(black.Pix); i += 4 {
		black.Pix[i] = 255
	}
	p.left.SetImage(black)
	o := image.NewRGBA(image.Rect(0, 0, 20, 20)) // 10 picture pixels each
	for y := range 20 {
		for x := 10; x < 20; x++ {
			o.SetRGBA(x, y, color.RGBA{R: 128, A: 128})
		}
	}
	p.left.SetOverlay(o, 10)
	dst := image.NewRGBA(image.Rect(0, 0, 400, 400))
	p.left.compose(dst, p.left.sight(), 1, 0)
	if l, r := dst.RGBAAt(100, 200), dst.RGBAAt(300, 200); l.R != 0 || r.R < 126 || r.R > 130 {
		t.Errorf("left of it %v, right %v, want red from the middle on", l, r)
	}
}

func TestShiftDragsABox(t *testing.T) {
	p := newPair(t)
	p.left.MouseDown(&desktop.MouseEvent{PointEvent: at(100, 100), Button: desktop.MouseButtonPrimary, Modifier: fyne.KeyModifierShift})
	p.left.Dragged(&fyne.DragEvent{PointEvent: at(160, 140)})
	p.left.MouseUp(&desktop.MouseEvent{PointEvent: at(160, 140), Button: desktop.MouseButtonPrimary})
	if want := []image.Rectangle{image.Rect(50, 50, 80, 80)}; !slices.Equal(p.drawn, want) {
		t.Errorf("drawn %v, want the square %v", p.drawn, want)
	}
}
