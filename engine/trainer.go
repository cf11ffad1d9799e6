package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"syscall"
	"time"

	"frglab/engine/nn"
)

// newTrainer checks everything that can be checked before the first iteration, and
// sets up a new training or one to resume.
func newTrainer(ctx context.Context, r Run) (*trainer, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	if r.Classes == nil {
		r.Classes = []string{"face", "other"}
	}
	if r.SaveEvery == 0 {
		r.SaveEvery = 2 * time.Minute
	}
	if r.free == nil {
		r.free = freeBytes
	}
	if err := checkClasses(r.Config.Arch, r.Classes); err != nil {
		return nil, err
	}
	train := input{"training", r.Train, r.Classes, r.Config.Arch.Size, nil, float32(r.Config.Scale)}
	valid := train
	valid.what, valid.source = "validation", r.Valid
	seen, err := train.look(ctx)
	if err != nil {
		return nil, err
	}
	seenValid, err := valid.look(ctx)
	if err != nil {
		return nil, err
	}
	n := len(seen.labels)
	if err := errors.Join(seen.enough("training", minTrain, r.Classes), seenValid.enough("validation", minValid, r.Classes)); err != nil {
		return nil, err
	}
	if r.Config.Batch > n {
		return nil, fmt.Errorf("a batch of %d is larger than the %d training crops: use a smaller batch, or label more", r.Config.Batch, n)
	}
	if r.From != nil {
		train.mean = r.From.Mean
	} else if train.mean, err = seen.meanOf(r.Config); err != nil {
		return nil, err
	}
	valid.mean = train.mean
	t := &trainer{
		run:   r,
		feed:  &feed{input: train, config: r.Config, drawer: newDrawer(r.Config, seen.labels), labels: seen.labels},
		valid: valid,
		steps: r.Config.steps(n),
		saved: time.Now(),
		kept:  -1,
	}
	t.Data = fingerprint(seen, seenValid)
	if err := r.checkRoom(); err != nil {
		return nil, err
	}
	if r.Resume {
		err = t.resume()
	} else {
		err = t.begin()
	}
	if err != nil {
		t.unlock()
	}
	return t, err
}

// Fewer crops of a class than these are refused: what is learned from fewer is the
// crops themselves, and an accuracy measured on fewer moves in steps of 10 % and more.
const minTrain, minValid = 10, 4

// enough says of which class there are too few crops.
func (s survey) enough(what string, least int, classes []string) error {
	for class, name := range classes {
		n := 0
		for _, l := range s.labels {
			if l == class {
				n++
			}
		}
		if n < least {
			return fmt.Errorf("only %d of the %d %s crops are of class %d, %q, and %d are the least: label more, or split them anew", n, len(s.labels), what, class, name, least)
		}
	}
	return nil
}

// check refuses a run that cannot be, before any crop is read.
func (r Run) check() error {
	if err := r.Config.Validate(); err != nil {
		return err
	}
	if err := r.checkFrom(); err != nil {
		return err
	}
	switch {
	case r.Device == nil:
		return errors.New("train: no device is open")
	case r.Train == nil || r.Train.Len() == 0:
		return errors.New("there are no training crops: label some, or check the list file")
	case r.Valid == nil || r.Valid.Len() == 0:
		return errors.New("there are no validation crops: set some titles aside for validation")
	case r.Dir == "":
		return errors.New("train: no folder to write to: name one")
	}
	if r.Resume {
		return nil
	}
	for _, name := range runFiles {
		if _, err := os.Lstat(filepath.Join(r.Dir, name)); err == nil {
			return fmt.Errorf("folder %q holds a run already (%s): resume it, or name another folder", r.Dir, name)
		}
	}
	return nil
}

// begin starts a new run. It saves the untrained network: a folder that cannot be
// written to, or is too small, shows now.
func (t *trainer) begin() error {
	weights, err := t.run.weights()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(t.run.Dir, 0o777); err != nil {
		return fmt.Errorf("make the folder of the run: %w", err)
	}
	if t.lock, err = lockRun(t.run.Dir); err != nil {
		return err
	}
	if err := t.load(weights); err != nil {
		return err
	}
	weights = nil
	freeCopies()
	if err := t.save(); err != nil {
		return errors.Join(err, t.net.Close())
	}
	return t.openLog()
}

