package ui

import (
	"image"
	"slices"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
	"frglab/ui/cropgrid"
)

// gridMode shows the chosen crops in pages: click the wrong ones, Enter accepts the
// rest.
type gridMode struct {
	t      *labelTab
	grid   *cropgrid.Grid
	all    fyne.CanvasObject
	page   dataset.Class // what a page is accepted as: Face or Other
	kind   *widget.Button
	accept *widget.Button
	shown  atomic.Pointer[dataset.Project] // whose crops the loaders read
	ids    []int64
}

func newGridMode(t *labelTab) *gridMode {
	m := &gridMode{t: t, grid: cropgrid.New()}
	m.grid.Thumb = func(id int64) image.Image { return thumb(m.shown.Load(), id) }
	m.grid.Mark = t.mark
	m.grid.OnKey = t.typedKey
	m.grid.OnRune = t.typedRune
	m.grid.OnCursor = t.setCurrent
	m.grid.OnActivated = func(int64) { t.turnTo(modeCard) }
	m.grid.Empty = t.emptyText()

	m.kind = widget.NewButtonWithIcon("", nil, func() { m.act(actFlip); t.focus() })
	m.accept = widget.NewButtonWithIcon("", theme.NavigateNextIcon(), func() { m.acceptPage(); t.focus() })
	m.accept.Importance = widget.HighImportance
	m.accept.IconPlacement = widget.ButtonIconTrailingText
	size := widget.NewSlider(32, 256)
	size.Step = 8
	size.Value = float64(m.grid.CellSize())
	size.OnChanged = func(v float64) { m.grid.SetCellSize(int(v)) }
	size.OnChangeEnded = func(float64) { t.focus() }
	m.grid.OnZoomed = func(v int) { size.Value = float64(v); size.Refresh() }
	t.keys.follow(m.name)
	zoom := container.NewGridWrap(fyne.NewSize(96, m.accept.MinSize().Height), size)
	m.all = container.NewPadded(container.New(barAbove{}, container.NewHBox(m.kind, m.accept), zoom, m.grid))
	return m
}

// name writes the page's class and the present keys on the buttons.
func (m *gridMode) name() {
	m.accept.SetText(m.t.keys.with(tr("Accept"), actAccept))
	m.kind.Icon = classIcon(m.page)
	text := tr("Page of faces")
	if m.page == dataset.Other {
		text = tr("Page of others")
	}
	m.kind.SetText(m.t.keys.with(text, actFlip))
}

func (m *gridMode) content() fyne.CanvasObject { return m.all }

func (m *gridMode) focus() { m.t.s.win.Canvas().Focus(m.grid) }

func (m *gridMode) close() { m.grid.Close() }

func (m *gridMode) show(l loaded) {
	if m.shown.Swap(l.project) != l.project {
		m.grid.Invalidate()
	}
	if len(l.ids) != len(m.ids) || len(l.ids) == 0 || &l.ids[0] != &m.ids[0] {
		m.ids = l.ids
		current := m.t.current // which the grid may tell otherwise meanwhile
		m.grid.SetItems(l.ids)
		if l.anew && len(l.ids) > 0 {
			m.grid.SetCursor(l.ids[0]) // from the top
			m.grid.SetCursor(current)
		}
		m.t.current = current
	}
	m.update(nil)
}

// update redraws the marks, and follows the current crop.
func (m *gridMode) update([]int64) {
	m.grid.Empty = m.t.emptyText()
	m.grid.Refresh()
	if at, ok := m.grid.Cursor(); ok && m.t.current != at {
		if _, there := m.t.l.index[m.t.current]; there {
			m.grid.SetCursor(m.t.current)
		} else {
			m.t.setCurrent(at)
		}
	}
}

func (m *gridMode) act(a action) bool {
	switch a {
	case actAccept:
		m.acceptPage()
	case actSelect:
		m.grid.Toggle()
	case actLarger:
		m.grid.Zoom(1)
	case actSmaller:
		m.grid.Zoom(-1)
	case actFlip:
		m.page = 1 - m.page
		m.name()
	case actNext:
		if id, ok := m.t.l.nextOpen(m.t.current); ok {
			m.grid.SetCursor(id)
		}
	default:
		return false
	}
	return true
}

// chosen are the selected crops, or the one under the cursor.
func (m *gridMode) chosen() []int64 {
	ids := m.grid.Selection()
	if id, ok := m.grid.Cursor(); ok && len(ids) == 0 {
		ids = append(ids, id)
	}
	return ids
}

// verdict labels the selection, or the crop under the cursor and steps on.
func (m *gridMode) verdict(c dataset.Class) {
	changes := map[int64]dataset.Class{}
	for _, id := range m.grid.Selection() {
		changes[id] = c
	}
	if len(changes) > 0 {
		if m.t.label(changes, whatLabel(c)) {
			m.grid.Select()
		}
		return
	}
	id, ok := m.grid.Cursor()
	if !ok || !m.t.label(map[int64]dataset.Class{id: c}, whatLabel(c)) {
		return
	}
	if i := m.t.l.index[id] + 1; i < len(m.ids) {
		m.grid.SetCursor(m.ids[i])
	}
}

// acceptPage labels the page: what is selected gets the opposite of the page's
// class, whatever is not checked yet the class; then it turns the page. Verdicts
// that are there already stay unless they are selected.
func (m *gridMode) acceptPage() {
	changes := map[int64]dataset.Class{}
	selected := m.grid.Selection()
	for _, id := range m.grid.PageIDs() {
		s, ok := m.t.rows.get(id)
		switch {
		case !ok:
		case slices.Contains(selected, id):
			changes[id] = 1 - m.page
		case !s.Checked:
			changes[id] = m.page
		}
	}
	if len(changes) == 0 || m.t.label(changes, whatPage(m.page)) {
		m.grid.Select()
		m.grid.NextPage()
	}
}
