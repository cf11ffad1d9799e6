package ui

import (
	"context"
	"errors"
	"image"
	"image/color"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"frglab/engine"
	"frglab/engine/vision"
)

// slowFilm is footage of so many frames, on a clock that only it moves: decoding a frame takes
// its time, passing over one half of it.
type slowFilm struct {
	frames, at int
	decode     time.Duration
	clock      time.Time
}

func (f *slowFilm) Next() (*image.RGBA, time.Duration, error) {
	f.clock = f.clock.Add(f.decode)
	if f.at >= f.frames {
		return nil, 0, io.EOF
	}
	f.at++
	return image.NewRGBA(image.Rect(0, 0, 1, 1)), 0, nil
}

func (f *slowFilm) Skip(n int) error {
	f.clock = f.clock.Add(time.Duration(n) * f.decode / 2)
	if f.at += n; f.at >= f.frames {
		return io.EOF
	}
	return nil
}

func TestPlaybackKeepsTheRate(t *testing.T) {
	const fps = 20.0
	frame := time.Second / fps
	for _, c := range []struct {
		name        string
		decode      time.Duration
		least, most int // frames shown of 100
	}{
		{"quick enough: every frame, when it is due", 10 * time.Millisecond, 100, 100},
		{"too slow: fewer frames, at the same pace", 70 * time.Millisecond, 30, 70},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &slowFilm{frames: 100, decode: c.decode, clock: time.Unix(0, 0)}
			began, shown, last := f.clock, 0, -1
			p := playback{
				fps: fps, last: 99, now: func() time.Time { return f.clock },
				sleep: func(_ context.Context, d time.Duration) { f.clock = f.clock.Add(d) },
				show: func(n int, _ *image.RGBA) {
					if late := f.clock.Sub(began) - time.Duration(n)*frame; late < -time.Microsecond || late > frame+2*c.decode {
						t.Errorf("frame %d is shown %v late", n, late)
					}
					if n <= last {
						t.Errorf("frame %d after %d", n, last)
					}
					shown, last = shown+1, n
				},
			}
			if err := p.run(context.Background(), f, 0); err != nil {
				t.Fatal(err)
			}
			if shown < c.least || shown > c.most || last != 99 {
				t.Errorf("%d frames shown, the last is %d; want %d to %d, to the end", shown, last, c.least, c.most)
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	f := &slowFilm{frames: 100}
	n := 0
	err := playback{fps: fps, last: 99, now: func() time.Time { return f.clock }, sleep: func(context.Context, time.Duration) { cancel() }, show: func(int, *image.RGBA) { n++ }}.run(ctx, f, 0)
	if !errors.Is(err, context.Canceled) || n > 1 {
		t.Errorf("stopped: %v, after %d frames", err, n)
	}
}

// While a detector looks at one frame, those that come are dropped but for the last one.
func TestStaleFramesAreDropped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	frames := newSlot[detectShot]()
	began, goOn := make(chan bool), make(chan bool)
	var looked []int
	ended := make(chan error)
	go func() {
		ended <- watch(ctx, frames, func(context.Context, *image.RGBA) (finding, error) {
			began <- true
			<-goOn
			return finding{}, nil
		}, func(s detectShot, _ finding) {
			if looked = append(looked, s.frame); len(looked) == 3 {
				cancel()
			}
		})
	}()
	frames.put(detectShot{frame: 0})
	<-began
	for n := 1; n <= 5; n++ {
		frames.put(detectShot{frame: n})
	}
	goOn <- true
	<-began
	frames.put(detectShot{frame: 6})
	frames.put(detectShot{frame: 7})
	goOn <- true
	<-began
	goOn <- true
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if want := []int{0, 5, 7}; !slices.Equal(looked, want) {
		t.Errorf("looked at frames %v, want %v", looked, want)
	}
}

// What waits for the UI goroutine is only ever the newest.
func TestLatest(t *testing.T) {
	var later []func()
	js := &jobs{onUI: func(f func()) { later = append(later, f) }}
	var got []int
	put := latest(js, func(n int) { got = append(got, n) })
	for n := range 4 {
		put(n)
	}
	for _, f := range later {
		f()
	}
	later = nil
	put(4)
	later[0]()
	if want := []int{3, 4}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

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

// Boxes go at a cut, and stay while somebody moves.
func TestSketch(t *testing.T) {
	noise := func(seed uint64) *image.RGBA {
		r, img := rand.New(rand.NewPCG(seed, 1)), image.NewRGBA(image.Rect(10, 20, 170, 110))
		for i := range img.Pix {
			img.Pix[i] = uint8(r.Uint32())
		}
		return img
	}
	a, moved := noise(1), noise(1)
	for y := 30; y < 90; y++ { // somebody, over a quarter of the picture
		for x := 40; x < 100; x++ {
			moved.SetRGBA(x, y, color.RGBA{A: 255})
		}
	}
	if !sketchOf(a).like(sketchOf(moved)) {
		t.Error("somebody moves, and it is another shot")
	}
	if sketchOf(a).like(sketchOf(noise(2))) {
		t.Error("a cut is not noticed")
	}
	sketchOf(image.NewRGBA(image.Rect(0, 0, 1, 1)))
}

// A running video shows the boxes of the last frame that was looked at, also before, until
// the picture is another one; and only of frames that nobody knows is the watcher told.
func TestBoxesOfARunningVideo(t *testing.T) {
	w, _ := openWindow(t)
	w.tabs.SelectIndex(tabDetect)
	dropOn(w, shortVideo(t, 6))
	v, img := w.detect.video, w.detect.img
	mine := &job{cancel: func() {}}
	v.playing = playing{player: mine, watcher: mine, frames: newSlot[detectShot](), latestAt: -1, boxesAt: -1}
	stream := func(frame int, img *image.RGBA) {
		shot := v.shot
		shot.frame, shot.img = frame, img
		v.stream(shot)
	}
	dark := image.NewRGBA(img.Rect)
	for _, c := range []struct {
		name  string
		frame int
		img   *image.RGBA
		boxes bool
		told  bool
	}{
		{"known", 0, img, true, false},
		{"the next one", 1, img, true, true},
		{"after a cut", 2, dark, false, true},
		{"back in the shot", 3, img, true, true},
		{"much later", 90, img, false, true},
	} {
		stream(c.frame, c.img)
		if got := w.detect.cascade.took > 0; got != c.boxes || w.detect.frame != c.frame {
			t.Errorf("%s: boxes %v, want %v; frame %d", c.name, got, c.boxes, w.detect.frame)
		}
		select {
		case shot := <-v.frames:
			if !c.told || shot.frame != c.frame {
				t.Errorf("%s: the watcher is told of frame %d", c.name, shot.frame)
			}
		default:
			if c.told {
				t.Errorf("%s: the watcher is not told", c.name)
			}
		}
	}
	v.halt()
	if v.player != nil {
		t.Error("it still plays")
	}
}

func TestTodo(t *testing.T) {
	got := todo(10, func(n int) bool { return n == 4 }, []int{8, 4, 1})
	if want := []int{0, 8, 1, 2, 3, 5, 6, 7, 9}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// shortVideo is the first frames of the bundled video, and half as large.
func shortVideo(t *testing.T, frames int) string {
	t.Helper()
	from, err := vision.OpenVideo(sampleVideo(t))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	if err := from.Seek(60); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "short.mp4")
	w, err := vision.CreateVideo(path, 640, 360, 25)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for range frames {
		img, _, err := from.Next()
		if err == nil {
			err = w.Write(img)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Finish(); err != nil {
		t.Fatal(err)
	}
	return path
}

// From the drop of a video over a step, a look through it and the key for the next
// disagreement to the running video.
func TestVideoInTheDetectTab(t *testing.T) {
	w, failures := openWindow(t)
	path := shortVideo(t, 12)
	w.tabs.SelectIndex(tabDetect)
	dropOn(w, path)
	v := w.detect.video
	if !v.row.Visible() || v.ribbon.frames != 12 || v.record == nil || len(v.record.looks) != 1 {
		t.Fatalf("the row of the video: visible %v, %d frames, record %+v (failures %v)", v.row.Visible(), v.ribbon.frames, v.record, *failures)
	}
	w.detect.left.TypedRune('.')
	settle(w)
	if w.detect.frame != 1 || v.ribbon.at != 1 || len(v.record.looks) != 2 {
		t.Errorf("after a step: frame %d, ribbon at %d, %d looks", w.detect.frame, v.ribbon.at, len(v.record.looks))
	}
	at := func(frame int) *fyne.DragEvent {
		return &fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(v.ribbon.placeOf(frame), 5)}}
	}
	v.ribbon.Dragged(at(7))
	settle(w)
	v.ribbon.Dragged(at(9))
	settle(w)
	if w.detect.frame != 9 || len(v.record.looks) != 2 {
		t.Errorf("on the way: frame %d, %d looks", w.detect.frame, len(v.record.looks))
	}
	v.ribbon.DragEnd()
	settle(w)
	if _, ok := v.record.looks[9]; w.detect.frame != 9 || !ok || len(v.record.looks) != 3 {
		t.Errorf("at the end of a drag: frame %d, %d looks", w.detect.frame, len(v.record.looks))
	}
	w.detect.showFrame(1)
	settle(w)
	before := v.record.looks[0].cascade.took
	w.detect.left.TypedRune(',')
	settle(w)
	if w.detect.cascade.took != before {
		t.Error("a frame that was looked at before is looked at again")
	}
	test.Tap(v.buttons.study)
	settle(w)
	if len(v.record.looks) != 12 || v.student != nil {
		t.Errorf("%d frames of 12 were looked at", len(v.record.looks))
	}

	// Without a model there is nothing to disagree with: say that the CNN found nothing.
	v.record.marks[laneCascade] = map[int]mark{3: alone, 4: alone, 7: agreed, 9: alone}
	v.record.marks[laneCNN] = map[int]mark{0: nobody}
	for n := range 3 {
		v.record.marks[laneCascade][n] = nobody
	}
	if got := v.record.next(0, 1); got != 3 {
		t.Errorf("the next disagreement is frame %d, want 3", got)
	}

	v.ribbon.picked(8)
	settle(w)
	if w.detect.frame != 8 || w.detect.img == nil {
		t.Errorf("a click on the ribbon shows frame %d", w.detect.frame)
	}
	w.detect.left.TypedRune(' ')
	if v.player == nil {
		t.Fatal("it does not play")
	}
	for v.player != nil {
		(<-pump[w])()
	}
	settle(w)
	if w.detect.frame != 11 || len(*failures) > 0 {
		t.Errorf("played to frame %d (failures %v)", w.detect.frame, *failures)
	}
	w.detect.left.TypedRune(' ')
	w.detect.left.TypedRune(',')
	if v.player != nil {
		t.Error("a step does not stop the video")
	}
	settle(w)
	dropOn(w, testPicture(t, "a.png", 64, 40))
	if v.row.Visible() || v.record != nil {
		t.Error("the row of the video stays for a picture")
	}
}

// The key D goes to the frame where the detectors begin to disagree.
func TestDisagreementKey(t *testing.T) {
	w, _ := openWindow(t)
	w.tabs.SelectIndex(tabDetect)
	dropOn(w, shortVideo(t, 6))
	v := w.detect.video
	w.detect.left.TypedRune('D')
	settle(w)
	if w.detect.frame != 0 || w.notice == "" {
		t.Errorf("nothing to go to: frame %d, the status bar says %q", w.detect.frame, w.notice)
	}
	model := &engine.Checkpoint{}
	set := detectSetup{model: model, params: w.detect.params, classy: w.detect.classy}
	w.model, v.record.asked, w.detect.asked = model, set, set
	v.record.looks = map[int]finding{}
	v.record.found = map[int]boxesOf{}
	for n := range 6 { // from frame 3 on the cascade sees what the CNN does not
		v.record.looks[n] = finding{cnn: cnnResult{scan: &engine.Scan{}}, cascade: cascadeResult{took: 1}}
		if v.record.found[n] = (boxesOf{}); n >= 3 {
			v.record.found[n] = boxesOf{laneCascade: {{Box: image.Rect(0, 0, 40, 40), Score: 7}}}
		}
	}
	w.detect.left.TypedRune('d')
	settle(w)
	if w.detect.frame != 3 {
		t.Errorf("D shows frame %d, want 3", w.detect.frame)
	}
	w.detect.right.TypedRune('d')
	settle(w)
	if w.detect.frame != 3 {
		t.Errorf("a second D shows frame %d", w.detect.frame)
	}
}

func TestExportVideo(t *testing.T) {
	w, failures := openWindow(t)
	w.tabs.SelectIndex(tabDetect)
	dropOn(w, shortVideo(t, 6))
	dir := t.TempDir()
	out := filepath.Join(dir, "out.mp4")

	w.detect.video.export(out)
	for _, j := range w.jobs.running {
		j.cancel()
	}
	settle(w)
	if list, _ := os.ReadDir(dir); len(list) > 0 || len(*failures) > 0 {
		t.Errorf("a cancelled export leaves %v (failures %v)", list, *failures)
	}
	w.detect.video.export(out)
	settle(w)
	v, err := vision.OpenVideo(out)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if i := v.Info(); i.Frames != 6 || i.Width != 640 || i.Height <= 360 {
		t.Errorf("the export is %+v", i)
	}
	source := w.detect.video.shot.file.path
	link := filepath.Join(dir, "link.mp4") // another name of the same file
	if err := os.Link(source, link); err != nil {
		t.Fatal(err)
	}
	for _, over := range []string{source, link} {
		*failures = nil
		w.detect.video.export(over)
		settle(w)
		if len(*failures) != 1 {
			t.Errorf("over the video itself, as %s: %v", over, *failures)
		}
	}
}

// A cancel while frames are written leaves what was there before.
func TestWriteVideoCancelled(t *testing.T) {
	path, dir := shortVideo(t, 6), t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	r := newVideoRecord(detectSetup{})
	n := 0
	_, err := r.write(ctx, path, filepath.Join(dir, "out.mp4"), detectSetup{}, func(float64) {
		if n++; n == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || n != 3 {
		t.Errorf("after %d frames: %v", n, err)
	}
	if list, _ := os.ReadDir(dir); len(list) > 0 {
		t.Errorf("it leaves %v", list)
	}
}