// resume goes on with the run in the folder.
func (t *trainer) resume() (err error) {
	if t.lock, err = lockRun(t.run.Dir); err != nil { // first: whoever trains there may be saving
		return resumeError(t.run.Dir, err)
	}
	c, velocity, conf, at, err := loadState(t.run.Dir)
	if err != nil {
		return err
	}
	data := t.Data
	t.step, t.position, t.kept = c.Step, at, c.Step
	t.steps = t.allSteps()
	switch err := sameRun(conf, t.config()); {
	case err != nil:
		return fmt.Errorf("resume %q: %w", t.run.Dir, err)
	case !slices.Equal(c.Classes, t.run.Classes):
		return fmt.Errorf("resume %q: it was started with classes %q, not %q: name them as before", t.run.Dir, c.Classes, t.run.Classes)
	case at.Data != data:
		return fmt.Errorf("resume %q: the training or validation crops are not those it was started with: train in another folder", t.run.Dir)
	case c.Step > t.steps:
		return fmt.Errorf("resume %q: %d iterations are done, more than the %d of %d epochs: train more epochs", t.run.Dir, c.Step, t.steps, t.config().Epochs)
	}
	for _, name := range runFiles {
		if err := dropLeftovers(filepath.Join(t.run.Dir, name)); err != nil {
			return err
		}
	}
	if err := t.load(c.Weights); err != nil {
		return err
	}
	defer freeCopies()
	t.feed.mean, t.valid.mean = c.Mean, c.Mean // that of the network it started from, if it did
	if err := t.net.SetVelocity(velocity); err != nil {
		return errors.Join(fmt.Errorf("resume %q: %w", t.run.Dir, err), t.net.Close())
	}
	return t.openLog()
}

func (t *trainer) load(w nn.Weights) (err error) {
	if t.net, err = nn.New(t.run.Device, t.config().Arch, w); err != nil {
		return fmt.Errorf("put the network on the device: %w", err)
	}
	t.feed.pixels = t.net.Encodes()
	return nil
}

// openLog keeps the events up to here of a log that is there already.
func (t *trainer) openLog() (err error) {
	t.log, err = openLog(filepath.Join(t.run.Dir, LogFile), t.belongs)
	if err != nil {
		return errors.Join(fmt.Errorf("open the training log: %w", err), t.net.Close())
	}
	return nil
}

// checkpoint is the network as it is now, with its velocity, to be written at once:
// it shares the network's memory.
func (t *trainer) checkpoint() (c Checkpoint, velocity nn.Weights, err error) {
	w, velocity, err := t.net.Look()
	if err != nil {
		return c, nil, unsaved{fmt.Errorf("read the network off the device: %w", err)}
	}
	for _, tensor := range w {
		if err := finite(tensor); err != nil {
			return c, nil, t.diverged(t.step, err)
		}
	}
	c = Checkpoint{
		Arch:      t.config().Arch,
		Classes:   t.run.Classes,
		Mean:      t.feed.mean,
		Scale:     t.feed.scale,
		Preset:    t.config().Preset,
		Step:      t.step,
		Threshold: t.config().Threshold,
		Weights:   w,
	}
	if t.step > 0 {
		c.Epoch = t.epoch(t.step-1) + 1
	}
	return c, velocity, nil
}

// freeCopies gives back at once what the weights took that are on the device now: Go
// would keep it, and the device's library, which needs as much, does not ask Go.
func freeCopies() { debug.FreeOSMemory() }

func (t *trainer) saveBest(r Report) error {
	c, _, err := t.checkpoint()
	if err == nil {
		err = c.Save(filepath.Join(t.run.Dir, BestFile))
	}
	if err == nil {
		err = t.saveVerdicts(r)
	}
	return saveError(err)
}

// save writes the state and the last checkpoint. The state is the one that counts,
// and holds everything in one file: a power cut between the two costs nothing.
func (t *trainer) save() error {
	c, velocity, err := t.checkpoint()
	if err != nil {
		return err
	}
	if err := saveState(t.run.Dir, c, velocity, t.config(), t.position); err != nil {
		return saveError(err)
	}
	t.saved = time.Now()
	if t.kept >= 0 && t.kept != t.step {
		if err := keepEarlier(t.run.Dir); err != nil {
			return saveError(err)
		}
	}
	t.kept = t.step
	return saveError(c.Save(filepath.Join(t.run.Dir, LastFile)))
}

func (t *trainer) saveWhenDue() error {
	if time.Since(t.saved) < t.run.SaveEvery || t.exploded() {
		return nil
	}
	return t.save()
}

func saveError(err error) error {
	if err == nil || errors.As(err, new(unsaved)) {
		return err
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return unsaved{fmt.Errorf("the disk is full: %w: the state saved before is whole: free some room, then resume", err)}
	}
	return unsaved{fmt.Errorf("%w: check the disk, then resume", err)}
}
