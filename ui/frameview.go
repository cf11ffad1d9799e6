package ui

import (
	"image"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
	"frglab/ui/imageview"
)

// frameMode shows the frame that a crop was cut from, with all boxes of that frame: they
// are moved, resized, drawn, snapped to what a detector proposes, and judged. With a
// missedWalk it goes through the frames without a face instead, for missed ones.
//
// Its files: frameview.go what it shows, frameviewload.go which frame and its pixels,
// frameviewedit.go acts, frameviewfind.go detectors, frameviewkeys.go keys,
// frameviewmissed.go missed faces, frameviewbox.go looks of boxes, frameviewside.go the
// side, frameviewbar.go the lines above and below.
type frameMode struct {
	t      *labelTab
	s      *session
	missed *missedWalk // nil in frame mode

	project  *dataset.Project // that the rest belongs to
	shot     shot             // what is on screen
	selected int64            // sample, 0 for none
	anchor   int64            // the sample of the list by which one came here: steps go on from it
	loading  *job             // of the frame that is wished for; nil while that is on screen
	wish     frameWish        // what is wished for or shown
	ahead    *job             // reads what comes next

	nudged   int64 // the sample that an arrow key moved last, and when
	nudgedAt time.Time

	proposals []proposal // of detectors, in this frame
	finding   []*job

	arriving bool // it was just put on screen
	body     fyne.CanvasObject
	view     *imageview.View
	pane     *imageview.Pane
	bar      *frameBar
	side     *frameSide
	note     *frameNote
}

// place is where a frame is: of which source, and which one.
type place struct {
	source int64
	frame  int
}

// proposal is a box that a detector suggests.
type proposal struct {
	box   image.Rectangle
	score float64
	by    string // cascade or cnn
}

func newFrameMode(t *labelTab) *frameMode { return buildFrameMode(t, nil) }

func newMissedMode(t *labelTab) *frameMode { return buildFrameMode(t, newMissedWalk()) }

func buildFrameMode(t *labelTab, missed *missedWalk) *frameMode {
	m := &frameMode{t: t, s: t.s, missed: missed, view: imageview.NewView()}
	m.pane = imageview.NewPane(m.view)
	m.pane.Edit = true
	m.pane.OnKey = t.typedKey
	m.pane.OnRune = t.typedRune
	m.pane.OnBoxPicked = m.picked
	m.pane.OnBoxDrawn = m.drawn
	m.pane.OnBoxChanging = m.changing
	m.pane.OnBoxChanged = m.moved
	m.pane.OnEmptyTapped = func(image.Point) { m.choose(0) }
	m.note = newFrameNote(m)
	m.side = newFrameSide(m)
	m.bar = newFrameBar(m)
	m.view.OnChanged = m.bar.zoomed
	m.body = container.NewBorder(container.NewVBox(m.bar.above, widget.NewSeparator()), m.bar.below, nil, nil,
		container.NewStack(m.pane, m.note.content))
	m.redraw()
	return m
}

// content implements labelMode.
func (m *frameMode) content() fyne.CanvasObject {
	m.arriving = true
	return m.body
}

// aside implements asideMode.
func (m *frameMode) aside() fyne.CanvasObject { return m.side.content }

// focus implements labelMode.
func (m *frameMode) focus() { m.s.win.Canvas().Focus(m.pane) }

// show implements labelMode. The frame on screen stays when only the list of crops is
// another one, as after an act: nothing jumps under the hand.
func (m *frameMode) show(l loaded) {
	arriving := m.arriving
	m.arriving = false
	if m.project != m.s.project {
		m.reset()
	}
	switch {
	case m.project == nil:
		m.redraw()
	case m.missed != nil:
		m.refreshMissed()
	case m.wish.place != place{} && !(arriving && m.t.current != m.selected) && m.stays(l):
		m.refresh()
	default:
		m.openCurrent(l)
	}
}

// refreshMissed shows what an act changed, and asks which frames are left.
func (m *frameMode) refreshMissed() {
	if !m.missed.walkedBack(m) {
		m.refresh()
	}
	m.missed.list(m)
}

