package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"frglab/dataset"
	"frglab/engine"
)

// RunSettings is what a project keeps of a run beside its curves.
type RunSettings struct {
	engine.Config
	Device  string `json:"device,omitempty"`  // as in --device
	Crops   int    `json:"crops,omitempty"`   // that it learned from
	Checks  int    `json:"checks,omitempty"`  // that it was validated with
	Problem string `json:"problem,omitempty"` // why it failed
	// TrainList and ValidList are where the crops came from, if not from the project.
	TrainList string `json:"train_list,omitempty"`
	ValidList string `json:"valid_list,omitempty"`
}

// JSON is the settings as dataset.Run keeps them.
func (s RunSettings) JSON() json.RawMessage {
	text, err := json.Marshal(s)
	if err != nil { // a Config that was validated holds finite numbers and words
		return nil
	}
	return text
}

// RunPoints are the curves of a log as a project keeps them.
func RunPoints(log []engine.Progress) []dataset.Point {
	var points []dataset.Point
	for _, e := range log {
		p := dataset.Point{Step: e.Step, Epoch: e.Epoch, Loss: e.Loss, Accuracy: e.Accuracy, Rate: e.LR, PerSecond: e.PerSecond}
		switch e.Event {
		case engine.EventStep:
			points = append(points, p)
		case engine.EventValid:
			p.Split = dataset.Valid
			points = append(points, p)
		}
	}
	return points
}

// recording keeps a run in the project that it learns from. The project is open for
// writing only for a moment at the start and at the end, so that it can be opened in
// a window in between; a window that has it open then takes the curves from the log.
type recording struct {
	env      *Env
	project  string // "" records nothing
	best     string // path of the run's best checkpoint
	settings RunSettings
}

func (t *training) recording(env *Env, s RunSettings) (*recording, error) {
	best, err := filepath.Abs(filepath.Join(t.out, engine.BestFile))
	if err != nil {
		return nil, err
	}
	r := &recording{env: env, best: best, settings: s}
	if !t.steer {
		r.project = t.project
	}
	return r, nil
}

// start says in the project that the run runs.
func (r *recording) start() {
	r.write(func(p *dataset.Project) error {
		_, err := p.StartRun(r.best, r.settings.JSON())
		return err
	}, "this run does not show there")
}

// end keeps outcome and curves.
func (r *recording) end(status string, failure error) {
	r.write(func(p *dataset.Project) error {
		run, err := p.StartRun(r.best, r.settings.JSON())
		if err != nil {
			return err
		}
		if status == dataset.RunFailed {
			r.settings.Problem = failure.Error()
		}
		run.Status, run.Ended, run.Settings = status, time.Now(), r.settings.JSON()
		log, err := engine.ReadLog(filepath.Join(filepath.Dir(r.best), engine.LogFile))
		if err != nil {
			log = nil // it ended before its first event
		}
		return errors.Join(p.ExtendPoints(run.ID, RunPoints(log)), p.UpdateRun(run))
	}, "its curves are in "+show(filepath.Join(filepath.Dir(r.best), engine.LogFile)))
}

// write opens the project for a moment. What goes wrong is a warning: it must not
// cost the training.
func (r *recording) write(do func(*dataset.Project) error, instead string) {
	if r.project == "" {
		return
	}
	p, err := dataset.Open(r.project)
	if err == nil {
		err = errors.Join(do(p), p.Close())
	}
	if err != nil {
		r.env.warn("project %s keeps no record of the run: %v: %s", show(r.project), err, instead)
	}
}

// runStatus says in a word how a training ended.
func runStatus(ctx context.Context, err error) string {
	switch {
	case err == nil:
		return dataset.RunDone
	case ctx.Err() != nil, errors.Is(err, engine.ErrEnough):
		return dataset.RunStopped
	}
	return dataset.RunFailed
}

// WorkerEvent is a line that only train --steer writes, beside those of the log.
type WorkerEvent struct {
	Event  string `json:"event"` // WorkerReady, ...
	Step   int    `json:"step"`
	Steps  int    `json:"steps,omitempty"`
	Device string `json:"device,omitempty"` // what computes, for people
	Train  int    `json:"train,omitempty"`  // training crops
	Valid  int    `json:"valid,omitempty"`  // validation crops
	Every  int    `json:"every,omitempty"`  // iterations between two validations
}

// What a worker says beside the events of the training.
const (
	WorkerReady   = "ready"   // the crops are found and the device is open
	WorkerPaused  = "paused"  // the state is saved, or about to be
	WorkerResumed = "resumed" // it goes on
	WorkerStopped = "stopped" // it was asked to, and everything is saved
)

// worker writes the lines that only a leading process wants.
type worker struct {
	r      *reporter
	s      *steering
	paused bool
}

func (w *worker) tell(e WorkerEvent) {
	if text, err := json.Marshal(e); err == nil {
		fmt.Fprintf(w.r.out, "%s\n", text)
	}
}

// wait is steering's, and tells when it begins and ends to hold the training up.
func (w *worker) wait() <-chan struct{} {
	c := w.s.wait()
	if paused := c != nil; paused != w.paused {
		w.paused = paused
		event := map[bool]string{true: WorkerPaused, false: WorkerResumed}[paused]
		w.tell(WorkerEvent{Event: event, Step: w.r.last.Step})
	}
	return c
}
