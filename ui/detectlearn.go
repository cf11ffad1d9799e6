package ui

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
	"frglab/engine"
	"frglab/ui/cli"
)

// detectLearner is the way from a false face to a model that no longer sees it: it counts
// the examples that were given, trains with them, compares, and keeps the new model or not.
type detectLearner struct {
	t       *detectTab
	content fyne.CanvasObject
	call    fyne.CanvasObject // the short form below the panes
	train   func(plan)        // runs a training; set by the window
	busy    func() bool       // a training runs

	// fresh are samples of the project that the model has not learned from, which the project
	// remembers; ready those that a training would see: checked, and of no title set aside.
	fresh, ready []int64

	about, state      *widget.Label
	begin, callButton *widget.Button
	bar               *widget.ProgressBar
	table             *fyne.Container
	keepIt, dropIt    *widget.Button
	beside            *widget.Check // the old model's boxes are shown on the right
	trial             *detectTrial  // nil where no new model is on trial
	running           bool
}

// keyFresh is where the project remembers the examples that wait, a list of sample ids.
const keyFresh = "detect.fresh"

func newDetectLearner(t *detectTab) *detectLearner {
	l := &detectLearner{t: t, about: wrapped(""), state: wrapped(""), bar: widget.NewProgressBar(), table: container.NewVBox()}
	l.begin = widget.NewButtonWithIcon(tr("Fine-tune now"), theme.MediaPlayIcon(), l.start)
	l.begin.Importance = widget.HighImportance
	l.callButton = widget.NewButtonWithIcon("", theme.MediaPlayIcon(), l.start)
	l.callButton.Importance = widget.HighImportance
	l.keepIt = widget.NewButtonWithIcon(tr("Keep the new model"), theme.ConfirmIcon(), l.keep)
	l.keepIt.Importance = widget.HighImportance
	l.dropIt = widget.NewButtonWithIcon(tr("Back to the old one"), theme.CancelIcon(), l.discard)
	l.beside = widget.NewCheck(tr("The boxes of before on the right"), func(bool) { l.t.chosen = nothing; l.t.draw(); l.t.focus() })
	l.beside.Checked = true
	l.call = container.NewCenter(l.callButton)
	l.content = container.NewVBox(l.about, l.begin, l.bar, l.state, l.keepIt, l.dropIt, l.table)
	t.s.onProject = append(t.s.onProject, l.projectChanged)
	t.s.onModel = append(t.s.onModel, l.modelChanged)
	l.refresh()
	return l
}

// modelChanged ends a trial when another model was opened meanwhile. The one on trial stays in
// the folder of its run.
func (l *detectLearner) modelChanged() {
	if l.trial != nil && l.t.s.model != l.trial.new {
		l.trial = nil
		l.t.draw()
		l.refresh()
	}
}

// projectChanged takes up the examples that wait in another project.
func (l *detectLearner) projectChanged() {
	l.fresh, l.t.marks = nil, nil
	if p := l.t.s.project; p != nil {
		if text, err := p.Setting(keyFresh); err == nil {
			_ = json.Unmarshal([]byte(text), &l.fresh) // what cannot be read is nothing
		}
	}
	l.count()
}

// count finds out which of the examples can be learned now.
func (l *detectLearner) count() {
	l.ready = nil
	for _, id := range l.fresh {
		if list, err := l.t.s.project.Samples([]int64{id}); err == nil && learnable(list[0]) { // else it was removed
			l.ready = append(l.ready, id)
		}
	}
	l.refresh()
}

// follow takes up what happened to samples elsewhere: verdicts, an undo.
func (t *detectTab) follow() {
	if p := t.s.project; p != nil && len(t.marks)+len(t.learner.fresh) > 0 {
		t.marks.follow(p)
		t.learner.count()
		t.draw()
	}
}

func learnable(s dataset.Sample) bool {
	return s.Checked && s.Class != dataset.Unsure && s.Split == dataset.Train
}

// add counts samples among the examples that wait.
func (l *detectLearner) add(ids []int64) {
	for _, id := range ids {
		if !slices.Contains(l.fresh, id) {
			l.fresh = append(l.fresh, id)
		}
	}
	l.remember()
}

func (l *detectLearner) remember() {
	if p := l.t.s.project; p != nil && !p.ReadOnly() {
		text, err := json.Marshal(l.fresh)
		if err == nil {
			err = p.SetSetting(keyFresh, string(text))
		}
		l.t.s.show(err)
	}
	l.count()
}

// refresh shows what can be done now.
func (l *detectLearner) refresh() {
	conceal(l.begin, l.bar, l.state, l.table, l.keepIt, l.dropIt, l.callButton)
	n := len(l.ready)
	switch {
	case l.running:
		reveal(l.bar, l.state)
		l.about.SetText(tr("The model learns; new examples: %d. The window stays yours meanwhile.", n))
	case l.trial != nil:
		reveal(l.state, l.table, l.keepIt, l.dropIt)
		l.about.SetText(tr("A new model is on trial: the boxes on screen are its own."))
		l.showTrial()
	case n == 0:
		l.about.SetText(l.t.s.keys.fill(tr("Click a false face and press {detect.false}, or mark a missed one by {detect.missed}: it becomes an example. Then the model can learn it here, in about a minute.")))
	default:
		reveal(l.begin, l.callButton)
		l.about.SetText(tr("New examples that wait: %d. Fine-tuning goes on from the present model and takes about a minute.", n))
		l.callButton.SetText(tr("Fine-tune now (%d)", n))
	}
}

// start trains in the background.
func (l *detectLearner) start() {
	s := l.t.s
	switch {
	case s.project == nil || s.model == nil || l.running:
		return
	case len(l.ready) == 0 && len(l.fresh) > 0:
		s.notify(tr("All new examples are of titles that are set aside to check with: mark some of another title, or split anew in the Train tab."))
		return
	case len(l.ready) == 0:
		s.notify(s.keys.fill(tr("No new examples yet: click a box and press {detect.false} or {detect.right} first.")))
		return
	case l.busy():
		s.notify(tr("A training runs already: wait for its end, or stop it in the Train tab."))
		return
	}
	conf, err := engine.Preset("modern")
	if err != nil {
		s.show(err)
		return
	}
	settings := cli.RunSettings{Config: conf.QuickTune(s.model), Device: s.deviceName()}
	var numbers []string
	for _, id := range l.ready {
		numbers = append(numbers, strconv.FormatInt(id, 10))
	}
	pl := plan{
		p: s.project, dir: newRunDir(s.project, settings, time.Now()), settings: settings, from: s.model,
		args: []string{"--project", s.project.Path(), "--device", settings.Device, "--allow-leak", "--fresh", strings.Join(numbers, ",")},
	}
	pl.args = append(pl.args, "--out", pl.dir)
	next := &detectTrial{dir: pl.dir, of: s.project, learned: slices.Clone(l.ready), old: s.model, oldName: s.modelOf, oldPath: s.modelPath, set: l.t.setup(), before: l.t.boxesBefore()}
	pl.then = func(c *engine.Checkpoint, err error) { l.ended(next, c, err) }
	l.running = true
	l.trial = nil
	l.t.side.SelectIndex(sideLearn)
	l.train(pl)
	l.refresh()
	l.t.focus()
}

// told follows the training.
func (l *detectLearner) told(share float64, note string) {
	if l.running {
		l.bar.SetValue(max(0, share))
		l.state.SetText(note)
	}
}
