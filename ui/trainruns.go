package ui

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
	"frglab/engine"
	"frglab/ui/cli"
)

// runsView lists the project's runs, compares their curves and settings, and keeps
// notes on them.
type runsView struct {
	t                         *trainTab
	content                   fyne.CanvasObject
	all                       []dataset.Run
	list                      *widget.List
	curves                    *curves
	chosen                    int64          // run whose note and buttons are shown; 0 none
	ticked                    map[int64]bool // runs in the charts
	traces                    map[any]*trace // by run, or by the name of a log opened from a file
	bests                     map[int64]engine.Progress
	title                     *widget.Label
	differs                   *widget.Label
	note                      *widget.Entry
	open, again, goOn, remove *widget.Button
	deleted                   []deletedRun // until the project is closed
	bringBack                 *widget.Button
}

func newRunsView(t *trainTab) *runsView {
	v := &runsView{t: t, ticked: map[int64]bool{}, traces: map[any]*trace{}, bests: map[int64]engine.Progress{}, title: wrapped(""), differs: wrapped("")}
	v.title.TextStyle.Bold = true
	v.list = widget.NewList(func() int { return len(v.all) }, newRunRow, func(i widget.ListItemID, o fyne.CanvasObject) { v.row(v.at(i), o) })
	v.list.OnSelected = func(i widget.ListItemID) { v.choose(v.at(i).ID) }
	v.curves = newCurves(t.s, func() string { return tr("comparison") }, false)
	v.curves.loss.Empty = tr("Tick runs to compare their curves.")
	log := widget.NewButtonWithIcon(tr("Open a log…"), theme.FolderOpenIcon(), v.ask)
	log.Importance, log.Alignment = widget.LowImportance, widget.ButtonAlignLeading
	v.note = widget.NewMultiLineEntry()
	v.note.Wrapping = fyne.TextWrapWord
	v.note.SetMinRowsVisible(2)
	v.note.SetPlaceHolder(tr("Notes on this run"))
	v.note.OnChanged = func(text string) { v.keepNote(text) }
	v.open = widget.NewButtonWithIcon(tr("Result"), theme.ConfirmIcon(), v.showResult)
	v.again = widget.NewButtonWithIcon(tr("Same settings again"), theme.ContentCopyIcon(), v.sameAgain)
	v.goOn = widget.NewButtonWithIcon(tr("Go on"), theme.MediaReplayIcon(), func() { v.withChosen(func(p *dataset.Project, r dataset.Run) { t.start(runDir(p, r)) }) })
	v.remove = widget.NewButtonWithIcon(tr("Delete…"), theme.DeleteIcon(), v.askRemove)
	below := container.NewVScroll(container.NewVBox(v.title, container.NewGridWithColumns(2, v.open, v.again, v.goOn, v.remove), v.note, v.differs))
	v.bringBack = widget.NewButtonWithIcon("", theme.ContentUndoIcon(), v.undelete)
	v.bringBack.Importance, v.bringBack.Alignment = widget.LowImportance, widget.ButtonAlignLeading
	v.bringBack.Hide()
	left := container.NewVSplit(container.NewBorder(nil, container.NewVBox(v.bringBack, log), nil, nil, v.list), below)
	left.Offset = 0.5
	split := container.NewHSplit(left, v.curves.content)
	split.Offset = 0.4
	v.content = split
	v.choose(0)
	return v
}

// newRunRow is a tick and two lines.
func newRunRow() fyne.CanvasObject {
	first, second := widget.NewLabel(""), small("")
	first.Truncation, second.Truncation = fyne.TextTruncateEllipsis, fyne.TextTruncateEllipsis
	return container.NewBorder(nil, nil, widget.NewCheck("", nil), nil, container.New(tight{}, first, second))
}

// at is the run in a row: the newest stands first.
func (v *runsView) at(row int) dataset.Run { return v.all[len(v.all)-1-row] }

func (v *runsView) row(r dataset.Run, o fyne.CanvasObject) {
	c := o.(*fyne.Container)
	lines := c.Objects[0].(*fyne.Container).Objects
	tick := c.Objects[1].(*widget.Check)
	tick.OnChanged = nil
	tick.SetChecked(v.ticked[r.ID])
	tick.OnChanged = func(yes bool) { v.tick(r, yes) }
	s := settingsOf(r)
	lines[0].(*widget.Label).SetText(runTime(r) + "   " + statusWord(r.Status) + v.outcome(r))
	text := fmt.Sprintf("%s, %s, %s", s.Preset, s.Arch.Name, s.Device)
	if !r.Ended.IsZero() {
		text += ", " + duration(r.Ended.Sub(r.Started).Seconds())
	}
	if note, _, _ := strings.Cut(r.Note, "\n"); note != "" {
		text += "  –  " + note
	}
	second := lines[1].(*widget.RichText)
	second.Segments[0].(*widget.TextSegment).Text = text
	second.Refresh()
}

