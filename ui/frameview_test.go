package ui

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"frglab/dataset"
	"frglab/engine"
	"frglab/ui/imageview"
)

// frameBench is a window in frame mode, on a project with two pictures of 300 by 200
// pixels: in the first are a face, another thing and an unchecked box, in the second one
// unchecked box.
type frameBench struct {
	*testing.T
	w        *window
	m        *frameMode
	dir      string
	pixels   *image.RGBA // of the first picture
	failures *[]error
}

var benchBoxes = []image.Rectangle{image.Rect(10, 10, 60, 60), image.Rect(100, 20, 150, 80), image.Rect(200, 100, 260, 160)}

func newFrameBench(t *testing.T) *frameBench {
	t.Helper()
	t.Setenv("LC_ALL", "en_GB.UTF-8")
	b := &frameBench{T: t, dir: t.TempDir()}
	path := filepath.Join(b.dir, "show.frglab")
	p, err := dataset.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	b.pixels = b.picture("1.png", 1)
	other := b.picture("2.png", 2)
	b.add(p, "1.png", b.pixels, dataset.Face, true, benchBoxes[0])
	b.add(p, "1.png", b.pixels, dataset.Other, true, benchBoxes[1])
	b.add(p, "1.png", b.pixels, dataset.Face, false, benchBoxes[2])
	b.add(p, "2.png", other, dataset.Face, false, benchBoxes[0])
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	b.w, b.failures = openWindow(t)
	b.w.openProject(path)
	settle(b.w)
	b.w.label.turnTo(modeFrame)
	settle(b.w)
	b.m = b.w.label.frames
	t.Cleanup(func() {
		if len(*b.failures) > 0 {
			t.Errorf("failures: %v", *b.failures)
		}
	})
	return b
}

