package ui

import (
	"image"
	"log/slog"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
	"frglab/engine"
	"frglab/engine/vision"
	"frglab/ui/imageview"
)

// detectTab shows a picture twice, with what the CNN and what the cascade found.
//
// The way of a picture: setFiles (detectopen.go) says which files are open, show and
// showFrame which one is on screen; load (detectlook.go) reads it, then both detectors
// look at it, each in a job; what they found arrives in arrived, and refresh
// (detectdraw.go) chooses among the scores and draws. A newer wish drops what is under
// way for an older one.
//
// From a box to a better model: a click chooses it (boxChoice, detectdraw.go) and the
// inspector explains it (detectinspect.go, detectnear.go, detectprobe.go, detectheat.go);
// a verdict makes it a sample and an example (detectkeep.go, detectmark.go); detectalike.go
// finds more of the kind, the learner trains with them (detectlearn.go), and the outcome is
// on trial until it is kept (detecttrial.go, detectverdict.go).
//
// What others build on:
//   - Rows below the panes, such as the ribbon of a video and the strip of a folder, are
//     detectStrips (detectstrip.go). They are told what is shown and what was found there,
//     and call show and showFrame.
//   - showFile shows any file at a frame, with a place in it to look at.
//   - finder.look and finding.detections (detectsetup.go) are what both detectors make of
//     a picture, for whoever looks at other frames than the one on screen. setup is what
//     they are to be asked with.
type detectTab struct {
	s       *session
	content *fyne.Container
	rows    detectRows
	finder  *finder

	files   []picture
	at      int             // index of the file shown, -1 for none
	frame   int             // of a video
	goal    image.Rectangle // to be brought to the middle once the picture is there; empty: none
	img     *image.RGBA
	time    time.Duration // of the frame in its video
	loading bool          // files[at], or its frame, is on its way: img is still another one
	wish    []*job        // the jobs of the picture shown

	opening *job // looks through what is to be opened

	params        engine.DetectParams
	classy        vision.CascadeParams
	asked         detectSetup                                   // what finding was asked with
	finding                                                     // of the picture shown
	hits          []engine.Hit                                  // of the CNN, at the present threshold; those that it keeps come first
	found         []engine.Detection                            // those that it keeps
	classic       []engine.Detection                            // of the cascade
	chosen        boxChoice                                     // box that was clicked
	lastGhosts    []int                                         // hits that the left pane shows behind those of found
	marks         marks                                         // what was said of boxes
	strips        []detectStrip                                 // below the panes
	folder        *folderStrip                                  // one of them
	video         *videoStrip                                   // one of them
	reel          reel                                          // where the frames of a video come from
	onShown       func()                                        // another picture is shown
	onShowSamples func(ids []int64, current int64, what string) // opens crops in the Label tab
	view          *imageview.View                               // of both panes
	left, right   *imageview.Pane                               // of the CNN, of the cascade, wherever the pair has them
	pair          *imageview.Pair
	legend        *detectLegend
	layouts       *detectLayouts

	leftHead, rightHead *widget.Label
	list                *fileChoice
	counter             *widget.Label
	controls            *detectControls
	inspector           *detectInspector
	learner             *detectLearner
	side                *container.AppTabs
}

