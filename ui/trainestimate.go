package ui

import (
	"slices"

	"frglab/dataset"
	"frglab/engine"
)

// guess says how long the training would take, after what earlier runs on this
// device measured.
func (f *trainForm) guess() {
	if f.filling || f.estimate == nil || f.t.pastRates == nil {
		return
	}
	c, err := f.config()
	n := f.t.counted
	crops := n[dataset.Train].Face + n[dataset.Train].Other
	if err != nil || crops == 0 || f.fromLists() {
		f.estimate.SetText("")
		return
	}
	rate := f.t.pastRates[rateKey{c.Arch.Name, f.deviceName()}]
	if rate == 0 {
		f.estimate.SetText(tr("How long it takes shows after the first iterations."))
		return
	}
	steps, every := c.Plan(crops)
	p := engine.Pace{Batch: c.Batch, Valid: n[dataset.Valid].Face + n[dataset.Valid].Other, ValidEvery: every}
	p.Add(engine.Progress{Event: engine.EventStep, Steps: steps, PerSecond: rate})
	left, _ := p.Left()
	f.estimate.SetText(tr("%d iterations, about %s, as fast as the last run on this device (%.0f crops a second).", steps, duration(left.Seconds()), rate))
}

// rateKey is what the speed of a training depends on most.
type rateKey struct{ arch, device string }

// ratesOf are the speeds that runs were measured at, the last one for each key; auto is
// the device that the command line chooses by itself.
func ratesOf(p *dataset.Project, runs []dataset.Run, auto string) map[rateKey]float64 {
	rates := map[rateKey]float64{}
	for _, r := range runs {
		points, err := p.Points(r.ID)
		if err != nil {
			continue
		}
		var speeds []float64
		for _, q := range points {
			if q.Split == dataset.Train && q.PerSecond > 0 {
				speeds = append(speeds, q.PerSecond)
			}
		}
		if len(speeds) > 0 {
			slices.Sort(speeds)
			s := settingsOf(r)
			if s.Device == "auto" {
				s.Device = auto
			}
			rates[rateKey{s.Arch.Name, s.Device}] = speeds[len(speeds)/2]
		}
	}
	return rates
}
