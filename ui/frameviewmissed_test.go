package ui

import (
	"context"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frglab/dataset"
)

// blind is a detector that sees no face.
type blind struct{}

// Propose implements dataset.Proposer.
func (blind) Propose(context.Context, *image.RGBA) ([]dataset.Proposal, error) { return nil, nil }

// newMissedBench is a window that looks for missed faces in n pictures without a hit.
func newMissedBench(t *testing.T, n int) *frameBench {
	t.Helper()
	b := newFrameBench(t)
	var paths []string
	for i := range n {
		name := fmt.Sprintf("missed%d.png", i)
		b.picture(name, uint64(100+i))
		paths = append(paths, filepath.Join(b.dir, name))
	}
	if n > 0 {
		_, err := b.w.project.Collect(context.Background(), paths, dataset.CollectConfig{Title: "Missed", Cascade: []dataset.Proposer{blind{}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	b.w.label.turnTo(modeMissed)
	b.m = b.w.label.modes[modeMissed].(*frameMode)
	settle(b.w)
	return b
}

// on checks which picture is shown and how far the walk is.
func (b *frameBench) on(what, name, progress string) {
	b.Helper()
	if got := filepath.Base(b.m.shot.info.Path); b.m.pane.Image() == nil && name != "" || b.m.pane.Image() != nil && got != name {
		b.Errorf("%s: shows %q, want %q", what, got, name)
	}
	if got := b.m.bar.count.Text; !strings.HasPrefix(got, progress) {
		b.Errorf("%s: the bar says %q, want %q", what, got, progress)
	}
}

func (b *frameBench) missed() int {
	b.Helper()
	ids, err := b.w.project.Frames(dataset.FrameFilter{Missed: true})
	if err != nil {
		b.Fatal(err)
	}
	return len(ids)
}

func TestMissedFacesWalk(t *testing.T) {
	b := newMissedBench(t, 3)
	b.on("at first", "missed0.png", "1 of 3")
	b.press("Return")
	b.on("after Enter", "missed1.png", "2 of 3")
	if n := b.missed(); n != 2 {
		t.Errorf("%d frames are left, want 2", n)
	}
	b.drag(100, 100, 150, 150)
	s := b.boxAt(image.Rect(100, 100, 150, 150))
	if s.Class != dataset.Face || !s.Checked || s.Proposer != byHand || s.Title != "Missed" {
		t.Errorf("drawn: %+v", s)
	}
	b.on("after a face was drawn", "missed1.png", "2 of 3")
	b.press("Space")
	b.on("after Space", "missed2.png", "3 of 3")
	b.press("BackSpace")
	b.on("after Backspace", "missed1.png", "2 of 3")
	if len(b.m.pane.Boxes()) != 1 {
		t.Error("the face that was drawn is not shown")
	}
	b.press("]")
	b.on("after ]", "missed2.png", "3 of 3")
	b.press("Return")
	b.on("at the end", "", "3 of 3")
	if got := b.m.note.text.Text; !b.m.note.content.Visible() || !contains(got, "last frame", "3 of them", "Train tab") {
		t.Errorf("at the end it says %q", got)
	}
	if n := b.missed(); n != 0 {
		t.Errorf("%d frames are left, want none", n)
	}
	b.press("BackSpace")
	b.on("back from the end", "missed2.png", "3 of 3")
}

func TestMissedFacesUndo(t *testing.T) {
	b := newMissedBench(t, 3)
	b.press("Return")
	b.drag(100, 100, 150, 150)
	b.press("Return")
	b.on("two frames on", "missed2.png", "3 of 3")
	b.press("z")
	b.on("a check undone", "missed1.png", "2 of 3")
	if n := len(b.samples()); n != 1 {
		t.Errorf("the drawn face went with the check: %d", n)
	}
	b.press("z")
	b.on("the drawn face undone", "missed1.png", "2 of 3")
	if n := len(b.samples()); n != 0 || len(b.m.pane.Boxes()) != 0 {
		t.Errorf("%d samples and %d boxes are left", n, len(b.m.pane.Boxes()))
	}
	b.press("z")
	b.on("the first check undone", "missed0.png", "1 of 3")
	if n := b.missed(); n != 3 {
		t.Errorf("%d frames are left, want 3", n)
	}
	b.press("y")
	b.on("redone", "missed1.png", "2 of 3")
	b.press("y", "y")
	b.on("redone all", "missed2.png", "3 of 3")
}

// The next frame is read before it is asked for.
func TestMissedFacesReadsAhead(t *testing.T) {
	b := newMissedBench(t, 2)
	if _, ok := b.w.frames.get(filepath.Join(b.dir, "missed1.png"), 0); !ok {
		t.Error("the next frame is not ready")
	}
}

func TestMissedFacesFollowTheTitle(t *testing.T) {
	b := newMissedBench(t, 2)
	b.press("Return")
	b.w.label.filter.state.title = "another one"
	b.w.label.choose()
	settle(b.w)
	b.on("another title", "", "")
	if got := b.m.note.text.Text; !contains(got, "No frames of this title") {
		t.Errorf("it says %q", got)
	}
	b.w.label.filter.state.title = "Missed"
	b.w.label.choose()
	settle(b.w)
	b.on("its title", "missed1.png", "1 of 1")
}

func TestMissedFacesWithoutFrames(t *testing.T) {
	b := newMissedBench(t, 0)
	if got := b.m.note.text.Text; !b.m.note.content.Visible() || !contains(got, "Collect from a video first") {
		t.Errorf("it says %q", got)
	}
	b.press("Return", "Space", "BackSpace", "]", "[", "s", "f", "Delete")
}

// A frame that cannot be seen is not said to be without faces.
func TestMissedFacesPassesByWhatIsGone(t *testing.T) {
	b := newMissedBench(t, 2)
	if err := os.Remove(filepath.Join(b.dir, "missed1.png")); err != nil {
		t.Fatal(err)
	}
	b.w.frames.kept = nil
	b.press("Return")
	if got := b.m.note.text.Text; !contains(got, "missed1.png") {
		t.Errorf("it says %q", got)
	}
	b.press("Return")
	if n := b.missed(); n != 1 {
		t.Errorf("%d frames are left, want the one that is gone", n)
	}
	b.on("at the end", "", "2 of 2")
}

func TestMissedFacesOfAnotherProject(t *testing.T) {
	b := newMissedBench(t, 3)
	b.press("Return")
	b.w.createProject(filepath.Join(b.dir, "empty"))
	settle(b.w)
	b.on("another project", "", "")
	if got := b.m.note.text.Text; !contains(got, "Collect from a video first") {
		t.Errorf("it says %q", got)
	}
}

// From a missed frame one gets to the same frame in frame mode.
func TestMissedFrameInFrameMode(t *testing.T) {
	b := newMissedBench(t, 2)
	b.press("Return", "g")
	frame := b.w.label.frames
	if got := filepath.Base(frame.shot.info.Path); b.w.label.at != modeFrame || got != "missed1.png" || frame.shot.picture.img == nil {
		t.Errorf("G leads to %s in mode %d", got, b.w.label.at)
	}
}
