package ui

import (
	"slices"
	"strings"
	"testing"
)

// TestTrialBeforeTheFirstStart: the tab says how long a training takes before there was
// one, after a trial that can be cancelled and is made once on a machine.
func TestTrialBeforeTheFirstStart(t *testing.T) {
	w, failures := openTrainable(t)
	f := w.train.form
	w.train.shown(true)
	loud := slices.DeleteFunc(slices.Clone(w.jobs.running), func(j *job) bool { return j.quiet })
	if len(loud) != 1 || f.estimate.Text != "How long it takes is being measured…" {
		t.Errorf("%d jobs, it says %q", len(loud), f.estimate.Text)
	}
	settle(w)
	if !strings.HasPrefix(f.estimate.Text, "About ") || !strings.Contains(f.estimate.Text, "600000 iterations") {
		t.Errorf("it says %q", f.estimate.Text)
	}
	again := newSpeeds(w.train)
	if want := (trial{"tiny (8x8)", "ref", 10}); again.of(want) != w.train.speed.of(want) || again.of(want) <= 0 {
		t.Errorf("another sitting knows %v", again.known)
	}
	if rate := again.of(trial{"tiny (8x8)", "other", 10}); rate != 0 {
		t.Errorf("it knows a device that was never tried: %v", rate)
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

func TestTrialThatFails(t *testing.T) {
	for name, end := range map[string]func(w *window){
		"crash":  func(*window) {},
		"cancel": func(w *window) { w.status.cancel.OnTapped() },
		"start":  func(w *window) { w.train.start(""); w.train.halt() },
	} {
		if name == "crash" {
			t.Setenv(workerEnv, "panics")
		} else {
			t.Setenv(workerEnv, "works")
		}
		w, failures := openTrainable(t)
		w.train.shown(true)
		trial := w.train.speed.job
		end(w)
		settle(w)
		if name == "crash" && w.train.form.estimate.Text != "How long it takes shows after the first iterations." {
			t.Errorf("%s: it says %q", name, w.train.form.estimate.Text)
		}
		if trial == nil || w.train.speed.job != nil || len(*failures) > 0 {
			t.Errorf("%s: trial %v, then %v; failures %v", name, trial, w.train.speed.job, *failures)
		}
	}
}

// TestSpeedOfTheNearestBatch: a batch that was never trained with is guessed from others.
func TestSpeedOfTheNearestBatch(t *testing.T) {
	s := &speeds{known: map[trial]float64{{"a", "cpu", 10}: 30, {"a", "cpu", 64}: 42, {"a", "gpu", 20}: 900}}
	for batch, want := range map[int]float64{1: 30, 10: 30, 24: 30, 28: 42, 500: 42} {
		if got := s.of(trial{"a", "cpu", batch}); got != want {
			t.Errorf("batch %d: %v, want %v", batch, got, want)
		}
	}
}
