package ui

import (
	"context"
	"image"
	"image/color"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/assets"
	"frglab/dataset"
	"frglab/engine"
	"frglab/engine/vision"
	"frglab/ui/imageview"
	"frglab/ui/native"
)

// detectTab shows one picture twice, with what the CNN and what the cascade found.
type detectTab struct {
	s       *session
	content fyne.CanvasObject
	finder  *finder

	files  []picture
	at     int // index of the file shown, -1 for none
	frame  int // of a video
	img    *image.RGBA
	wish   []*job // the jobs of the picture shown
	params engine.DetectParams
	classy vision.CascadeParams

	cnn     cnnResult
	cascade cascadeResult
	found   []engine.Detection // of the CNN, at the present threshold

	onShown func() // another picture is shown

	view                *imageview.View // of both panes
	left, right         *imageview.Pane
	leftHead, rightHead *widget.Label
	list                *widget.Select
	counter             *widget.Label
	scrub               *widget.Slider
	scrubBox            fyne.CanvasObject
	controls            *detectControls
}

// picture is a file that can be shown, from disk or bundled.
type picture struct {
	name   string // on screen
	path   string // on disk, or in files
	files  fs.FS  // nil: on disk
	frames int    // of a video, 0 of a picture
}

func detectKeys() [][2]string {
	return [][2]string{
		{tr("wheel, drag"), tr("zoom and move both panes")},
		{"0 / 1", tr("fit, 100 %")},
		{"[ / ]", tr("last, next picture")},
		{", / .", tr("one frame back, forth")},
		{tr("click") + ", N", tr("a false face: put it into the project as a negative")},
		{tr("click") + ", F", tr("a right face: put it into the project as a face")},
	}
}

func newDetectTab(s *session) *detectTab {
	t := &detectTab{s: s, at: -1, finder: s.finder, classy: vision.DefaultCascadeParams()}
	t.view = imageview.NewView()
	t.left, t.right = imageview.NewPane(t.view), imageview.NewPane(t.view)
	for _, p := range []*imageview.Pane{t.left, t.right} {
		p.Empty = tr("Drop a picture or a video here, or press Open.")
		p.OnRune = t.rune
		p.OnBoxPicked = func(i int) { t.pick(p, i) }
		p.OnEmptyTapped = func(image.Point) { t.pick(p, -1) }
	}
	t.leftHead, t.rightHead = widget.NewLabel(""), widget.NewLabel("")
	for _, h := range []*widget.Label{t.leftHead, t.rightHead} {
		h.Truncation = fyne.TextTruncateEllipsis
	}
	t.list = widget.NewSelect(nil, nil)
	t.list.OnChanged = func(string) { t.show(t.list.SelectedIndex()) }
	t.counter = widget.NewLabel("")
	t.scrub = widget.NewSlider(0, 1)
	t.scrub.OnChangeEnded = func(v float64) { t.showFrame(int(v)) }
	t.controls = newDetectControls(t)

	panes := container.NewGridWithColumns(2,
		container.NewBorder(t.leftHead, nil, nil, nil, t.left),
		container.NewBorder(t.rightHead, nil, nil, nil, t.right))
	t.scrubBox = container.NewBorder(nil, nil, nil, nil, t.scrub)
	t.scrubBox.Hide()
	side := container.NewHBox(widget.NewSeparator(), container.New(fixedWidth(290), container.NewVScroll(t.controls.content)))
	t.content = container.NewBorder(t.toolbar(), container.NewVBox(t.scrubBox, legend()), nil, side, panes)
	s.onModel = append(s.onModel, t.controls.modelChanged)
	t.heads()
	return t
}

func (t *detectTab) toolbar() fyne.CanvasObject {
	open := widget.NewButtonWithIcon(tr("Open…"), theme.FolderOpenIcon(), t.ask)
	open.Importance = widget.HighImportance
	samples := widget.NewButtonWithIcon(tr("Samples"), theme.FileImageIcon(), t.openSamples)
	back := widget.NewButtonWithIcon("", theme.NavigateBackIcon(), func() { t.step(-1) })
	next := widget.NewButtonWithIcon("", theme.NavigateNextIcon(), func() { t.step(1) })
	left := container.NewHBox(open, samples, widget.NewSeparator(), back)
	return container.NewPadded(container.NewBorder(nil, nil, left, container.NewHBox(next, t.counter), t.list))
}

// legend says what the colours of the boxes mean.
func legend() fyne.CanvasObject {
	row := container.NewHBox()
	for _, e := range []struct {
		c    color.Color
		text string
	}{{bothColor, tr("both agree")}, {cnnColor, tr("only the CNN")}, {cascadeColor, tr("only the cascade")}} {
		swatch := canvas.NewRectangle(color.Transparent)
		swatch.StrokeColor, swatch.StrokeWidth = e.c, 3
		swatch.SetMinSize(fyne.NewSquareSize(14))
		row.Add(container.New(layout.NewCenterLayout(), swatch))
		row.Add(widget.NewLabel(e.text))
	}
	row.Add(layout.NewSpacer())
	row.Add(widget.NewLabel(tr("Click a box, then N: not a face. F: a face.")))
	return container.NewPadded(row)
}

