package ui

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
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
	t.Setenv("LC_ALL", "en_GB.UTF-8")
	path := filepath.Join(t.TempDir(), "faces.frglab")
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

// TestWorkerDies: whatever kills the worker, the window lives, says what happened,
// and the run can go on; labelling works all along.
func TestWorkerDies(t *testing.T) {
	for _, tt := range []struct {
		signal syscall.Signal
		want   string
	}{
		{syscall.SIGKILL, "it was killed"},
		{syscall.SIGSEGV, "memory fault"},
	} {
		w, failures := openTrainable(t)
		tab := w.train
		tab.start("")
		until(t, w, "the first steps", func() bool { return tab.step() > 20 })
		ids, err := w.project.IDs(dataset.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.project.Label(map[int64]dataset.Class{ids[0]: dataset.Unsure}, "while it trains"); err != nil {
			t.Errorf("%v: the project cannot be written to: %v", tt.signal, err)
		}
		tab.mu.Lock()
		worker := tab.worker
		tab.mu.Unlock()
		if err := worker.cmd.Process.Signal(tt.signal); err != nil {
			t.Fatal(err)
		}
		settle(w)
		if len(*failures) != 1 || !strings.Contains((*failures)[0].Error(), tt.want) {
			t.Errorf("%v: failures %v, want one that says %q", tt.signal, *failures, tt.want)
		}
		if r := theRun(t, w); r.Status != dataset.RunInterrupted || settingsOf(r).Problem == "" {
			t.Errorf("%v: the run is %s", tt.signal, r.Status)
		}
		if !tab.resume.Visible() || !strings.Contains(tab.state.Text, tt.want) {
			t.Errorf("%v: the tab says %q, resume shown: %v", tt.signal, tab.state.Text, tab.resume.Visible())
		}
		if err := w.project.Label(map[int64]dataset.Class{ids[0]: dataset.Face}, "back"); err != nil { // the crops must be those it was started with
			t.Fatal(err)
		}
		settle(w)
		at := tab.step()
		tab.start(tab.lastRun())
		until(t, w, "the run to go on", func() bool { return tab.step() > at || tab.running == nil })
		tab.halt()
		settle(w)
		if r := theRun(t, w); r.Status != dataset.RunStopped {
			t.Errorf("%v: afterwards it is %s (failures %v)", tt.signal, r.Status, *failures)
		}
	}
}

func TestWorkerPanics(t *testing.T) {
	t.Setenv(workerEnv, "panics")
	w, failures := openTrainable(t)
	w.train.start("")
	settle(w)
	if len(*failures) != 1 || !strings.Contains((*failures)[0].Error(), "error of the program") || !strings.Contains((*failures)[0].Error(), "the device is on fire") {
		t.Errorf("failures %v", *failures)
	}
	if runs, err := w.project.Runs(); err != nil || len(runs) != 0 {
		t.Errorf("runs %+v, %v: it never began", runs, err)
	}
	if left, _ := filepath.Glob(filepath.Join(runsDir(w.project), "*")); len(left) > 0 {
		t.Errorf("it left %q", left)
	}
}

// TestLittleMemory: a batch that the device has no memory for is halved, and the tab
// says so, also where the run goes on later.
func TestLittleMemory(t *testing.T) {
	t.Setenv(workerEnv, "little memory")
	w, failures := openTrainable(t)
	tab := w.train
	tab.start("")
	until(t, w, "the first steps", func() bool { return tab.step() > 20 })
	tab.halt()
	settle(w)
	const want = "Memory was short: from iteration 1 on the batch is 5"
	if !strings.Contains(tab.state.Text, want) {
		t.Errorf("the tab says %q", tab.state.Text)
	}
	t.Setenv(workerEnv, "works")
	at := tab.step()
	tab.start(tab.lastRun())
	until(t, w, "the run to go on", func() bool { return tab.step() > at })
	if !strings.Contains(tab.state.Text, want) {
		t.Errorf("resumed, the tab says %q", tab.state.Text)
	}
	tab.halt()
	settle(w)
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

// TestInterruptedRunIsMended: a run that a power cut ended is shown as interrupted
// at the next start, with the curves of its log, and can go on.
func TestInterruptedRunIsMended(t *testing.T) {
	w, failures := openTrainable(t)
	tab := w.train
	tab.start("")
	until(t, w, "the first steps", func() bool { return tab.step() > 20 })
	tab.halt()
	settle(w)
	r := theRun(t, w)
	r.Status, r.Ended = dataset.RunRunning, time.Time{} // as it stands in the file when the power fails
	if err := w.project.UpdateRun(r); err != nil {
		t.Fatal(err)
	}
	path := w.project.Path()
	if err := w.project.Close(); err != nil {
		t.Fatal(err)
	}
	w.project = nil
	w.openProject(path)
	settle(w)
	tab.shown(true)
	r = theRun(t, w)
	if r.Status != dataset.RunInterrupted || r.Ended.IsZero() {
		t.Errorf("the run is %s", r.Status)
	}
	if !tab.resume.Visible() || !strings.Contains(tab.state.Text, "interrupted") {
		t.Errorf("resume shown: %v, the tab says %q", tab.resume.Visible(), tab.state.Text)
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

// TestRunsViewComparesAndDeletes looks at two runs, and deletes one with its files.
func TestRunsViewComparesAndDeletes(t *testing.T) {
	w, failures := openTrainable(t)
	tab := w.train
	for _, rate := range []string{"0.01", "0.02"} {
		tab.set(t, tr("Epochs"), "10")
		tab.set(t, tr("Least iterations"), "0")
		tab.set(t, tr("Rate"), rate)
		tab.start("")
		settle(w)
		dir := tab.shownRun
		if err := os.Rename(dir, dir+"-"+rate); err != nil { // both may start in one second
			t.Fatal(err)
		}
		r := theRun(t, w)
		r.Checkpoint = filepath.Join(dir+"-"+rate, engine.BestFile)
		if err := w.project.UpdateRun(r); err != nil {
			t.Fatal(err)
		}
	}
	tab.reload(false)
	settle(w)
	v := tab.runs
	if len(v.all) != 2 {
		t.Fatalf("%d runs (failures %v)", len(v.all), *failures)
	}
	v.choose(v.all[0].ID)
	v.tick(v.all[1], true)
	if got := v.differs.Text; !strings.Contains(got, "Rate: 0.01 here, 0.02 there") || strings.Contains(got, "Epochs") {
		t.Errorf("differences: %q", got)
	}
	v.note.SetText("the better one")
	if r, _ := v.find(v.all[0].ID); r.Note != "the better one" {
		t.Errorf("note %q", r.Note)
	}
	v.choose(v.all[1].ID)
	v.sameAgain()
	for _, name := range []string{"tiny", "frgnet64", "tiny"} {
		tab.form.arch.SetSelected(name)
		if c, err := tab.form.config(); err != nil || c.Rate != 0.02 || c.Arch.Name != name || tab.form.arch.Selected != name {
			t.Errorf("the form has %+v, %v; it shows %s", c, err, tab.form.arch.Selected)
		}
	}
	tab.form.arch.SetSelected("frgnet64")
	v.sameAgain()
	if got := tab.form.arch.Selected; got != "tiny" {
		t.Errorf("the form says that the network is %s", got)
	}
	dir := runDir(w.project, v.all[0])
	if err := v.delete(w.project, v.all[0]); err != nil {
		t.Fatal(err)
	}
	tab.reload(false)
	settle(w)
	if _, err := os.Stat(dir); err == nil || len(v.all) != 1 {
		t.Errorf("%d runs left, folder: %v", len(v.all), err)
	}
	if !v.bringBack.Visible() {
		t.Fatal("nothing offers to bring it back")
	}
	v.bringBack.OnTapped()
	settle(w)
	if r := v.all[0]; len(v.all) != 2 || v.bringBack.Visible() || r.Note != "the better one" || settingsOf(r).Rate != 0.01 || runDir(w.project, r) != dir {
		t.Errorf("brought back: %+v, the other %+v", r, v.all[len(v.all)-1])
	}
	if points, err := w.project.Points(v.all[0].ID); err != nil || len(points) == 0 {
		t.Errorf("brought back with %d points, %v", len(points), err)
	}
	if _, err := engine.LoadCheckpoint(filepath.Join(dir, engine.BestFile)); err != nil {
		t.Error(err)
	}
	if err := v.delete(w.project, v.all[0]); err != nil {
		t.Fatal(err)
	}
	tab.reload(false)
	settle(w)
	v.emptyBin()
	if bins, _ := filepath.Glob(dir + "*"); len(bins) > 0 || v.bringBack.Visible() {
		t.Errorf("closed, it left %q", bins)
	}
	killed := filepath.Join(runsDir(w.project), "x"+binExt) // by a window that was killed
	if err := errors.Join(os.Mkdir(killed, 0o755), os.WriteFile(filepath.Join(killed, engine.BestFile), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	tab.reload(true)
	settle(w)
	if _, err := os.Stat(killed); err == nil {
		t.Error("what was deleted before is still there")
	}
	log := filepath.Join(t.TempDir(), "2015.txt")
	if err := os.WriteFile(log, []byte("training: iteration=20, mean loss=0.53, accuracy rate=0.76\ntraining: iteration=x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	v.openLog(log)
	if _, ok := v.traces[log]; !ok || !strings.Contains(w.notice, "line 2") {
		t.Errorf("the log is not drawn: %q", w.notice)
	}
	var csv strings.Builder
	if err := v.curves.writeCSV(&csv); err != nil || !strings.Contains(csv.String(), "2015.txt train,20,0.53") {
		t.Errorf("CSV %q, %v", csv.String(), err)
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

func TestLastWords(t *testing.T) {
	var l lastWords
	for i := range 500 {
		fmt.Fprintf(&l, "goroutine %d [running]:\n", i)
	}
	fmt.Fprint(&l, "half a line")
	if got := l.String(); strings.Count(got, "\n") != keptLines-1 || !strings.HasSuffix(got, "goroutine 499 [running]:") {
		t.Errorf("kept %q", got)
	}
	l = lastWords{}
	fmt.Fprint(&l, "frglab: warning: odd\nfrglab: the disk is ")
	fmt.Fprint(&l, "full\nrest\n")
	if got := l.refusal(); got != "the disk is full" {
		t.Errorf("refusal %q", got)
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
