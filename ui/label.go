package ui

import (
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
	"frglab/ui/cropgrid"
)

// labelTab shows the project's crops and takes verdicts: click the wrong ones of a
// page, Enter accepts the rest; or one key a crop.
type labelTab struct {
	s       *session
	content fyne.CanvasObject
	grid    *cropgrid.Grid
	samples map[int64]dataset.Sample // those in the grid
	shown   *dataset.Project         // whose samples these are

	filter    *widget.RadioGroup
	title     *widget.Select
	pageClass *widget.Select
	progress  *widget.Label
	big       *canvas.Image
	details   *widget.Label
	loading   *job
	began     time.Time // of the present sitting: for labels per minute
	verdicts  int
}

// labelKeys are the tab's keys, for the sheet of keys. TestLabelKeys presses them.
func labelKeys() [][2]string {
	return [][2]string{
		{"F", tr("face")},
		{"O", tr("other")},
		{"U", tr("unsure")},
		{tr("click, Enter"), tr("accept the page; clicked ones are the opposite")},
		{"Ctrl / Shift + " + tr("click"), tr("select several")},
		{"Ctrl+A, Esc", tr("select all, none")},
		{"PgUp / PgDn", tr("page by page")},
		{"+ / −", tr("larger, smaller")},
	}
}

// The filters, in the order of the radio group.
const (
	showAll = iota
	showUnchecked
	showFaces
	showOthers
	showUnsure
)

func newLabelTab(s *session) *labelTab {
	t := &labelTab{s: s, grid: cropgrid.New(), samples: map[int64]dataset.Sample{}}
	t.grid.Thumb = t.thumb
	t.grid.Mark = t.mark
	t.grid.OnKey = t.key
	t.grid.OnRune = t.rune
	t.grid.OnCursor = t.showDetails
	t.grid.Empty = noCrops()

	t.filter = widget.NewRadioGroup(nil, func(string) { t.reload() })
	t.title = widget.NewSelect(nil, func(string) { t.reload() })
	t.pageClass = widget.NewSelect([]string{tr("Face"), tr("Other")}, nil)
	t.pageClass.SetSelectedIndex(0)
	t.progress = widget.NewLabel("")
	t.progress.Wrapping = fyne.TextWrapWord
	t.big = canvas.NewImageFromImage(nil)
	t.big.FillMode = canvas.ImageFillContain
	t.big.ScaleMode = canvas.ImageScalePixels
	t.big.SetMinSize(fyne.NewSquareSize(192))
	t.details = widget.NewLabel("")
	t.details.Wrapping = fyne.TextWrapBreak
	t.fillFilter(dataset.Counts{})

	t.content = container.NewBorder(t.toolbar(), nil, t.sidebar(), t.inspector(), t.grid)
	s.onProject = append(s.onProject, t.projectChanged)
	s.onSamples = append(s.onSamples, t.reload)
	return t
}

func noCrops() string {
	return tr("No crops here.\nImport class folders or a list file from the File menu, or drop them on this window.")
}

func (t *labelTab) toolbar() fyne.CanvasObject {
	verdict := func(text string, icon fyne.Resource, c dataset.Class) *widget.Button {
		return widget.NewButtonWithIcon(text, icon, func() { t.verdict(c); t.focus() })
	}
	accept := widget.NewButtonWithIcon(tr("Accept page"), theme.NavigateNextIcon(), func() { t.acceptPage(); t.focus() })
	accept.Importance = widget.HighImportance
	size := widget.NewSlider(32, 256)
	size.Step = 8
	size.Value = float64(t.grid.CellSize())
	size.OnChanged = func(v float64) { t.grid.SetCellSize(int(v)) }
	t.grid.OnZoomed = func(v int) { size.Value = float64(v); size.Refresh() }
	return container.NewPadded(container.NewHBox(
		widget.NewLabel(tr("This page is")), t.pageClass, accept,
		widget.NewSeparator(),
		verdict(tr("Face (F)"), theme.ConfirmIcon(), dataset.Face),
		verdict(tr("Other (O)"), theme.CancelIcon(), dataset.Other),
		verdict(tr("Unsure (U)"), theme.QuestionIcon(), dataset.Unsure),
		widget.NewSeparator(),
		widget.NewButtonWithIcon("", theme.ContentUndoIcon(), func() { t.undo(); t.focus() }),
		widget.NewButtonWithIcon("", theme.ContentRedoIcon(), func() { t.redo(); t.focus() }),
		layout.NewSpacer(),
		widget.NewIcon(theme.ZoomInIcon()),
		container.NewGridWrap(fyne.NewSize(140, size.MinSize().Height), size),
	))
}

