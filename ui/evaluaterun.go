package ui

import (
	"context"
	"errors"
	"time"

	"frglab/dataset"
	"frglab/engine"
)

// evalResult is what both detectors found in frames whose faces are known.
type evalResult struct {
	name   string
	frames []evalFrame
	found  [2][]engine.FrameResult // by detector, then by frame
	took   [2]time.Duration        // all frames
	score  [2]engine.ScoreReport
	doubt  [2]engine.Intervals
	start  [2]float64 // the thresholds that the detectors work with
	failed []string   // a line for each file that could not be read
}

// evalRounds of the bootstrap make intervals of two figures.
const evalRounds = 1000

// leastEvaluated is the network's score from which on curves are drawn.
const leastEvaluated = 1e-6

// run looks at frames with both detectors beside the window and shows what came of it, also
// after a cancel: then of those that were looked at. of is the project that frames asks, if it
// asks one.
func (t *evaluateTab) run(of *dataset.Project, name string, frames func(context.Context) ([]evalFrame, error)) {
	if t.job != nil { // a dialog stood open meanwhile
		return
	}
	set := t.setup()
	r := evalResult{name: name, start: [2]float64{set.params.Threshold, float64(set.classy.MinNeighbors + 1)}}
	if set.params.Mode != engine.Mode2015 { // that experiment had its threshold before the suppression
		set.params.Threshold = leastEvaluated
	}
	set.classy.MinNeighbors = 0
	s := t.s
	t.job = &job{name: tr("Evaluate"), of: of}
	start(s.jobs, t.job, func(ctx context.Context, j *job) (evalResult, error) {
		todo, err := frames(ctx)
		if err != nil {
			return r, err
		}
		err = r.look(ctx, j, s, todo, set)
		if len(r.frames) > 0 && (err == nil || errors.Is(err, context.Canceled)) {
			r.measure()
		}
		return r, err
	}, func(r evalResult, err error) {
		t.job = nil
		t.buttons()
		if len(r.frames) > 0 && (err == nil || errors.Is(err, context.Canceled)) {
			t.show(r)
		}
		s.showLines(tr("These files were passed over"), r.failed)
	})
	t.buttons()
}

// look shows the frames to both detectors, and reads the next one meanwhile. One that cannot
// be read is no failure.
func (r *evalResult) look(ctx context.Context, j *job, s *session, frames []evalFrame, set detectSetup) error {
	began, n := time.Now(), 0
	read := func(ctx context.Context, f evalFrame) (l decoded) {
		l.img, l.err = s.framePixels(ctx, f.path, f.frame)
		return l
	}
	return ahead(ctx, frames, read, func(f evalFrame, l decoded) error {
		n++
		if l.err != nil {
			r.failed = append(r.failed, l.err.Error())
			return ctx.Err()
		}
		found, err := s.finder.lookInTurn(ctx, l.img, set)
		if err != nil {
			return err
		}
		cnn, cascade, err := found.detections(set)
		if err != nil {
			return err
		}
		r.frames = append(r.frames, f)
		for d, boxes := range [][]engine.Detection{cnn, cascade} {
			r.found[d] = append(r.found[d], engine.FrameResult{Found: boxes, Truth: f.truth})
		}
		r.took[evalCNN] += found.cnn.took
		r.took[evalCascade] += found.cascade.took
		j.tell(float64(n)/float64(len(frames)), progressOf(n, len(frames), time.Since(began)))
		return nil
	})
}

// measure computes the figures.
func (r *evalResult) measure() {
	for d := range r.found {
		r.score[d] = engine.Score(r.found[d])
		r.doubt[d] = engine.Bootstrap(r.found[d], evalRounds, 1)
	}
}
