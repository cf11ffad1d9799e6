package ui

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"frglab/dataset"
	"frglab/engine"
	"frglab/engine/nn"
)

// openTrainable makes a window on a project of 80 checked crops in 8 titles, split,
// with a tiny network in the form that goes through them very often.
func openTrainable(t *testing.T) (*window, *[]error) {
	t.Helper()
	return openTrainableAt(t, filepath.Join(t.TempDir(), "faces"+projectExt))
}

func openTrainableAt(t *testing.T, path string) (*window, *[]error) {
	t.Helper()
	t.Setenv("LC_ALL", "en_GB.UTF-8")
	p, err := dataset.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	var samples []dataset.NewSample
	for i := range 80 {
		class := dataset.Class(i % 2)
		img := image.NewRGBA(image.Rect(0, 0, 8, 8))
		for k := range 64 {
			v := uint8(i + k)
			img.SetRGBA(k%8, k/8, []color.RGBA{{200, 20 + v/8, 190, 255}, {20 + v/8, 190, 60, 255}}[class])
		}
		samples = append(samples, dataset.NewSample{Path: fmt.Sprintf("/show%d/01.mp4", i/10), Title: fmt.Sprint("show ", i/10), Frame: i, Class: class, Checked: true, Crop: img})
	}
	_, err = p.Add(context.Background(), samples)
	if err := errors.Join(err, p.AutoSplit(0.25, 1), p.Close()); err != nil {
		t.Fatal(err)
	}
	w, failures := openWindow(t)
	w.openProject(path)
	settle(w)
	w.train.form.preset.SetSelected("modern")
	w.train.form.base.Arch = nn.Arch{Name: "tiny", Size: 8, Layers: []nn.Layer{
		{Kind: nn.Conv, Name: "conv1", Out: 4, Kernel: 3, Pad: 1, Act: nn.ReLU}, {Kind: nn.Dense, Name: "fc2", Out: 2},
	}}
	w.train.set(t, tr("Batch"), "10")
	w.train.set(t, tr("Epochs"), "100000")
	w.train.set(t, tr("Patience"), "0")
	w.train.visible = true
	return w, failures
}

// set types into a field of the form.
func (t *trainTab) set(tb testing.TB, name, value string) {
	tb.Helper()
	for _, f := range t.form.fields {
		if f.name == name {
			f.entry.SetText(value)
			return
		}
	}
	tb.Fatalf("no field %q", name)
}

// until does what jobs want done until something is true.
func until(t *testing.T, w *window, what string, done func() bool) {
	t.Helper()
	limit := time.After(time.Minute)
	for !done() {
		select {
		case f := <-pump[w]:
			f()
		case <-limit:
			t.Fatalf("waited in vain for %s; the tab says %q", what, w.train.state.Text)
		}
	}
}

func (t *trainTab) step() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.live.last.Step
}

func theRun(t *testing.T, w *window) dataset.Run {
	t.Helper()
	runs, err := w.project.Runs()
	if err != nil || len(runs) == 0 {
		t.Fatalf("runs %v, %v", runs, err)
	}
	return runs[len(runs)-1]
}

