package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
	"frglab/ui/native"
)

// openProject opens a project file in the place of the open one, which stays open
// where that fails.
func (s *session) openProject(path string) {
	if s.isOpen(path) {
		s.notify(tr("%s is open already.", filepath.Base(path)))
		return
	}
	if old := s.jobs.leaves(path); old != nil { // nobody else can open it yet
		s.notify(tr("%s opens as soon as the work on it has ended.", filepath.Base(path)))
		s.jobs.leave(old, func() { s.openProject(path) })
		return
	}
	s.openBy(path, dataset.Open)
}

// isOpen says whether the window writes to that file already.
func (s *session) isOpen(path string) bool {
	if s.project == nil || s.project.ReadOnly() {
		return false
	}
	return sameFile(path, s.project.Path())
}

// sameFile says whether two paths lead to one file that is there.
func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(x, y)
}

// opened is what came of opening: a project, or why there is none.
type opened struct {
	project *dataset.Project
	err     error
}

func (s *session) openBy(path string, open func(path string) (*dataset.Project, error)) {
	s.opening++
	start(s.jobs, &job{name: tr("Open project"), quiet: true}, func(context.Context, *job) (opened, error) {
		p, err := open(path)
		return opened{p, err}, nil // told below, with a way out
	}, func(o opened, err error) {
		s.opening--
		s.jobs.changed()
		switch {
		case err != nil: // a panic: told already
		case o.err != nil:
			s.offer(path, o.err)
		default:
			s.setProject(o.project)
		}
		if s.opening == 0 {
			then := s.then
			s.then = nil
			call(then)
		}
	})
}

// offer tells why a project did not open, with the ways out of that as buttons.
func (s *session) offer(path string, err error) {
	var text string
	var ways []*widget.Button
	readOnly := widget.NewButton(tr("Open read-only"), func() { s.openBy(path, dataset.OpenReadOnly) })
	name := filepath.Base(path)
	switch {
	case errors.Is(err, dataset.ErrLocked):
		text = tr("%s is open in another window or command. Close it there and open it again, or look at it here without changing it.", name)
		ways = []*widget.Button{readOnly}
	case errors.Is(err, dataset.ErrDamaged):
		text = tr("%s is damaged. It was not changed. If you have a copy, open that. Else let FrgLab save what can still be read into a new project, and go on there.", name)
		rescue := widget.NewButton(tr("Rescue into a new project…"), func() { s.askRescue(path) })
		rescue.Importance = widget.HighImportance
		ways = []*widget.Button{rescue, readOnly}
	case errors.Is(err, dataset.ErrUnwritable):
		text = tr("%s, or its folder, cannot be written. Copy it to a folder of your own, or look at it here without changing it.", name)
		ways = []*widget.Button{readOnly}
	default:
		s.jobs.failed(tr("Open project"), err)
		return
	}
	s.choose(tr("Open project"), text, because(err), ways)
}

// choose shows a text with details, and closes with any of the ways.
func (s *session) choose(title, text, details string, ways []*widget.Button) {
	about := widget.NewLabel(text)
	about.Wrapping = fyne.TextWrapWord
	more := widget.NewLabel(details)
	more.Wrapping = fyne.TextWrapBreak
	more.Selectable = true
	d := dialog.NewCustomWithoutButtons(title, container.NewVBox(about, more), s.win)
	buttons := []fyne.CanvasObject{widget.NewButton(tr("Close"), d.Hide)}
	for _, b := range ways {
		act := b.OnTapped
		b.OnTapped = func() { d.Hide(); act() }
		buttons = append(buttons, b)
	}
	d.SetButtons(buttons)
	d.Resize(fyne.NewSize(560, 0))
	d.Show()
}

// askRescue asks where to: where a disk fails, elsewhere.
func (s *session) askRescue(path string) {
	name := strings.TrimSuffix(filepath.Base(path), projectExt) + " " + tr("rescued") + projectExt
	s.dialogs.SaveFile(s.win, tr("Rescue into a new project…"), name, projectFilters(), func(out string) {
		if out != "" {
			s.rescue(path, out)
		}
	})
}

// rescue copies what is left of a damaged project to out, and opens that.
func (s *session) rescue(path, out string) {
	if filepath.Ext(out) != projectExt {
		out += projectExt
	}
	start(s.jobs, &job{name: tr("Rescue project")}, func(ctx context.Context, _ *job) (dataset.RescueReport, error) {
		return dataset.Rescue(ctx, path, out)
	}, func(r dataset.RescueReport, err error) {
		if err != nil {
			return
		}
		s.openProject(out)
		lines := []string{tr("%s has %d samples, %d of them with a verdict.", filepath.Base(out), r.Samples, r.Checked)}
		if r.Unlabelled > 0 {
			lines = append(lines, tr("%d crops lost their verdicts: they are under the title “rescued”.", r.Unlabelled))
		}
		if r.Lost > 0 {
			lines = append(lines, tr("%d samples lost their pictures, and are not in it.", r.Lost))
		}
		if !r.History {
			lines = append(lines, tr("What was done before cannot be undone there."))
		}
		s.choose(tr("Rescue project"), strings.Join(lines, "\n"), tr("The damaged project is as it was: %s", path), nil)
	})
}

func projectFilters() []native.Filter {
	return []native.Filter{{Name: tr("FrgLab projects"), Extensions: []string{"frglab"}}}
}