func (t *detectTab) ask() {
	native.OpenFile(t.s.win, tr("Open picture or video"), []native.Filter{
		{Name: tr("Pictures and videos"), Extensions: []string{"png", "jpg", "jpeg", "gif", "webp", "bmp", "mp4", "mkv", "webm", "avi", "mov"}},
	}, func(path string) {
		if path != "" {
			t.openPaths([]string{path})
		}
	})
}

// openSamples shows the bundled pictures.
func (t *detectTab) openSamples() {
	var files []picture
	names, err := fs.Glob(assets.Samples(), "*.[jp][pn]g")
	t.s.show(err)
	for _, n := range names {
		files = append(files, picture{name: n, path: n, files: assets.Samples()})
	}
	t.setFiles(files)
}

// openPaths shows pictures and videos from disk, and what is in folders.
func (t *detectTab) openPaths(paths []string) {
	start(t.s.jobs, &job{name: tr("Open"), quiet: true}, func(ctx context.Context, _ *job) ([]picture, error) {
		return expand(ctx, paths)
	}, func(files []picture, err error) {
		if err == nil {
			t.setFiles(files)
		}
	})
}

// expand replaces folders by the pictures and videos in them.
func expand(ctx context.Context, paths []string) ([]picture, error) {
	var files []picture
	for _, root := range paths {
		info, err := os.Stat(root)
		if err != nil || !info.IsDir() {
			files = append(files, picture{name: filepath.Base(root), path: root})
			continue // a missing file says so when it is shown
		}
		err = filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() && slices.Contains(mediaExtensions, strings.ToLower(filepath.Ext(p))) {
				name, _ := filepath.Rel(root, p)
				files = append(files, picture{name: name, path: p})
			}
			return ctx.Err()
		})
		if err != nil {
			return nil, err
		}
	}
	if len(files) == 0 {
		return nil, errNoPictures(paths)
	}
	return files, nil
}

// mediaExtensions choose among the files of a folder; a file that was named or
// dropped is looked at whatever its name.
var mediaExtensions = []string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".mp4", ".mkv", ".webm", ".avi", ".mov"}

func (t *detectTab) setFiles(files []picture) {
	t.files = files
	t.list.Options = nil
	for _, f := range files {
		t.list.Options = append(t.list.Options, f.name)
	}
	t.at = -1
	if len(files) > 0 {
		t.show(0)
	}
}

func (t *detectTab) step(by int) {
	if i := t.at + by; i >= 0 && i < len(t.files) {
		t.show(i)
	}
}

func (t *detectTab) show(i int) {
	if i < 0 || i >= len(t.files) || i == t.at {
		return
	}
	t.at, t.frame = i, 0
	t.list.Selected = t.files[i].name
	t.list.Refresh()
	t.counter.SetText(tr("%d of %d", i+1, len(t.files)))
	t.load()
}

// showing is the name of the picture shown.
func (t *detectTab) showing() string {
	if t.at < 0 {
		return ""
	}
	return t.files[t.at].name
}

func (t *detectTab) showFrame(frame int) {
	if t.at < 0 || frame < 0 || frame >= t.files[t.at].frames || frame == t.frame {
		return
	}
	t.frame = frame
	t.scrub.Value = float64(frame)
	t.scrub.Refresh()
	t.load()
}

// load reads the picture and then asks both detectors. Whatever was under way for
// the last picture is dropped.
func (t *detectTab) load() {
	t.drop()
	file, frame := t.files[t.at], t.frame
	t.begin(tr("Open picture"), func(ctx context.Context) (func(), error) {
		img, frames, err := file.read(ctx, frame)
		return func() { t.loaded(img, frames) }, err
	}, t.blank)
}

// blank shows that there is no picture to show.
func (t *detectTab) blank() {
	t.img = nil
	for _, p := range []*imageview.Pane{t.left, t.right} {
		p.SetImage(nil)
		p.SetBoxes(nil)
	}
	t.heads()
}

func (t *detectTab) loaded(img *image.RGBA, frames int) {
	t.img = img
	t.files[t.at].frames = frames
	t.scrub.Max = float64(max(1, frames-1))
	t.scrub.Value = float64(t.frame)
	t.scrub.Refresh()
	if frames > 0 {
		t.scrubBox.Show()
	} else {
		t.scrubBox.Hide()
	}
	for _, p := range []*imageview.Pane{t.left, t.right} {
		p.SetImage(img)
		p.SetBoxes(nil)
	}
	if t.onShown != nil {
		t.onShown()
	}
	t.detect()
}

