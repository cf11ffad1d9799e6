package ui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
	"frglab/engine"
)

// detectTrial is a fine-tuned model beside the one that it was made from.
type detectTrial struct {
	dir      string           // of the run
	of       *dataset.Project // that the examples are of
	learned  []int64          // the examples that it was trained for
	old, new *engine.Checkpoint
	oldName  string
	oldPath  string
	set      detectSetup // of the old one, as it was
	before   boxesBefore
	after    tally
	changes  boxChanges
	judged   bool             // after is there
	checks   [2]engine.Report // of crops
	checked  bool
	frames   frameCheck
}

// ended is told the new model; it is on trial at once.
func (l *detectLearner) ended(next *detectTrial, c *engine.Checkpoint, err error) {
	l.running = false
	if c == nil || l.t.s.model != next.old { // another model was opened meanwhile
		if errors.Is(err, context.Canceled) {
			os.Remove(filepath.Join(next.dir, engine.StateFile)) // it is quicker begun anew
		}
		l.refresh()
		return
	}
	next.new, l.trial = c, next
	l.t.s.setModel(c, tr("on trial"))
	l.check(next)
	l.checkFrames(next)
	l.refresh()
}

// check measures both models on the titles set aside, beside the window.
func (l *detectLearner) check(next *detectTrial) {
	s, p := l.t.s, l.t.s.project
	start(s.jobs, &job{name: tr("Compare the models"), of: p}, func(ctx context.Context, j *job) (r [2]engine.Report, err error) {
		valid, err := p.View(dataset.Valid)
		if err != nil || valid.Len() == 0 {
			return r, err
		}
		dev, err := s.openDevice()
		if err != nil {
			return r, err
		}
		for i, c := range []*engine.Checkpoint{next.old, next.new} {
			if r[i], err = engine.Evaluate(ctx, c, dev, valid, func(done, total int) { j.tell((float64(i)+float64(done)/float64(total))/2, "") }); err != nil {
				break
			}
		}
		return r, errors.Join(err, dev.Close())
	}, func(r [2]engine.Report, err error) {
		if err == nil && l.trial == next {
			next.checks, next.checked = r, true
			l.refresh()
		}
	})
}

// seen is told that the boxes on screen are new ones.
func (l *detectLearner) seen() {
	next, t := l.trial, l.t
	if next == nil || t.cnn.scan == nil || t.asked.model != next.new {
		return
	}
	if now := t.shot(); next.before.of(now) {
		next.after, next.judged = t.marks.tally(now, t.found), true
		next.changes = changesOf(next.before.found, t.found, t.marks.at(now))
		l.refresh()
	}
}

// keep makes the new model the one that detects from now on, also after a restart.
func (l *detectLearner) keep() {
	next := l.trial
	if next == nil {
		return
	}
	l.trial = nil
	l.t.draw()                    // the cascade's boxes again
	if next.of == l.t.s.project { // those of another one wait there
		l.fresh = slices.DeleteFunc(l.fresh, func(id int64) bool { return slices.Contains(next.learned, id) })
	}
	l.t.s.keepModel(next.new, filepath.Base(next.dir), filepath.Join(next.dir, engine.BestFile))
	l.t.s.notify(tr("The new model is kept: %s.", filepath.Base(next.dir)))
	l.remember()
	l.t.focus()
}

// discard goes back to the old model. The examples wait on.
func (l *detectLearner) discard() {
	next := l.trial
	if next == nil {
		return
	}
	l.trial = nil
	l.t.s.setModel(next.old, next.oldName)
	l.t.s.modelPath = next.oldPath
	l.refresh()
	l.t.focus()
}

// showTrial writes what the new model does better and worse.
func (l *detectLearner) showTrial() {
	next := l.trial
	l.table.Objects = nil
	row := func(bold bool, cells ...string) {
		line := container.NewGridWithColumns(2)
		for _, c := range cells[1:] {
			line.Add(widget.NewLabelWithStyle(c, fyne.TextAlignTrailing, fyne.TextStyle{Bold: bold}))
		}
		l.table.Add(container.NewBorder(nil, nil, container.New(fixedWidth(150), trimmed(cells[0])), nil, line))
	}
	row(true, "", tr("before"), tr("after"))
	after := func(n int) string {
		if !next.judged {
			return "…"
		}
		return fmt.Sprint(n)
	}
	if n := next.before.tally; n.falseFaces > 0 {
		row(false, tr("False faces here"), fmt.Sprint(n.wrong), after(next.after.wrong))
	}
	if n := next.before.tally; n.faces > 0 {
		row(false, tr("Faces found here"), fmt.Sprintf("%d/%d", n.found, n.faces), after(next.after.found))
	}
	row(false, tr("Boxes here"), fmt.Sprint(next.before.tally.boxes), after(next.after.boxes))
	if next.judged && next.before.known {
		l.table.Add(wrapped(next.changes.text()))
		l.table.Add(l.beside)
	}
	l.table.Add(widget.NewSeparator())
	l.table.Add(wrapped(next.aside()))
	if !next.frames.done || next.frames.frames > 0 {
		found, wrong := next.frames.cells()
		row(false, tr("Faces found"), found[0], found[1])
		row(false, tr("False boxes"), wrong[0], wrong[1])
	}
	for class, name := range []string{tr("Faces told right"), tr("Others told right")} {
		row(false, name, rightOf(next, 0, class), rightOf(next, 1, class))
	}
	l.table.Refresh()
	l.state.SetText(next.verdict())
}
