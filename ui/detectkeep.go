package ui

import (
	"context"

	"frglab/dataset"
	"frglab/engine"
)

// keep puts the selected box into the project, labelled.
func (t *detectTab) keep(c dataset.Class) {
	d, proposer := engine.Detection{}, ""
	if i := t.left.Selected(); i >= 0 && i < len(t.found) {
		d, proposer = t.found[i], "cnn"
		d.Box = dataset.BoxOf(d.Box) // as a collection frames it
	} else if i := t.right.Selected(); i >= 0 && i < len(t.classic) {
		d, proposer = t.classic[i], "cascade"
	}
	if proposer == "" || t.s.project == nil {
		return
	}
	_, err := t.s.project.Add(context.Background(), []dataset.NewSample{{
		Class: c, Checked: true, Path: t.files[t.at].source(), Frame: t.frame, Box: d.Box,
		Proposer: proposer, Score: d.Score, Crop: dataset.Cut(t.img, d.Box, dataset.Margin),
	}})
	if err != nil {
		t.s.show(err)
		return
	}
	t.s.notify(tr("In the project as %s.", className(c)))
	call(t.s.onSamples)
}
