package ui

import (
	"image"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"frglab/engine"
)

func TestRibbonPicksTheFrameUnderTheMouse(t *testing.T) {
	test.NewTempApp(t)
	r := newRibbon()
	var picked, hovered, dragged []int
	r.picked = func(n int) { picked = append(picked, n) }
	r.hovered = func(n int) { hovered = append(hovered, n) }
	r.dragged = func(n int) { dragged = append(dragged, n) }
	w := test.NewTempWindow(t, r)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(500, 60))
	r.show(250, [lanes][]ribbonCell{})
	for _, c := range []struct {
		x    float32
		want int
	}{{0, 0}, {1.9, 0}, {2, 1}, {250, 125}, {499, 249}, {700, 249}, {-5, 0}} {
		if got := r.frameAt(c.x); got != c.want {
			t.Errorf("at %v: frame %d, want %d", c.x, got, c.want)
		}
	}
	for _, n := range []int{0, 1, 77, 249} {
		if got := r.frameAt(r.placeOf(n)); got != n {
			t.Errorf("the place of frame %d is that of %d", n, got)
		}
	}
	test.TapCanvas(w.Canvas(), fyne.NewPos(100, 10))
	r.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(200, 10)}})
	r.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(301, 10)}})
	r.DragEnd()
	r.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(20, 10)}})
	r.MouseOut()
	if want := []int{50, 150}; !slices.Equal(picked, want) {
		t.Errorf("picked %v, want %v", picked, want)
	}
	if want := []int{10, -1}; !slices.Equal(hovered, want) {
		t.Errorf("hovered %v, want %v", hovered, want)
	}
	if want := []int{100, 150}; !slices.Equal(dragged, want) {
		t.Errorf("dragged to %v, want %v", dragged, want)
	}
}

// Of several frames in a pixel the strongest mark shows, in the colours of the legend.
func TestRibbonColours(t *testing.T) {
	test.NewTempApp(t)
	r := newRibbon()
	seen := func(m mark) ribbonCell { return ribbonCell{m, true} }
	r.show(6, [lanes][]ribbonCell{
		{{}, seen(nobody), seen(agreed), seen(alone), seen(nobody), {alone, false}},
		{{}, seen(nobody), seen(agreed), seen(nobody), seen(alone), seen(flicker)},
	})
	const h = lanes*laneHeight + (lanes+1)*ribbonInset
	img := r.paint(3, h).(*image.RGBA)
	mid := [lanes]int{ribbonInset + laneHeight/2, 2*ribbonInset + laneHeight + laneHeight/2}
	grey := laneColor(laneCNN, nobody)
	gray := [3]uint8{grey.R, grey.G, grey.B}
	for _, c := range []struct {
		lane, x int
		want    [3]uint8
	}{
		{laneCNN, 1, [3]uint8{cnnColor.R, cnnColor.G, cnnColor.B}},
		{laneCascade, 1, [3]uint8{bothColor.R, bothColor.G, bothColor.B}},
		{laneCNN, 0, gray},
		{laneCNN, 2, gray}, // somebody looked: what is guessed does not count
		{laneCascade, 2, [3]uint8{cascadeColor.R, cascadeColor.G, cascadeColor.B}},
	} {
		p := img.RGBAAt(c.x, mid[c.lane])
		if got := [3]uint8{p.R, p.G, p.B}; got != c.want {
			t.Errorf("lane %d, pixel %d is %v, want %v", c.lane, c.x, got, c.want)
		}
	}
	if r.paint(3, h).(*image.RGBA).RGBAAt(0, ribbonInset) != img.RGBAAt(0, 0) {
		t.Error("where nobody is, the lane is full")
	}
}

// recordOf is a record of frames in which the CNN and the cascade found these boxes.
func recordOf(t *testing.T, frames map[int][2][]image.Rectangle) *videoRecord {
	t.Helper()
	r := newVideoRecord(detectSetup{})
	found := func(boxes []image.Rectangle) (list []engine.Detection) {
		for _, b := range boxes {
			list = append(list, engine.Detection{Box: b, Score: 9})
		}
		return list
	}
	var seen [lanes][]engine.Seen
	for n := range 100 {
		if both, ok := frames[n]; ok {
			r.frames = append(r.frames, n)
			for lane := range lanes {
				seen[lane] = append(seen[lane], engine.Seen{Frame: n, Found: found(both[lane])})
			}
		}
	}
	r.follow(seen)
	return r
}

func TestRecordMarks(t *testing.T) {
	a, b := image.Rect(0, 0, 40, 40), image.Rect(100, 0, 140, 40)
	one := []image.Rectangle{a}
	r := recordOf(t, map[int][2][]image.Rectangle{
		0:  {nil, nil},
		1:  {one, one},
		2:  {nil, one}, // a flicker of the CNN
		3:  {one, one},
		5:  {one, {a, b}}, // b is seen by the cascade alone
		6:  {one, {a, b}},
		30: {one, nil}, // too long after
		45: {nil, nil},
		46: {one, one},
		60: {one, nil},
	})
	for n, want := range map[int][lanes]mark{
		0: {nobody, nobody}, 1: {agreed, agreed}, 2: {flicker, agreed}, 5: {agreed, alone}, 30: {alone, nobody}, 45: {nobody, nobody},
	} {
		if got := [lanes]mark{r.marks[laneCNN][n], r.marks[laneCascade][n]}; got != want {
			t.Errorf("frame %d: %v, want %v", n, got, want)
		}
	}
	for _, c := range []struct{ from, by, want int }{
		{0, 1, 5},
		{4, 1, 5},
		{5, 1, 60},
		{6, 1, 60},
		{59, 1, 60},
		{60, 1, -1},
		{99, 1, -1},
		{99, -1, 60},
		{60, -1, 5},
		{50, -1, 5},
		{5, -1, -1},
		{0, -1, -1},
	} {
		if got := r.next(c.from, c.by); got != c.want {
			t.Errorf("from frame %d by %d: frame %d, want %d", c.from, c.by, got, c.want)
		}
	}
	lane := r.lane(laneCascade, 100)
	for n, want := range map[int]mark{2: agreed, 4: agreed, 5: alone, 18: alone, 19: nobody, 76: nobody, 77: notLooked, 99: notLooked} {
		_, looked := slices.BinarySearch(r.frames, n)
		if lane[n] != (ribbonCell{want, looked}) {
			t.Errorf("the ribbon shows %v at frame %d, want %v", lane[n], n, want)
		}
	}
}

func TestTodo(t *testing.T) {
	got := todo(10, func(n int) bool { return n == 4 }, []int{8, 4, 1})
	if want := []int{0, 8, 1, 2, 3, 5, 6, 7, 9}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
