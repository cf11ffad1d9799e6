package ui

import (
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
)

// labelTab is what the modes of the Label tab share: which crops are chosen and in
// which order, which one is looked at, and the acts on them. Each mode shows the
// chosen crops in a way of its own; see labelMode.
type labelTab struct {
	s       *session
	content fyne.CanvasObject
	keys    *bindings
	rows    *sampleRows // the chosen samples, read as they are needed
	l       loaded      // what is chosen now
	current int64       // the crop that is looked at; 0 for none
	wanted  int64       // to be looked at when samples are shown next; 0 for none

	modes  []labelMode
	names  []string // of the modes, for the screen
	at     int      // the mode on screen
	frames *frameMode
	grid   *gridMode
	card   *cardMode
	group  *clusterMode

	bar    *labelBar
	filter *labelSidebar
	look   *inspector
	middle *fyne.Container // the content of the mode on screen
	beside *fyne.Container // the inspector, or what the mode has in its place

	loading *job
	anew    bool // the filter changed since something was loaded
	counter *counter
	speed   speed
	touched map[int64]bool // labelled since the filter was chosen: they stay in view
	reviews *reviews

	only []int64 // what the filter's only picks from
}

func newLabelTab(s *session) *labelTab {
	t := &labelTab{s: s, touched: map[int64]bool{}, speed: speed{now: time.Now}}
	t.keys = s.keys
	t.rows = newSampleRows(s)
	t.counter = &counter{t: t}
	t.reviews = newReviews(t)
	t.look = newInspector(t)
	t.filter = newLabelSidebar(t)
	t.grid, t.card, t.group = newGridMode(t), newCardMode(t), newClusterMode(t)
	t.frames = newFrameMode(t)
	t.modes = []labelMode{t.grid, t.card, t.group, t.frames, newMissedMode(t)}
	t.names = []string{tr("Grid"), tr("Card"), tr("Clusters"), tr("Frame"), tr("Missed faces")}
	t.bar = newLabelBar(t)
	t.middle, t.beside = container.NewStack(), container.NewStack()
	t.content = container.NewBorder(
		container.NewVBox(t.bar.content, widget.NewSeparator()), nil,
		t.filter.content, t.beside, t.middle)
	t.arrange()
	s.onProject = append(s.onProject, t.projectChanged)
	s.onSamples = append(s.onSamples, t.reload)
	return t
}

// projectChanged begins anew: another project has other samples.
func (t *labelTab) projectChanged() {
	t.speed.reset()
	t.current = 0
	clear(t.touched)
	t.rows.forget()
	t.l = loaded{project: t.s.project}
	t.filter.reset()
	t.reviews.refresh()
	t.modes[t.at].show(t.l)
}

// thumb decodes a crop; nil where it cannot be read. It runs on loaders, beside the
// UI goroutine.
func thumb(p *dataset.Project, id int64) image.Image {
	if p == nil {
		return nil
	}
	img, err := p.Crop(id)
	if err != nil {
		return nil
	}
	return img
}

// focus gives the keys to the mode on screen.
func (t *labelTab) focus() { t.modes[t.at].focus() }

func (t *labelTab) close() {
	for _, m := range t.modes {
		if f, ok := m.(*frameMode); ok {
			f.close()
		}
	}
	t.grid.close()
	t.group.close()
}

func className(c dataset.Class) string {
	switch c {
	case dataset.Face:
		return tr("face")
	case dataset.Other:
		return tr("other")
	}
	return tr("unsure")
}
