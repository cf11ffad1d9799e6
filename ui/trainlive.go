package ui

import (
	"time"

	"frglab/engine"
	"frglab/ui/cli"
)

// live is what a training said, in numbers. The training's job writes it, under the
// tab's lock.
type live struct {
	ready  cli.WorkerEvent // zero before the worker is ready
	paused bool
	pace   engine.Pace
	last   engine.Progress // of any kind
	valid  engine.Progress // last validation
	best   engine.Progress // best validation
	halved engine.Progress // last want of memory
	probes []engine.Probes // all, in their order

	trainLoss []float64 // of the step events since the best validation
	worse     int       // validations since the best
	risen     float64   // lowest validation loss since, over the best: 1.2 is a fifth worse
}

func (l *live) add(p engine.Progress) {
	l.pace.Add(p)
	l.last = p
	switch p.Event {
	case engine.EventBatch:
		l.halved = p
	case engine.EventStep:
		l.trainLoss = append(l.trainLoss, p.Loss)
	case engine.EventValid:
		if l.valid = p; l.best.Step == 0 || p.Loss < l.best.Loss {
			l.best, l.worse, l.risen, l.trainLoss = p, 0, 0, nil
			return
		}
		rise := p.Loss / max(l.best.Loss, 1e-9)
		if l.worse++; l.worse == 1 || rise < l.risen {
			l.risen = rise
		}
	}
}

// overfits says whether the network learns its crops by heart: since the best
// validation each of several was clearly worse, and the loss on what it learns from
// fell meanwhile.
func (l *live) overfits() bool {
	n := len(l.trainLoss)
	if l.worse < 3 || l.risen < 1.1 || n < 4 {
		return false
	}
	return mean(l.trainLoss[n-n/3-1:]) < 0.98*mean(l.trainLoss[:n/3+1])
}

func mean(vs []float64) float64 {
	sum := 0.0
	for _, v := range vs {
		sum += v
	}
	return sum / max(float64(len(vs)), 1)
}

// words are what the numbers mean, a line each; running says whether there is an end
// to wait for.
func (l *live) words(running bool) []string {
	var lines []string
	if l.last.Steps > 0 {
		text := tr("Iteration %d of %d, epoch %d", l.last.Step, l.last.Steps, l.last.Epoch)
		if rate := l.pace.PerSecond(); rate > 0 {
			text += "   ·   " + tr("%.1f crops a second", rate)
		}
		if left, ok := l.pace.Left(); ok && running && !l.paused && l.last.Step < l.last.Steps {
			text += "   ·   " + tr("%s left", duration(left.Seconds()))
		}
		lines = append(lines, text)
	}
	if l.valid.Step > 0 {
		lines = append(lines, tr("Validation: %.2f %%, loss %.4f", 100*l.valid.Accuracy, l.valid.Loss)+
			"   ·   "+tr("Best: %.2f %%, loss %.4f at iteration %d", 100*l.best.Accuracy, l.best.Loss, l.best.Step))
	}
	if l.halved.Batch > 0 {
		lines = append(lines, tr("Memory was short: from iteration %d on the batch is %d, and the learning rate is halved with it.", l.halved.Step+1, l.halved.Batch))
	}
	if l.overfits() {
		lines = append(lines, tr("Overfitting since iteration %d: training still improves, validation got %.0f %% worse. The best network is kept; more crops or stronger changes to them help.", l.best.Step, 100*(l.risen-1)))
	}
	return lines
}

// duration is seconds as a person says them.
func duration(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d < time.Minute {
		return tr("%.0f s", d.Seconds())
	}
	if d < time.Hour {
		return tr("%.0f min", d.Minutes())
	}
	return tr("%.1f h", d.Hours())
}
