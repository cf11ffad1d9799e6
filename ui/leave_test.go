package ui

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"frglab/assets"
	"frglab/dataset"
	"frglab/engine"
)

// Work on a project that the window leaves is cancelled, without a complaint, and the project
// stays open until it has ended; whoever wants it back meanwhile gets it then.
func TestProjectIsLeftInTheMiddleOfWork(t *testing.T) {
	w, first, failures := open(t, 3)
	p := w.project
	hold := make(chan bool)
	var last error
	start(w.jobs, &job{name: "Review", of: p}, func(ctx context.Context, _ *job) (int, error) {
		<-ctx.Done()
		<-hold
		_, last = p.Counts()
		return 0, errors.New("cut short")
	}, nil)
	w.createProject(filepath.Join(t.TempDir(), "other"))
	for w.project == p {
		(<-pump[w])()
	}
	w.openProject(first)
	close(hold)
	settle(w)
	if last != nil || len(*failures) > 0 {
		t.Errorf("the work could not end in peace: %v, told: %v", last, *failures)
	}
	if text, _ := notice(w); w.project.Path() != first || w.project.ReadOnly() || text != "" {
		t.Errorf("open is %q, and the window says %q", w.project.Path(), text)
	}
}

// A picture that is decoded ahead for the cards of one project is none of the next one's.
func TestCardsAreOfTheirProject(t *testing.T) {
	w, _, _ := open(t, 1)
	other, err := dataset.Create(filepath.Join(t.TempDir(), "other.frglab"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	img := image.NewRGBA(image.Rect(0, 0, 64, 64))
	img.Set(9, 9, color.NRGBA{255, 0, 0, 255})
	ids, err := other.Add(context.Background(), []dataset.NewSample{{Path: "/other.mp4", Crop: img}})
	if err != nil || ids[0] != w.label.l.ids[0] {
		t.Fatalf("crops %v and %v, %v", ids, w.label.l.ids, err)
	}
	for range 20 { // whichever goroutine is first
		q := cropQueue{js: w.jobs}
		q.use(w.project)
		q.ahead(ids)
		q.use(other)
		q.ahead(ids)
		settle(w)
		if got := q.have[ids[0]]; got == nil || color.NRGBAModel.Convert(got.At(9, 9)) != (color.NRGBA{255, 0, 0, 255}) {
			t.Fatal("the card of the other project shows another crop, or none")
		}
	}
}

// Of two wishes of the filter the later one counts, whichever is answered first.
func TestLaterFilterWins(t *testing.T) {
	w, _, _ := open(t, 4)
	ids := w.label.l.ids
	if err := w.project.Label(map[int64]dataset.Class{ids[2]: dataset.Face}, "label"); err != nil {
		t.Fatal(err)
	}
	held := make(chan func(), 10)
	w.jobs.onUI = func(f func()) { held <- f }
	w.label.load()
	slow := []func(){<-held, <-held} // the crops, and their count
	w.jobs.onUI = func(f func()) { pump[w] <- f }
	w.label.filter.change(func(f *labelFilter) { f.verdict = showFaces })
	for len(w.label.l.ids) != 1 {
		(<-pump[w])()
	}
	for _, f := range slow {
		f()
	}
	settle(w)
	if want := []int64{ids[2]}; !slices.Equal(w.label.l.ids, want) {
		t.Errorf("shown are %v, want %v", w.label.l.ids, want)
	}
}

// A file that the window unpacks or keeps is whole or not there, also where the disk is full.
func TestFullDiskLeavesNoPart(t *testing.T) {
	dir := t.TempDir()
	signal.Ignore(syscall.SIGXFSZ)
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 100, Max: was.Max}); err != nil {
		t.Fatal(err)
	}
	err := writeWhole(filepath.Join(dir, "sample"), make([]byte, 1000))
	if e := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); e != nil {
		t.Fatal(e)
	}
	if left, _ := os.ReadDir(dir); err == nil || len(left) > 0 {
		t.Errorf("%v, left are %v", err, left)
	}
}

// The sample project is unpacked whole.
func TestSampleIsWhole(t *testing.T) {
	w, _ := openWindow(t)
	path, err := w.samplePath()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, assets.SampleProject()) {
		t.Errorf("%d bytes of %d, %v", len(got), len(assets.SampleProject()), err)
	}
}

