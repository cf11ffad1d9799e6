package ui

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"frglab/dataset"
	"frglab/engine"
	"frglab/ui/cli"
)

// lastRun is the folder of the last run that can go on; "" where there is none.
func (t *trainTab) lastRun() string {
	p := t.s.project
	if p == nil {
		return ""
	}
	for _, r := range slices.Backward(t.runs.all) {
		if dir := runDir(p, r); canGoOn(dir, r) {
			return dir
		}
	}
	return ""
}

// plan is a training about to start.
type plan struct {
	p        *dataset.Project // that keeps the run; nil for none
	dir      string
	settings cli.RunSettings
	args     []string
	resume   bool
	from     *engine.Checkpoint // to go on from; nil: random weights
	// then takes over at the end, in place of making the network the one that detects; c is
	// nil where there is none.
	then func(c *engine.Checkpoint, err error)
}

// plan says what to start: a new run, or the one in dir where it stopped.
func (t *trainTab) plan(dir string) (plan, error) {
	pl := plan{p: t.s.project, dir: dir, resume: dir != ""}
	if pl.resume {
		conf, err := engine.ResumeConfig(dir)
		if err != nil {
			return pl, err
		}
		pl.settings = t.runs.settingsIn(dir)
		pl.settings.Config = conf
		if pl.settings.Device == "" {
			pl.settings.Device = t.form.deviceName()
		}
	} else {
		conf, err := t.form.config()
		if err := errors.Join(err, t.form.check()); err != nil {
			return pl, err
		}
		pl.settings = t.form.settings(conf)
		pl.dir = newRunDir(pl.p, pl.settings, time.Now())
	}
	pl.settings.Problem = ""
	from, err := cropArgs(pl.p, pl.settings)
	pl.args = append(from, "--device", pl.settings.Device, "--out", pl.dir)
	return pl, err
}

// settingsFile is how a new run gets its settings, and for people to read.
const settingsFile = "settings.json"

// fromFile is the network that a fine-tuning starts from, while it runs.
const fromFile = "from.safetensors"

// prepare makes the folder of a new run with its settings in it.
func (pl *plan) prepare() error {
	if pl.resume {
		pl.args = append(pl.args, "--resume")
		return nil
	}
	path := filepath.Join(pl.dir, settingsFile)
	if err := os.MkdirAll(pl.dir, 0o755); err != nil {
		return err
	}
	pl.args = append(pl.args, "--settings", path)
	if err := os.WriteFile(path, pl.settings.JSON(), 0o644); err != nil || pl.from == nil {
		return err
	}
	from := filepath.Join(pl.dir, fromFile)
	pl.args = append(pl.args, "--model", from)
	return pl.from.Save(from)
}

// undo removes the folder of a run that was refused.
func (pl *plan) undo() {
	if _, err := os.Stat(filepath.Join(pl.dir, engine.StateFile)); err != nil && !pl.resume {
		os.Remove(filepath.Join(pl.dir, settingsFile))
		os.Remove(filepath.Join(pl.dir, fromFile))
		os.Remove(pl.dir)
		os.Remove(filepath.Dir(pl.dir)) // if it was the first
	}
}

// start trains: a new run, or the one in dir where it stopped.
func (t *trainTab) start(dir string) {
	if t.running != nil {
		return
	}
	pl, err := t.plan(dir)
	if err != nil {
		t.s.show(err)
		return
	}
	switch {
	case pl.resume || t.form.fromLists():
		t.launch(pl)
	case lacks(t.counted):
		t.makeReady(pl)
	default:
		t.startReady(pl)
	}
}

// startReady trains on the crops of the project, of which both sides have some; where too
// many leak it asks first.
func (t *trainTab) startReady(pl plan) {
	if t.leak.TooMuch() {
		d := dialog.NewCustomConfirm(tr("Leak across the split"), tr("Train all the same"), tr("Do not train"), wrapped(describeLeak(t.leak)), func(yes bool) {
			if yes {
				pl.args = append(pl.args, "--allow-leak")
				t.launch(pl)
			}
		}, t.s.win)
		d.Resize(fyne.NewSize(460, 0))
		d.Show()
		return
	}
	t.launch(pl)
}

