package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/engine"
	"frglab/ui/chart"
	"frglab/ui/cropgrid"
)

// evaluateTab measures both detectors on pictures whose faces are known: curves, and
// galleries of what is wrong, from which each frame opens in the Detect tab.
//
// Its way: pick a truth (evaluatetruth.go), look at its frames beside the window
// (evaluaterun.go), draw what came of it (evaluatedraw.go, evaluategallery.go).
type evaluateTab struct {
	s       *session
	content fyne.CanvasObject
	setup   func() detectSetup                                  // what the detectors are asked with: that of the Detect tab
	onOpen  func(path string, frame int, place image.Rectangle) // opens a frame in the Detect tab

	job    *job // the look at the frames under way
	result evalResult

	chosen    int        // whose mistakes are shown: evalCNN or evalCascade
	threshold [2]float64 // of each detector
	cause     engine.Cause

	file, project, stop *widget.Button
	about               *widget.Label
	empty               *widget.Label
	body                *fyne.Container
	figures             [2][]*widget.Label
	pr, fppi            *chart.Chart
	prSeries            [2]*chart.Series
	fppiSeries          [2]*chart.Series
	who                 *widget.RadioGroup
	slider              *widget.Slider
	at                  *widget.Label
	causes              map[engine.Cause]*widget.Button
	gallery             *evalGallery
	grid                *cropgrid.Grid
}

// The detectors that are compared.
const (
	evalCNN = iota
	evalCascade
)

func newEvaluateTab(s *session, setup func() detectSetup) *evaluateTab {
	t := &evaluateTab{s: s, setup: setup, cause: engine.Background, causes: map[engine.Cause]*widget.Button{}}
	t.file = widget.NewButtonWithIcon(tr("Truth from a COCO file…"), theme.FolderOpenIcon(), t.ask)
	t.file.Importance = widget.HighImportance
	t.project = widget.NewButtonWithIcon(tr("Validation frames of the project"), theme.StorageIcon(), t.runProject)
	t.stop = widget.NewButtonWithIcon(tr("Stop"), theme.MediaStopIcon(), func() {
		if t.job != nil {
			t.job.cancel()
		}
	})
	t.stop.Hide()
	t.about = widget.NewLabel("")
	t.about.Truncation = fyne.TextTruncateEllipsis
	bar := container.NewPadded(container.NewBorder(nil, nil, container.NewHBox(t.file, t.project, t.stop), nil, t.about))

	t.empty = wrapped(tr("How good are the detectors? Pick pictures whose faces are known: a COCO file, or the frames of the project's validation titles that are checked. CNN and cascade look at each, with the parameters of the Detect tab."))
	t.empty.Alignment = fyne.TextAlignCenter
	t.body = container.NewStack(container.NewBorder(container.NewPadded(t.table()), nil, nil, nil, t.halves()))
	t.body.Hide()
	t.content = container.NewBorder(bar, nil, nil, nil, container.NewStack(container.NewCenter(container.New(fixedWidth(460), t.empty)), t.body))
	s.onProject = append(s.onProject, t.buttons)
	t.buttons()
	return t
}

// table makes the figures of both detectors.
func (t *evaluateTab) table() fyne.CanvasObject {
	heads := []string{tr("Detector"), tr("AP (95 %)"), tr("Recall at 0.1 false"), tr("at 0.3"), tr("at 1 a picture"), tr("Best F1"), tr("Time a picture")}
	rows := container.New(weightedColumns{1, 1.6, 1.4, 0.7, 1.15, 1.6, 1.15})
	cell := func(text string, bold bool) *widget.Label {
		l := widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: bold})
		l.Truncation = fyne.TextTruncateEllipsis // or the widest would make seven columns of its width
		rows.Add(l)
		return l
	}
	for _, h := range heads {
		cell(h, true)
	}
	for d := range t.figures {
		for range heads {
			t.figures[d] = append(t.figures[d], cell("", false))
		}
	}
	return rows
}

