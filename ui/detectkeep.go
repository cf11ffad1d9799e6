package ui

import (
	"context"
	"image"

	"frglab/dataset"
	"frglab/engine"
)

// keep puts the selected box into the project, labelled.
func (t *detectTab) keep(c dataset.Class) {
	d, proposer := engine.Detection{}, ""
	if i := t.left.Selected(); i >= 0 && i < len(t.found) {
		d, proposer = t.found[i], byCNN
		d.Box = dataset.BoxOf(d.Box) // as a collection frames it
	} else if i := t.right.Selected(); i >= 0 && i < len(t.classic) {
		d, proposer = t.classic[i], byCascade
	}
	if proposer == "" || !t.ready() {
		return
	}
	t.add(c, d, proposer)
}

// missed puts a face that somebody drew into the project.
func (t *detectTab) missed(box image.Rectangle) {
	if t.img != nil && t.ready() {
		t.add(dataset.Face, engine.Detection{Box: box}, byHand)
	}
}

// ready reports whether crops can be put into the project, and says why not.
func (t *detectTab) ready() bool {
	switch {
	case t.s.project == nil:
		t.s.notify(tr("No project is open: File › New project."))
	case t.s.project.ReadOnly():
		t.s.notify(tr("The project is open for reading only."))
	default:
		return true
	}
	return false
}

// add puts a crop of the picture on screen into the project, checked.
func (t *detectTab) add(c dataset.Class, d engine.Detection, proposer string) {
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
