package ui

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
	"frglab/engine"
	"frglab/ui/chart"
)

// trainTab starts a training on the project's crops and shows how it goes.
type trainTab struct {
	s       *session
	content fyne.CanvasObject
	visible bool

	preset, device             *widget.Select
	epochs, batch, rate, seed  *widget.Entry
	data, state                *widget.Label
	begin, stop, resume, share *widget.Button

	loss, accuracy       *chart.Chart
	lossTrain, lossValid *chart.Series
	accTrain, accValid   *chart.Series
	running              *job
	live                 live
}

// live is what a training said last. The training's goroutine writes it.
type live struct {
	mu       sync.Mutex
	last     engine.Progress // of any kind
	valid    engine.Progress // last validation
	best     engine.Progress // best validation
	hasValid bool
	rate     float64 // crops a second, from the last step event
}

func newTrainTab(s *session) *trainTab {
	t := &trainTab{s: s}
	t.preset = widget.NewSelect(engine.Presets(), func(string) { t.fill() })
	var names []string
	for _, d := range s.devices {
		names = append(names, d.Name+" – "+d.About)
	}
	t.device = widget.NewSelect(names, nil)
	t.device.SetSelectedIndex(0)
	t.epochs, t.batch, t.rate, t.seed = widget.NewEntry(), widget.NewEntry(), widget.NewEntry(), widget.NewEntry()
	t.data, t.state = widget.NewLabel(""), widget.NewLabel("")
	t.data.Wrapping, t.state.Wrapping = fyne.TextWrapWord, fyne.TextWrapWord
	t.begin = widget.NewButtonWithIcon(tr("Start training"), theme.MediaPlayIcon(), func() { t.start("") })
	t.begin.Importance = widget.HighImportance
	t.stop = widget.NewButtonWithIcon(tr("Stop and save"), theme.MediaStopIcon(), func() { t.running.cancel() })
	t.stop.Hide()
	t.resume = widget.NewButtonWithIcon(tr("Go on with the last run"), theme.MediaReplayIcon(), func() { t.start(t.lastRun()) })
	t.share = widget.NewButtonWithIcon(tr("Split anew"), theme.ViewRefreshIcon(), t.split)

	t.loss, t.accuracy = chart.New(), chart.New()
	t.loss.Title, t.accuracy.Title = tr("Loss"), tr("Accuracy")
	t.loss.Empty, t.accuracy.Empty = tr("The curves appear here while a training runs."), ""
	t.accuracy.XLabel = tr("iteration")
	percent := func(v float64) string { return fmt.Sprintf("%.2f %%", 100*v) }
	t.accuracy.FormatY = percent
	raw, dots := chart.Style{Smoothing: 0.8}, chart.Style{Dots: true, Dashed: true}
	t.lossTrain, t.lossValid = t.loss.AddSeries(tr("train"), raw), t.loss.AddSeries(tr("valid"), dots)
	t.accTrain, t.accValid = t.accuracy.AddSeries(tr("train"), raw), t.accuracy.AddSeries(tr("valid"), dots)

	t.content = container.NewBorder(nil, nil, t.sidebar(), nil,
		container.NewBorder(t.state, nil, nil, nil, container.NewPadded(container.NewGridWithRows(2, t.loss, t.accuracy))))
	t.preset.SetSelected("modern")
	s.onProject = append(s.onProject, t.projectChanged)
	s.onSamples = append(s.onSamples, t.count)
	t.count()
	return t
}

func (t *trainTab) sidebar() fyne.CanvasObject {
	heading := func(text string) fyne.CanvasObject {
		return widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	}
	form := container.New(layout.NewFormLayout(),
		widget.NewLabel(tr("Preset")), t.preset,
		widget.NewLabel(tr("Device")), t.device,
		widget.NewLabel(tr("Epochs")), t.epochs,
		widget.NewLabel(tr("Batch")), t.batch,
		widget.NewLabel(tr("Rate")), t.rate,
		widget.NewLabel(tr("Seed")), t.seed,
	)
	side := container.NewVBox(
		heading(tr("Crops")), t.data, t.share, widget.NewSeparator(),
		heading(tr("Training")), form, container.NewPadded(container.NewVBox(t.begin, t.resume, t.stop)),
	)
	return container.NewHBox(container.New(fixedWidth(300), container.NewVScroll(side)), widget.NewSeparator())
}