// launch begins a training that was planned.
func (t *trainTab) launch(pl plan) {
	if t.running != nil {
		return
	}
	if pl.resume {
		log, probes := readFolder(pl.dir)
		t.clear(pl.dir, log, probes)
	} else {
		t.clear(pl.dir, nil, nil)
	}
	t.speed.cancel()
	t.dir, t.ending = pl.dir, tr("Preparing…")
	t.tabs.SelectIndex(trainCurves)
	t.running = start(t.s.jobs, &job{name: tr("Training"), of: pl.p, told: t.told}, func(ctx context.Context, j *job) (*engine.Checkpoint, error) {
		return t.train(ctx, j, pl)
	}, func(c *engine.Checkpoint, err error) { t.ended(pl, c, err) })
	t.form.guess()
	t.showButtons()
	t.refresh()
}

// train leads a worker through a training. It runs in a job.
func (t *trainTab) train(ctx context.Context, j *job, pl plan) (*engine.Checkpoint, error) {
	if err := pl.prepare(); err != nil {
		return nil, err
	}
	w, err := startWorker(pl.args...)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	t.worker = w
	t.mu.Unlock()
	rec := &recorder{p: pl.p, best: filepath.Join(pl.dir, engine.BestFile), settings: pl.settings}
	var lost error // of the project: it costs the record, not the training
	err = w.events(ctx, func(line []byte) {
		e, ok := parseTold(line)
		if !ok {
			return
		}
		if e.worker != nil && e.worker.Event == cli.WorkerReady {
			rec.settings.Crops, rec.settings.Checks = e.worker.Train, e.worker.Valid
		}
		if e.progress != nil && pl.p != nil && lost == nil {
			lost = rec.add(*e.progress)
		}
		t.report(j, e, pl.settings.Batch)
	})
	t.mu.Lock()
	t.worker = nil
	t.mu.Unlock()
	if pl.p != nil {
		lost = errors.Join(lost, rec.end(endStatus(pl.dir, err), err))
	}
	if err != nil || ctx.Err() != nil && lost != nil { // the project was closed meanwhile: it mends itself when opened
		return nil, cmp.Or(err, ctx.Err())
	}
	if lost != nil {
		return nil, lost
	}
	return engine.LoadCheckpoint(filepath.Join(pl.dir, engine.BestFile))
}

// endStatus is how the project remembers the end of a run.
func endStatus(dir string, err error) string {
	_, gone := os.Stat(filepath.Join(dir, engine.StateFile))
	switch {
	case err == nil:
		return dataset.RunDone
	case errors.Is(err, context.Canceled):
		return dataset.RunStopped
	case errors.As(err, new(died)) && gone == nil:
		return dataset.RunInterrupted
	}
	return dataset.RunFailed
}

// ended is told how a training ended.
func (t *trainTab) ended(pl plan, c *engine.Checkpoint, err error) {
	t.running, t.dir = nil, ""
	t.mu.Lock()
	t.live.paused = false
	was := trialOf(pl.settings.Config, pl.settings.Device)
	was.batch = t.live.last.Batch
	t.speed.keep(was, t.live.pace.PerSecond())
	t.mu.Unlock()
	switch _, gone := os.Stat(filepath.Join(pl.dir, engine.StateFile)); {
	case errors.Is(err, context.Canceled) && gone != nil:
		t.ending = tr("Stopped before the first iteration.")
		pl.undo()
	case errors.Is(err, context.Canceled):
		t.ending = tr("Stopped. What was learned is saved; you can go on with it.")
	case errors.As(err, new(died)) && gone == nil:
		t.ending = tr("Window and labels are safe, and so is the run up to its last save: go on with it.") + "\n" + because(err)
	case err != nil:
		t.ending = tr("It ended with a failure.") + "\n" + because(err)
		pl.undo()
	case pl.then != nil:
		t.ending = tr("Done. The Detect tab asks whether to keep the new model.")
	default:
		t.ending = tr("Done. The Detect tab uses the new model.")
		t.s.setModel(c, filepath.Base(pl.dir))
	}
	if pl.then != nil {
		os.Remove(filepath.Join(pl.dir, fromFile))
		pl.then(c, err)
	}
	if pl.p != nil && pl.p != t.s.project { // it is not this project's
		t.s.notify(tr("The training in %s has ended.", pl.p.Name()))
		t.ending = ""
	} else if pl.p != nil {
		t.result.show(pl.p, pl.dir)
	}
	t.reload(false)
	t.showButtons()
	t.refresh()
}
