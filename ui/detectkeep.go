package ui

import (
	"context"
	"image"
	"slices"

	"frglab/dataset"
	"frglab/engine"
)

// boxOfWindow is the box of a window of the CNN, as a collection frames it.
func boxOfWindow(window, bounds image.Rectangle) image.Rectangle {
	return dataset.BoxOf(window).Intersect(bounds)
}

// keep puts the chosen box into the project, labelled.
func (t *detectTab) keep(c dataset.Class) {
	d, proposer, ok := t.chosenBox()
	switch {
	case ok && t.ready():
		t.add(c, d, proposer)
	case !ok && t.img != nil:
		t.s.notify(t.s.keys.fill(tr("Choose a box first: click it, or press {detect.box}.")))
	}
	t.focus() // the verdict may have come from a button
}

// missed puts a face that somebody drew into the project.
func (t *detectTab) missed(box image.Rectangle) {
	switch {
	case t.loading: // what is on screen is not of the file that is named
		t.s.notify(tr("The picture is still being opened: draw the box again when it is there."))
	case t.img != nil && t.ready():
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

// add puts a crop of the picture on screen into the project, checked, and among the new
// examples of the next fine-tuning.
func (t *detectTab) add(c dataset.Class, d engine.Detection, proposer string) {
	shot := t.shot()
	ids, err := t.s.project.Add(context.Background(), []dataset.NewSample{{
		Class: c, Checked: true, Path: shot.file.source(), Frame: shot.frame, At: t.time, Box: d.Box,
		Proposer: proposer, Score: d.Score, Crop: dataset.Cut(t.img, d.Box, dataset.Margin),
	}})
	if err != nil {
		t.s.show(err)
		return
	}
	t.marks.put(ids[0], shot, d.Box, c)
	text, learned := tr("In the project as %s.", className(c)), true
	if list, err := t.s.project.Samples(ids); err == nil && list[0].Split == dataset.Valid {
		learned = false
		text = tr("In the project as %s. Its title is set aside to check with: training does not see it.", className(c))
	}
	t.s.notify(text)
	t.learner.add(ids)
	t.draw()
	if learned {
		t.inspector.said(c)
	}
	call(t.s.onSamples)
}

// marks are what a person said of places in pictures since the program started.
type marks []said

type said struct {
	id     int64 // of the sample
	source string
	frame  int
	box    image.Rectangle
	class  dataset.Class
}

func (m *marks) put(id int64, s detectShot, box image.Rectangle, c dataset.Class) {
	m.drop(id)
	*m = append(*m, said{id, s.file.source(), s.frame, box, c})
}

func (m *marks) drop(id int64) {
	*m = slices.DeleteFunc(*m, func(k said) bool { return k.id == id })
}

// follow takes the project's word for what was said: an undo, or a verdict in the Label tab.
func (m *marks) follow(p *dataset.Project) {
	for i, k := range slices.Backward(*m) {
		if s, err := p.Samples([]int64{k.id}); err != nil || !s[0].Checked || s[0].Class == dataset.Unsure {
			m.drop(k.id)
		} else {
			(*m)[i].class = s[0].Class
		}
	}
}

// sameFace is the overlap from which a box means a place that was marked: boxes of one
// detector, or of two that frame faces differently.
const sameFace = 0.35

// at are the marks of what is on screen; later ones count.
func (m marks) at(s detectShot) []said {
	var list []said
	for _, k := range m {
		if s.index >= 0 && k.source == s.file.source() && k.frame == s.frame {
			list = append(list, k)
		}
	}
	return list
}