// TestTrainToTheEnd trains through a worker process: curves, probes and figures are
// there, the model is in use, and the project keeps the run.
func TestTrainToTheEnd(t *testing.T) {
	w, failures := openTrainable(t)
	w.train.set(t, tr("Epochs"), "40")
	w.train.set(t, tr("Least iterations"), "0")
	w.train.start("")
	settle(w)
	if len(*failures) > 0 {
		t.Fatalf("failures: %v", *failures)
	}
	r := theRun(t, w)
	points, err := w.project.Points(r.ID)
	if err != nil || r.Status != dataset.RunDone || len(points) < 20 || settingsOf(r).Crops != 60 || settingsOf(r).Preset != "own" {
		t.Errorf("run %+v with %d points, %v", r, len(points), err)
	}
	if w.model == nil || w.model.Arch.Name != "tiny" {
		t.Error("the new model is not in use")
	}
	v := &w.train.result.v
	if len(v.Truth) != 20 || !w.train.result.body.Visible() || len(w.train.probes.cells) != 12 {
		t.Errorf("%d crops in the result, %d probes", len(v.Truth), len(w.train.probes.cells))
	}
	if got := w.train.state.Text; !strings.Contains(got, "Done") || !strings.Contains(got, "Best:") {
		t.Errorf("the tab says %q", got)
	}
	w.tabs.SelectIndex(tabTrain)
	if size := w.train.curves.capture().Bounds().Size(); size.X < 300 || size.Y < 100 {
		t.Errorf("a picture of the curves is %v", size)
	}
	var opened []int64
	w.train.onShowSamples = func(ids []int64, _ int64, _ string) { opened = ids }
	w.train.result.openCell(0, 0)
	if m := v.At(0.5); len(opened) != m[0][0] || len(opened) == 0 {
		t.Errorf("the cell opens %d crops, want %d", len(opened), m[0][0])
	}
	samples, err := w.project.Samples(opened)
	if err != nil || slices.ContainsFunc(samples, func(s dataset.Sample) bool { return s.Class != dataset.Face }) {
		t.Errorf("it opens others than faces: %v", err)
	}
	showsAll := func(what string, crops []int) {
		t.Helper()
		var want []int64
		for _, i := range crops {
			want = append(want, v.IDs[i])
		}
		if !slices.Equal(opened, want) {
			t.Errorf("%s opens %v, want %v", what, opened, want)
		}
	}
	r2 := w.train.result
	for truth := range 2 {
		for taken := range 2 {
			opened = nil
			r2.cells[truth][taken].OnTapped()
			showsAll(fmt.Sprint("cell ", truth, taken), v.Cell(truth, taken, 0.5))
		}
	}
	opened = nil
	test.Tap(w.train.probes.cells[3])
	if len(opened) != 12 || !slices.Equal(opened, w.train.probes.ids) {
		t.Errorf("a hard crop opens %v, want %v", opened, w.train.probes.ids)
	}
	opened = nil
	r2.pr.OnPicked(0) // the threshold follows
	if at := r2.threshold.Value; at != min(r2.operating[0].Threshold, r2.threshold.Max) {
		t.Errorf("the threshold is %v after a click on the curve's start", at)
	}
	showsAll("a point of the curve", v.Mistakes(r2.threshold.Value))
	r2.threshold.SetValue(0.5)
	titles := w.train.result.byTitle(0.5)
	if len(titles) != 2 || titles[0].all != 10 || !strings.HasPrefix(titles[0].name, "show ") {
		t.Errorf("titles %+v, want two shows with 10 crops", titles)
	}
	if w.train.speed.of(trial{"tiny (8x8)", "ref", 10}) <= 0 || !strings.Contains(w.train.form.estimate.Text, "About") {
		t.Errorf("the form guesses %q", w.train.form.estimate.Text)
	}
}