// stays reports whether the frame on screen is still one to look at: it has a crop of
// the list, or none at all yet, or one that was just changed.
func (m *frameMode) stays(l loaded) bool {
	if m.loading != nil {
		return true
	}
	samples := m.reread()
	return len(samples) == 0 || slices.ContainsFunc(samples, func(s dataset.Sample) bool {
		_, in := l.index[s.ID]
		return in || m.t.touched[s.ID]
	})
}

// openCurrent goes to the frame of the current crop, else of the first one.
func (m *frameMode) openCurrent(l loaded) {
	id := m.t.current
	if _, ok := m.t.rows.get(id); !ok && len(l.ids) > 0 {
		id = l.ids[0]
	}
	if s, ok := m.t.rows.get(id); ok {
		m.goTo(frameWish{place: place{s.Source, s.Frame}, sample: id, fit: true, known: s})
		return
	}
	m.reset()
	m.redraw()
}

// update implements labelMode.
func (m *frameMode) update([]int64) {
	if m.missed != nil && m.missed.walkedBack(m) {
		return
	}
	m.refresh()
}

// open shows a frame; a sample other than 0 is selected.
func (m *frameMode) open(source int64, frame int, sample int64) {
	w := frameWish{place: place{source, frame}, sample: sample, fit: true}
	if s, ok := m.t.rows.get(sample); ok {
		w.known = s
	} else if m.shot.info.Source == source {
		w.known = m.shot.source()
	}
	m.goTo(w)
}

// close ends what is under way, before the project is closed.
func (m *frameMode) close() { m.pane.Settle() }

// reset forgets everything, for another project.
func (m *frameMode) reset() {
	m.stopJobs()
	m.project, m.shot, m.selected, m.anchor, m.wish = m.s.project, shot{}, 0, 0, frameWish{}
	if m.missed != nil {
		*m.missed = *newMissedWalk()
	}
	m.pane.SetBoxes(nil)
	m.pane.SetImage(nil)
}

// reread asks the project for the samples of the frame again.
func (m *frameMode) reread() []dataset.Sample {
	if m.project == nil || m.wish.place == (place{}) {
		return nil
	}
	samples, err := m.project.FrameSamples(m.wish.source, m.wish.frame)
	if err != nil {
		m.s.show(err)
		return m.shot.samples
	}
	return samples
}

// refresh shows what became of the samples of the frame. Where the selected one went,
// the one that took its place is selected; where none was, one that came back.
func (m *frameMode) refresh() {
	if m.loading != nil {
		return // they are read when the frame comes
	}
	was, before := m.sample(m.selected).Box, m.shot.samples
	m.shot.samples = m.reread()
	if m.selected == 0 && len(m.shot.samples) == len(before)+1 {
		for _, s := range m.shot.samples {
			if !slices.ContainsFunc(before, func(o dataset.Sample) bool { return o.ID == s.ID }) {
				m.selected = s.ID
			}
		}
	}
	if m.selected != 0 && m.sample(m.selected).ID == 0 {
		m.selected = closest(m.shot.samples, was)
	}
	m.redraw()
}

// sample is a sample of the frame, the zero value for one that is not there.
func (m *frameMode) sample(id int64) dataset.Sample {
	i := slices.IndexFunc(m.shot.samples, func(s dataset.Sample) bool { return s.ID == id && id != 0 })
	if i < 0 {
		return dataset.Sample{}
	}
	return m.shot.samples[i]
}

// redraw puts boxes, side and lines on screen.
func (m *frameMode) redraw() {
	m.pane.Settle()
	m.pane.SetBoxes(m.boxes())
	m.pane.SetSelected(m.indexOf(m.selected))
	if m.missed == nil && m.selected != 0 && m.selected != m.t.current {
		m.t.setCurrent(m.selected)
	}
	m.side.refresh()
	m.bar.refresh()
	m.note.refresh()
}

// choose selects a sample, 0 for none.
func (m *frameMode) choose(id int64) {
	m.pane.Settle()
	m.selected = id
	m.pane.SetSelected(m.indexOf(id))
	if id != 0 && m.missed == nil {
		m.t.setCurrent(id)
	}
	m.side.refresh()
}
