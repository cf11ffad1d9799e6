package ui

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
	"frglab/engine"
	"frglab/ui/cli"
)

// trainTab starts trainings, shows how they go and what came out, and keeps them.
// The training itself runs in a worker, see trainworker.go.
type trainTab struct {
	s       *session
	content fyne.CanvasObject
	visible bool
	// onShowSamples opens crops in the Label tab, in this order, and looks at current, or where
	// that is 0 at the first; what says which they are.
	onShowSamples func(ids []int64, current int64, what string)
	onTold        func() // a training has moved on

	form                       *trainForm
	state                      *widget.Label
	begin, pause, stop, resume *widget.Button
	tabs                       *container.AppTabs
	curves                     *curves
	trace                      *trace
	probes                     *probeRow
	result                     *resultView
	runs                       *runsView
	shownRun                   string // folder of the run in the charts; "" none

	running *job
	dir     string // of the run that runs
	ending  string // what is said about the last run's end
	counted [2]dataset.Counts
	leak    dataset.Leak
	speed   *speeds

	mu     sync.Mutex
	live   live
	worker *worker
}

func newTrainTab(s *session) *trainTab {
	t := &trainTab{s: s, state: wrapped("")}
	t.begin = widget.NewButtonWithIcon(tr("Start training"), theme.MediaPlayIcon(), func() { t.start("") })
	t.begin.Importance = widget.HighImportance
	t.pause = widget.NewButtonWithIcon(tr("Pause"), theme.MediaPauseIcon(), t.hold)
	t.stop = widget.NewButtonWithIcon(tr("Stop and save"), theme.MediaStopIcon(), func() { t.halt() })
	t.resume = widget.NewButtonWithIcon(tr("Go on with the last run"), theme.MediaReplayIcon(), func() { t.start(t.lastRun()) })
	t.speed = newSpeeds(t)
	t.form = newTrainForm(t)
	t.curves = newCurves(s, func() string { return tr("curves") + "-" + filepath.Base(t.shownRun) }, true)
	t.curves.loss.Empty = tr("The curves appear here while a training runs.")
	t.trace = t.curves.add("")
	t.probes = newProbeRow(t)
	t.result = newResultView(t)
	t.runs = newRunsView(t)
	t.tabs = container.NewAppTabs(
		container.NewTabItemWithIcon(tr("Curves"), theme.MediaRecordIcon(), container.NewBorder(nil, t.probes.content, nil, nil, t.curves.content)),
		container.NewTabItemWithIcon(tr("Result"), theme.ConfirmIcon(), t.result.content),
		container.NewTabItemWithIcon(tr("Runs"), theme.ListIcon(), t.runs.content),
	)
	t.tabs.OnSelected = func(*container.TabItem) { t.refresh() }
	buttons := container.NewPadded(container.NewVBox(t.begin, t.resume, t.pause, t.stop))
	form := container.NewVScroll(container.New(rightMargin(theme.Padding()*3), t.form.content))
	side := container.NewBorder(nil, container.NewVBox(widget.NewSeparator(), buttons), nil, nil, form)
	t.content = container.NewBorder(nil, nil, container.NewHBox(container.New(fixedWidth(320), side), widget.NewSeparator()), nil,
		container.NewBorder(t.state, nil, nil, nil, t.tabs))
	s.onProject = append(s.onProject, t.projectChanged)
	s.onSamples = append(s.onSamples, t.count)
	t.showButtons()
	t.count()
	return t
}

// The tabs within the tab.
const (
	trainCurves = iota
	trainResult
	trainRuns
)

// projectChanged leaves the training of another project to save and stop by itself.
func (t *trainTab) projectChanged() {
	if t.running != nil {
		t.running.cancel()
	}
	t.ending = ""
	t.runs.emptyBin()
	t.clear("", nil, nil)
	t.result.show(nil, "")
	t.reload(true)
}

// reload looks at the project's runs; first mends those that were cut off, and shows
// the last one.
func (t *trainTab) reload(first bool) {
	p := t.s.project
	if p == nil {
		t.runs.show(nil)
		t.showButtons()
		return
	}
	type found struct {
		runs []dataset.Run
		last runLog
	}
	start(t.s.jobs, &job{name: tr("Look at runs"), quiet: true, of: p}, func(context.Context, *job) (f found, err error) {
		if first {
			sweepBins(p)
		}
		if f.runs, err = mendRuns(p); err != nil {
			return f, err
		}
		if n := len(f.runs); first && n > 0 {
			f.last, err = readRun(p, f.runs[n-1])
		}
		return f, err
	}, func(f found, err error) {
		if err != nil || p != t.s.project {
			return
		}
		t.runs.show(f.runs)
		if n := len(f.runs); first && n > 0 && t.running == nil {
			last := f.runs[n-1]
			t.clear(runDir(p, last), f.last.events, f.last.probes)
			t.result.show(p, runDir(p, last))
			if last.Status == dataset.RunInterrupted {
				t.ending = tr("The run of %s was interrupted. Nothing before its last save is lost: go on with it.", runTime(last))
			}
		}
		t.form.guess()
		t.showButtons()
		t.refresh()
	})
}

