package ui

import (
	"fmt"

	"frglab/engine"
)

// rightOf is the share of the crops of a class, among the titles set aside, that a model
// tells right.
func rightOf(next *detectTrial, model, class int) string {
	if !next.checked {
		return "…"
	}
	share, ok := shareRight(next.checks[model], class)
	if !ok {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100*share)
}

func shareRight(r engine.Report, class int) (share float64, ok bool) {
	if len(r.Confusion) <= class {
		return 0, false
	}
	n := 0
	for _, v := range r.Confusion[class] {
		n += v
	}
	if n == 0 {
		return 0, false
	}
	return float64(r.Confusion[class][class]) / float64(n), true
}

// aside says what the rows below it are about.
func (next *detectTrial) aside() string {
	switch {
	case !next.frames.done:
		return tr("Titles to check with")
	case next.frames.frames == 0:
		return tr("Titles to check with: no frame of them has all its faces marked, so only crops count.")
	}
	return tr("Titles to check with: frames %d, faces %d", next.frames.frames, next.frames.faces)
}

// worseBy is a loss of right answers on the titles set aside that is worth a warning.
const worseBy = 0.01

// verdict says in words what the figures mean.
func (next *detectTrial) verdict() string {
	if !next.judged || !next.checked || !next.frames.done {
		return tr("Comparing…")
	}
	worse := false
	for class := range 2 {
		a, ok := shareRight(next.checks[0], class)
		b, _ := shareRight(next.checks[1], class)
		worse = worse || ok && b < a-worseBy
	}
	worse = worse || next.frames.worse()
	learned := next.after.wrong < next.before.tally.wrong || next.after.found > next.before.tally.found
	switch {
	case worse && learned:
		return tr("It has learned this picture, but is worse on the titles to check with: more examples of the other kind would help.")
	case worse:
		return tr("It is worse on the titles to check with: better go back.")
	case learned:
		return tr("It has learned this picture, and is as good as before on the titles to check with.")
	case next.after.wrong > 0:
		return tr("It still boxes a false face here: give more examples of its kind, or fine-tune once more.")
	}
	return tr("It is as good as before on the titles to check with.")
}
