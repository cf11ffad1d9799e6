package ui

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// Two files of one name are two, and a list of ten thousand has rows for those in view only.
func TestFileChoice(t *testing.T) {
	test.NewTempApp(t)
	var picked []int
	c := newFileChoice(func(i int) { picked = append(picked, i) })
	w := test.NewTempWindow(t, c)
	w.Resize(fyne.NewSize(400, 500))
	c.show([]string{"a.png", "b.png", "a.png"}, 0)
	if c.Selected != "a.png" {
		t.Errorf("it shows %q", c.Selected)
	}
	test.Tap(c)
	if at := c.list.GetScrollOffset(); at != 0 {
		t.Errorf("the list of three begins at %v", at)
	}
	c.list.Select(2)
	if len(picked) != 1 || picked[0] != 2 || c.popUp != nil {
		t.Errorf("picked %v, want the third; the list is still there: %v", picked, c.popUp != nil)
	}
	var names []string
	for i := range 10000 {
		names = append(names, fmt.Sprintf("%05d.png", i))
	}
	c.show(names, 9999)
	made := 0
	c.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	create := c.list.CreateItem
	c.list.CreateItem = func() fyne.CanvasObject { made++; return create() }
	c.list.Refresh()
	c.list.ScrollToTop()
	if made > 2*rowsListed {
		t.Errorf("%d rows were made", made)
	}
	if bottom := c.popUp.Content.Position().Y + c.popUp.Content.Size().Height; bottom > 500 {
		t.Errorf("the list ends at %v of a window of 500", bottom)
	}
}
