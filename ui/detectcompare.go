package ui

import (
	"slices"

	"frglab/dataset"
	"frglab/engine"
)

// boxesBefore is what the old model found in a picture, as it was on screen when a
// fine-tuning began.
type boxesBefore struct {
	shot  detectShot
	found []engine.Detection
	known bool // it had looked
	tally tally
}

func (t *detectTab) boxesBefore() boxesBefore {
	shot := t.shot()
	return boxesBefore{shot, slices.Clone(t.found), t.cnn.scan != nil, t.marks.tally(shot, t.found)}
}

// of reports whether that picture is the one of a shot.
func (b boxesBefore) of(s detectShot) bool {
	return s.file.source() == b.shot.file.source() && s.frame == b.shot.frame
}

// comparing reports whether the right pane shows what the old model found, in place of the
// cascade's boxes: for this very picture, and while the new model is on trial.
func (t *detectTab) comparing() bool {
	l := t.learner
	if l == nil || l.trial == nil || !l.beside.Checked {
		return false
	}
	next := l.trial
	return next.before.known && next.before.of(t.shot()) && t.cnn.scan != nil && t.asked.model == next.new
}

// rivals are the boxes of the right pane.
func (t *detectTab) rivals() []engine.Detection {
	if t.comparing() {
		return t.learner.trial.before.found
	}
	return t.classic
}

// boxChanges says what became of the boxes of a picture.
type boxChanges struct {
	stay, gone, fresh int
	wrong, right      int // of those that are gone, said to be no face, or to be one
}

func changesOf(before, after []engine.Detection, said []said) (c boxChanges) {
	for _, d := range after {
		if !agrees(d, before) {
			c.fresh++
		}
	}
	for _, d := range before {
		if agrees(d, after) {
			c.stay++
			continue
		}
		c.gone++
		for _, k := range slices.Backward(said) { // the last word counts
			if !k.covers(d.Box) {
				continue
			}
			if k.class == dataset.Face {
				c.right++
			} else {
				c.wrong++
			}
			break
		}
	}
	return c
}

// text says it in words.
func (c boxChanges) text() string {
	text := tr("In this picture %d boxes stay, %d are gone, %d are new.", c.stay, c.gone, c.fresh)
	if c.wrong > 0 {
		text += " " + tr("Gone are false faces: %d.", c.wrong)
	}
	if c.right > 0 {
		text += " " + tr("Lost are right faces: %d.", c.right)
	}
	if n := c.gone - c.wrong - c.right; n > 0 {
		text += " " + tr("Nobody said what is in %d of those that are gone: look at the dotted boxes on the right.", n)
	}
	return text
}
