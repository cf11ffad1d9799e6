package ui

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"frglab/dataset"
)

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
