package ui

import (
	"frglab/engine"
	"frglab/ui/chart"
)

// trace is one training in the charts.
type trace struct {
	of                                                    *curves
	lossTrain, lossValid, accTrain, accValid, rate, speed *chart.Series
}

// add puts a training into the charts; name is "" where there is only one.
func (c *curves) add(name string) *trace {
	raw := chart.Style{Smoothing: max(c.smooth.Value, 1e-9), Legend: name}
	several := name != ""
	if several {
		name += " "
	}
	pair := func(ch *chart.Chart) (train, valid *chart.Series) {
		train, dots := ch.AddSeries(name+tr("train"), raw), chart.Style{Dots: true, Dashed: true}
		if several { // a colour for each training
			dots.With = train
		}
		return train, ch.AddSeries(name+tr("valid"), dots)
	}
	t := &trace{of: c, rate: c.rate.AddSeries(name+tr("rate"), chart.Style{}), speed: c.speed.AddSeries(name+tr("train"), raw)}
	t.lossTrain, t.lossValid = pair(c.loss)
	t.accTrain, t.accValid = pair(c.accuracy)
	return t
}

func (t *trace) remove() {
	c := t.of
	for ch, all := range map[*chart.Chart][]*chart.Series{c.loss: {t.lossTrain, t.lossValid}, c.accuracy: {t.accTrain, t.accValid}, c.rate: {t.rate}, c.speed: {t.speed}} {
		for _, s := range all {
			ch.RemoveSeries(s)
		}
	}
}

func (t *trace) clear() {
	for _, s := range []*chart.Series{t.lossTrain, t.lossValid, t.accTrain, t.accValid, t.rate, t.speed} {
		s.Clear()
	}
}

// plot adds an event. It may be called from any goroutine.
func (t *trace) plot(p engine.Progress) {
	x := float64(p.Step)
	switch p.Event {
	case engine.EventStep:
		t.lossTrain.Append(x, p.Loss)
		t.accTrain.Append(x, p.Accuracy)
		t.rate.Append(x, p.LR)
		if p.PerSecond > 0 { // a log of 2015 does not say
			t.speed.Append(x, p.PerSecond)
		}
	case engine.EventValid:
		t.lossValid.Append(x, p.Loss)
		t.accValid.Append(x, p.Accuracy)
	}
}

// mark shows the iteration of the best validation; 0 shows none.
func (c *curves) mark(best int) {
	var lines []chart.VLine
	if best > 0 {
		lines = []chart.VLine{{X: float64(best), Label: tr("best")}}
	}
	c.loss.Mark(lines...)
	c.accuracy.Mark(lines...)
}