// fill writes the preset's numbers into the form.
func (t *trainTab) fill() {
	c, err := engine.Preset(t.preset.Selected)
	if err != nil {
		t.s.show(err)
		return
	}
	t.epochs.SetText(strconv.Itoa(c.Epochs))
	t.batch.SetText(strconv.Itoa(c.Batch))
	t.rate.SetText(strconv.FormatFloat(c.Rate, 'g', -1, 64))
	t.seed.SetText(strconv.FormatUint(c.Seed, 10))
}

// config is the preset with what the form says otherwise.
func (t *trainTab) config() (engine.Config, error) {
	c, err := engine.Preset(t.preset.Selected)
	if err != nil {
		return c, err
	}
	var errs [4]error
	c.Epochs, errs[0] = strconv.Atoi(strings.TrimSpace(t.epochs.Text))
	c.Batch, errs[1] = strconv.Atoi(strings.TrimSpace(t.batch.Text))
	c.Rate, errs[2] = strconv.ParseFloat(strings.TrimSpace(t.rate.Text), 64)
	c.Seed, errs[3] = strconv.ParseUint(strings.TrimSpace(t.seed.Text), 10, 64)
	for i, field := range []string{tr("Epochs"), tr("Batch"), tr("Rate"), tr("Seed")} {
		if errs[i] != nil {
			return c, errors.New(tr("%s must be a number.", field))
		}
	}
	return c, c.Validate()
}

func (t *trainTab) projectChanged() {
	t.clear(nil)
	if t.running == nil {
		t.state.SetText("")
	}
	t.showButtons()
}

// count says how many crops a training would have.
func (t *trainTab) count() {
	p := t.s.project
	if p == nil {
		t.data.SetText(tr("No project is open: File › New project."))
		return
	}
	start(t.s.jobs, &job{name: tr("Count crops"), quiet: true}, func(context.Context, *job) ([2]dataset.Counts, error) {
		return splitCounts(p)
	}, func(n [2]dataset.Counts, err error) {
		if err == nil && p == t.s.project {
			t.data.SetText(describeSplit(n))
		}
	})
}

// splitCounts counts what a training on each side of the split would see.
func splitCounts(p *dataset.Project) (n [2]dataset.Counts, err error) {
	for _, split := range []dataset.Split{dataset.Train, dataset.Valid} {
		for _, class := range []dataset.Class{dataset.Face, dataset.Other} {
			checked := true
			ids, err := p.IDs(dataset.Filter{Split: &split, Class: &class, Checked: &checked})
			if err != nil {
				return n, err
			}
			if class == dataset.Face {
				n[split].Face = len(ids)
			} else {
				n[split].Other = len(ids)
			}
		}
	}
	return n, nil
}

// describeSplit says it in words, and what to do where it is not enough.
func describeSplit(n [2]dataset.Counts) string {
	text := tr("To learn from: %d faces, %d others", n[dataset.Train].Face, n[dataset.Train].Other) +
		"\n" + tr("To check with: %d faces, %d others", n[dataset.Valid].Face, n[dataset.Valid].Other)
	for _, c := range n {
		if c.Face == 0 || c.Other == 0 {
			return text + "\n" + tr("Both need faces and others: label more, or split anew.")
		}
	}
	return text
}

// runsDir is where the project's runs keep their checkpoints: beside the project.
func runsDir(p *dataset.Project) string {
	return strings.TrimSuffix(p.Path(), projectExt) + "-runs"
}