// Another model ends a trial, and examples of another project go on waiting there.
func TestTrialEndsWithAnotherModel(t *testing.T) {
	w, _ := openTrainable(t)
	setTinyModel(w)
	onTrial(w)
	l := w.detect.learner
	other := *w.model
	w.setModel(&other, "other")
	settle(w)
	if l.trial != nil || l.keepIt.Visible() || w.model != &other {
		t.Errorf("the trial goes on with another model: %v, the button shows: %v", l.trial != nil, l.keepIt.Visible())
	}
	next := onTrial(w)
	next.of, next.learned = new(dataset.Project), []int64{1, 2}
	l.fresh = []int64{2, 3}
	l.keep()
	settle(w)
	if want := []int64{2, 3}; !slices.Equal(l.fresh, want) {
		t.Errorf("of this project wait %v, want %v", l.fresh, want)
	}
}

// While the next picture is read, the boxes of the last one can still be clicked, and a face be
// drawn: neither ends the program, nor puts a crop under another picture's name.
func TestClicksWhileAPictureIsRead(t *testing.T) {
	w, failures := openTrainable(t)
	setTinyModel(w)
	w.detect.openPaths([]string{testPicture(t, "a.png", 200, 150), testPicture(t, "b.png", 200, 150)})
	settle(w)
	d := w.detect
	d.controls.do(func() {
		d.controls.reset(engine.ModeWindows)
		d.params.Threshold, d.params.Prior = 1e-6, 0.5
	})
	settle(w)
	if len(d.hits) == len(d.found) {
		t.Fatalf("%d hits, %d kept", len(d.hits), len(d.found))
	}
	d.left.OnBoxPicked(d.hits[len(d.found)].By) // its rivals stand behind the boxes
	d.show(1)
	d.left.OnBoxPicked(0)
	d.left.OnBoxDrawn(image.Rect(10, 20, 50, 60))
	drawn, err := w.project.IDs(dataset.Filter{Proposer: byHand})
	if d.chosen.hit >= 0 || len(drawn) > 0 || err != nil || w.notice == "" {
		t.Errorf("chosen is %+v, drawn are %v, %v; the window says %q", d.chosen, drawn, err, w.notice)
	}
	settle(w)
	d.left.OnBoxDrawn(image.Rect(10, 20, 50, 60))
	if drawn, err = w.project.IDs(dataset.Filter{Proposer: byHand}); len(drawn) != 1 || err != nil || len(*failures) > 0 {
		t.Errorf("then %v, %v, failures %v", drawn, err, *failures)
	}
}

// With fewer hits after another threshold, what was drawn behind the boxes is no box any more.
func TestRivalsFollowTheThreshold(t *testing.T) {
	w, _ := openWindow(t)
	setTinyModel(w)
	w.detect.openPaths([]string{testPicture(t, "a.png", 200, 150)})
	settle(w)
	d := w.detect
	d.controls.do(func() {
		d.controls.reset(engine.ModeWindows)
		d.params.Threshold, d.params.Prior = 1e-6, 0.5
	})
	settle(w)
	d.left.OnBoxPicked(d.hits[len(d.found)].By)
	d.goal = image.Rect(4, 4, 20, 20)
	d.params.Threshold = 1
	d.refresh()
	if len(d.hits) != 0 {
		t.Fatalf("%d hits at 1", len(d.hits))
	}
	d.left.OnBoxPicked(0) // the goal
	if d.chosen.hit >= 0 {
		t.Errorf("chosen is %+v of %d", d.chosen, len(d.hits))
	}
}

// Closing waits for no job that does not end: a decoder that hangs, a search in a huge picture.
func TestClosingWaitsForNobody(t *testing.T) {
	w, _ := openWindow(t)
	path := testPicture(t, "a.png", 64, 40)
	w.detect.openPaths([]string{path})
	settle(w)
	w.detect.reel.mu.Lock()
	w.finder.cnn.Lock()
	w.finder.classic.Lock()
	if err := w.closeFrames(); err != nil { // takes the turn to read frames, and keeps it
		t.Fatal(err)
	}
	e := w.eval
	e.gallery.reset(evalResult{frames: []evalFrame{{path: path + " is not kept"}}})
	ids := e.gallery.ids(evalCNN, engine.Missed, []engine.Mistake{{Cause: engine.Missed}})
	loader, ended := make(chan image.Image), make(chan bool)
	go func() { loader <- e.gallery.thumb(ids[0]) }() // waits for the turn
	go func() {
		e.close()
		<-loader
		w.detect.close()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Fatal("it waits for a minute, at least")
	}
	w.detect.reel.mu.Unlock()
	w.finder.cnn.Unlock()
	w.finder.classic.Unlock()
}
