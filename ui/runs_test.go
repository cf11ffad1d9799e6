package ui

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"frglab/dataset"
	"frglab/engine"
	"frglab/ui/cli"
)

// TestRecorder follows one run through stop, resume and end; a start that was refused
// leaves nothing.
func TestRecorder(t *testing.T) {
	w, _, _ := open(t, 1)
	best := filepath.Join(t.TempDir(), engine.BestFile)
	events := []engine.Progress{
		{Event: engine.EventStep, Step: 10, Loss: 0.7},
		{Event: engine.EventValid, Step: 10, Loss: 0.6, Accuracy: 0.9},
		{Event: engine.EventCheckpoint, Step: 10, Loss: 0.6},
		{Event: engine.EventStep, Step: 20, Loss: 0.5},
	}
	for _, tt := range []struct {
		name   string
		events []engine.Progress
		status string
		points int
	}{
		{"stopped", events[:3], dataset.RunStopped, 2},
		{"went on to its end", events, dataset.RunDone, 3},
	} {
		r := &recorder{p: w.project, best: best, settings: cli.RunSettings{Device: "ref"}}
		for _, e := range tt.events {
			if err := r.add(e); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.end(tt.status, nil); err != nil {
			t.Fatal(err)
		}
		runs, err := w.project.Runs()
		if err != nil || len(runs) != 1 || runs[0].Status != tt.status || runs[0].Ended.IsZero() || settingsOf(runs[0]).Device != "ref" {
			t.Fatalf("%s: got %+v, %v, want one run", tt.name, runs, err)
		}
		if points, err := w.project.Points(runs[0].ID); err != nil || len(points) != tt.points {
			t.Errorf("%s: %d points, want %d (%v)", tt.name, len(points), tt.points, err)
		}
	}
	refused := &recorder{p: w.project, best: "elsewhere"}
	if err := refused.end(dataset.RunFailed, os.ErrInvalid); err != nil {
		t.Fatal(err)
	}
	if runs, err := w.project.Runs(); err != nil || len(runs) != 1 {
		t.Errorf("a refused start was kept: %+v", runs)
	}
}

// TestMendRuns sorts runs that were left running by what is in their folders.
func TestMendRuns(t *testing.T) {
	w, _, _ := open(t, 1)
	base := t.TempDir()
	want := map[string]string{}
	for name, files := range map[string][]string{
		dataset.RunInterrupted: {engine.StateFile},
		dataset.RunFailed:      nil,
		dataset.RunDone:        {engine.StateFile, engine.LogFile},
	} {
		dir := filepath.Join(base, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			var text []byte
			if f == engine.LogFile {
				for _, e := range []engine.Progress{{Event: engine.EventStep, Step: 10}, {Event: engine.EventDone, Step: 10}} {
					line, err := json.Marshal(e)
					if err != nil {
						t.Fatal(err)
					}
					text = append(append(text, line...), '\n')
				}
			}
			if err := os.WriteFile(filepath.Join(dir, f), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		best := filepath.Join(dir, engine.BestFile)
		want[best] = name
		if _, err := w.project.AddRun(dataset.Run{Started: time.Now(), Status: dataset.RunRunning, Checkpoint: best}); err != nil {
			t.Fatal(err)
		}
	}
	runs, err := mendRuns(w.project)
	if err != nil || len(runs) != 3 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	for _, r := range runs {
		if r.Status != want[r.Checkpoint] {
			t.Errorf("%s became %s", filepath.Base(filepath.Dir(r.Checkpoint)), r.Status)
		}
		points, err := w.project.Points(r.ID)
		if wantPoints := map[string]int{dataset.RunDone: 1}[r.Status]; err != nil || len(points) != wantPoints {
			t.Errorf("%s has %d points", r.Status, len(points))
		}
	}
}
