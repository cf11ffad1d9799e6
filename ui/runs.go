package ui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"frglab/dataset"
	"frglab/engine"
)

// What the project says about how a run ended.
const (
	runRuns    = "running"
	runDone    = "done"
	runStopped = "stopped" // it can go on
	runFailed  = "failed"
)

// recorded trains and keeps settings, curves and outcome of the run in the project.
// It runs in a job. A run that goes on keeps its entry.
func recorded(p *dataset.Project, run engine.Run, train func() (*engine.Checkpoint, error)) (*engine.Checkpoint, error) {
	entry, err := beginRun(p, run)
	if err != nil {
		return nil, err
	}
	c, err := train()
	entry.Ended, entry.Status = time.Now(), runDone
	switch {
	case errors.Is(err, context.Canceled):
		entry.Status = runStopped
	case err != nil:
		entry.Status, entry.Note = runFailed, err.Error()
	}
	return c, errors.Join(err, p.UpdateRun(entry), addCurves(p, entry.ID, filepath.Join(run.Dir, engine.LogFile)))
}

func beginRun(p *dataset.Project, run engine.Run) (dataset.Run, error) {
	settings, err := json.Marshal(run.Config)
	if err != nil {
		return dataset.Run{}, fmt.Errorf("record the run: %w", err)
	}
	best := filepath.Join(run.Dir, engine.BestFile)
	runs, err := p.Runs()
	if err != nil {
		return dataset.Run{}, err
	}
	if i := slices.IndexFunc(runs, func(r dataset.Run) bool { return r.Checkpoint == best }); i >= 0 {
		entry := runs[i]
		entry.Status, entry.Note = runRuns, ""
		return entry, p.UpdateRun(entry)
	}
	entry := dataset.Run{Started: time.Now(), Status: runRuns, Checkpoint: best, Settings: settings}
	entry.ID, err = p.AddRun(entry)
	return entry, err
}

// addCurves copies what the log holds beyond the points that the project has.
func addCurves(p *dataset.Project, run int64, path string) error {
	log, err := engine.ReadLog(path)
	if err != nil {
		return nil // the run ended before its first event, and said why
	}
	have, err := p.Points(run)
	if err != nil {
		return err
	}
	after := 0
	if len(have) > 0 {
		after = have[len(have)-1].Step
	}
	var points []dataset.Point
	for _, e := range log {
		split := dataset.Train
		switch {
		case e.Step <= after:
			continue
		case e.Event == engine.EventValid:
			split = dataset.Valid
		case e.Event != engine.EventStep:
			continue
		}
		points = append(points, dataset.Point{Split: split, Step: e.Step, Epoch: e.Epoch, Loss: e.Loss, Accuracy: e.Accuracy, Rate: e.LR, PerSecond: e.PerSecond})
	}
	return p.AddPoints(run, points)
}