func (t *labelTab) sidebar() fyne.CanvasObject {
	heading := func(text string) fyne.CanvasObject {
		return widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	}
	side := container.NewVBox(heading(tr("Show")), t.filter, heading(tr("Title")), t.title, widget.NewSeparator(), t.progress)
	return container.NewHBox(container.New(fixedWidth(200), container.NewVScroll(side)), widget.NewSeparator())
}

func (t *labelTab) inspector() fyne.CanvasObject {
	return container.NewHBox(widget.NewSeparator(),
		container.New(fixedWidth(220), container.NewVScroll(container.NewVBox(container.NewPadded(t.big), t.details))))
}

func (t *labelTab) focus() { t.s.win.Canvas().Focus(t.grid) }

func (t *labelTab) projectChanged() {
	t.verdicts, t.began = 0, time.Time{}
	titles := []string{tr("All titles")}
	if t.s.project != nil {
		names, err := t.s.project.Titles()
		t.s.show(err)
		titles = append(titles, names...)
	}
	t.title.Options = titles
	t.title.Selected = titles[0]
	t.title.Refresh()
	t.grid.Invalidate()
}

// chosen is the filter that radio group and title select ask for.
func (t *labelTab) chosen() dataset.Filter {
	var f dataset.Filter
	checked := func(b bool) { f.Checked = &b }
	class := func(c dataset.Class) { f.Class = &c; checked(true) }
	switch t.filterIndex() {
	case showUnchecked:
		checked(false)
	case showFaces:
		class(dataset.Face)
	case showOthers:
		class(dataset.Other)
	case showUnsure:
		class(dataset.Unsure)
	}
	if i := t.title.SelectedIndex(); i > 0 {
		f.Title = t.title.Options[i]
	}
	return f
}

func (t *labelTab) filterIndex() int {
	for i, o := range t.filter.Options {
		if o == t.filter.Selected {
			return i
		}
	}
	return showAll
}

// loaded is what reload brings from the project.
type loaded struct {
	project *dataset.Project
	ids     []int64
	samples map[int64]dataset.Sample
	counts  dataset.Counts
}

// reload asks the project for the samples to show. The latest wish wins.
func (t *labelTab) reload() {
	p := t.s.project
	if p == nil {
		return
	}
	if t.loading != nil {
		t.loading.cancel()
	}
	f := t.chosen()
	t.loading = start(t.s.jobs, &job{name: tr("Show crops"), quiet: true}, func(ctx context.Context, _ *job) (loaded, error) {
		return load(ctx, p, f)
	}, func(l loaded, err error) {
		if err == nil && l.project == t.s.project {
			t.show(l)
		}
	})
}

func load(ctx context.Context, p *dataset.Project, f dataset.Filter) (loaded, error) {
	l := loaded{project: p, samples: map[int64]dataset.Sample{}}
	var err error
	if l.ids, err = p.IDs(f); err != nil {
		return l, err
	}
	if err := ctx.Err(); err != nil {
		return l, err
	}
	samples, err := p.Samples(l.ids)
	if err != nil {
		return l, err
	}
	for _, s := range samples {
		l.samples[s.ID] = s
	}
	if l.counts, err = p.Counts(); err != nil {
		return l, err
	}
	return l, ctx.Err()
}

// show puts what was loaded into the grid.
func (t *labelTab) show(l loaded) {
	t.samples = l.samples
	if t.shown != l.project {
		t.shown = l.project
		t.grid.Invalidate()
	}
	t.fillFilter(l.counts)
	t.grid.Empty = noCrops()
	if l.counts.Samples > 0 {
		t.grid.Empty = tr("Nothing of this kind here: choose something else on the left.")
	}
	t.grid.SetItems(l.ids)
	if id, ok := t.grid.Cursor(); ok {
		t.showDetails(id)
	}
}

