package ui

import (
	"frglab/dataset"
	"frglab/engine"
)

// guess says how long the training would take, as fast as this machine has trained such
// a network before, or else in a trial of some seconds.
func (f *trainForm) guess() {
	if f.filling || f.estimate == nil {
		return
	}
	text := f.duration()
	f.estimate.Hidden = text == ""
	f.estimate.SetText(text)
}

// duration is that in words; "" where there is nothing to guess.
func (f *trainForm) duration() string {
	c, err := f.config()
	n := f.t.counted
	crops := n[dataset.Train].Face + n[dataset.Train].Other
	if err != nil || crops == 0 || f.fromLists() || f.t.running != nil { // the training itself says more
		return ""
	}
	rate := f.t.speed.of(trialOf(c, f.deviceName()))
	if rate == 0 {
		return f.t.speed.missing(c, f.deviceName())
	}
	steps, every := c.Plan(crops)
	p := engine.Pace{Batch: c.Batch, Valid: n[dataset.Valid].Face + n[dataset.Valid].Other, ValidEvery: every}
	p.Add(engine.Progress{Event: engine.EventStep, Steps: steps, PerSecond: rate})
	left, _ := p.Left()
	return tr("About %s: %d iterations at %.0f crops a second, as measured on this machine.", duration(left.Seconds()), steps, rate)
}
