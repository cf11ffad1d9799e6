package ui

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"frglab/dataset"
	"frglab/engine"
	"frglab/ui/cli"
)

// runsDir is where the project's runs keep their checkpoints: beside the project.
func runsDir(p *dataset.Project) string {
	return strings.TrimSuffix(p.Path(), projectExt) + "-runs"
}

// runDir is the folder of a run; one that was moved together with its project is
// found beside it.
func runDir(p *dataset.Project, r dataset.Run) string {
	dir := filepath.Dir(r.Checkpoint)
	if _, err := os.Stat(dir); err != nil {
		if beside := filepath.Join(runsDir(p), filepath.Base(dir)); beside != dir {
			if _, err := os.Stat(beside); err == nil {
				return beside
			}
		}
	}
	return dir
}

// canGoOn says whether a run has what resuming needs.
func canGoOn(dir string, r dataset.Run) bool {
	_, err := os.Stat(filepath.Join(dir, engine.StateFile))
	return err == nil && r.Status != dataset.RunDone && r.Status != dataset.RunRunning
}

// settingsOf reads what the project keeps of a run.
func settingsOf(r dataset.Run) cli.RunSettings {
	var s cli.RunSettings
	json.Unmarshal(r.Settings, &s) // of another program's settings what is known
	return s
}

// recorder keeps a run that is under way in the project: its start with the first
// event, its points as they come, and how it ended. It is used from the training's job.
type recorder struct {
	p        *dataset.Project
	best     string // path of the best checkpoint
	settings cli.RunSettings
	run      dataset.Run
	waiting  []engine.Progress
	written  time.Time
}

// flushEvery is how long points may wait to be written together.
const flushEvery = 2 * time.Second

// add takes an event.
func (r *recorder) add(e engine.Progress) error {
	if r.run.ID == 0 {
		run, err := r.p.StartRun(r.best, r.settings.JSON())
		if err != nil {
			return err
		}
		r.run = run
	}
	r.waiting = append(r.waiting, e)
	if e.Event == engine.EventStep && time.Since(r.written) < flushEvery {
		return nil
	}
	return r.flush()
}

func (r *recorder) flush() error {
	points := cli.RunPoints(r.waiting)
	r.waiting, r.written = nil, time.Now()
	if len(points) == 0 {
		return nil
	}
	return r.p.ExtendPoints(r.run.ID, points)
}

// end says how the run ended. A start that was refused leaves nothing.
func (r *recorder) end(status string, failure error) error {
	if r.run.ID == 0 {
		return nil
	}
	if status == dataset.RunFailed || status == dataset.RunInterrupted {
		r.settings.Problem, _, _ = strings.Cut(failure.Error(), "\n")
	}
	r.run.Status, r.run.Ended, r.run.Settings = status, time.Now(), r.settings.JSON()
	return errors.Join(r.flush(), r.p.UpdateRun(r.run))
}

// mendRuns looks after runs that the project believes to be running, though no
// process trains in their folder: a power cut ended them, or the window was killed.
// Their curves come from their logs. It returns the runs as they are then, by start.
func mendRuns(p *dataset.Project) ([]dataset.Run, error) {
	runs, err := p.Runs()
	slices.SortStableFunc(runs, func(a, b dataset.Run) int { return a.Started.Compare(b.Started) }) // one that was brought back was added last
	if err != nil || p.ReadOnly() {
		return runs, err
	}
	for i, r := range runs {
		dir := runDir(p, r)
		if r.Status != dataset.RunRunning || engine.Running(dir) {
			continue
		}
		r.Status = dataset.RunInterrupted
		if _, err := os.Stat(filepath.Join(dir, engine.StateFile)); err != nil {
			r.Status = dataset.RunFailed
		}
		path := filepath.Join(dir, engine.LogFile)
		if log, err := engine.ReadLog(path); err == nil && len(log) > 0 {
			if log[len(log)-1].Event == engine.EventDone {
				r.Status = dataset.RunDone
			}
			if err := p.ExtendPoints(r.ID, cli.RunPoints(log)); err != nil {
				return runs, err
			}
		}
		if info, err := os.Stat(path); err == nil {
			r.Ended = info.ModTime()
		}
		if err := p.UpdateRun(r); err != nil {
			return runs, err
		}
		runs[i] = r
	}
	return runs, nil
}

// statusWord is how a run ended, for people.
func statusWord(status string) string {
	switch status {
	case dataset.RunRunning:
		return tr("running")
	case dataset.RunDone:
		return tr("done")
	case dataset.RunStopped:
		return tr("stopped")
	case dataset.RunInterrupted:
		return tr("interrupted")
	case dataset.RunFailed:
		return tr("failed")
	}
	return status
}
