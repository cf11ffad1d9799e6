package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
)

// historySheet lists what was done, newest first. A click goes back, or forth, to
// where things were just after that act.
type historySheet struct {
	t      *labelTab
	acts   []dataset.Act
	undone int // so many at the front are undone
	list   *widget.List
	head   *widget.Label
	busy   bool
}

// maxActs is how much of the history is listed.
const maxActs = 5000

func (t *labelTab) showHistory() {
	if t.s.project == nil || t.s.win.Canvas().Overlays().Top() != nil {
		return
	}
	h := newHistorySheet(t)
	d := dialog.NewCustom(tr("History"), tr("Close"), container.NewBorder(h.head, nil, nil, nil, h.list), t.s.win)
	d.SetOnClosed(t.focus)
	size := t.s.win.Canvas().Size()
	d.Resize(fyne.NewSize(min(620, size.Width-40), min(560, size.Height-40)))
	d.Show()
	h.load()
}

func newHistorySheet(t *labelTab) *historySheet {
	h := &historySheet{t: t, head: widget.NewLabel("")}
	h.head.SizeName = theme.SizeNameCaptionText
	h.head.Wrapping = fyne.TextWrapWord
	h.list = widget.NewList(func() int {
		if len(h.acts) == 0 {
			return 0
		}
		return len(h.acts) + 1 // and the beginning
	}, newHistoryRow, h.fill)
	h.list.OnSelected = func(i widget.ListItemID) {
		h.list.Unselect(i)
		h.goTo(i)
	}
	h.list.HideSeparators = true
	return h
}

// load reads the history anew.
func (h *historySheet) load() {
	p := h.t.s.project
	start(h.t.s.jobs, &job{name: tr("History"), quiet: true, of: p}, func(context.Context, *job) ([]dataset.Act, error) {
		return p.History(maxActs)
	}, func(acts []dataset.Act, _ error) {
		h.acts, h.undone, h.busy = acts, 0, false
		for h.undone < len(acts) && acts[h.undone].Undone {
			h.undone++
		}
		h.head.SetText(tr("Click a step to go back, or forth, to how things were just after it."))
		if len(acts) == 0 {
			h.head.SetText(tr("Nothing was done yet: verdicts, imports and the like are listed here."))
		}
		h.list.Refresh()
	})
}

// goTo brings the project to where it was just after act i, or at the beginning.
func (h *historySheet) goTo(i int) {
	steps := i - h.undone
	if steps == 0 || h.busy {
		return
	}
	h.busy = true
	h.t.walkBy(steps, h.load)
}

func newHistoryRow() fyne.CanvasObject {
	name := widget.NewLabel("")
	name.Truncation = fyne.TextTruncateEllipsis
	when := widget.NewLabel("")
	when.SizeName = theme.SizeNameCaptionText
	return container.NewBorder(nil, nil, widget.NewIcon(nil), when, name)
}

// fill writes a row.
func (h *historySheet) fill(i widget.ListItemID, row fyne.CanvasObject) {
	parts := row.(*fyne.Container).Objects
	name, sign, when := parts[0].(*widget.Label), parts[1].(*widget.Icon), parts[2].(*widget.Label)
	name.Importance, name.TextStyle.Bold = widget.MediumImportance, i == h.undone
	sign.SetResource(nil)
	if i == h.undone {
		sign.SetResource(theme.NavigateNextIcon())
	}
	if i == len(h.acts) {
		name.SetText(tr("The beginning"))
		when.SetText("")
		return
	}
	a := h.acts[i]
	if a.Undone {
		name.Importance = widget.LowImportance
	}
	name.SetText(actText(a.What, a.N))
	when.SetText(whenText(a.When, time.Now()))
}

// whenText is a time as short as it can be understood now.
func whenText(t, now time.Time) string {
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return t.Format("2006-01-02 15:04")
}
