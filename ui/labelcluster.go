package ui

import (
	"context"
	"math"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
	"frglab/ui/cropgrid"
)

// clusterMode shows crops that are alike together: one key is a verdict for all of
// them but the clicked ones, and the next cluster comes.
type clusterMode struct {
	t       *labelTab
	all     fyne.CanvasObject
	body    fyne.CanvasObject
	note    *fyne.Container // in the body's place where there are no clusters
	words   *widget.Label
	review  *widget.Button
	grid    *cropgrid.Grid // the crops of one cluster
	strip   *cropgrid.Grid // one crop of each cluster
	head    *widget.Label
	order   *widget.Select
	buttons map[action]*widget.Button
	shown   atomic.Pointer[dataset.Project]

	groups  []group
	at      int           // the cluster on screen; len(groups) behind the last
	groupOf map[int64]int // crop → cluster
	loading *job
	stale   bool // other crops were chosen while it was not on screen
	of      labelFilter
}

// group is a cluster of crops.
type group struct {
	ids  []int64
	face float64 // mean probability of a face of typical ones; NaN where no model has seen them
	left int     // unchecked ones
}

// aside is nothing: a verdict is about the whole cluster.
func (m *clusterMode) aside() fyne.CanvasObject { return nil }

func (m *clusterMode) focus() {
	if m.body.Visible() {
		m.t.s.win.Canvas().Focus(m.grid)
	} else {
		m.t.s.win.Canvas().Unfocus() // the window passes the keys on
	}
}

func (m *clusterMode) close() {
	m.grid.Close()
	m.strip.Close()
}

// show groups the chosen crops anew, unless they are the same as before.
func (m *clusterMode) show(l loaded) {
	if m.shown.Swap(l.project) != l.project {
		m.grid.Invalidate()
		m.strip.Invalidate()
		m.groups, m.stale = nil, true
	}
	if m.stale || m.of != m.t.filter.state || len(m.groups) == 0 {
		m.load()
		return
	}
	m.draw()
}

// load asks for the clusters of what the filter picks. The latest wish wins.
func (m *clusterMode) load() {
	p := m.t.s.project
	if p == nil || !m.t.reviews.done() {
		m.groups = nil
		m.draw()
		return
	}
	if m.loading != nil {
		m.loading.cancel()
	}
	f := m.t.filter.state
	uncertain := m.order.SelectedIndex() == 1
	var mine *job
	mine = start(m.t.s.jobs, &job{name: tr("Group crops"), quiet: true, of: p}, func(ctx context.Context, _ *job) ([]group, error) {
		return readGroups(ctx, p, f, uncertain)
	}, func(groups []group, err error) {
		if m.loading != mine || err != nil || p != m.t.s.project {
			return
		}
		m.loading, m.stale, m.of = nil, false, f
		m.take(groups)
	})
	m.loading = mine
}

// take shows other clusters, from the first one on that is not done.
func (m *clusterMode) take(groups []group) {
	m.groups, m.groupOf = groups, map[int64]int{}
	leaders := make([]int64, len(groups))
	for i, g := range groups {
		leaders[i] = g.ids[0]
		for _, id := range g.ids {
			m.groupOf[id] = i
		}
	}
	m.strip.SetItems(leaders)
	m.at = 0
	m.skipDone()
	m.goTo(m.at)
}

// skipDone goes on to the first cluster with unchecked crops, if there is one.
func (m *clusterMode) skipDone() {
	for i := range m.groups {
		if at := (m.at + i) % len(m.groups); m.groups[at].left > 0 {
			m.at = at
			return
		}
	}
}

// update counts anew in the clusters of these crops.
func (m *clusterMode) update(ids []int64) {
	changed := map[int]bool{}
	for _, id := range ids {
		if i, ok := m.groupOf[id]; ok {
			changed[i] = true
		}
	}
	for i := range changed {
		g := &m.groups[i]
		g.left = 0
		for _, id := range g.ids {
			if s, ok := m.t.rows.get(id); ok && !s.Checked {
				g.left++
			}
		}
	}
	m.draw()
}

func (m *clusterMode) act(a action) bool {
	switch a {
	case actSelect:
		m.grid.Toggle()
	case actLarger:
		m.grid.Zoom(1)
	case actSmaller:
		m.grid.Zoom(-1)
	case actSkip:
		m.goTo(m.at + 1)
	case actBack:
		m.goTo(max(m.at-1, 0))
	case actNext:
		m.at++
		m.skipDone()
		m.goTo(m.at)
	case actAccept:
		if m.at < len(m.groups) && !math.IsNaN(m.groups[m.at].face) {
			m.verdict(m.groups[m.at].class())
		}
	default:
		return false
	}
	return true
}

// class is what the model takes a cluster for.
func (g group) class() dataset.Class {
	if g.face >= 0.5 {
		return dataset.Face
	}
	return dataset.Other
}

// chosen are the clicked crops, or the one under the cursor.
func (m *clusterMode) chosen() []int64 {
	ids := m.grid.Selection()
	if id, ok := m.grid.Cursor(); ok && len(ids) == 0 {
		ids = append(ids, id)
	}
	return ids
}

// verdict labels the cluster but for the clicked crops, and those that a person has
// checked before; where all are checked, it is for all but the clicked ones.
func (m *clusterMode) verdict(c dataset.Class) {
	if m.at >= len(m.groups) {
		return
	}
	g := m.groups[m.at]
	out := map[int64]bool{}
	for _, id := range m.grid.Selection() {
		out[id] = true
	}
	changes := map[int64]dataset.Class{}
	for _, id := range g.ids {
		if s, ok := m.t.rows.get(id); ok && !out[id] && (!s.Checked || g.left == 0) {
			changes[id] = c
		}
	}
	if len(changes) == 0 || m.t.label(changes, whatCluster(c)) {
		m.goTo(m.at + 1)
	}
}

// goTo shows cluster i.
func (m *clusterMode) goTo(i int) {
	m.at = min(i, len(m.groups))
	m.grid.SetItems(nil)
	if m.at < len(m.groups) {
		g := m.groups[m.at]
		m.grid.SetItems(g.ids)
		m.strip.Select(g.ids[0])
		m.strip.SetCursor(g.ids[0])
	}
	m.draw()
}
