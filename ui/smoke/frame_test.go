package smoke

import (
	"errors"
	"image"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"frglab/dataset"
)

// TestFrameView draws a box over a frame with the mouse, moves it, nudges it, and takes
// all of it back.
func TestFrameView(t *testing.T) {
	p := launch(t)
	project := filepath.Join(p.data(), "sample.frglab")
	before := p.counts(project).Samples
	p.key("4")
	time.Sleep(2 * time.Second) // until the frame is there: nothing on disk tells
	p.photo("frame")
	p.key("d") // also where a box is
	p.drag(540, 400, 600, 460)
	var drawn image.Rectangle
	p.until("a drag to draw a box", func() bool { drawn = p.newest(project, before); return !drawn.Empty() })
	if drawn.Dx() != drawn.Dy() {
		t.Errorf("the box %v is not square", drawn)
	}
	p.drag(570, 430, 590, 430)
	var moved image.Rectangle
	p.until("a drag to move it", func() bool { moved = p.newest(project, before); return moved != drawn })
	if moved.Size() != drawn.Size() || moved.Min.X <= drawn.Min.X || moved.Min.Y != drawn.Min.Y {
		t.Errorf("the box went from %v to %v, want it farther right", drawn, moved)
	}
	p.key("Down")
	p.until("an arrow key to nudge it", func() bool { return p.newest(project, before) == moved.Add(image.Pt(0, 1)) })
	p.photo("frame-box")
	for range 3 {
		p.key("ctrl+z")
	}
	p.until("Ctrl+Z to take all of it back", func() bool { return p.newest(project, before).Empty() })
	p.key("5")
	p.photo("missed")
	p.quit()
}

// drag drags with the left button, in pixels of the window.
func (p *program) drag(x0, y0, x1, y1 int) {
	p.Helper()
	to := func(x, y int) {
		p.run("xdotool", "mousemove", "--window", p.id(), strconv.Itoa(x), strconv.Itoa(y))
		time.Sleep(50 * time.Millisecond) // the window takes one place of the pointer a frame
	}
	to(x0, y0)
	p.run("xdotool", "mousedown", "1")
	for i := 1; i <= 4; i++ {
		to(x0+(x1-x0)*i/4, y0+(y1-y0)*i/4)
	}
	p.run("xdotool", "mouseup", "1")
}

// newest is the box of the one sample that came after the first n; empty where none did.
func (p *program) newest(path string, n int) (box image.Rectangle) {
	p.Helper()
	project, err := dataset.OpenReadOnly(path)
	if err != nil {
		p.Fatal(err)
	}
	ids, err := project.IDs(dataset.Filter{})
	if err != nil {
		p.Fatal(err)
	}
	samples, err := project.Samples(ids[n:])
	if err := errors.Join(err, project.Close()); err != nil {
		p.Fatal(err)
	}
	if len(samples) > 1 {
		p.Fatalf("%d boxes came, want one at most", len(samples))
	}
	for _, s := range samples {
		box = s.Box
	}
	return box
}