// halves are the curves, and what is wrong at a threshold.
func (t *evaluateTab) halves() fyne.CanvasObject {
	t.pr, t.fppi = chart.New(), chart.New()
	t.pr.Title, t.pr.XLabel, t.pr.MinY, t.pr.MaxY = tr("Precision over recall"), tr("recall"), 0, 1.002
	t.fppi.Title, t.fppi.XLabel, t.fppi.MinY, t.fppi.MaxY = tr("Recall over false boxes a picture"), tr("false boxes a picture"), 0, 1.002
	for d, name := range evalNames() {
		style := chart.Style{Dashed: d == evalCascade}
		t.prSeries[d], t.fppiSeries[d] = t.pr.AddSeries(name, style), t.fppi.AddSeries(name, style)
	}
	t.pr.Head, t.fppi.Head = t.headPR, t.headFPPI
	t.pr.OnPicked = func(x float64) { t.pickPoint(x, func(p engine.CurvePoint) float64 { return p.Recall }) }
	t.fppi.OnPicked = func(x float64) { t.pickPoint(x, func(p engine.CurvePoint) float64 { return p.FalsePerFrame }) }

	t.who = widget.NewRadioGroup(evalNames(), func(string) { t.choose() })
	t.who.Horizontal, t.who.Required = true, true
	t.slider = widget.NewSlider(0, 1)
	t.slider.OnChanged = func(v float64) {
		t.threshold[t.chosen] = v
		t.refresh()
	}
	t.at = wrapped("")
	buttons := container.NewGridWithColumns(2) // four are too wide for a small window
	for _, c := range engine.Causes() {
		t.causes[c] = widget.NewButton("", func() { t.cause = c; t.refresh() })
		buttons.Add(t.causes[c])
	}
	t.gallery = newEvalGallery(t.s)
	t.grid = cropgrid.New()
	t.grid.SetCellSize(112)
	t.grid.Thumb, t.grid.Mark = t.gallery.thumb, t.gallery.mark
	t.grid.OnActivated = t.open
	t.grid.OnKey = func(name fyne.KeyName) bool { return t.s.keys.pressed(keyOf(name), modeEvaluate, t.act) }
	t.grid.OnRune = func(r rune) { t.s.keys.pressed(runeKey(r), modeEvaluate, t.act) }
	hint := widget.NewLabel("")
	t.s.keys.follow(func() {
		hint.SetText(t.s.keys.fill(tr("Double click or {evaluate.open}: open the frame in the Detect tab")))
	})
	hint.Truncation = fyne.TextTruncateEllipsis
	choice := container.NewBorder(nil, nil, container.NewHBox(t.who, widget.NewLabel(tr("Threshold"))), nil, t.slider)
	right := container.NewBorder(container.NewVBox(choice, t.at, buttons), hint, nil, nil, t.grid)
	halves := container.NewHSplit(container.NewPadded(container.NewGridWithRows(2, t.pr, t.fppi)), container.NewPadded(right))
	halves.Offset = 0.42
	return halves
}

// evalNames names the detectors on screen.
func evalNames() []string { return []string{tr("CNN"), tr("Cascade")} }

// buttons follow what can be done.
func (t *evaluateTab) buttons() {
	set := func(b *widget.Button, on bool) {
		if on {
			b.Enable()
		} else {
			b.Disable()
		}
	}
	set(t.file, t.job == nil)
	set(t.project, t.job == nil && t.s.project != nil)
	t.stop.Hidden = t.job == nil
	t.stop.Refresh()
}

// focus gives the keys to the gallery.
func (t *evaluateTab) focus() {
	if t.body.Visible() {
		t.s.win.Canvas().Focus(t.grid)
	}
}

// act does what a key asks for.
func (t *evaluateTab) act(a action) bool {
	switch a {
	case actOpenFrame:
		t.grid.Activate()
	case actLarger:
		t.grid.Zoom(1)
	case actSmaller:
		t.grid.Zoom(-1)
	case actKeys:
		t.s.showKeys()
	default:
		return false
	}
	return true
}

// close ends the gallery's loaders.
func (t *evaluateTab) close() {
	t.gallery.stop()
	t.grid.Close()
}