// lastRun is the folder of the run started last, if it can go on; "" otherwise.
func (t *trainTab) lastRun() string {
	if t.s.project == nil {
		return ""
	}
	dirs, err := filepath.Glob(filepath.Join(runsDir(t.s.project), "*", engine.StateFile))
	if err != nil || len(dirs) == 0 {
		return ""
	}
	return filepath.Dir(dirs[len(dirs)-1]) // names are times, in order
}

func (t *trainTab) showButtons() {
	if t.running != nil {
		t.begin.Hide()
		t.resume.Hide()
		t.stop.Show()
		return
	}
	t.stop.Hide()
	t.begin.Show()
	t.resume.Hide()
	if t.lastRun() != "" {
		t.resume.Show()
	}
}

// split decides anew which titles are for validation.
func (t *trainTab) split() {
	p := t.s.project
	if p == nil {
		return
	}
	start(t.s.jobs, &job{name: tr("Split")}, func(context.Context, *job) (struct{}, error) {
		return struct{}{}, p.AutoSplit(validShare, uint64(time.Now().UnixNano()))
	}, func(struct{}, error) { call(t.s.onSamples) })
}

// toggle starts a training, or stops the one under way.
func (t *trainTab) toggle() {
	if t.running != nil {
		t.running.cancel()
	} else {
		t.start("")
	}
}

// validShare of the crops, by whole titles, is kept for validation.
const validShare = 0.15

// start trains: a new run, or the one in dir where it stopped.
func (t *trainTab) start(dir string) {
	p := t.s.project
	if p == nil {
		t.s.show(errors.New(tr("No project is open: File › New project.")))
		return
	}
	run := engine.Run{Dir: dir, Resume: dir != "", Classes: []string{"face", "other"}}
	var err error
	if run.Resume {
		run.Config, err = engine.ResumeConfig(dir)
		t.replay(dir)
	} else {
		run.Config, err = t.config()
		run.Dir = filepath.Join(runsDir(p), time.Now().Format("2006-01-02-150405"))
		t.clear(nil)
	}
	if err != nil {
		t.s.show(err)
		return
	}
	device := t.s.devices[max(0, t.device.SelectedIndex())].Name
	t.state.SetText(tr("Preparing…"))
	t.running = start(t.s.jobs, &job{name: tr("Training"), told: t.refresh}, func(ctx context.Context, j *job) (*engine.Checkpoint, error) {
		run.Report = func(p engine.Progress) { t.report(j, p, run.Config.Batch) }
		return t.s.train(ctx, p, run, device)
	}, func(c *engine.Checkpoint, err error) { t.ended(run.Dir, c, err) })
	t.showButtons()
}

// train runs in a job.
func (s *session) train(ctx context.Context, p *dataset.Project, run engine.Run, device string) (*engine.Checkpoint, error) {
	train, err := p.View(dataset.Train)
	if err != nil {
		return nil, err
	}
	valid, err := p.View(dataset.Valid)
	if err != nil {
		return nil, err
	}
	run.Train, run.Valid = train, valid
	if err := os.MkdirAll(filepath.Dir(run.Dir), 0o755); err != nil {
		return nil, fmt.Errorf("make a folder for the run: %w", err)
	}
	if run.Device, err = s.openDevice(device); err != nil {
		return nil, err
	}
	c, err := recorded(p, run, func() (*engine.Checkpoint, error) { return engine.Train(ctx, run) })
	return c, errors.Join(err, run.Device.Close())
}

// report is called on the training's goroutine.
func (t *trainTab) report(j *job, p engine.Progress, batch int) {
	t.plot(p)
	t.live.mu.Lock()
	t.live.add(p)
	rate := t.live.rate
	t.live.mu.Unlock()
	note := ""
	if rate > 0 && p.Step < p.Steps {
		left := float64(p.Steps-p.Step) * float64(batch) / rate
		note = tr("%s left", duration(left))
	}
	j.tell(float64(p.Step)/float64(max(1, p.Steps)), note)
}

