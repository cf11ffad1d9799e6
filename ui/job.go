package ui

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"frglab/dataset"
)

// jobs runs work beside the window. This file is the only place that crosses
// goroutines: work runs on its own, everything else here on the UI goroutine.
type jobs struct {
	running []*job
	onUI    func(func()) // fyne.Do: runs a function on the UI goroutine, soon
	changed func()       // the list or a progress changed: redraw the status bar
	failed  func(name string, err error)
	wait    sync.WaitGroup
	leaving []leave
}

// leave is what to do when nothing works on a project any more.
type leave struct {
	of   *dataset.Project
	then func()
}

// job is one piece of work in progress.
type job struct {
	name   string
	cancel context.CancelFunc
	quiet  bool             // short work that shows no progress
	of     *dataset.Project // that it works on; nil for none
	left   bool             // the window has left that project: how the work ends concerns nobody
	told   func()           // on the UI goroutine after tell; nil for nothing

	mu   sync.Mutex
	note string
	done float64 // 0 to 1; negative where nobody knows
	sent time.Time
	js   *jobs
}

// tell reports progress from the work's goroutine: a share between 0 and 1
// (negative if unknown) and a few words. It is cheap to call often.
func (j *job) tell(share float64, note string) {
	j.mu.Lock()
	j.done, j.note = share, note
	late := time.Since(j.sent) > 100*time.Millisecond
	if late {
		j.sent = time.Now()
	}
	j.mu.Unlock()
	if late {
		j.js.onUI(func() {
			j.js.changed()
			if j.told != nil {
				j.told()
			}
		})
	}
}

func (j *job) progress() (share float64, note string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.done, j.note
}

// latest returns what one goroutine hands values with to take, which runs on the UI
// goroutine. A value that was not taken when the next one comes is dropped.
func latest[T any](js *jobs, take func(T)) (put func(T)) {
	waiting := newSlot[T]()
	return func(v T) {
		waiting.put(v)
		js.onUI(func() {
			select {
			case v := <-waiting:
				take(v)
			default:
			}
		})
	}
}

// slot holds the newest of what is put into it until somebody takes it: what was there
// before is stale, and dropped.
type slot[T any] chan T

func newSlot[T any]() slot[T] { return make(chan T, 1) }

// put is called by one goroutine.
func (s slot[T]) put(v T) {
	select {
	case <-s:
	default:
	}
	s <- v
}

// start runs work on a goroutine of its own and then done, with what work made, on
// the UI goroutine. A failure is shown unless it is the cancel that was asked for;
// done gets it as well. A panic in work is a failure.
func start[T any](js *jobs, j *job, work func(ctx context.Context, j *job) (T, error), done func(T, error)) *job {
	ctx, cancel := context.WithCancel(context.Background())
	j.cancel, j.js, j.done = cancel, js, -1
	js.running = append(js.running, j)
	js.changed()
	js.wait.Add(1)
	go func() {
		var result T
		var err error
		defer js.wait.Done()
		defer cancel()
		func() {
			defer func() {
				if r := recover(); r != nil {
					err = fmt.Errorf("%v\n%s", r, debug.Stack())
				}
			}()
			result, err = work(ctx, j)
		}()
		js.onUI(func() {
			js.running = slices.DeleteFunc(js.running, func(o *job) bool { return o == j })
			js.changed()
			if err != nil && !errors.Is(err, context.Canceled) && !j.left {
				js.failed(j.name, err)
			}
			if done != nil {
				done(result, err)
			}
			js.goOn()
		})
	}()
	return j
}

// leave cancels the work on a project, and calls then when it has ended.
func (js *jobs) leave(of *dataset.Project, then func()) {
	for _, j := range js.running {
		if j.of == of {
			j.left = true
			j.cancel()
		}
	}
	js.leaving = append(js.leaving, leave{of, then})
	js.goOn()
}

// leaves is the project in a file that the window has left while work on it has not ended; nil
// for none.
func (js *jobs) leaves(path string) *dataset.Project {
	for _, l := range js.leaving {
		if sameFile(path, l.of.Path()) {
			return l.of
		}
	}
	return nil
}

// goOn does what waits for the end of work that has ended.
func (js *jobs) goOn() {
	busy := func(l leave) bool { return slices.ContainsFunc(js.running, func(j *job) bool { return j.of == l.of }) }
	var due []leave
	js.leaving = slices.DeleteFunc(js.leaving, func(l leave) bool {
		if !busy(l) {
			due = append(due, l)
		}
		return !busy(l)
	})
	for _, l := range due {
		l.then()
	}
}

// stop cancels everything and waits until the work has ended, at most that long.
func (js *jobs) stop(limit time.Duration) {
	for _, j := range js.running {
		j.cancel()
	}
	ended := make(chan struct{})
	go func() { js.wait.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(limit):
	}
}
