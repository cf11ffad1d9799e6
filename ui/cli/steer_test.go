package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"frglab/dataset"
	"frglab/engine"
)

// programEnv makes the test binary the program.
const programEnv = "FRGLAB_TEST_PROGRAM"

// led is a training that the test leads.
type led struct {
	*testing.T
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    io.Closer
	lines  *bufio.Scanner
	stderr strings.Builder
}

// lead starts a training on crops of its own in dir/run.
func lead(t *testing.T, dir string, args ...string) *led {
	t.Helper()
	args = append([]string{
		"train", "--json", "--steer", "--train", filepath.Join(dir, "a/list.txt"), "--valid", filepath.Join(dir, "b/list.txt"),
		"--out", filepath.Join(dir, "run"),
	}, args...)
	l := &led{T: t, cmd: exec.Command(os.Args[0], args...)}
	l.cmd.Env = append(os.Environ(), programEnv+"=1")
	l.cmd.Stderr = &l.stderr
	var err1, err2 error
	l.in, err1 = l.cmd.StdinPipe()
	out, err2 := l.cmd.StdoutPipe()
	if err := errors.Join(err1, err2, l.cmd.Start()); err != nil {
		t.Fatal(err)
	}
	l.out, l.lines = out, bufio.NewScanner(out)
	return l
}

func (l *led) say(command string) {
	l.Helper()
	if _, err := io.WriteString(l.in, command+"\n"); err != nil {
		l.Fatal(err)
	}
}

// until reads events up to one of that name.
func (l *led) until(event string) WorkerEvent {
	l.Helper()
	for l.lines.Scan() {
		var e WorkerEvent
		if err := json.Unmarshal(l.lines.Bytes(), &e); err != nil {
			l.Fatalf("%q: %v", l.lines.Text(), err)
		}
		if e.Event == event {
			return e
		}
	}
	l.Fatalf("it ended before %q: %s", event, l.stderr.String())
	return WorkerEvent{}
}

// end expects a clean end.
func (l *led) end() {
	l.Helper()
	for l.lines.Scan() {
	}
	if err := l.cmd.Wait(); err != nil {
		l.Fatalf("%v: %s", err, l.stderr.String())
	}
}

func steerFixture(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := errors.Join(makeCrops(filepath.Join(dir, "a"), 40, 1), makeCrops(filepath.Join(dir, "b"), 10, 2)); err != nil {
		t.Fatal(err)
	}
	if err := saveSettings(filepath.Join(dir, "settings.json")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestSteer pauses, resumes, stops and abandons a training in a process of its own.
func TestSteer(t *testing.T) {
	dir := steerFixture(t)
	l := lead(t, dir, "--settings", filepath.Join(dir, "settings.json"))
	if e := l.until(WorkerReady); e.Train != 80 || e.Valid != 20 || e.Steps != 20000 || e.Every == 0 || e.Device == "" {
		t.Errorf("ready with %+v", e)
	}
	l.until(engine.EventStep)
	l.say("pause")
	at := l.until(WorkerPaused)
	if !engine.Running(filepath.Join(dir, "run")) {
		t.Error("a paused training does not hold its folder")
	}
	l.say("dance") // an unknown word changes nothing
	l.say("resume")
	if e := l.until(WorkerResumed); e.Step != at.Step {
		t.Errorf("paused at %d, resumed at %d", at.Step, e.Step)
	}
	l.until(engine.EventStep)
	l.say("stop")
	stopped := l.until(WorkerStopped)
	l.end()
	if stopped.Step < at.Step || stopped.Steps != 20000 {
		t.Errorf("stopped at %+v", stopped)
	}

	// Whoever led it is gone: no more input, nobody reads the output.
	l = lead(t, dir, "--resume")
	l.until(engine.EventStep)
	if err := errors.Join(l.out.Close(), l.in.Close()); err != nil {
		t.Fatal(err)
	}
	if err := l.cmd.Wait(); err != nil {
		t.Fatalf("%v: %s", err, l.stderr.String())
	}
	c, err := engine.LoadCheckpoint(filepath.Join(dir, "run", engine.LastFile))
	if err != nil || c.Step <= stopped.Step {
		t.Errorf("after the end of input: %v, %v", c, err)
	}

	// Paused, then abandoned.
	l = lead(t, dir, "--resume")
	l.until(engine.EventStep)
	l.say("pause")
	l.until(WorkerPaused)
	if err := l.in.Close(); err != nil {
		t.Fatal(err)
	}
	l.end()

	// An interruption from the terminal saves as well.
	l = lead(t, dir, "--resume")
	l.until(engine.EventStep)
	if err := l.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for l.lines.Scan() {
	}
	if err := l.cmd.Wait(); err == nil || l.cmd.ProcessState.ExitCode() != exitSome {
		t.Errorf("interrupted: %v", err)
	}
}

// TestRunIsKeptInTheProject: train --project writes settings and curves into the
// project, and says so where it cannot because a window has it open.
func TestRunIsKeptInTheProject(t *testing.T) {
	dir := steerFixture(t)
	project := filepath.Join(dir, "p.frglab")
	do := func(args ...string) (stderr string) {
		t.Helper()
		var out, errs strings.Builder
		env := testEnv()
		env.Stdout, env.Stderr = &out, &errs
		if code := Main(t.Context(), args, env); code != exitDone {
			t.Fatalf("%v: exit code %d: %s", args, code, &errs)
		}
		return errs.String()
	}
	for _, split := range []string{"train", "valid"} {
		list := map[string]string{"train": "a", "valid": "b"}[split]
		do("import", "--project", project, "--split", split, filepath.Join(dir, list, "list.txt"))
	}
	train := func(out string) string {
		return do("train", "--project", project, "--settings", filepath.Join(dir, "settings.json"), "--epochs", "3", "--out", filepath.Join(dir, out))
	}
	if said := train("first"); said != "" {
		t.Errorf("it says %q", said)
	}
	p, err := dataset.Open(project)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	runs, err := p.Runs()
	if err != nil || len(runs) != 1 || runs[0].Status != dataset.RunDone || runs[0].Ended.IsZero() || runs[0].Checkpoint != filepath.Join(dir, "first", engine.BestFile) {
		t.Fatalf("runs %+v, %v", runs, err)
	}
	points, err := p.Points(runs[0].ID)
	log, err2 := engine.ReadLog(filepath.Join(dir, "first", engine.LogFile))
	if err := errors.Join(err, err2); err != nil || len(points) == 0 || len(points) != len(RunPoints(log)) {
		t.Errorf("%d points, %v", len(points), err)
	}
	if said := train("second"); !strings.Contains(said, "keeps no record of the run") || !strings.Contains(said, "open in another window") {
		t.Errorf("while it is open it says %q", said)
	}
}