func (t *trainTab) showButtons() {
	conceal(t.begin, t.resume, t.pause, t.stop)
	if t.running == nil {
		reveal(t.begin)
		t.begin.Importance, t.resume.Importance = widget.HighImportance, widget.MediumImportance
		if t.lastRun() != "" {
			reveal(t.resume)
			if n := len(t.runs.all); t.runs.all[n-1].Status == dataset.RunInterrupted {
				t.begin.Importance, t.resume.Importance = widget.MediumImportance, widget.HighImportance
			}
		}
		t.begin.Refresh()
		t.resume.Refresh()
		return
	}
	t.mu.Lock()
	paused, ready := t.live.paused, t.live.ready.Event != ""
	t.mu.Unlock()
	t.pause.SetText(tr("Pause"))
	t.pause.SetIcon(theme.MediaPauseIcon())
	if paused {
		t.pause.SetText(tr("Go on"))
		t.pause.SetIcon(theme.MediaPlayIcon())
	}
	if ready {
		reveal(t.pause)
	}
	reveal(t.stop)
}

// toggle starts a training, or stops the one under way.
func (t *trainTab) toggle() {
	if t.running != nil {
		t.halt()
	} else {
		t.start("")
	}
}

// halt stops and saves.
func (t *trainTab) halt() {
	if t.running != nil {
		t.ending = tr("Stopping: what was learned is being saved…")
		t.running.cancel()
		t.refresh()
	}
}

// hold pauses the training, or lets it go on.
func (t *trainTab) hold() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.worker == nil {
		return
	}
	if t.live.paused {
		t.worker.steer(cli.SteerResume)
	} else {
		t.worker.steer(cli.SteerPause)
	}
}

// report takes what the worker said, in the training's job.
func (t *trainTab) report(j *job, e told, batch int) {
	t.mu.Lock()
	l := &t.live
	turned := false // something that must not wait for the next redraw
	switch {
	case e.probes != nil:
		l.probes = append(l.probes, *e.probes)
	case e.progress != nil:
		t.trace.plot(*e.progress)
		l.add(*e.progress)
	case e.worker.Event == cli.WorkerReady:
		turned = true
		l.ready = *e.worker
		l.pace.Batch, l.pace.Valid, l.pace.ValidEvery = batch, e.worker.Valid, e.worker.Every
	case e.worker.Event == cli.WorkerPaused, e.worker.Event == cli.WorkerResumed:
		turned = true
		l.paused = e.worker.Event == cli.WorkerPaused
	}
	note, share := "", float64(l.last.Step)/float64(max(1, l.last.Steps))
	if left, ok := l.pace.Left(); ok && !l.paused {
		note = tr("%s left", duration(left.Seconds()))
	}
	if l.paused {
		note = tr("paused")
	}
	t.mu.Unlock()
	if turned {
		j.tellNow(share, note)
	} else {
		j.tell(share, note)
	}
}

// tellNow is tell for what is not to wait.
func (j *job) tellNow(share float64, note string) {
	j.mu.Lock()
	j.sent = time.Time{}
	j.mu.Unlock()
	j.tell(share, note)
}

// told follows the training on screen.
func (t *trainTab) told() {
	if t.running != nil && t.ending == tr("Preparing…") {
		t.ending = ""
	}
	t.showButtons()
	t.refresh()
	if t.onTold != nil {
		t.onTold()
	}
}

// clear starts charts and numbers anew from what a run did before.
func (t *trainTab) clear(dir string, log []engine.Progress, probes []engine.Probes) {
	t.trace.clear()
	t.shownRun = dir
	t.mu.Lock()
	t.live = live{probes: probes}
	for _, p := range log {
		t.live.add(p)
	}
	t.mu.Unlock()
	for _, p := range log {
		t.trace.plot(p)
	}
	for _, c := range t.curves.charts {
		c.From, c.To = 0, 0
	}
}

// refresh redraws what is on screen, at most ten times a second while a training
// runs, and nothing while another tab is shown.
func (t *trainTab) refresh() {
	if !t.visible {
		return
	}
	t.mu.Lock()
	lines, best, paused, ready := t.live.words(t.running != nil), t.live.best.Step, t.live.paused, t.live.ready
	probes := t.live.probes[:len(t.live.probes):len(t.live.probes)]
	t.mu.Unlock()
	if t.running != nil && ready.Device != "" {
		lines = append([]string{tr("%s: %d crops to learn from, %d to check with", reason(ready.Device), ready.Train, ready.Valid)}, lines...)
	} else if t.running == nil && t.shownRun != "" {
		lines = append([]string{tr("Run of %s", filepath.Base(t.shownRun))}, lines...)
	}
	if paused && t.running != nil {
		lines = append(lines, tr("Paused. The state is saved."))
	}
	if t.ending != "" {
		lines = append(lines, t.ending)
	}
	t.state.Hidden = len(lines) == 0
	t.state.SetText(strings.Join(lines, "\n"))
	if t.tabs.SelectedIndex() == trainCurves {
		t.curves.mark(best)
		t.curves.refresh()
		t.probes.show(probes)
	}
}

// shown tells the tab whether it is the one on top.
func (t *trainTab) shown(yes bool) {
	t.visible = yes
	if yes {
		t.form.guess()
		t.count() // what was labelled meanwhile
	}
	t.refresh()
}

// showSamples opens crops in the Label tab, and looks at current, or where that is 0 at the first.
func (t *trainTab) showSamples(ids []int64, current int64, what string) {
	if t.onShowSamples != nil && len(ids) > 0 {
		t.onShowSamples(ids, current, what)
	}
}

// act does what a key asks for.
func (t *trainTab) act(a action) bool {
	if a == actKeys {
		t.s.showKeys()
	}
	return a == actKeys
}
