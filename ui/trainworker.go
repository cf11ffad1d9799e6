package ui

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"frglab/engine"
	"frglab/ui/cli"
)

// A training runs in a process of its own, the worker: this same program as
// "frglab train --json --steer", led by lines on its standard input. Whatever native
// code does there, the window and its labels live on; and when the window ends, however
// it ends, so does the worker's input, and the worker saves and stops.

// worker is a training process that the window leads. steer may be called from any
// goroutine; events is for one.
type worker struct {
	cmd    *exec.Cmd
	out    io.Reader
	stderr *lastWords

	mu    sync.Mutex
	in    io.WriteCloser
	asked bool // to stop
}

// startWorker runs "frglab train" with these arguments.
func startWorker(args ...string) (*worker, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program itself: %w", err)
	}
	w := &worker{cmd: exec.Command(program, append([]string{"train", "--json", "--steer"}, args...)...), stderr: &lastWords{}}
	w.cmd.Stderr = w.stderr
	var err1, err2 error
	w.in, err1 = w.cmd.StdinPipe()
	w.out, err2 = w.cmd.StdoutPipe()
	if err := errors.Join(err1, err2); err != nil {
		return nil, fmt.Errorf("start the training process: %w", err)
	}
	if err := w.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the training process: %w", err)
	}
	return w, nil
}

// steer sends a command. A worker that is gone says so by its end.
func (w *worker) steer(command string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = w.asked || command == cli.SteerStop
	io.WriteString(w.in, command+"\n")
}

// saveTime is how long a worker that was asked to stop may take to save.
const saveTime = 2 * time.Minute

// events reads what the worker says, line by line, until it ends, and returns how it
// ended. Cancelling asks it to stop and waits for it.
func (w *worker) events(ctx context.Context, each func(line []byte)) error {
	stopAsking := context.AfterFunc(ctx, func() {
		w.steer(cli.SteerStop)
		time.AfterFunc(saveTime, func() { w.cmd.Process.Kill() }) // of a process that has ended this is nothing
	})
	defer stopAsking()
	lines := bufio.NewScanner(w.out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if line := lines.Bytes(); len(line) > 0 && line[0] == '{' { // a library may print, too
			each(line)
		}
	}
	io.Copy(io.Discard, w.out) // a line too long must not hold the worker up
	err := w.cmd.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.asked && (err == nil || w.cmd.ProcessState.ExitCode() == 3 && ctx.Err() != nil && w.stderr.refusal() == ""):
		return context.Canceled
	case err == nil:
		return nil
	}
	return w.failure()
}

// failure says how a worker that did not do its work ended.
func (w *worker) failure() error {
	if text := w.stderr.refusal(); text != "" {
		return errors.New(text)
	}
	said := w.stderr.String()
	text := tr("The training process died: %s.", inWords(w.cmd.ProcessState, said))
	return died{strings.TrimSpace(text + "\n" + said)}
}

// told is one line of a worker: one of the three is set.
type told struct {
	worker   *cli.WorkerEvent
	probes   *engine.Probes
	progress *engine.Progress
}

// parseTold reads a line; ok is false for anything that is no event.
func parseTold(line []byte) (t told, ok bool) {
	var e cli.WorkerEvent
	if json.Unmarshal(line, &e) != nil {
		return t, false
	}
	switch e.Event {
	case cli.WorkerReady, cli.WorkerPaused, cli.WorkerResumed, cli.WorkerStopped:
		return told{worker: &e}, true
	case engine.EventProbe:
		p, ok := engine.ParseProbes(line)
		return told{probes: &p}, ok
	case engine.EventStep, engine.EventValid, engine.EventBatch, engine.EventCheckpoint, engine.EventDone:
		var p engine.Progress
		err := json.Unmarshal(line, &p)
		return told{progress: &p}, err == nil
	}
	return t, false
}
