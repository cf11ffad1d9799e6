package cli

import (
	"context"

	"frglab/engine"
	"frglab/engine/nn"
)

// bundledModel is what --model calls the network in the program.
const bundledModel = "bundled"

// openStart loads the network that a training goes on from.
func openStart(path string) (*engine.Checkpoint, error) {
	if path == bundledModel {
		return openModel("")
	}
	return engine.LoadCheckpoint(path)
}

// lesson is one run of the training loop.
type lesson struct {
	conf     engine.Config
	from     *engine.Checkpoint // nil: random weights
	sets     cropSets
	dev      nn.Backend
	steering *steering // nil: nobody leads
	more     bool      // others follow
}

// learn trains a network, and shows how that goes.
func (t *training) learn(ctx context.Context, env *Env, l lesson) error {
	show := t.reporter(env)
	show.more = l.more
	show.start(l.conf, l.dev.Name(), l.sets)
	run := engine.Run{
		Config: l.conf, From: l.from, Device: l.dev, Train: l.sets.train, Valid: l.sets.valid, Dir: t.out, Resume: t.resume,
		StopAt: t.maxSteps, Report: show.event, OnProbes: show.probes,
	}
	if l.steering != nil {
		w := &worker{r: show, s: l.steering}
		run.Pause = w.wait
		steps, every := l.conf.Plan(l.sets.train.Len())
		w.tell(WorkerEvent{Event: WorkerReady, Steps: steps, Every: every, Device: l.dev.Name(), Train: l.sets.train.Len(), Valid: l.sets.valid.Len()})
	}
	return t.train(ctx, env, show, run)
}
