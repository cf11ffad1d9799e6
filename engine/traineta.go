package engine

import (
	"cmp"
	"time"
)

// Plan says how long a training over n crops is, in iterations, and how many lie
// between two validations.
func (c Config) Plan(n int) (steps, validEvery int) {
	if n < 1 || c.Batch < 1 {
		return 0, 0
	}
	return c.steps(n), c.validEvery(n)
}

// Pace measures how fast a training goes, from its events, and from that when it
// will end, validations included. The zero value but for the first three is ready.
type Pace struct {
	Batch      int // crops an iteration, by the configuration
	Valid      int // validation crops
	ValidEvery int // iterations between two validations, of that many crops

	train, valid float64 // crops a second
	step, steps  int
	batch        int // of the last event, which may be less than Batch; 0: Batch
}

// Add takes an event.
func (p *Pace) Add(e Progress) {
	switch e.Event {
	case EventStep:
		if p.train == 0 {
			p.train = e.PerSecond
		}
		p.train += 0.3 * (e.PerSecond - p.train) // a machine that is used for something else slows down, and not for good
	case EventValid:
		p.valid = e.PerSecond
	}
	p.step, p.steps, p.batch = e.Step, e.Steps, e.Batch
}

// Left is the time to the end; ok is false as long as nothing was measured.
func (p *Pace) Left() (left time.Duration, ok bool) {
	if p.train <= 0 {
		return 0, false
	}
	batch := cmp.Or(p.batch, p.Batch)
	crops := (p.steps - p.step) * batch
	seconds := float64(crops) / p.train
	if rate, every := p.valid, p.ValidEvery*p.Batch; every > 0 {
		if rate <= 0 {
			rate = 3 * p.train // without the way back and the update
		}
		seconds += float64((crops+every-1)/every*p.Valid) / rate
	}
	return time.Duration(min(max(seconds, 0), 1e9) * float64(time.Second)), true
}

// PerSecond is the pace of learning in crops a second; 0: not measured yet.
func (p *Pace) PerSecond() float64 { return p.train }