// plot adds an event to the curves.
func (t *trainTab) plot(p engine.Progress) {
	switch p.Event {
	case engine.EventStep:
		t.lossTrain.Append(float64(p.Step), p.Loss)
		t.accTrain.Append(float64(p.Step), p.Accuracy)
	case engine.EventValid:
		t.lossValid.Append(float64(p.Step), p.Loss)
		t.accValid.Append(float64(p.Step), p.Accuracy)
	}
}

func (l *live) add(p engine.Progress) {
	l.last = p
	switch p.Event {
	case engine.EventStep:
		l.rate = p.PerSecond
	case engine.EventValid:
		if !l.hasValid || p.Loss < l.best.Loss {
			l.best = p
		}
		l.valid, l.hasValid = p, true
	}
}

// replay draws what a run did before.
func (t *trainTab) replay(dir string) {
	log, err := engine.ReadLog(filepath.Join(dir, engine.LogFile))
	if err != nil {
		slog.Warn("no curves of the last run", "err", err)
	}
	t.clear(log)
}

// clear starts the curves anew from a log.
func (t *trainTab) clear(log []engine.Progress) {
	if t.running != nil {
		return
	}
	for _, s := range []*chart.Series{t.lossTrain, t.lossValid, t.accTrain, t.accValid} {
		s.Clear()
	}
	t.live.mu.Lock()
	t.live.last, t.live.valid, t.live.best, t.live.hasValid, t.live.rate = engine.Progress{}, engine.Progress{}, engine.Progress{}, false, 0
	for _, p := range log {
		t.live.add(p)
	}
	t.live.mu.Unlock()
	for _, p := range log {
		t.plot(p)
	}
	t.refresh()
}

// refresh redraws curves and numbers, at most ten times a second while a training
// runs, and not at all while another tab is shown.
func (t *trainTab) refresh() {
	if !t.visible {
		return
	}
	t.live.mu.Lock()
	last, valid, best, has, rate := t.live.last, t.live.valid, t.live.best, t.live.hasValid, t.live.rate
	t.live.mu.Unlock()
	if last.Steps > 0 {
		text := tr("Iteration %d of %d, epoch %d", last.Step, last.Steps, last.Epoch)
		if rate > 0 {
			text += "   ·   " + tr("%.1f crops a second", rate)
		}
		if has {
			text += "\n" + tr("Validation: %.2f %%, loss %.4f", 100*valid.Accuracy, valid.Loss)
			text += "   ·   " + tr("Best: %.2f %%, loss %.4f at iteration %d", 100*best.Accuracy, best.Loss, best.Step)
		}
		t.state.SetText(text)
	}
	var lines []chart.VLine
	if has {
		lines = append(lines, chart.VLine{X: float64(best.Step), Label: tr("best")})
	}
	t.loss.SetVLines(lines...)
	t.accuracy.SetVLines(lines...)
	t.loss.Refresh()
	t.accuracy.Refresh()
}

// shown tells the tab whether it is the one on top.
func (t *trainTab) shown(yes bool) {
	t.visible = yes
	t.refresh()
}

func (t *trainTab) ended(dir string, c *engine.Checkpoint, err error) {
	t.running = nil
	t.refresh()
	switch {
	case errors.Is(err, context.Canceled):
		t.state.SetText(t.state.Text + "\n" + tr("Stopped. What was learned is saved; you can go on with it."))
	case err != nil:
		t.state.SetText(t.state.Text + "\n" + tr("It ended with a failure."))
	default:
		t.state.SetText(t.state.Text + "\n" + tr("Done. The Detect tab uses the new model."))
		t.s.setModel(c, filepath.Base(dir))
	}
	t.showButtons()
}

// duration is seconds as a person says them.
func duration(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d < time.Minute {
		return tr("%.0f s", d.Seconds())
	}
	if d < time.Hour {
		return tr("%.0f min", d.Minutes())
	}
	return tr("%.1f h", d.Hours())
}