// TestPauseStopAndGoOn leads one run through pause, stop and a second start.
func TestPauseStopAndGoOn(t *testing.T) {
	w, failures := openTrainable(t)
	tab := w.train
	tab.start("")
	until(t, w, "the first steps", func() bool { return tab.step() > 20 })
	if !tab.pause.Visible() || !tab.stop.Visible() || tab.begin.Visible() {
		t.Error("the buttons do not fit a training that runs")
	}
	tab.hold()
	until(t, w, "the pause", func() bool { return tab.pause.Text == tr("Go on") })
	if !strings.Contains(tab.state.Text, "Paused") || theRun(t, w).Status != dataset.RunRunning {
		t.Errorf("paused: %q", tab.state.Text)
	}
	at := tab.step()
	tab.hold()
	until(t, w, "more steps", func() bool { return tab.step() > at+20 })
	tab.toggle()
	settle(w)
	r := theRun(t, w)
	if r.Status != dataset.RunStopped || tab.running != nil || !tab.resume.Visible() || !strings.Contains(tab.state.Text, "Stopped") {
		t.Errorf("stopped: %s, %q", r.Status, tab.state.Text)
	}
	at = tab.step()
	tab.start(tab.lastRun())
	until(t, w, "the run to go on", func() bool { return tab.step() > at+20 })
	// Closing the window stops the worker cleanly.
	project := w.project.Path()
	w.jobs.stop(10 * time.Second)
	settle(w)
	if r := theRun(t, w); r.Status != dataset.RunStopped || w.project.Path() != project {
		t.Errorf("closed: %s", r.Status)
	}
	runs, err := w.project.Runs()
	if err != nil || len(runs) != 1 {
		t.Errorf("%d runs, want the same one again", len(runs))
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

func TestOverfittingIsToldInWords(t *testing.T) {
	var l live
	step := 0
	add := func(train, valid float64) {
		for range 4 {
			step += 10
			l.add(engine.Progress{Event: engine.EventStep, Step: step, Steps: 1000, Loss: train})
		}
		l.add(engine.Progress{Event: engine.EventValid, Step: step, Steps: 1000, Loss: valid, Accuracy: 0.9})
	}
	add(0.6, 0.6)
	add(0.4, 0.5)
	add(0.3, 0.56)
	add(0.2, 0.58)
	if l.overfits() {
		t.Error("two worse validations are no proof")
	}
	add(0.1, 0.6)
	if text := strings.Join(l.words(false), "\n"); !strings.Contains(text, "Overfitting since iteration 80") || !strings.Contains(text, "12 % worse") {
		t.Errorf("got %q", text)
	}
	add(0.1, 0.4)
	if l.overfits() {
		t.Error("a new best ends it")
	}
	for range 5 {
		add(0.5, 0.6)
	}
	if l.overfits() {
		t.Error("where training gets worse too it is not overfitting")
	}
}

// TestSmallWindow: the tab leaves the window free to be small.
func TestSmallWindow(t *testing.T) {
	w, _, _ := open(t, 1)
	if size := w.train.content.MinSize(); size.Width > 800 || size.Height > 560 {
		t.Errorf("the tab needs %v", size)
	}
}

// TestLeakIsAskedAbout: a split that leaks is not trained on unless one says so.
func TestLeakIsAskedAbout(t *testing.T) {
	w, failures := openTrainable(t)
	tab := w.train
	tab.leak = dataset.Leak{Valid: 20, Leaked: 2}
	tab.start("")
	if tab.running != nil {
		t.Fatal("it trains without asking")
	}
	if w.win.Canvas().Overlays().Top() == nil {
		t.Fatal("it does not say why")
	}
	tab.leak = dataset.Leak{Valid: 20, Leaked: 1}
	tab.start("")
	until(t, w, "the first steps", func() bool { return tab.step() > 20 })
	tab.halt()
	settle(w)
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

// TestHiddenTabDrawsNothing: what nobody sees is not drawn, however the training goes.
func TestHiddenTabDrawsNothing(t *testing.T) {
	w, _ := openTrainable(t)
	tab := w.train
	tab.shown(false)
	before := tab.state.Text
	tab.start("")
	until(t, w, "some steps", func() bool { return tab.step() > 100 })
	if tab.state.Text != before || len(tab.probes.cells) > 0 {
		t.Errorf("a hidden tab says %q", tab.state.Text)
	}
	tab.shown(true)
	if !strings.Contains(tab.state.Text, "Iteration") {
		t.Errorf("once shown it says %q", tab.state.Text)
	}
	tab.halt()
	settle(w)
}

// TestOtherProjectOpens: the training of the project that was open saves and stops.
func TestOtherProjectOpens(t *testing.T) {
	w, failures := openTrainable(t)
	tab := w.train
	tab.start("")
	until(t, w, "some steps", func() bool { return tab.step() > 20 })
	first, dir := w.project.Path(), tab.dir
	w.createProject(filepath.Join(t.TempDir(), "other.frglab"))
	settle(w)
	if tab.running != nil || len(tab.runs.all) != 0 || !strings.Contains(w.notice, "faces") {
		t.Errorf("running %v, runs %v, notice %q", tab.running != nil, tab.runs.all, w.notice)
	}
	if _, err := engine.ResumeConfig(dir); err != nil {
		t.Error(err)
	}
	w.openProject(first)
	settle(w)
	if tab.lastRun() != dir {
		t.Errorf("the run to go on with is %q, want %q (failures %v)", tab.lastRun(), dir, *failures)
	}
}
