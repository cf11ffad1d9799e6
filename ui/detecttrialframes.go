package ui

import (
	"context"
	"errors"
	"fmt"
	"image"

	"frglab/assets"
	"frglab/dataset"
	"frglab/engine"
)

// trialFrames is on how many frames of the titles set aside a trial looks for faces: at two
// looks of a tenth of a second each, for a few seconds.
const trialFrames = 60

// frameCheck is how two models find the faces of frames of titles that no training saw.
type frameCheck struct {
	done   bool
	frames int
	faces  int
	missed [2]int // by the old model, by the new one
	wrong  [2]int // boxes that are no face, or not at their place
}

// checkFrames asks both models for frames whose faces are known, each with the settings that
// it works with.
func (l *detectLearner) checkFrames(next *detectTrial) {
	s, p := l.t.s, l.t.s.project
	sets := [2]detectSetup{next.set, l.t.setup()}
	start(s.jobs, &job{name: tr("Compare the models"), of: p}, func(ctx context.Context, j *job) (frameCheck, error) {
		return s.checkFrames(ctx, j, p, sets)
	}, func(r frameCheck, err error) {
		if err == nil && l.trial == next {
			next.frames = r
			l.refresh()
		}
	})
}

func (s *session) checkFrames(ctx context.Context, j *job, p *dataset.Project, sets [2]detectSetup) (r frameCheck, err error) {
	frames, err := knownFrames(ctx, p)
	if err != nil || len(frames) == 0 {
		return frameCheck{done: true}, err
	}
	frames = spread(frames, trialFrames)
	dev, err := s.openDevice()
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, dev.Close()) }()
	var detectors [2]*engine.Detector
	for i, set := range sets {
		if detectors[i], err = engine.NewScouted(set.model, assets.Scout(), dev); err != nil {
			return r, err
		}
		defer func() { err = errors.Join(err, detectors[i].Close()) }()
	}
	var found [2][]engine.FrameResult
	n := 0
	read := func(ctx context.Context, f evalFrame) *image.RGBA {
		img, _ := s.framePixels(ctx, f.path, f.frame) // the file may be gone: look at the others
		return img
	}
	err = ahead(ctx, frames, read, func(f evalFrame, img *image.RGBA) error {
		n++
		j.tell(float64(n)/float64(len(frames)), fmt.Sprintf("%d / %d", n, len(frames)))
		if img == nil {
			return ctx.Err()
		}
		for i, d := range detectors {
			boxes, err := d.Detect(ctx, img, sets[i].params)
			if err != nil {
				return err
			}
			found[i] = append(found[i], engine.FrameResult{Found: boxes, Truth: f.truth})
		}
		return nil
	})
	if err == nil {
		r = frameCheckOf(found)
	}
	return r, err
}

// frameCheckOf counts what two models found in the same frames.
func frameCheckOf(found [2][]engine.FrameResult) frameCheck {
	r := frameCheck{done: true, frames: len(found[0])}
	for _, f := range found[0] {
		for _, t := range f.Truth {
			if !t.Ignore {
				r.faces++
			}
		}
	}
	for i := range found {
		causes := engine.Operate(found[i], 0).Causes // all that was found is above the threshold
		r.missed[i] = causes[engine.Missed]
		r.wrong[i] = causes[engine.Background] + causes[engine.Duplicate] + causes[engine.Misplaced]
	}
	return r
}

// worse reports whether the new model finds fewer of the faces, or takes more for faces than
// one in ten frames.
func (r frameCheck) worse() bool {
	return float64(r.missed[1]-r.missed[0]) > worseBy*float64(r.faces) || r.wrong[1]-r.wrong[0] > r.frames/10
}

// cells are the rows of the table.
func (r frameCheck) cells() (found, wrong [2]string) {
	for i := range found {
		switch {
		case !r.done:
			found[i], wrong[i] = "…", "…"
		default:
			found[i], wrong[i] = fmt.Sprintf("%d/%d", r.faces-r.missed[i], r.faces), fmt.Sprint(r.wrong[i])
		}
	}
	return found, wrong
}