// fillFilter writes the counts beside the filters.
func (t *labelTab) fillFilter(n dataset.Counts) {
	at := t.filterIndex()
	t.filter.Options = []string{
		tr("All (%d)", n.Samples), tr("Not checked (%d)", n.Unchecked),
		tr("Faces (%d)", n.Face), tr("Others (%d)", n.Other), tr("Unsure (%d)", n.Unsure),
	}
	t.filter.Selected = t.filter.Options[at]
	t.filter.Refresh()
	text := tr("%d of %d checked", n.Samples-n.Unchecked, n.Samples)
	if minutes := time.Since(t.began).Minutes(); t.verdicts > 0 && minutes > 0.05 {
		speed := float64(t.verdicts) / minutes
		text += "\n" + tr("%.0f a minute", speed)
		if n.Unchecked > 0 {
			text += "\n" + tr("%.0f min left", float64(n.Unchecked)/speed)
		}
	}
	t.progress.SetText(text)
}

// thumb runs on the grid's loaders.
func (t *labelTab) thumb(id int64) image.Image {
	p := t.shown
	if p == nil {
		return nil
	}
	img, err := p.Crop(id)
	if err != nil {
		return nil
	}
	return img
}

func (t *labelTab) mark(id int64) cropgrid.Mark {
	s, ok := t.samples[id]
	switch {
	case !ok:
		return cropgrid.Mark{}
	case !s.Checked:
		return cropgrid.Mark{Fill: theme.Color(theme.ColorNameDisabled), Shape: cropgrid.Dot}
	case s.Class == dataset.Face:
		return cropgrid.Mark{Fill: faceColor, Shape: cropgrid.Check}
	case s.Class == dataset.Other:
		return cropgrid.Mark{Fill: otherColor, Shape: cropgrid.Cross, Dim: true}
	}
	return cropgrid.Mark{Fill: unsureColor, Shape: cropgrid.Question}
}

func (t *labelTab) key(name fyne.KeyName) bool {
	if name != fyne.KeyReturn && name != fyne.KeyEnter {
		return false
	}
	t.acceptPage()
	return true
}

func (t *labelTab) rune(r rune) bool {
	switch r {
	case 'f', 'F':
		t.verdict(dataset.Face)
	case 'o', 'O':
		t.verdict(dataset.Other)
	case 'u', 'U':
		t.verdict(dataset.Unsure)
	default:
		return false
	}
	return true
}

// verdict labels the selection, or the crop under the cursor and steps on.
func (t *labelTab) verdict(c dataset.Class) {
	changes := map[int64]dataset.Class{}
	for _, id := range t.grid.Selection() {
		changes[id] = c
	}
	if len(changes) > 0 {
		if t.label(changes, tr("%d crops: %s", len(changes), className(c))) {
			t.grid.Select()
		}
		return
	}
	id, ok := t.grid.Cursor()
	if !ok {
		return
	}
	if t.label(map[int64]dataset.Class{id: c}, tr("one crop: %s", className(c))) {
		t.step(id)
	}
}

// step moves the cursor to the crop after id.
func (t *labelTab) step(id int64) {
	items := t.grid.Items()
	for i, other := range items {
		if other == id && i+1 < len(items) {
			t.grid.SetCursor(items[i+1])
			return
		}
	}
}

// acceptPage labels the page: what is selected gets the opposite of the page's
// class, whatever is not checked yet the class; then it turns the page. Verdicts
// that are there already stay unless they are selected.
func (t *labelTab) acceptPage() {
	page, opposite := dataset.Face, dataset.Other
	if t.pageClass.SelectedIndex() == 1 {
		page, opposite = opposite, page
	}
	changes := map[int64]dataset.Class{}
	selected := t.grid.Selection()
	for _, id := range t.grid.PageIDs() {
		switch {
		case slices.Contains(selected, id):
			changes[id] = opposite
		case !t.samples[id].Checked:
			changes[id] = page
		}
	}
	if len(changes) == 0 || t.label(changes, tr("page of %d: %s", len(changes), className(page))) {
		t.grid.Select()
		t.grid.NextPage()
	}
}