// picture writes a picture of noise.
func (b *frameBench) picture(name string, seed uint64) *image.RGBA {
	b.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	img := image.NewRGBA(image.Rect(0, 0, 300, 200))
	for i := range img.Pix {
		img.Pix[i] = uint8(r.Uint32())
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	var buf bytes.Buffer
	if err := errors.Join(png.Encode(&buf, img), os.WriteFile(filepath.Join(b.dir, name), buf.Bytes(), 0o600)); err != nil {
		b.Fatal(err)
	}
	return img
}

func (b *frameBench) add(p *dataset.Project, name string, img *image.RGBA, c dataset.Class, checked bool, box image.Rectangle) int64 {
	b.Helper()
	ids, err := p.Add(context.Background(), []dataset.NewSample{{
		Class: c, Checked: checked, Path: filepath.Join(b.dir, name), Box: box, Proposer: "cascade", Score: 9,
		Crop: dataset.Cut(img, box, dataset.Margin),
	}})
	if err != nil {
		b.Fatal(err)
	}
	return ids[0]
}

// at is where a picture pixel lies in the pane.
func (b *frameBench) at(x, y float32) fyne.PointEvent {
	size, img := b.m.pane.Size(), b.m.pane.Image().Bounds()
	unit := min(size.Width/float32(img.Dx()), size.Height/float32(img.Dy()))
	return fyne.PointEvent{Position: fyne.NewPos(
		size.Width/2+(x-float32(img.Dx())/2)*unit, size.Height/2+(y-float32(img.Dy())/2)*unit)}
}

// drag drags in picture pixels, with the left button.
func (b *frameBench) drag(x0, y0, x1, y1 float32) {
	p := b.m.pane
	p.MouseDown(&desktop.MouseEvent{PointEvent: b.at(x0, y0), Button: desktop.MouseButtonPrimary})
	for _, k := range []float32{0.4, 0.8, 1} {
		p.Dragged(&fyne.DragEvent{PointEvent: b.at(x0+(x1-x0)*k, y0+(y1-y0)*k)})
	}
	p.MouseUp(&desktop.MouseEvent{PointEvent: b.at(x1, y1), Button: desktop.MouseButtonPrimary})
	settle(b.w)
}

func (b *frameBench) click(x, y float32) {
	p, at := b.m.pane, b.at(x, y)
	p.MouseDown(&desktop.MouseEvent{PointEvent: at, Button: desktop.MouseButtonPrimary})
	p.MouseUp(&desktop.MouseEvent{PointEvent: at, Button: desktop.MouseButtonPrimary})
	p.Tapped(&at)
	settle(b.w)
}

// press presses keys by name, or types a character.
func (b *frameBench) press(keys ...string) {
	for _, k := range keys {
		if len(k) == 1 {
			b.m.pane.TypedRune(rune(k[0]))
		} else {
			e := &fyne.KeyEvent{Name: fyne.KeyName(k)}
			b.m.pane.KeyDown(e)
			if k != string(desktop.KeyShiftLeft) {
				b.m.pane.TypedKey(e)
				b.m.pane.KeyUp(e)
			}
		}
		settle(b.w)
	}
}

// samples are those of the frame on screen, as the project has them.
func (b *frameBench) samples() []dataset.Sample {
	b.Helper()
	list, err := b.w.project.FrameSamples(b.m.wish.source, b.m.wish.frame)
	if err != nil {
		b.Fatal(err)
	}
	return list
}

// boxAt is the sample of the frame on screen that has this box.
func (b *frameBench) boxAt(r image.Rectangle) dataset.Sample {
	b.Helper()
	for _, s := range b.samples() {
		if s.Box == r {
			return s
		}
	}
	b.Fatalf("no sample has the box %v: %+v", r, b.samples())
	return dataset.Sample{}
}

// wantCrop checks that a sample's crop is the one that its box cuts out.
func (b *frameBench) wantCrop(s dataset.Sample) {
	b.Helper()
	got, err := b.w.project.Crop(s.ID)
	if err != nil {
		b.Fatal(err)
	}
	if want := dataset.Cut(b.m.shot.picture.img, s.Box, dataset.Margin); !bytes.Equal(got.Pix, want.Pix) {
		b.Errorf("the crop of sample %d is not what its box %v cuts out", s.ID, s.Box)
	}
}

func TestFrameShowsAllItsBoxes(t *testing.T) {
	b := newFrameBench(t)
	boxes := b.m.pane.Boxes()
	if len(boxes) != 3 {
		t.Fatalf("%d boxes, want 3", len(boxes))
	}
	lines, captions := map[imageview.Line]bool{}, map[string]bool{}
	for _, x := range boxes {
		lines[x.Line], captions[x.Caption] = true, true
	}
	if len(lines) != 3 || len(captions) != 3 {
		t.Errorf("face, other and unchecked look alike: lines %v, captions %v", lines, captions)
	}
	if got := b.m.sample(b.m.selected).Box; got != benchBoxes[0] {
		t.Errorf("selected is %v, want the tab's first crop", got)
	}
	b.click(230, 130)
	if got := b.m.sample(b.m.selected).Box; got != benchBoxes[2] || b.w.label.current != b.m.selected {
		t.Errorf("a click selected %v, the tab looks at %d", got, b.w.label.current)
	}
	if b.m.side.picture == nil || b.m.side.verdict.Text != "not checked, 60 px" {
		t.Errorf("the side says %q", b.m.side.verdict.Text)
	}
}

func TestDragReplacesTheCrop(t *testing.T) {
	b := newFrameBench(t)
	old := b.boxAt(benchBoxes[0])
	b.drag(30, 30, 50, 45)
	moved := b.boxAt(image.Rect(30, 25, 80, 75))
	if moved.ID == old.ID || moved.Class != dataset.Face || !moved.Checked || moved.Proposer != byHand || moved.Score != 0 || moved.Source != old.Source {
		t.Errorf("got %+v", moved)
	}
	b.wantCrop(moved)
	if len(b.samples()) != 3 || b.m.selected != moved.ID || b.w.label.current != moved.ID {
		t.Errorf("%d samples, selected %d, current %d, want 3 and %d", len(b.samples()), b.m.selected, b.w.label.current, moved.ID)
	}
	if i := b.w.label.l.index[moved.ID]; i != 0 || b.w.label.l.ids[0] != moved.ID {
		t.Errorf("the crop lost its place in the list: %v", b.w.label.l.ids)
	}
	b.press("z")
	back := b.boxAt(benchBoxes[0])
	if back.ID != old.ID || back.Proposer != "cascade" || back.Score != 9 || b.m.selected != old.ID {
		t.Errorf("after undo: %+v, selected %d", back, b.m.selected)
	}
	b.wantCrop(back)
	if got := b.m.pane.Boxes()[0].Rect; got != benchBoxes[0] {
		t.Errorf("after undo the pane shows %v", got)
	}
	b.press("y")
	b.boxAt(image.Rect(30, 25, 80, 75))
}

// While a box is dragged, its crop and its size are shown, and nothing is stored.
func TestCropFollowsTheDrag(t *testing.T) {
	b := newFrameBench(t)
	p := b.m.pane
	p.MouseDown(&desktop.MouseEvent{PointEvent: b.at(60, 60), Button: desktop.MouseButtonPrimary})
	p.Dragged(&fyne.DragEvent{PointEvent: b.at(90, 90)})
	want := dataset.Cut(b.pixels, image.Rect(10, 10, 90, 90), dataset.Margin)
	if got, ok := b.m.side.picture.(*image.RGBA); !ok || !bytes.Equal(got.Pix, want.Pix) {
		t.Error("the side does not show what would be stored")
	}
	if b.m.side.verdict.Text != "face, 80 px" {
		t.Errorf("the side says %q", b.m.side.verdict.Text)
	}
	b.boxAt(benchBoxes[0])
	p.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	p.MouseUp(&desktop.MouseEvent{PointEvent: b.at(90, 90), Button: desktop.MouseButtonPrimary})
	settle(b.w)
	b.boxAt(benchBoxes[0])
	if b.m.side.verdict.Text != "face, 50 px" {
		t.Errorf("after Escape the side says %q", b.m.side.verdict.Text)
	}
}

func TestDrawnBoxIsAFaceByHand(t *testing.T) {
	b := newFrameBench(t)
	b.drag(100, 100, 140, 130)
	s := b.boxAt(image.Rect(100, 100, 140, 140)) // square
	if s.Class != dataset.Face || !s.Checked || s.Proposer != byHand || b.m.selected != s.ID {
		t.Errorf("got %+v, selected %d", s, b.m.selected)
	}
	b.wantCrop(s)
	f, known, err := b.w.project.FrameAt(s.Source, 0)
	if err != nil || !known || f.Width != 300 || f.Height != 200 {
		t.Errorf("the frame is not known: %+v, %v", f, err)
	}
	b.press("z")
	if n := len(b.samples()); n != 3 {
		t.Errorf("after undo: %d samples, want 3", n)
	}
	b.press("q") // any shape
	b.drag(100, 100, 140, 130)
	b.boxAt(image.Rect(100, 100, 140, 130))
}

// After a box was drawn, the next frame is the one after this, and not the end of the list
// where the new crop is.
func TestStepAfterDrawing(t *testing.T) {
	b := newFrameBench(t)
	b.drag(100, 100, 140, 130)
	b.press("]")
	if got := filepath.Base(b.m.shot.info.Path); got != "2.png" {
		t.Errorf("] leads to %s, want 2.png", got)
	}
}

func TestVerdictsOfAFrame(t *testing.T) {
	b := newFrameBench(t)
	b.click(230, 130)
	b.press("f")
	if s := b.boxAt(benchBoxes[2]); !s.Checked || s.Class != dataset.Face {
		t.Errorf("after F: %+v", s)
	}
	b.press("Tab", "u") // round to the first one
	if s := b.boxAt(benchBoxes[0]); s.Class != dataset.Unsure {
		t.Errorf("after Tab and U: %+v", s)
	}
	b.press("Delete")
	if n := len(b.samples()); n != 2 {
		t.Errorf("after Delete: %d samples, want 2", n)
	}
	b.press("z")
	if got := b.m.sample(b.m.selected).Box; got != benchBoxes[0] {
		t.Errorf("after undo the box that came back is not selected, but %v", got)
	}
	b.press("z", "z")
	if s := b.boxAt(benchBoxes[2]); s.Checked || len(b.samples()) != 3 {
		t.Errorf("after three times undo: %+v of %d", s, len(b.samples()))
	}
}

// What was nudged is stored when the mode, the frame or the window is left.
func TestNudgesAreNotLost(t *testing.T) {
	for name, leave := range map[string]func(b *frameBench){
		"another mode":  func(b *frameBench) { b.w.label.turnTo(modeGrid) },
		"another frame": func(b *frameBench) { b.m.step(1) },
		"another box":   func(b *frameBench) { b.click(230, 130) },
		"a verdict":     func(b *frameBench) { b.m.pane.TypedRune('u') },
		"closing":       func(b *frameBench) { b.w.label.close() },
	} {
		t.Run(name, func(t *testing.T) {
			b := newFrameBench(t)
			before, err := b.w.project.History(9)
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				b.m.pane.KeyDown(&fyne.KeyEvent{Name: fyne.KeyRight})
				b.m.pane.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
			}
			source := b.m.wish.source
			leave(b)
			settle(b.w)
			list, err := b.w.project.FrameSamples(source, 0)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(list, func(s dataset.Sample) bool { return s.Box == benchBoxes[0].Add(image.Pt(3, 0)) }) {
				t.Errorf("the nudge is lost: %+v", list)
			}
			after, err := b.w.project.History(9)
			if err != nil {
				t.Fatal(err)
			}
			want := len(before) + 1
			if name == "a verdict" {
				want++
			}
			if len(after) != want {
				t.Errorf("%d new acts, want %d", len(after)-len(before), want-len(before))
			}
		})
	}
}

