package engine

import (
	"errors"
	"fmt"
	"slices"

	"frglab/engine/nn"
)

// cut is a change of the batch in a training: from iteration Step on, which begins at
// draw Draws, an iteration takes Batch crops.
type cut struct {
	Step  int `json:"step"`
	Draws int `json:"draws"`
	Batch int `json:"batch"`
}

// cut is the one that iteration step (from 0) falls under.
func (t *trainer) cut(step int) cut {
	for _, c := range slices.Backward(t.Cuts) {
		if c.Step <= step {
			return c
		}
	}
	return cut{Batch: t.config().Batch}
}

// draws is how many crops were drawn before iteration step (from 0), which falls under c.
func (c cut) draws(step int) int { return c.Draws + (step-c.Step)*c.Batch }

// nominal is the iteration, of those that the configuration counts, in which the crops
// of iteration step would have come. It is step itself as long as the batch is whole.
func (t *trainer) nominal(step int) int { return t.cut(step).draws(step) / t.config().Batch }

// sgd is the update of iteration step. The rate follows the batch (Goyal et al. 2017,
// the linear scaling rule), so that a crop teaches as much as before.
func (t *trainer) sgd(step int) nn.SGD {
	h := t.config().sgd(t.nominal(step), t.crops())
	if b := t.cut(step).Batch; b != t.config().Batch {
		h.Rate *= float32(b) / float32(t.config().Batch)
	}
	return h
}

// epoch is the epoch that iteration step begins in, from 0.
func (t *trainer) epoch(step int) int { return t.config().epoch(t.nominal(step), t.crops()) }

// allSteps is the number of iterations that go through as many crops as the
// configuration's.
func (t *trainer) allSteps() int {
	c := t.config()
	last := t.cut(1 << 62)
	left := c.steps(t.crops())*c.Batch - last.Draws
	return last.Step + (left+last.Batch-1)/last.Batch
}

// due says whether it is time to validate, after t.step iterations.
func (t *trainer) due() bool {
	if t.step == 0 || t.step == t.steps {
		return true
	}
	every := t.config().validEvery(t.crops())
	return t.nominal(t.step)/every > t.nominal(t.step-1)/every
}

// tooLarge marks an iteration that the device has no memory for.
type tooLarge struct{ error }

func (e tooLarge) Unwrap() error { return e.error }

// shrink makes room where memory lacked: by the crops that the device keeps, or else by half of the
// batch, which it tells and saves: from here on that belongs to the run, wherever it is resumed.
func (t *trainer) shrink(cause error) error {
	if !errors.As(cause, new(tooLarge)) {
		return cause
	}
	if released, err := t.feed.release(); released || err != nil {
		return err // the crops took memory, too: they are sent from now on
	}
	now := t.cut(t.step)
	if now.Batch == 1 {
		return fmt.Errorf("%w: this is a batch of 1 already: close other programs, or train a smaller network", cause)
	}
	t.Cuts = append(t.Cuts, cut{t.step, now.draws(t.step), now.Batch / 2})
	t.steps = t.allSteps()
	if err := t.report(Progress{Event: EventBatch}); err != nil {
		return err
	}
	return t.save()
}

// belongs says whether an event of an old log belongs to the state of this run.
func (t *trainer) belongs(p Progress) bool {
	switch p.Event {
	case EventDone:
		return false
	case EventBatch:
		return slices.ContainsFunc(t.Cuts, func(c cut) bool { return c.Step == p.Step && c.Batch == p.Batch })
	case EventStep:
		return p.Step <= t.step
	}
	return p.Step < t.step || p.Step == t.step && t.Validated >= t.step // else it was cut short and comes again
}
