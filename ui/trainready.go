package ui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"frglab/dataset"
)

// lacks says whether a side of the split has no faces, or no others, to train or check with.
func lacks(n [2]dataset.Counts) bool {
	for _, c := range n {
		if c.Face == 0 || c.Other == 0 {
			return true
		}
	}
	return false
}

// makeReady counts again, as labels come and go while the tab is hidden. It goes on with
// the training where both sides have crops; else it offers to split them, or says what to
// label.
func (t *trainTab) makeReady(pl plan) {
	t.recount(func() {
		train, valid := t.counted[dataset.Train], t.counted[dataset.Valid]
		faces, others := train.Face+valid.Face, train.Other+valid.Other
		switch {
		case !lacks(t.counted):
			t.startReady(pl)
		case faces < 2 || others < 2:
			t.s.show(errors.New(tr("A training learns what is a face and what is not, and %d faces and %d others are labelled: label more of both in the Label tab.", faces, others)))
		default:
			t.offerSplit(pl)
		}
	})
}

// offerSplit asks whether to keep some of the crops to check the training with.
func (t *trainTab) offerSplit(pl plan) {
	text := describeSides(t.counted) + "\n\n" +
		tr("Some crops must be kept to check with, faces and others. FrgLab can choose them now: whole titles, or whole episodes or files where there is one title. Edit › Undo in the Label tab takes it back.")
	d := dialog.NewCustomConfirm(tr("Nothing to check with"), tr("Split and train"), tr("Cancel"), wrapped(text), func(yes bool) {
		if yes {
			t.splitFor(pl)
		}
	}, t.s.win)
	d.Resize(fyne.NewSize(480, 0))
	d.Show()
}

// splitFor splits the crops, and trains if that gave both sides enough.
func (t *trainTab) splitFor(pl plan) {
	start(t.s.jobs, &job{name: tr("Split"), of: pl.p}, func(context.Context, *job) (struct{}, error) {
		return struct{}{}, autoSplit(pl.p)
	}, func(_ struct{}, err error) {
		call(t.s.onSamples)
		if err != nil || pl.p != t.s.project {
			return
		}
		t.recount(func() {
			if lacks(t.counted) {
				t.s.show(errors.New(tr("The faces and others that are labelled come from too few files to be split: label crops of more files.") + "\n" + describeSides(t.counted)))
				return
			}
			t.startReady(pl)
		})
	})
}