func newDetectTab(s *session) *detectTab {
	t := &detectTab{s: s, at: -1, finder: s.finder, chosen: nothing}
	t.view = imageview.NewView()
	t.left, t.right = imageview.NewPane(t.view), imageview.NewPane(t.view)
	for _, p := range t.panes() {
		p.Empty = tr("Drop a picture or a video here, or press Open.")
		p.OnRune = t.rune
		p.OnKey = t.key
		p.OnBoxPicked = func(i int) { t.pick(p, i) }
		p.OnBoxDrawn = t.missed
		p.OnEmptyTapped = func(at image.Point) { t.probe(p, at) }
	}
	t.leftHead, t.rightHead = widget.NewLabel(""), widget.NewLabel("")
	for _, h := range []*widget.Label{t.leftHead, t.rightHead} {
		h.Truncation = fyne.TextTruncateEllipsis
	}
	t.list = newFileChoice(func(i int) { t.show(i); t.focus() })
	t.counter = widget.NewLabel("")
	t.controls = newDetectControls(t)
	t.video, t.folder = newVideoStrip(t), newFolderStrip(t)
	t.strips = []detectStrip{t.video, t.folder}

	t.pair = imageview.NewPair(t.leftHead, t.left, t.rightHead, t.right)
	t.layouts = newDetectLayouts(t)
	t.legend = newDetectLegend(s.keys)
	t.inspector, t.learner = newDetectInspector(t), newDetectLearner(t)
	scroll := func(o fyne.CanvasObject) fyne.CanvasObject {
		return container.NewVScroll(container.New(rightMargin(theme.Padding()*2), o))
	}
	t.side = container.NewAppTabs(
		container.NewTabItem(tr("Settings"), scroll(t.controls.content)),
		container.NewTabItem(tr("Box"), scroll(t.inspector.content)),
		container.NewTabItem(tr("Learn"), scroll(t.learner.content)),
	)
	side := container.NewHBox(widget.NewSeparator(), container.New(fixedWidth(300), t.side))
	t.rows = newDetectRows(t.strips, container.NewBorder(nil, nil, nil, t.learner.call, t.legend.content))
	t.content = container.NewBorder(t.toolbar(), t.rows.all, nil, side, t.pair)
	s.onModel = append(s.onModel, t.controls.modelChanged)
	t.tellStrips()
	t.heads()
	return t
}

func (t *detectTab) panes() []*imageview.Pane { return []*imageview.Pane{t.left, t.right} }

func (t *detectTab) toolbar() fyne.CanvasObject {
	open := widget.NewButtonWithIcon(tr("Open…"), theme.FolderOpenIcon(), t.ask)
	open.Importance = widget.HighImportance
	samples := widget.NewButtonWithIcon(tr("Samples"), theme.FileImageIcon(), t.openSamples)
	back := widget.NewButtonWithIcon("", theme.NavigateBackIcon(), func() { t.step(-1) })
	next := widget.NewButtonWithIcon("", theme.NavigateNextIcon(), func() { t.step(1) })
	left := container.NewHBox(open, samples, widget.NewSeparator(), t.s.keyTip(back, actLastPicture))
	right := container.NewHBox(t.s.keyTip(next, actNextPicture), t.counter, widget.NewSeparator(), t.layouts.content)
	return container.NewPadded(container.NewBorder(nil, nil, left, right, t.list))
}

// The tabs at the side.
const (
	sideSettings = iota
	sideBox
	sideLearn
)

// rune gets what is typed into a pane; key is asked before the pane acts on a key.
func (t *detectTab) rune(r rune) { t.s.keys.pressed(runeKey(r), modeDetect, t.act) }

func (t *detectTab) key(name fyne.KeyName) bool {
	return t.s.keys.pressed(keyOf(name), modeDetect, t.act)
}

// act does what a key asks for.
func (t *detectTab) act(a action) bool {
	switch a {
	case actFalse:
		t.keep(dataset.Other)
	case actRight:
		t.keep(dataset.Face)
	case actLayout:
		t.layouts.set((t.pair.Layout() + 1) % 3)
	case actSwap:
		t.swap()
	case actBox:
		t.next()
	case actTune:
		t.learner.start()
	case actHeat:
		t.inspector.heat.cycle()
	case actLastPicture:
		t.step(-1)
	case actNextPicture:
		t.step(1)
	case actFrameBack:
		t.showFrame(t.frame - 1)
	case actFrameForth:
		t.showFrame(t.frame + 1)
	case actPlay:
		t.video.toggle()
	case actDisagree:
		t.video.jump(1)
	case actDisagreeBack:
		t.video.jump(-1)
	case actLarger:
		t.view.ZoomBy(keyZoom)
	case actSmaller:
		t.view.ZoomBy(1 / keyZoom)
	case actFit:
		t.view.Fit()
	case actActualPicture:
		t.view.Actual()
	case actKeys:
		t.s.showKeys()
	default:
		return false
	}
	return true
}

func (t *detectTab) close() {
	t.closeStrips()
	if err := t.finder.close(); err != nil {
		slog.Error("close detectors", "err", err)
	}
}

// closeStrips ends what the tab does by itself; the detectors go on.
func (t *detectTab) closeStrips() {
	for _, s := range t.strips {
		s.close()
	}
	if err := t.reel.close(); err != nil {
		slog.Error("close video", "err", err)
	}
}
