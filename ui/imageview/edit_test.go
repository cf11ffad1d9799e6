package imageview

import (
	"image"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// editor is a pair in Edit mode whose left pane has someBoxes, the large one selected.
// A picture pixel is 2 units.
type editor struct {
	*pair
	changing, changed []int
	live, settled     []image.Rectangle
}

func newEditor(t *testing.T) *editor {
	e := &editor{pair: newPair(t)}
	p := e.left
	p.Edit = true
	p.SetBoxes(someBoxes)
	p.SetSelected(0)
	p.OnBoxPicked = func(i int) { e.picked = append(e.picked, i); p.SetSelected(i) }
	p.OnBoxChanging = func(i int, r image.Rectangle) { e.changing, e.live = append(e.changing, i), append(e.live, r) }
	p.OnBoxChanged = func(i int, r image.Rectangle) { e.changed, e.settled = append(e.changed, i), append(e.settled, r) }
	return e
}

func (e *editor) press(x, y float32) { e.pressWith(x, y, 0) }

func (e *editor) pressWith(x, y float32, held fyne.KeyModifier) {
	e.left.MouseDown(&desktop.MouseEvent{PointEvent: at(x, y), Button: desktop.MouseButtonPrimary, Modifier: held})
}

func (e *editor) to(x, y float32) { e.left.Dragged(&fyne.DragEvent{PointEvent: at(x, y)}) }

func (e *editor) release(x, y float32) {
	e.left.MouseUp(&desktop.MouseEvent{PointEvent: at(x, y), Button: desktop.MouseButtonPrimary})
}

func (e *editor) down(name fyne.KeyName) {
	e.left.KeyDown(&fyne.KeyEvent{Name: name})
	e.left.TypedKey(&fyne.KeyEvent{Name: name})
}

func (e *editor) up(name fyne.KeyName) { e.left.KeyUp(&fyne.KeyEvent{Name: name}) }

func (e *editor) want(t *testing.T, what string, settled ...image.Rectangle) {
	t.Helper()
	if !slices.Equal(e.settled, settled) {
		t.Errorf("%s: settled %v, want %v", what, e.settled, settled)
	}
	e.settled, e.changed, e.live, e.changing = nil, nil, nil, nil
}

func TestDragMovesTheBox(t *testing.T) {
	e := newEditor(t)
	s := e.left.sight()
	e.drag(desktop.MouseButtonPrimary, 150, 150, 170, 130)
	if len(e.live) == 0 || e.live[len(e.live)-1] != image.Rect(20, 0, 120, 100) {
		t.Errorf("while dragging: %v", e.live)
	}
	e.want(t, "dragged inside", image.Rect(20, 0, 120, 100))
	if e.left.sight() != s || len(e.picked) != 0 {
		t.Errorf("the drag moved the picture or picked %v", e.picked)
	}
	if someBoxes[0].Rect != image.Rect(10, 10, 110, 110) {
		t.Error("the owner's slice was changed")
	}
}

func TestDragResizesTheBox(t *testing.T) {
	e := newEditor(t)
	e.drag(desktop.MouseButtonPrimary, 224, 120, 264, 180) // 4 units beside the right edge
	e.want(t, "right edge", image.Rect(10, 10, 130, 110))
	e.left.Square = true
	e.drag(desktop.MouseButtonPrimary, 20, 20, 40, 22)
	e.want(t, "square corner", image.Rect(20, 0, 130, 110))
}

func TestShiftTogglesSquareDuringADrag(t *testing.T) {
	e := newEditor(t)
	e.press(220, 220)
	e.to(240, 250)
	e.down(desktop.KeyShiftLeft)
	if r := e.live[len(e.live)-1]; r.Dx() != r.Dy() {
		t.Errorf("with Shift: %v is not square", r)
	}
	e.up(desktop.KeyShiftLeft)
	e.release(240, 250)
	e.want(t, "Shift released before the end", image.Rect(10, 10, 120, 125))
	e.pressWith(120, 120, fyne.KeyModifierShift) // a move does not care
	e.to(130, 120)
	e.release(130, 120)
	e.want(t, "moved with Shift", image.Rect(15, 10, 125, 125))
}

func TestEscapeRestoresTheBox(t *testing.T) {
	e := newEditor(t)
	e.press(150, 150)
	e.to(190, 190)
	e.left.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	e.to(200, 200)
	e.release(200, 200)
	if got := e.left.Boxes()[0].Rect; got != someBoxes[0].Rect || e.live[len(e.live)-1] != someBoxes[0].Rect {
		t.Errorf("the box is at %v, last told %v", got, e.live)
	}
	e.want(t, "after Escape")
}

func TestDragBesideTheBoxesDraws(t *testing.T) {
	e := newEditor(t)
	e.drag(desktop.MouseButtonPrimary, 300, 300, 360, 340)
	if want := []image.Rectangle{image.Rect(150, 150, 180, 170)}; !slices.Equal(e.drawn, want) {
		t.Errorf("drawn %v, want %v", e.drawn, want)
	}
	e.left.SetDraw(true)
	e.drag(desktop.MouseButtonPrimary, 150, 150, 190, 190) // over a box
	e.left.SetDraw(false)
	if len(e.drawn) != 2 || e.drawn[1] != image.Rect(75, 75, 95, 95) {
		t.Errorf("in draw mode: drawn %v", e.drawn)
	}
	e.want(t, "nothing was moved")
}

func TestPressPicksWhatItDrags(t *testing.T) {
	e := newEditor(t)
	e.left.SetSelected(-1)
	e.drag(desktop.MouseButtonPrimary, 80, 80, 100, 80) // the small one
	if !slices.Equal(e.picked, []int{1}) {
		t.Errorf("picked %v, want 1 once", e.picked)
	}
	e.want(t, "picked and dragged", image.Rect(30, 20, 70, 60))
	e.left.SetSelected(0)
	e.click(100, 80) // the selected one is above, but a click reaches what is inside
	if !slices.Equal(e.picked, []int{1, 1}) {
		t.Errorf("picked %v, want 1 again", e.picked)
	}
	e.want(t, "a click moves nothing")
}

func TestFixedBoxesAreNotEdited(t *testing.T) {
	e := newEditor(t)
	e.left.SetBoxes([]Box{{Rect: image.Rect(50, 50, 100, 100), Fixed: true}})
	e.left.SetSelected(0)
	e.drag(desktop.MouseButtonPrimary, 150, 150, 170, 170)
	e.down(fyne.KeyRight)
	e.up(fyne.KeyRight)
	e.want(t, "a fixed box")
	if len(e.drawn) != 1 {
		t.Errorf("a drag over it drew %v", e.drawn)
	}
	e.click(150, 150)
	if !slices.Equal(e.picked, []int{0}) {
		t.Errorf("a click picked %v, want 0", e.picked)
	}
}

func TestArrowsNudge(t *testing.T) {
	e := newEditor(t)
	for range 3 { // held down
		e.down(fyne.KeyRight)
	}
	if len(e.live) != 3 || len(e.changed) != 0 || !e.left.Editing() {
		t.Errorf("while held: told %v, settled %v", e.live, e.settled)
	}
	e.up(fyne.KeyRight)
	e.want(t, "three steps right", image.Rect(13, 10, 113, 110))
	e.down(desktop.KeyShiftLeft)
	e.down(fyne.KeyUp)
	e.up(fyne.KeyUp)
	e.up(desktop.KeyShiftLeft)
	e.want(t, "Shift and up", image.Rect(13, 0, 113, 100))
	ctrl := func(k fyne.KeyName, m fyne.KeyModifier) {
		e.left.TypedShortcut(&desktop.CustomShortcut{KeyName: k, Modifier: fyne.KeyModifierShortcutDefault | m})
		e.up(k)
	}
	ctrl(fyne.KeyDown, 0)
	e.want(t, "Ctrl and down", image.Rect(13, 0, 113, 101))
	ctrl(fyne.KeyLeft, fyne.KeyModifierShift)
	e.want(t, "Ctrl, Shift and left", image.Rect(13, 0, 103, 101))
	e.left.Square = true
	ctrl(fyne.KeyLeft, 0)
	e.want(t, "Ctrl and left, square", image.Rect(13, 0, 113, 100))
	ctrl(fyne.KeyLeft, 0)
	e.want(t, "Ctrl and left, square again", image.Rect(13, 0, 112, 99))
}

// Nothing that was nudged is lost, whatever comes before the key is released.
func TestNudgeIsSettledByWhatComesNext(t *testing.T) {
	for name, next := range map[string]func(e *editor){
		"another box":   func(e *editor) { e.left.SetSelected(1) },
		"a press":       func(e *editor) { e.press(390, 390) },
		"the focus":     func(e *editor) { e.left.FocusLost() },
		"Tab":           func(e *editor) { e.left.TypedKey(&fyne.KeyEvent{Name: fyne.KeyTab}) },
		"owner's words": func(e *editor) { e.left.Settle() },
	} {
		e := newEditor(t)
		e.down(fyne.KeyRight)
		next(e)
		e.want(t, name, image.Rect(11, 10, 111, 110))
		e.up(fyne.KeyRight)
		e.want(t, name+", key released")
	}
}

func TestNudgeBackIsNoChange(t *testing.T) {
	e := newEditor(t)
	e.down(fyne.KeyRight)
	e.down(fyne.KeyLeft)
	e.up(fyne.KeyLeft)
	e.want(t, "there and back")
}

func TestTabWalks(t *testing.T) {
	e := newEditor(t)
	if !e.left.AcceptsTab() || e.right.AcceptsTab() {
		t.Error("Tab is for panes with boxes to edit only")
	}
	e.left.TypedKey(&fyne.KeyEvent{Name: fyne.KeyTab})
	e.left.TypedKey(&fyne.KeyEvent{Name: fyne.KeyTab})
	e.down(desktop.KeyShiftRight)
	e.left.TypedKey(&fyne.KeyEvent{Name: fyne.KeyTab})
	if !slices.Equal(e.picked, []int{1, 0, 1}) {
		t.Errorf("picked %v, want 1, 0, 1", e.picked)
	}
}

func TestControlDragMovesThePicture(t *testing.T) {
	e := newEditor(t)
	e.view.ZoomBy(4)
	s := e.left.sight()
	e.pressWith(200, 200, fyne.KeyModifierShortcutDefault)
	e.to(150, 150)
	e.release(150, 150)
	if e.left.sight() == s || len(e.drawn) != 0 {
		t.Errorf("the picture stayed, or a box was drawn: %v", e.drawn)
	}
	e.want(t, "Ctrl and drag")
}

func TestCursorTellsTheGrip(t *testing.T) {
	e := newEditor(t)
	for _, c := range []struct {
		name string
		x, y float32
		want desktop.Cursor
	}{
		{"right edge", 220, 120, desktop.HResizeCursor},
		{"upper edge", 120, 20, desktop.VResizeCursor},
		{"upper left", 20, 20, desktop.NWSEResizeCursor},
		{"upper right", 220, 20, desktop.NESWResizeCursor},
		{"inside", 150, 150, desktop.PointerCursor},
		{"beside", 350, 350, desktop.CrosshairCursor},
	} {
		e.left.MouseMoved(&desktop.MouseEvent{PointEvent: at(c.x, c.y)})
		if got := e.left.Cursor(); got != c.want {
			t.Errorf("%s: got cursor %v, want %v", c.name, got, c.want)
		}
	}
}

// Without Edit the pane is what it was.
func TestEditIsOffByItself(t *testing.T) {
	e := newEditor(t)
	e.left.Edit = false
	e.drag(desktop.MouseButtonPrimary, 150, 150, 170, 130)
	e.drag(desktop.MouseButtonPrimary, 300, 300, 350, 350)
	e.down(fyne.KeyRight)
	e.up(fyne.KeyRight)
	e.want(t, "Edit is off")
	if len(e.drawn) != 0 || e.left.AcceptsTab() {
		t.Errorf("drawn %v", e.drawn)
	}
}

func TestSizeIsShownDuringADrag(t *testing.T) {
	e := newEditor(t)
	e.press(220, 120)
	e.to(240, 120)
	if _, ok := labels(e.left)["large 110 × 100"]; !ok {
		t.Errorf("captions %v", labels(e.left))
	}
	e.release(240, 120)
	if _, ok := labels(e.left)["large"]; !ok {
		t.Errorf("after the drag: captions %v", labels(e.left))
	}
}

func TestLinesDiffer(t *testing.T) {
	seen := map[string]Line{}
	for _, l := range []Line{Solid, Dashed, Dotted, Corners} {
		img := image.NewRGBA(image.Rect(0, 0, 60, 40))
		outline(img, img.Rect.Inset(6), Box{Line: l}, plain, 1)
		if was, ok := seen[string(img.Pix)]; ok {
			t.Errorf("lines %d and %d look the same", l, was)
		}
		seen[string(img.Pix)] = l
	}
}
