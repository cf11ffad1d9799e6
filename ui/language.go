package ui

import (
	"frglab/assets"
	"frglab/engine"
	"frglab/ui/imageview"
)

// The language, and the size of the text, change while the window is open: all of it is
// built anew and put to where the user was. Work keeps the widgets that it was begun
// with, so the window waits until there is none.

// rebuild builds the window anew as soon as no work is under way.
func (w *window) rebuild(then func()) {
	w.detect.video.pause()
	w.anew = append(w.anew, then)
	w.jobsChanged()
	for _, j := range w.jobs.running {
		if !j.quiet {
			w.notify(tr("The window changes when this is done: %s", j.name))
			return
		}
	}
}

// jobsChanged follows the work beside the window.
func (w *window) jobsChanged() {
	if w.status == nil {
		return // the window is being made
	}
	w.status.refresh()
	if w.project == nil {
		w.label.modes[w.label.at].update(nil) // which says why
	}
	if len(w.anew) > 0 && len(w.jobs.running) == 0 {
		w.jobs.onUI(w.rebuildNow) // later: what has just ended is told after this
	}
}

func (w *window) rebuildNow() {
	if len(w.anew) == 0 || len(w.jobs.running) > 0 {
		return
	}
	then := w.anew
	w.anew = nil
	for o := w.win.Canvas().Overlays(); o.Top() != nil; {
		o.Remove(o.Top())
	}
	was := w.standing()
	bundled, trial := tr("bundled model"), tr("on trial")
	w.label.close()
	w.eval.close()
	w.detect.closeStrips()
	if err := setLanguage(w.app.Preferences().String(prefLanguage), assets.Translations()); err != nil {
		w.show(err) // in English, then
	}
	switch w.modelOf {
	case bundled:
		w.modelOf = tr("bundled model")
	case trial:
		w.modelOf = tr("on trial")
	}
	w.notice = ""
	w.applyTheme()
	w.build()
	w.stand(was)
	for _, f := range then {
		f()
	}
}

// standing is where the user is in the window: all that is neither in the project nor in
// the preferences.
type standing struct {
	tab int

	mode    int
	current int64
	filter  labelFilter
	only    []int64
	cell    int

	trainTab int
	source   int // of the crops: the project, or lists
	list     [2]string
	device   int
	config   engine.Config
	typed    error // why there is no config

	files           []picture
	at, frame, side int
	setup           detectSetup
	preset          string
	marks           marks
	trial           *detectTrial
	layout          imageview.Layout
	swapped         bool
	result          evalResult
	threshold       [2]float64
	judged          int // the detector whose mistakes are shown
	cause           engine.Cause
}

func (w *window) standing() standing {
	l, t, d, e := w.label, w.train, w.detect, w.eval
	s := standing{
		tab:  w.tabs.SelectedIndex(),
		mode: l.at, current: l.current, filter: l.filter.state, only: l.only, cell: l.grid.grid.CellSize(),
		trainTab: t.tabs.SelectedIndex(), list: t.form.list, device: t.form.device.SelectedIndex(),
		files: d.files, at: d.at, frame: d.frame, side: d.side.SelectedIndex(), setup: d.setup(), preset: d.controls.presets.Selected,
		marks: d.marks, trial: d.learner.trial, layout: d.pair.Layout(), swapped: d.pair.Swapped(),
		result: e.result, threshold: e.threshold, judged: e.chosen, cause: e.cause,
	}
	if t.form.fromLists() {
		s.source = 1
	}
	s.config, s.typed = t.form.config()
	return s
}

// stand brings a window that was just built to where the user was.
func (w *window) stand(s standing) {
	if w.project != nil {
		call(w.onProject)
	}
	w.standLabel(s)
	w.standTrain(s)
	w.standDetect(s)
	if e := w.eval; len(s.result.frames) > 0 {
		e.show(s.result)
		e.threshold, e.cause = s.threshold, s.cause
		e.who.SetSelected(e.who.Options[s.judged])
		e.choose()
	}
	w.tabs.SelectIndex(s.tab)
	w.focusTab()
}

func (w *window) standLabel(s standing) {
	l := w.label
	l.grid.grid.SetCellSize(s.cell)
	l.only, l.wanted = s.only, s.current
	l.filter.state = s.filter
	l.filter.entry.Text = s.filter.text
	l.filter.refresh()
	l.at = s.mode
	l.arrange()
	call(w.onSamples)
}

func (w *window) standTrain(s standing) {
	f := w.train.form
	if s.typed == nil {
		f.fill(s.config)
	}
	f.device.SetSelectedIndex(s.device)
	for split, path := range s.list {
		f.setList(split, path)
	}
	f.source.SetSelected(f.source.Options[s.source])
	w.train.tabs.SelectIndex(s.trainTab)
}

func (w *window) standDetect(s standing) {
	d := w.detect
	d.params, d.classy = s.setup.params, s.setup.classy
	c := d.controls
	c.setting = true
	c.mode.SetSelected(d.params.Mode)
	c.presets.SetSelected(s.preset)
	c.setting = false
	c.follow()
	if s.swapped {
		d.pair.Swap()
	}
	d.pair.SetLayout(s.layout)
	d.layouts.refresh()
	d.side.SelectIndex(s.side)
	d.marks, d.learner.trial = s.marks, s.trial
	d.learner.refresh()
	if len(s.files) > 0 && s.at >= 0 {
		d.takeFiles(s.files)
		d.showAt(s.at, s.frame, d.goal)
	}
}
