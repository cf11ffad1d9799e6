package ui

import (
	"context"
	"image"
	"slices"

	"frglab/dataset"
	"frglab/engine"
	"frglab/engine/vision"
)

// snapReach is the part of the picture that is searched for a box to snap to, in sides
// of the box; snapOverlap the overlap with it that a proposal needs.
const (
	snapReach   = 3
	snapOverlap = 0.15
)

// propose asks the detectors for faces of the whole frame, where that is turned on.
func (m *frameMode) propose() {
	m.stopFinding()
	m.proposals = nil
	if !m.side.proposals.Checked || m.shot.picture.img == nil || m.shot.crop {
		return
	}
	img, f, model := m.shot.picture.img, m.s.finder, m.s.model
	m.find(tr("Cascade"), func(ctx context.Context) ([]proposal, error) { return f.cascadeBoxes(ctx, img, 3) }, m.offer)
	if model != nil {
		m.find(tr("CNN"), func(ctx context.Context) ([]proposal, error) { return f.cnnBoxes(ctx, model, img) }, m.offer)
	}
}

// offer shows what one of the detectors found; the cascade's boxes first, as it is the
// quick one, and of the other's those that are no repetition.
func (m *frameMode) offer(found []proposal) {
	for _, p := range found {
		if !slices.ContainsFunc(m.proposals, func(o proposal) bool { return engine.IoU(o.box, p.box) >= agreement }) {
			m.proposals = append(m.proposals, p)
		}
	}
	if !m.pane.Editing() {
		m.redraw()
	}
}

// snap puts the detector's box that overlaps the selected one most in its place: the
// cascade's, and where that finds none the CNN's.
func (m *frameMode) snap() {
	if !m.ready() || !m.pane.Edit {
		return
	}
	old := m.sample(m.selected)
	if old.Box.Empty() {
		m.s.notify(m.s.keys.fill(tr("Choose a box first: click it, or press {frame.walk}.")))
		return
	}
	img, f, model := m.shot.picture.img, m.s.finder, m.s.model
	m.find(tr("Snap"), func(ctx context.Context) ([]proposal, error) {
		return f.snapBoxes(ctx, model, img, old.Box)
	}, func(found []proposal) {
		if len(found) == 0 {
			m.s.notify(tr("No detector finds a face in this box."))
			return
		}
		m.pane.Settle()
		if now := m.sample(old.ID); now.Box == old.Box && found[0].box != old.Box {
			m.replace(m.project.Replace, now, found[0].box, found[0], whatSnap)
		}
	})
}

// find runs detectors in a job of the frame on screen, and hands on what they found while
// that is still there.
func (m *frameMode) find(name string, work func(ctx context.Context) ([]proposal, error), done func([]proposal)) {
	at := m.shot.place
	var mine *job
	mine = start(m.s.jobs, &job{name: name, quiet: true}, func(ctx context.Context, _ *job) ([]proposal, error) {
		return work(ctx)
	}, func(found []proposal, err error) {
		i := slices.Index(m.finding, mine)
		if i < 0 {
			return
		}
		m.finding = slices.Delete(m.finding, i, i+1)
		if err == nil && m.loading == nil && m.shot.place == at {
			done(found)
		}
		m.bar.refresh()
	})
	m.finding = append(m.finding, mine)
	m.bar.refresh()
}

func (m *frameMode) stopFinding() {
	for _, j := range m.finding {
		j.cancel()
	}
	m.finding = nil
}

// cascadeBoxes are what the cascade proposes in a picture. Fewer neighbours propose more.
func (f *finder) cascadeBoxes(ctx context.Context, img *image.RGBA, neighbours int) ([]proposal, error) {
	p := vision.DefaultCascadeParams()
	p.MinNeighbors = neighbours
	r, err := f.search(ctx, img, p)
	return proposals(r.raw.Detections(p.MinNeighbors), img.Rect, byCascade), err
}

// cnnBoxes are what the model proposes in a picture.
func (f *finder) cnnBoxes(ctx context.Context, model *engine.Checkpoint, img *image.RGBA) ([]proposal, error) {
	p, err := engine.DefaultDetectParams(engine.ModeScout)
	if err != nil {
		return nil, err
	}
	r, err := f.scan(ctx, model, img, p)
	if err != nil {
		return nil, err
	}
	found, err := r.scan.Detections(p)
	for i, d := range found { // as a collection frames them
		found[i].Box = dataset.BoxOf(d.Box)
	}
	return proposals(found, img.Rect, byCNN), err
}

func proposals(found []engine.Detection, bounds image.Rectangle, by string) []proposal {
	var list []proposal
	for _, d := range found {
		if box := d.Box.Intersect(bounds); box.Dx() >= 2 && box.Dy() >= 2 {
			list = append(list, proposal{box, d.Score, by})
		}
	}
	return list
}

// snapBoxes are the proposals around a box that overlap it enough, best first.
func (f *finder) snapBoxes(ctx context.Context, model *engine.Checkpoint, img *image.RGBA, box image.Rectangle) ([]proposal, error) {
	grow := max(box.Dx(), box.Dy()) * (snapReach - 1) / 2
	region := box.Inset(-grow).Intersect(img.Rect)
	part := cut(img, region)
	var found []proposal
	for _, neighbours := range []int{3, 1} {
		list, err := f.cascadeBoxes(ctx, part, neighbours)
		if err != nil {
			return nil, err
		}
		if found = overlapping(list, region.Min, box); len(found) > 0 {
			return found, nil
		}
	}
	if model == nil {
		return nil, nil
	}
	list, err := f.cnnBoxes(ctx, model, part)
	return overlapping(list, region.Min, box), err
}

// overlapping are those of a part of the picture, which begins at min, that overlap box,
// best first, in pixels of the picture.
func overlapping(list []proposal, min image.Point, box image.Rectangle) []proposal {
	var out []proposal
	for _, p := range list {
		p.box = p.box.Add(min)
		if engine.IoU(p.box, box) >= snapOverlap {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b proposal) int {
		switch x, y := engine.IoU(a.box, box), engine.IoU(b.box, box); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return out
}
