package ui

import (
	"context"
	"image"
	"time"

	"frglab/dataset"
)

// Who cuts a crop, as the project keeps it.
const (
	byHand    = "hand"
	byCascade = "cascade"
	byCNN     = "cnn"
)

// Acts of this mode, as the project's history names them; see actName.
const (
	whatMove    = "move a box"
	whatSnap    = "snap a box to a detector's"
	whatChecked = "no more faces in a frame"
)

// frameActName is what an act of this mode is called on screen; "" for another one.
func frameActName(what string) string {
	switch what {
	case whatMove:
		return tr("move a box")
	case whatSnap:
		return tr("snap a box to a detector's")
	case whatChecked:
		return tr("no more faces in a frame")
	}
	return ""
}

// ready reports whether the frame on screen is the one wished for, and can be worked on.
func (m *frameMode) ready() bool {
	m.pane.Settle()
	return m.project != nil && m.loading == nil && m.shot.picture.img != nil
}

// picked is told the pane's box that was clicked, or that Tab led to.
func (m *frameMode) picked(i int) {
	boxed := m.boxed()
	if i < len(boxed) {
		m.choose(boxed[i].ID)
	} else if offered := m.offered(); i-len(boxed) < len(offered) && m.ready() {
		p := offered[i-len(boxed)]
		m.add(p.box, p.by, p.score)
	}
}

// drawn adds a face where somebody drew a box.
func (m *frameMode) drawn(r image.Rectangle) {
	if m.ready() && m.pane.Edit {
		m.add(r, byHand, 0)
		m.setDraw(false)
	}
}

// add makes a face of a box.
func (m *frameMode) add(r image.Rectangle, by string, score float64) {
	info, img := m.shot.info, m.shot.picture.img
	if info.ID == 0 {
		id, err := m.project.AddFrame(dataset.NewFrame{
			Source: info.Source, Frame: info.Frame, At: info.At, Width: img.Rect.Dx(), Height: img.Rect.Dy(),
		})
		if err != nil {
			m.s.show(err)
			return
		}
		m.shot.info.ID = id
	}
	ids, err := m.project.Add(context.Background(), []dataset.NewSample{{
		Class: dataset.Face, Checked: true, Source: info.Source, Frame: info.Frame, At: info.At,
		Box: r, Proposer: by, Score: score, Crop: dataset.Cut(img, r, dataset.Margin),
	}})
	if err != nil {
		m.s.show(err)
		return
	}
	m.s.notify(tr("In the project as %s.", className(dataset.Face)))
	m.did(ids[0], ids[0])
}

// changing shows the crop of a box while it is dragged.
func (m *frameMode) changing(i int, r image.Rectangle) {
	if boxed := m.boxed(); i < len(boxed) && boxed[i].ID == m.selected {
		m.side.preview(r)
	}
}

// moved makes a drag durable, as one act.
func (m *frameMode) moved(i int, r image.Rectangle) {
	boxed := m.boxed()
	if i < len(boxed) && m.project != nil && m.project == m.s.project && m.shot.picture.img != nil {
		put := m.project.Replace
		if m.pane.Nudged() && boxed[i].ID == m.nudged && m.t.speed.now().Sub(m.nudgedAt) < nudgePause {
			put = m.project.Amend
		}
		m.replace(put, boxed[i], r, proposal{by: byHand}, whatMove)
		if m.pane.Nudged() {
			m.nudged, m.nudgedAt = m.selected, m.t.speed.now()
		}
	}
}

// nudgePause is how long after an arrow key the next one still belongs to the same act.
const nudgePause = 2 * time.Second

// replaceFunc is one of the project's ways to put a sample in the place of another.
type replaceFunc func(ctx context.Context, old int64, s dataset.NewSample, what string) (int64, error)

// replace puts another box in the place of a sample's, which is by that proposer. The
// verdict stays.
func (m *frameMode) replace(put replaceFunc, old dataset.Sample, r image.Rectangle, from proposal, what string) {
	id, err := put(context.Background(), old.ID, dataset.NewSample{
		Class: old.Class, Checked: old.Checked, Source: old.Source, Frame: old.Frame, At: old.At,
		Box: r, Proposer: from.by, Score: from.score, Crop: dataset.Cut(m.shot.picture.img, r, dataset.Margin),
	}, what)
	if err != nil {
		m.s.show(err)
		m.refresh()
		return
	}
	if m.selected == old.ID {
		m.selected = id
	}
	if m.anchor == old.ID {
		m.anchor = id
	}
	m.t.replaced(old.ID, id)
	m.s.notify(actText(what, 1))
	m.did(id, id)
}

// remove takes the selected sample out of the project.
func (m *frameMode) remove() {
	if !m.ready() {
		return
	}
	s := m.sample(m.selected)
	if s.ID == 0 {
		return
	}
	if err := m.project.Remove([]int64{s.ID}, whatRemove); err != nil {
		m.s.show(err)
		return
	}
	m.s.notify(actText(whatRemove, 1))
	m.shot.samples = m.reread()
	m.did(m.waiting(), s.ID)
}

// verdict implements verdictMode: it judges the selected box, and goes on to the next one
// of the frame that waits for a verdict.
func (m *frameMode) verdict(c dataset.Class) {
	if !m.ready() || m.sample(m.selected).ID == 0 {
		return
	}
	waited := !m.sample(m.selected).Checked
	if !m.t.label(map[int64]dataset.Class{m.selected: c}, whatLabel(c)) {
		return
	}
	if next := m.waiting(); waited && next != 0 {
		m.choose(next)
	}
}

// waiting is the first sample of the frame, from left to right, that nobody has checked;
// 0 for none.
func (m *frameMode) waiting() int64 {
	for _, s := range m.boxed() {
		if !s.Checked {
			return s.ID
		}
	}
	return 0
}

// did shows an act of this mode, and tells the tab.
func (m *frameMode) did(choice, changed int64) {
	m.selected = choice
	m.refresh()
	if choice != 0 && m.sample(choice).ID == 0 {
		m.s.notify(tr("The project has this very crop already, from another frame."))
		m.selected = 0
		m.redraw()
	}
	m.t.speed.add(1)
	m.t.update([]int64{changed})
}

// replaced puts a sample in the place of another one in the list, so that the order
// stays.
func (t *labelTab) replaced(old, id int64) {
	if i, ok := t.l.index[old]; ok && old != id {
		if _, twice := t.l.index[id]; twice {
			return
		}
		t.l.ids[i] = id
		t.l.index[id] = i
		delete(t.l.index, old)
	}
	t.rows.forget(old)
	if t.current == old {
		t.current = id
	}
}
