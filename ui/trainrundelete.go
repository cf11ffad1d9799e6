package ui

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"frglab/dataset"
	"frglab/engine"
)

// A run that is deleted leaves the project at once. Its folder only gets another name,
// and goes when the project is closed: until then the run can be brought back.

// deletedRun is what it takes to bring a run back.
type deletedRun struct {
	run      dataset.Run
	points   []dataset.Point
	dir, bin string // of the folder, then and now; bin is "" where there was none
}

// binExt is behind the name of a folder whose run was deleted.
const binExt = ".deleted"

// askRemove deletes a run, once that is confirmed.
func (v *runsView) askRemove() {
	v.withChosen(func(p *dataset.Project, r dataset.Run) {
		dir := runDir(p, r)
		if engine.Running(dir) {
			v.t.s.show(errors.New(tr("This run is under way: stop it first.")))
			return
		}
		text := tr("The run of %s leaves the list, with its curves and notes. Its checkpoints (%s) are deleted when the project is closed; until then it can be brought back.\n%s",
			runTime(r), megabytes(folderSize(dir)), dir)
		d := dialog.NewCustomConfirm(tr("Delete this run?"), tr("Delete"), tr("Do not delete"), wrapped(text), func(yes bool) {
			if yes {
				v.t.s.show(v.delete(p, r))
				v.t.reload(false)
			}
		}, v.t.s.win)
		d.Resize(fyne.NewSize(460, 0))
		d.Show()
	})
}

// delete takes a run out of the project, and its folder out of the way.
func (v *runsView) delete(p *dataset.Project, r dataset.Run) error {
	points, err := p.Points(r.ID)
	if err != nil {
		return err
	}
	d := deletedRun{run: r, points: points, dir: runDir(p, r)}
	if _, err := os.Stat(d.dir); err == nil {
		d.bin = d.dir + binExt
		if err := os.Rename(d.dir, d.bin); err != nil {
			return err
		}
	}
	if err := p.RemoveRun(r.ID); err != nil {
		return errors.Join(err, d.restore())
	}
	if d.dir == v.t.shownRun {
		v.t.clear("", nil, nil)
		v.t.result.show(nil, "")
	}
	v.deleted = append(v.deleted, d)
	v.offerBack()
	return nil
}

// restore gives the folder its name back.
func (d deletedRun) restore() error {
	if d.bin == "" {
		return nil
	}
	return os.Rename(d.bin, d.dir)
}

// undelete brings back the run that was deleted last.
func (v *runsView) undelete() {
	p, n := v.t.s.project, len(v.deleted)-1
	if p == nil || n < 0 {
		return
	}
	d := v.deleted[n]
	err := d.restore()
	if err == nil {
		var id int64
		if id, err = p.AddRun(d.run); err == nil {
			err = p.AddPoints(id, d.points)
		}
	}
	if err == nil {
		v.deleted = v.deleted[:n]
	}
	v.t.s.show(err)
	v.offerBack()
	v.t.reload(false)
}

// offerBack shows which run would be brought back.
func (v *runsView) offerBack() {
	n := len(v.deleted)
	if n == 0 {
		v.bringBack.Hide()
		return
	}
	v.bringBack.SetText(tr("Bring back the run of %s", runTime(v.deleted[n-1].run)))
	v.bringBack.Show()
}

// emptyBin deletes for good what was deleted from the project that is closed now.
func (v *runsView) emptyBin() {
	bins := v.deleted
	v.deleted = nil
	v.offerBack()
	for _, d := range bins {
		removeBin(d.bin)
	}
}

// sweepBins deletes what a window that was killed had no time to.
func sweepBins(p *dataset.Project) {
	entries, _ := os.ReadDir(runsDir(p))
	for _, e := range entries {
		if e.IsDir() && strings.HasSuffix(e.Name(), binExt) && !p.ReadOnly() {
			removeBin(filepath.Join(runsDir(p), e.Name()))
		}
	}
}

// removeBin deletes what a run wrote, and the folder where nothing else is in it.
func removeBin(dir string) {
	if dir == "" {
		return
	}
	if err := engine.RemoveRun(dir); err != nil {
		slog.Error("delete a run", "folder", dir, "err", err)
		return
	}
	os.Remove(filepath.Join(dir, settingsFile))
	os.Remove(dir)
}