// outcome is the best validation of a run.
func (v *runsView) outcome(r dataset.Run) string {
	best, known := v.bests[r.ID]
	if !known && v.t.s.project != nil {
		best = bestPoint(v.t.s.project, r)
		v.bests[r.ID] = best
	}
	if best.Step == 0 {
		return ""
	}
	return "   " + percent(best.Accuracy)
}

func bestPoint(p *dataset.Project, r dataset.Run) (best engine.Progress) {
	points, err := p.Points(r.ID)
	if err != nil {
		return best
	}
	for _, q := range points {
		if q.Split == dataset.Valid && (best.Step == 0 || q.Loss < best.Loss) {
			best = engine.Progress{Step: q.Step, Loss: q.Loss, Accuracy: q.Accuracy}
		}
	}
	return best
}

// show lists these runs.
func (v *runsView) show(runs []dataset.Run) {
	v.all = runs
	clear(v.bests)
	there := func(id int64) bool { return slices.ContainsFunc(runs, func(r dataset.Run) bool { return r.ID == id }) }
	for key, t := range v.traces {
		if id, ok := key.(int64); ok && !there(id) {
			t.remove()
			delete(v.traces, key)
			delete(v.ticked, id)
		}
	}
	if !there(v.chosen) {
		v.chosen = 0
	}
	v.list.UnselectAll()
	v.list.Refresh()
	if v.chosen == 0 && len(runs) > 0 {
		v.list.Select(0)
	} else {
		v.choose(v.chosen)
	}
	v.compare()
}

// settingsIn is what is kept of the run in a folder.
func (v *runsView) settingsIn(dir string) cli.RunSettings {
	for _, r := range v.all {
		if runDir(v.t.s.project, r) == dir {
			return settingsOf(r)
		}
	}
	return cli.RunSettings{}
}

func (v *runsView) find(id int64) (dataset.Run, bool) {
	i := slices.IndexFunc(v.all, func(r dataset.Run) bool { return r.ID == id })
	if i < 0 {
		return dataset.Run{}, false
	}
	return v.all[i], true
}

// choose shows a run's note and buttons.
func (v *runsView) choose(id int64) {
	v.chosen = 0 // so that filling the note is no edit
	r, ok := v.find(id)
	if !ok {
		conceal(v.open, v.again, v.goOn, v.remove, v.note)
		v.title.SetText(tr("No run is chosen."))
		v.differs.SetText("")
		return
	}
	reveal(v.open, v.again, v.remove, v.note)
	conceal(v.goOn)
	if canGoOn(runDir(v.t.s.project, r), r) && v.t.running == nil {
		reveal(v.goOn)
	}
	title := tr("Run of %s", runTime(r)) + ": " + statusWord(r.Status)
	if p := settingsOf(r).Problem; p != "" && r.Status != dataset.RunDone {
		title += "\n" + p
	}
	v.title.SetText(title)
	v.note.SetText(r.Note)
	v.chosen = id
	v.compare()
}

// withChosen does something with the chosen run.
func (v *runsView) withChosen(do func(*dataset.Project, dataset.Run)) {
	if r, ok := v.find(v.chosen); ok && v.t.s.project != nil {
		do(v.t.s.project, r)
	}
}

func (v *runsView) keepNote(text string) {
	v.withChosen(func(p *dataset.Project, r dataset.Run) {
		if r.Note == text {
			return
		}
		i := slices.IndexFunc(v.all, func(o dataset.Run) bool { return o.ID == r.ID })
		r.Note = text
		if runs, err := p.Runs(); err == nil { // the training's job may have changed the rest
			for _, now := range runs {
				if now.ID == r.ID {
					now.Note = text
					r = now
				}
			}
		}
		v.all[i] = r
		v.t.s.show(p.UpdateRun(r))
		v.list.RefreshItem(len(v.all) - 1 - i)
	})
}

func (v *runsView) showResult() {
	v.withChosen(func(p *dataset.Project, r dataset.Run) {
		dir := runDir(p, r)
		v.t.result.show(p, dir)
		if v.t.running == nil {
			l, err := readRun(p, r)
			v.t.s.show(err)
			v.t.ending = ""
			v.t.clear(dir, l.events, l.probes)
		}
		v.t.tabs.SelectIndex(trainResult)
	})
}

// sameAgain fills the form with the run's settings.
func (v *runsView) sameAgain() {
	v.withChosen(func(_ *dataset.Project, r dataset.Run) {
		v.t.form.show(settingsOf(r))
		v.t.s.notify(tr("The settings of the run of %s stand on the left: start when you like.", runTime(r)))
	})
}

func folderSize(dir string) int64 {
	var sum int64
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			sum += info.Size()
		}
	}
	return sum
}

func megabytes(n int64) string { return tr("%d MB", (n+1<<20-1)>>20) }
