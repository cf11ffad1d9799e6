package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"frglab/engine/nn"
)

// Run is one training: what to learn from, on what, and where to.
type Run struct {
	Config  Config
	Device  nn.Backend // stays the caller's
	Train   Source
	Valid   Source
	Classes []string // names in the order of the class numbers; nil: face, other
	Dir     string   // is made if need be; must not hold another run
	Resume  bool     // go on with the run in Dir; Config must be that run's (ResumeConfig)
	// From is the network to start from, in place of random weights; its mean and scale
	// are kept. Config must fit it: see Config.FineTune.
	From *Checkpoint
	// SaveEvery is the longest time between two saves of the state, and so what a
	// power cut can cost; 0: two minutes. It changes no result.
	SaveEvery time.Duration
	// StopAt ends the training after exactly that many iterations, with ErrEnough and
	// everything saved, as a cancel would; 0: never.
	StopAt int
	// Pause is asked before each iteration, and may be nil. As long as it returns a
	// channel, the training is saved once and then waits for the channel to be closed.
	Pause func() <-chan struct{}
	// Report is told every event, on the goroutine of Train, which waits for it; may be
	// nil. OnProbes likewise is told what each validation says of the probe crops.
	Report   func(Progress)
	OnProbes func(Probes)

	free func(dir string) (int64, bool) // freeBytes, but for tests
}

// ErrEnough ends a training at Run.StopAt.
var ErrEnough = errors.New("as many iterations as asked for are done")

// Train runs a training to its end and returns the checkpoint with the lowest
// validation loss. It blocks.
//
// Whatever ends it early, the state is saved first, and Train returns the last
// checkpoint beside the error: ctx.Err() when it was cancelled. The same Run with
// Resume then goes on as if nothing had happened. Only a loss that is not a number,
// or beyond all bounds, is not saved: the state before stays.
func Train(ctx context.Context, r Run) (*Checkpoint, error) {
	t, err := newTrainer(ctx, r)
	if err != nil {
		return nil, err
	}
	defer t.close()
	if err := t.keep(ctx); err != nil {
		return t.stop(err)
	}
	if err := t.validate(ctx); err != nil { // if it was due when the run was stopped
		return t.stop(err)
	}
	for t.step < t.last() && !t.enough() {
		if err := t.learnAll(ctx); err != nil {
			if err = t.shrink(err); err != nil { // where memory lacks, a smaller batch goes on
				return t.stop(err)
			}
		}
	}
	if t.step < t.steps && !t.enough() {
		return t.stop(ErrEnough)
	}
	return t.finish()
}