// label makes verdicts durable and shows them. Crops stay where they are until the
// filter is chosen anew, so that nothing jumps under the hand.
func (t *labelTab) label(changes map[int64]dataset.Class, what string) bool {
	if err := t.s.project.Label(changes, what); err != nil {
		t.s.show(err)
		return false
	}
	if t.verdicts == 0 {
		t.began = time.Now()
	}
	t.verdicts += len(changes)
	t.s.notify(what)
	ids := make([]int64, 0, len(changes))
	for id := range changes {
		ids = append(ids, id)
	}
	t.update(ids)
	return true
}

// update reads samples again after a label, an undo or a redo.
func (t *labelTab) update(ids []int64) {
	samples, err := t.s.project.Samples(ids)
	if err != nil {
		t.s.show(err)
		return
	}
	for _, s := range samples {
		t.samples[s.ID] = s
	}
	counts, err := t.s.project.Counts()
	t.s.show(err)
	t.fillFilter(counts)
	t.grid.Refresh()
	if id, ok := t.grid.Cursor(); ok {
		t.showDetails(id)
	}
}

func (t *labelTab) undo() {
	if act, ok := t.walk((*dataset.Project).Undo); ok {
		t.s.notify(tr("Undone: %s", act.What))
	}
}

func (t *labelTab) redo() {
	if act, ok := t.walk((*dataset.Project).Redo); ok {
		t.s.notify(tr("Done again: %s", act.What))
	}
}

// walk goes one step through the history and shows what changed.
func (t *labelTab) walk(step func(*dataset.Project) (dataset.Act, error)) (act dataset.Act, ok bool) {
	if t.s.project == nil {
		return act, false
	}
	act, err := step(t.s.project)
	if errors.Is(err, dataset.ErrNothing) {
		t.s.notify(tr("Nothing more in the history."))
		return act, false
	}
	if err != nil {
		t.s.show(err)
		return act, false
	}
	t.update(act.IDs)
	if len(act.IDs) > 0 {
		t.grid.SetCursor(act.IDs[0])
	}
	return act, true
}

func (t *labelTab) showDetails(id int64) {
	s, ok := t.samples[id]
	if !ok {
		return
	}
	if img := t.thumb(id); img != nil {
		t.big.Image = img
		t.big.Refresh()
	}
	verdict := tr("not checked")
	if s.Checked {
		verdict = className(s.Class)
	}
	text := verdict + "\n" + s.Title
	if s.Episode != "" {
		text += " " + s.Episode
	}
	text += "\n" + filepath.Base(s.Path)
	if s.At > 0 || s.Frame > 0 {
		text += "\n" + tr("frame %d, %s", s.Frame, s.At.Round(10*time.Millisecond))
	}
	if !s.Box.Empty() {
		text += "\n" + tr("box %d, %d  %d × %d", s.Box.Min.X, s.Box.Min.Y, s.Box.Dx(), s.Box.Dy())
	}
	if s.Proposer != "" {
		text += "\n" + tr("from %s", s.Proposer)
		if s.Score != 0 {
			text += " " + strconv.FormatFloat(s.Score, 'g', 3, 64)
		}
	}
	t.details.SetText(text)
}

// importFrom brings a class folder or a list file into the open project.
func (t *labelTab) importFrom(path string) {
	if path == "" {
		return
	}
	p := t.s.project
	if p == nil {
		t.s.show(errors.New(tr("No project is open: File › New project.")))
		return
	}
	start(t.s.jobs, &job{name: tr("Import %s", filepath.Base(path))}, func(ctx context.Context, j *job) (dataset.ImportReport, error) {
		tell := func(done, total int) { j.tell(float64(done)/float64(max(1, total)), strconv.Itoa(done)) }
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return p.ImportFolders(ctx, path, tell)
		}
		return p.ImportList(ctx, path, tell)
	}, func(r dataset.ImportReport, err error) {
		if p != t.s.project {
			return
		}
		t.projectChanged()
		call(t.s.onSamples)
		if err == nil {
			t.s.tellImported(path, r)
		}
	})
}

func (t *labelTab) close() { t.grid.Close() }

func className(c dataset.Class) string {
	switch c {
	case dataset.Face:
		return tr("face")
	case dataset.Other:
		return tr("other")
	}
	return tr("unsure")
}
