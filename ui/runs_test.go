package ui

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"frglab/engine"
)

// TestRunsAreRecorded follows one run through stop, resume and end.
func TestRunsAreRecorded(t *testing.T) {
	w, _, _ := open(t, 1)
	dir := t.TempDir()
	run := engine.Run{Dir: dir, Config: engine.Config{Preset: "2015"}}
	write := func(events ...engine.Progress) {
		var text []byte
		for _, e := range events {
			line, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			text = append(append(text, line...), '\n')
		}
		if err := os.WriteFile(filepath.Join(dir, engine.LogFile), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	first := []engine.Progress{
		{Event: engine.EventStep, Step: 10, Loss: 0.7},
		{Event: engine.EventValid, Step: 10, Loss: 0.6, Accuracy: 0.9},
	}
	second := append(first, engine.Progress{Event: engine.EventStep, Step: 20, Loss: 0.5}, engine.Progress{Event: engine.EventDone, Step: 20})
	for _, tt := range []struct {
		name   string
		events []engine.Progress
		err    error
		status string
		points int
	}{
		{"stopped", first, context.Canceled, runStopped, 2},
		{"went on to its end", second, nil, runDone, 3},
	} {
		_, err := recorded(w.project, run, func() (*engine.Checkpoint, error) { write(tt.events...); return nil, tt.err })
		if !errors.Is(err, tt.err) {
			t.Fatalf("%s: %v", tt.name, err)
		}
		runs, err := w.project.Runs()
		if err != nil {
			t.Fatal(err)
		}
		if len(runs) != 1 || runs[0].Status != tt.status {
			t.Fatalf("%s: got %+v, want one run, %s", tt.name, runs, tt.status)
		}
		points, err := w.project.Points(runs[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(points) != tt.points {
			t.Errorf("%s: %d points, want %d", tt.name, len(points), tt.points)
		}
	}
	if _, err := recorded(w.project, engine.Run{Dir: t.TempDir()}, func() (*engine.Checkpoint, error) { return nil, errors.New("no face") }); err == nil {
		t.Error("the failure is gone")
	}
	runs, err := w.project.Runs()
	if err != nil {
		t.Fatal(err)
	}
	if len(runs) != 2 || runs[1].Status != runFailed || runs[1].Note != "no face" {
		t.Errorf("got %+v, want a second run that failed", runs)
	}
}