// learnAll does all iterations that this call goes to, or as many as it has patience for.
func (t *trainer) learnAll(ctx context.Context) error {
	for b, err := range t.feed.from(ctx, t.step, t.last(), t.cut(t.step)) {
		if t.enough() {
			break
		}
		if err == nil {
			err = t.pause(ctx)
		}
		if err == nil {
			err = t.learn(b)
		}
		if err == nil {
			err = t.validate(ctx)
		}
		if err == nil {
			err = t.saveWhenDue()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// last is how many iterations this call goes to.
func (t *trainer) last() int {
	if t.run.StopAt > 0 {
		return max(t.step, min(t.run.StopAt, t.steps))
	}
	return t.steps
}

// enough says whether validation has got no better for as long as the configuration
// has patience.
func (t *trainer) enough() bool {
	c := t.config()
	return c.Patience > 0 && t.BestStep > 0 && t.nominal(t.Validated)-t.nominal(t.BestStep) >= c.Patience*c.validEvery(t.crops())
}

// pause waits where it is asked to, once the state is saved: a paused training may
// be killed at no cost.
func (t *trainer) pause(ctx context.Context) error {
	for saved := false; t.run.Pause != nil; saved = true {
		wait := t.run.Pause()
		if wait == nil {
			return nil
		}
		if !saved {
			if err := t.save(); err != nil {
				return err
			}
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// trainer is a training under way.
type trainer struct {
	run   Run
	feed  *feed
	valid input
	net   *nn.Net
	log   *runLog

	step  int // iterations done
	steps int // in all
	position
	saved time.Time     // of the last save
	kept  int           // iteration of the last save; -1: none yet
	lock  *os.File      // of the folder; nil where it cannot be locked
	busy  time.Duration // spent on the iterations in the window
}

// learn does one iteration.
func (t *trainer) learn(b *batch) error {
	start := time.Now()
	h := t.sgd(t.step)
	seed := mix(t.config().Seed, streamDropout, uint64(t.step))
	var loss float64
	var logits []float32
	var err error
	switch {
	case b.changes != nil:
		loss, logits, err = t.net.StepCrops(t.feed.kept, b.changes, t.feed.mean, t.feed.scale, b.targets, h, seed)
	case b.pixels != nil:
		loss, logits, err = t.net.StepPixels(nn.Pixels{Data: b.pixels, Mean: t.feed.mean, Scale: t.feed.scale}, b.targets, len(b.classes), h, seed)
	default:
		loss, logits, err = t.net.Step(b.x, b.targets, len(b.classes), h, seed)
	}
	if errors.Is(err, nn.ErrMemory) { // and so nothing was computed
		return fmt.Errorf("iteration %d: %w", t.step+1, tooLarge{err})
	}
	if err != nil {
		return fmt.Errorf("iteration %d: %w: the state saved before is whole: resume the run, on another device if this happens again", t.step+1, unsaved{err})
	}
	if !isFinite(loss) {
		return t.diverged(t.step+1, errNotFinite)
	}
	t.step++
	k := len(t.run.Classes)
	for i, class := range b.classes {
		if argmax(logits[i*k:(i+1)*k]) == class {
			t.Window.Hits++
		}
	}
	t.Window.Crops += len(b.classes)
	t.Window.Loss += loss * float64(len(b.classes))
	t.busy += time.Since(start)
	if t.Window.Crops >= reportCrops || t.step == t.steps {
		return t.reportWindow()
	}
	return nil
}

// reportCrops is how many crops go into a step event: enough for an accuracy that
// means something, and about five seconds' work for two cores.
const reportCrops = 200

// explosion is how many times the loss of guessing a mean loss over reportCrops must
// be for the training to have exploded. Sound trainings start at 1 to 5 times and
// fall; one that has been at 20 has thrown its first weights away, and mostly stays
// at the loss of guessing for good.
const explosion = 20

// exploded says whether the iterations of the window, some of them done, have.
func (t *trainer) exploded() bool {
	guess := math.Log(float64(len(t.run.Classes)))
	return t.Window.Crops > 0 && t.Window.Loss/float64(t.Window.Crops) > explosion*guess
}

func (t *trainer) reportWindow() error {
	if t.exploded() {
		return t.diverged(t.step, fmt.Errorf("the loss has exploded to %.3g", t.Window.Loss/float64(t.Window.Crops)))
	}
	w, busy := t.Window, t.busy
	t.Window, t.busy = window{}, 0
	n := float64(w.Crops)
	return t.report(Progress{Event: EventStep, Loss: w.Loss / n, Accuracy: float64(w.Hits) / n, PerSecond: perSecond(w.Crops, busy)})
}

// validate goes through the validation crops when it is time to, and keeps the
// network if it is the best so far.
func (t *trainer) validate(ctx context.Context) error {
	if !t.due() || t.step == t.Validated {
		return nil
	}
	start := time.Now()
	r, err := t.valid.evaluate(ctx, t.net, nil)
	if errors.Is(err, errNotFinite) {
		return t.diverged(t.step, err)
	}
	if err != nil {
		return err
	}
	p := Progress{Event: EventValid, Loss: r.Loss, Accuracy: r.Accuracy, PerSecond: perSecond(r.N, time.Since(start))}
	if err := t.report(p); err != nil {
		return err
	}
	if err := t.probe(r); err != nil {
		return err
	}
	if t.BestStep == 0 || r.Loss < t.BestLoss {
		t.BestStep, t.BestLoss, t.BestAcc = t.step, r.Loss, r.Accuracy
		if err := t.saveBest(r); err != nil {
			return err
		}
		p.Event = EventCheckpoint
		if err := t.report(p); err != nil {
			return err
		}
	}
	t.Validated = t.step
	return nil
}

// finish ends a training that is complete.
func (t *trainer) finish() (*Checkpoint, error) {
	if err := t.save(); err != nil {
		return t.stop(err)
	}
	if err := t.report(Progress{Event: EventDone, Loss: t.BestLoss, Accuracy: t.BestAcc}); err != nil {
		return nil, err
	}
	return t.result(BestFile)
}

// result reads a checkpoint back once the network has made room for it.
func (t *trainer) result(name string) (*Checkpoint, error) {
	if err := t.net.Close(); err != nil {
		return nil, err
	}
	freeCopies()
	return LoadCheckpoint(filepath.Join(t.run.Dir, name))
}

// unsaved marks an error after which the state is not saved: the weights are broken,
// or it was saving that failed.
type unsaved struct{ error }

func (e unsaved) Unwrap() error { return e.error }

// stop ends a training early.
func (t *trainer) stop(cause error) (*Checkpoint, error) {
	if !errors.As(cause, new(unsaved)) {
		if err := t.save(); err != nil {
			cause = fmt.Errorf("%w; %w", cause, err)
		}
	}
	c, err := t.result(LastFile)
	if err != nil {
		cause = fmt.Errorf("%w; %w", cause, err)
	}
	return c, cause
}

func (t *trainer) diverged(iteration int, err error) error {
	return unsaved{fmt.Errorf("iteration %d: %w: lower the learning rate, which is %g (%g is worth a try), and start again; an earlier state is kept in %q",
		iteration, err, t.sgd(max(iteration-1, 0)).Rate, lower(t.config().Rate), t.run.Dir)}
}

// report fills in where the training stands, and tells the log and the caller.
func (t *trainer) report(p Progress) error {
	last := max(t.step-1, 0)
	p.Step, p.Steps = t.step, t.steps
	p.Epoch = t.epoch(last) + 1
	p.LR = float64(t.sgd(last).Rate)
	p.Batch = t.cut(t.step).Batch
	if err := t.log.add(p); err != nil {
		return logError(err)
	}
	if t.run.Report != nil {
		t.run.Report(p)
	}
	return nil
}

func logError(err error) error { return fmt.Errorf("write the training log: %w", err) }

// lower is a third of a rate, in one digit.
func lower(rate float64) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(rate/3, 'g', 1, 64), 64)
	return v
}

func (t *trainer) config() Config { return t.run.Config }

// crops is the number of training crops.
func (t *trainer) crops() int { return t.feed.source.Len() }

func (t *trainer) close() {
	t.log.close() // what was written is written: every line went out at once
	t.feed.release()
	t.net.Close()
	t.unlock()
}

func (t *trainer) unlock() {
	if t.lock != nil {
		t.lock.Close()
	}
}

func perSecond(n int, d time.Duration) float64 { return float64(n) / max(d.Seconds(), 1e-9) }