// drop forgets the results and stops the jobs of the picture shown.
func (t *detectTab) drop() {
	for _, j := range t.wish {
		j.cancel()
	}
	t.wish = nil
	t.cnn, t.cascade, t.found = cnnResult{}, cascadeResult{}, nil
	t.heads()
}

// begin starts a job of the picture shown. When that still is, show runs in the end,
// or failed, which may be nil.
func (t *detectTab) begin(name string, work func(ctx context.Context) (show func(), err error), failed func()) {
	var mine *job
	mine = start(t.s.jobs, &job{name: name, quiet: true}, func(ctx context.Context, _ *job) (func(), error) {
		return work(ctx)
	}, func(show func(), err error) {
		switch {
		case !slices.Contains(t.wish, mine):
		case err == nil:
			show()
		case failed != nil:
			failed()
		}
	})
	t.wish = append(t.wish, mine)
}

// detect asks both detectors for the picture shown, beside each other.
func (t *detectTab) detect() {
	if t.img == nil {
		return
	}
	t.drop()
	img, model, params, classy := t.img, t.s.model, t.params, t.classy
	if model != nil {
		t.begin(tr("CNN"), func(ctx context.Context) (func(), error) {
			r, err := t.finder.scan(ctx, model, img, params)
			return func() { t.cnn = r; t.refresh() }, err
		}, nil)
	}
	t.begin(tr("Cascade"), func(ctx context.Context) (func(), error) {
		r, err := t.finder.search(ctx, img, classy)
		return func() { t.cascade = r; t.refresh() }, err
	}, nil)
}

// refresh draws the boxes of both at the present parameters.
func (t *detectTab) refresh() {
	if t.cnn.scan != nil {
		found, err := t.cnn.scan.Detections(t.params)
		if err != nil {
			t.s.show(err)
			return
		}
		t.found = found
	}
	t.left.SetBoxes(boxes(t.found, t.cascade.found, cnnColor, false))
	t.right.SetBoxes(boxes(t.cascade.found, t.found, cascadeColor, true))
	t.heads()
}

// heads writes the line above each pane.
func (t *detectTab) heads() {
	cnn := tr("CNN")
	switch {
	case t.s.model == nil:
		cnn += "  –  " + tr("no model: train one, or open one from the File menu")
	case t.cnn.scan != nil:
		cnn += "  –  " + tr("%d faces, %d ms, %d windows, %s", len(t.found), t.cnn.took.Milliseconds(), t.cnn.stats.Windows, t.cnn.device)
	case t.img != nil:
		cnn += "  …"
	}
	t.leftHead.SetText(cnn)
	cascade := tr("Cascade")
	if t.cascade.took > 0 {
		cascade += "  –  " + tr("%d faces, %d ms", len(t.cascade.found), t.cascade.took.Milliseconds())
	} else if t.img != nil {
		cascade += "  …"
	}
	t.rightHead.SetText(cascade)
}

// pick selects a box of one pane and takes the selection from the other.
func (t *detectTab) pick(p *imageview.Pane, i int) {
	t.left.SetSelected(-1)
	t.right.SetSelected(-1)
	p.SetSelected(i)
	t.s.win.Canvas().Focus(p)
}

func (t *detectTab) rune(r rune) bool {
	switch r {
	case 'n', 'N':
		t.keep(dataset.Other)
	case 'f', 'F':
		t.keep(dataset.Face)
	case '[':
		t.step(-1)
	case ']':
		t.step(1)
	case ',':
		t.showFrame(t.frame - 1)
	case '.':
		t.showFrame(t.frame + 1)
	default:
		return false
	}
	return true
}

// keep puts the selected box into the project, labelled.
func (t *detectTab) keep(c dataset.Class) {
	d, proposer := engine.Detection{}, ""
	if i := t.left.Selected(); i >= 0 && i < len(t.found) {
		d, proposer = t.found[i], "cnn"
		d.Box = dataset.BoxOf(d.Box) // as a collection frames it
	} else if i := t.right.Selected(); i >= 0 && i < len(t.cascade.found) {
		d, proposer = t.cascade.found[i], "cascade"
	}
	if proposer == "" || t.s.project == nil {
		return
	}
	file := t.files[t.at]
	path := file.path
	if file.files != nil {
		path = "/samples/" + path // the name it has in the sample project
	}
	_, err := t.s.project.Add(context.Background(), []dataset.NewSample{{
		Class: c, Checked: true, Path: path, Frame: t.frame, Box: d.Box,
		Proposer: proposer, Score: d.Score, Crop: dataset.Cut(t.img, d.Box, dataset.Margin),
	}})
	if err != nil {
		t.s.show(err)
		return
	}
	t.s.notify(tr("In the project as %s.", className(c)))
	call(t.s.onSamples)
}

func (t *detectTab) close() {
	if err := t.finder.close(); err != nil {
		slog.Error("close detectors", "err", err)
	}
}