// Arrow keys in quick succession are one act; after a pause they are another one.
func TestNudgesInARowAreOneAct(t *testing.T) {
	b := newFrameBench(t)
	now := time.Unix(1e9, 0)
	b.w.label.speed.now = func() time.Time { return now }
	acts := func() int {
		list, err := b.w.project.History(99)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	before := acts()
	b.press("Right", "Right", "Down", "Right")
	b.boxAt(benchBoxes[0].Add(image.Pt(3, 1)))
	if n := acts() - before; n != 1 {
		t.Errorf("%d acts, want 1", n)
	}
	now = now.Add(time.Minute)
	b.press("Down")
	if n := acts() - before; n != 2 {
		t.Errorf("after a pause: %d acts, want 2", n)
	}
	b.drag(40, 40, 45, 60) // a drag is an act of its own
	if n := acts() - before; n != 3 {
		t.Errorf("after a drag: %d acts, want 3", n)
	}
	b.press("z", "z", "z")
	b.boxAt(benchBoxes[0])
}

func TestFramesOfTheList(t *testing.T) {
	b := newFrameBench(t)
	b.press("]")
	if got := filepath.Base(b.m.shot.info.Path); got != "2.png" || len(b.m.pane.Boxes()) != 1 {
		t.Errorf("] leads to %s with %d boxes", got, len(b.m.pane.Boxes()))
	}
	b.press("]")
	b.press("[")
	if got := filepath.Base(b.m.shot.info.Path); got != "1.png" || len(b.m.pane.Boxes()) != 3 {
		t.Errorf("[ leads to %s with %d boxes", got, len(b.m.pane.Boxes()))
	}
	b.m.step(1)
	b.m.step(-1) // the newest wish wins
	settle(b.w)
	if got := filepath.Base(b.m.shot.info.Path); b.m.loading != nil || got != "2.png" && got != "1.png" {
		t.Errorf("shows %s", got)
	}
	s := b.m.shot.samples[0]
	b.w.label.openFrame(s.Source, s.Frame, s.ID)
	settle(b.w)
	if b.m.selected != s.ID {
		t.Errorf("openFrame selected %d, want %d", b.m.selected, s.ID)
	}
}

// A crop chosen in another mode is the one whose frame is shown.
func TestFrameOfTheCurrentCrop(t *testing.T) {
	b := newFrameBench(t)
	ids := b.w.label.l.ids
	b.w.label.turnTo(modeGrid)
	b.w.label.setCurrent(ids[3])
	b.w.label.turnTo(modeFrame)
	settle(b.w)
	if got := filepath.Base(b.m.shot.info.Path); got != "2.png" || b.m.selected != ids[3] {
		t.Errorf("shows %s, selected %d", got, b.m.selected)
	}
}

func TestGoneFileSaysSo(t *testing.T) {
	b := newFrameBench(t)
	path := filepath.Join(b.dir, "2.png")
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	b.w.frames.kept = nil // it was read ahead
	b.press("]")
	if got := b.m.note.text.Text; !b.m.note.content.Visible() || !contains(got, path, "Put it back") {
		t.Errorf("the pane says %q", got)
	}
	if b.m.side.picture == nil {
		t.Error("the crop is not shown, though the project has it")
	}
	b.m.drawn(image.Rect(30, 30, 60, 60)) // on nothing
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	b.m.again()
	settle(b.w)
	if b.m.note.content.Visible() || len(b.m.pane.Boxes()) != 1 {
		t.Errorf("back again, it says %q and shows %d boxes", b.m.note.text.Text, len(b.m.pane.Boxes()))
	}
}

func TestImportedCropHasNoFrame(t *testing.T) {
	b := newFrameBench(t)
	img := image.NewRGBA(image.Rect(0, 0, 30, 40))
	img.Set(1, 1, color.White)
	ids, err := b.w.project.Add(context.Background(), []dataset.NewSample{{Path: "/crops/face.png", Proposer: "import", Crop: img}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := b.w.project.Samples(ids)
	if err != nil {
		t.Fatal(err)
	}
	b.m.open(s[0].Source, 0, s[0].ID)
	settle(b.w)
	if got := b.m.pane.Image(); got == nil || got.Bounds() != img.Rect || b.m.pane.Edit || len(b.m.pane.Boxes()) != 0 {
		t.Errorf("shows %v, editable %v", got, b.m.pane.Edit)
	}
	if got := b.m.bar.where.Text; !contains(got, "no frame") {
		t.Errorf("the line below says %q", got)
	}
	b.press("o")
	if s, _ := b.w.project.Samples(ids); !s[0].Checked || s[0].Class != dataset.Other {
		t.Errorf("after O: %+v", s[0])
	}
}

func TestFramesOfAVideo(t *testing.T) {
	b := newFrameBench(t)
	source, err := b.w.project.AddSource(dataset.SourceInfo{Path: samplesDir + "sample.mp4", Title: "Sample", Kind: dataset.KindVideo})
	if err != nil {
		t.Fatal(err)
	}
	b.m.open(source, 30, 0)
	b.m.shot.info.Source, b.m.wish.known = source, dataset.Sample{Source: source, Path: samplesDir + "sample.mp4"}
	b.m.again()
	settle(b.w)
	if b.m.shot.err != nil || b.m.shot.picture.frames == 0 {
		t.Fatalf("frame 30: %v", b.m.shot.err)
	}
	first := b.m.shot.picture
	b.press(".", ".")
	b.press(",")
	if b.m.shot.frame != 31 || b.m.shot.info.At <= first.at {
		t.Errorf("two frames forth and one back is frame %d at %v, want 31 after %v", b.m.shot.frame, b.m.shot.info.At, first.at)
	}
	b.drag(10, 10, 60, 60)
	list := b.samples()
	if len(list) != 1 || list[0].Frame != 31 || list[0].At != b.m.shot.info.At || list[0].Title != "Sample" {
		t.Fatalf("drawn there: %+v", list)
	}
	b.wantCrop(list[0])
}

func contains(text string, words ...string) bool {
	for _, w := range words {
		if !bytes.Contains([]byte(text), []byte(w)) {
			return false
		}
	}
	return true
}

func TestOverlappingBestFirst(t *testing.T) {
	list := []proposal{{box: image.Rect(0, 0, 20, 20)}, {box: image.Rect(5, 5, 15, 15), score: 1}, {box: image.Rect(50, 50, 60, 60)}}
	got := overlapping(list, image.Pt(100, 100), image.Rect(104, 104, 116, 116))
	if len(got) != 2 || got[0].score != 1 || got[0].box != image.Rect(105, 105, 115, 115) {
		t.Errorf("got %+v", got)
	}
}

// The detectors are asked about a face of the sample pictures.
func TestSnapAndProposals(t *testing.T) {
	b := newFrameBench(t)
	source, err := b.w.project.AddSource(dataset.SourceInfo{Path: samplesDir + "portrait_close.jpg", Title: "Sample", Kind: dataset.KindPicture})
	if err != nil {
		t.Fatal(err)
	}
	b.m.goTo(frameWish{place: place{source: source}, known: dataset.Sample{Source: source, Path: samplesDir + "portrait_close.jpg"}})
	settle(b.w)
	b.press("p")
	offered := b.m.offered()
	if len(offered) == 0 {
		t.Fatal("the cascade proposes nothing in a portrait")
	}
	face := offered[0]
	off := face.box.Add(image.Pt(face.box.Dx()/5, face.box.Dy()/6))
	img := b.m.shot.picture.img
	off = off.Intersect(img.Rect)
	b.m.add(off, byHand, 0)
	settle(b.w)
	if left := b.m.offered(); slices.Contains(left, face) {
		t.Error("a face that has a box now is still offered")
	}
	b.press("s")
	list := b.samples()
	if len(list) != 1 || list[0].Proposer != byCascade || list[0].Score <= 0 || engine.IoU(list[0].Box, face.box) < 0.6 {
		t.Fatalf("after S: %+v, want about %v", list, face.box)
	}
	b.wantCrop(list[0])
	b.press("z")
	if got := b.samples()[0]; got.Box != off || got.Proposer != byHand {
		t.Errorf("after undo: %+v", got)
	}
	b.press("z")
	if len(b.m.offered()) == 0 {
		t.Fatal("without the box the proposal is not offered again")
	}
	x, y := float32(face.box.Min.X+face.box.Max.X)/2, float32(face.box.Min.Y+face.box.Max.Y)/2
	b.click(x, y)
	list = b.samples()
	if len(list) != 1 || list[0].Box != face.box || list[0].Proposer != byCascade || list[0].Score != face.score || !list[0].Checked || list[0].Class != dataset.Face {
		t.Errorf("accepted by a click: %+v, want %+v", list, face)
	}
}

// Another project in the middle of everything leaves nothing behind, and no complaint.
func TestProjectChangesInTheMiddle(t *testing.T) {
	b := newFrameBench(t)
	b.w.frames.kept = nil
	b.m.pane.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight}) // not released
	b.m.snap()
	b.m.step(1)
	b.w.label.turnTo(modeMissed)
	b.w.label.turnTo(modeFrame)
	b.w.createProject(filepath.Join(b.dir, "empty"))
	settle(b.w)
	if b.m.pane.Image() != nil || len(b.m.pane.Boxes()) != 0 || b.m.selected != 0 || b.w.project.Name() != "empty" {
		t.Errorf("the old project's frame is still there: %+v", b.m.shot.info)
	}
	b.press("f", "s", "]", "[", ".", "Delete", "Tab", "Right", "p", "p", "5", "Return", "BackSpace", "z")
	b.m.drawn(image.Rect(1, 1, 9, 9))
}
