package ui

import (
	"cmp"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
)

// collectSheet asks what to collect, and how.
type collectSheet struct {
	c *collector
	m material

	title, episode *sheetEntry
	sampling       *widget.RadioGroup
	every          *widget.Select
	detectors      *widget.RadioGroup
	negatives      *widget.Select
	begin          *widget.Button
	dialog         *dialog.CustomDialog
}

// The rows of the two radio groups.
const (
	onChange = iota
	everyNth
)

const (
	askCascade = iota
	askModel
	askBoth
)

func newCollectSheet(c *collector, m material) *collectSheet {
	s := &collectSheet{c: c, m: m, title: newSheetEntry(c.s), episode: newSheetEntry(c.s)}
	s.title.Text, s.episode.Text = m.title, m.episode
	s.title.PlaceHolder = tr("guessed from each path")
	s.episode.PlaceHolder = s.title.PlaceHolder
	s.every = widget.NewSelect([]string{"1", "6", "12", "24", "48", "120", "240"}, nil)
	s.every.SetSelected("24")
	s.sampling = widget.NewRadioGroup([]string{tr("When the picture changes"), tr("Every so many frames:")}, nil)
	s.sampling.Required = true
	s.sampling.OnChanged = func(string) { s.refresh() }
	s.detectors = widget.NewRadioGroup([]string{tr("Cascade: fast"), tr("Model: slower, finds more"), tr("Both: shows where they differ")}, nil)
	s.detectors.Required = true
	s.negatives = widget.NewSelect([]string{"0", "1", "2", "3", "5", "10"}, nil)
	s.negatives.SetSelected("2")
	s.sampling.SetSelected(s.sampling.Options[onChange])
	s.detectors.SetSelected(s.detectors.Options[askCascade])
	if c.s.model == nil {
		s.detectors.Options = s.detectors.Options[:1]
	}
	return s
}

// String says what was given: "videos: 3, pictures: 12".
func (m material) String() string {
	var parts []string
	if m.videos > 0 {
		parts = append(parts, tr("videos: %d", m.videos))
	}
	if m.pictures > 0 {
		parts = append(parts, tr("pictures: %d", m.pictures))
	}
	if m.unread > 0 {
		parts = append(parts, tr("not readable: %d", m.unread))
	}
	return strings.Join(parts, ", ")
}

// hide closes the sheet, if there is one and it is open.
func (s *collectSheet) hide() {
	if s != nil {
		s.dialog.Hide()
	}
}

func (s *collectSheet) show() {
	what := widget.NewLabelWithStyle(s.m.String(), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	what.Truncation = fyne.TextTruncateEllipsis
	form := container.New(layout.NewFormLayout())
	add := func(name string, o fyne.CanvasObject) {
		form.Add(widget.NewLabel(name))
		form.Add(o)
	}
	add(tr("Files"), what)
	add(tr("Title"), s.title)
	add(tr("Episode"), s.episode)
	if s.m.videos > 0 {
		add(tr("Frames"), container.NewHBox(s.sampling, container.NewVBox(layout.NewSpacer(), container.New(fixedWidth(100), s.every))))
	}
	add(tr("Faces by"), s.detectors)
	add(tr("Random others"), container.NewBorder(nil, nil, container.New(fixedWidth(100), s.negatives), nil,
		widget.NewLabel(tr("from each frame without a face"))))
	note := widget.NewLabel(tr("Boxes that are found become crops to be checked. What was looked at before is passed over. One undo takes all of it back."))
	note.Wrapping = fyne.TextWrapWord
	s.dialog = dialog.NewCustomWithoutButtons(tr("Collect crops"), container.NewVBox(form, note), s.c.s.win)
	s.begin = widget.NewButtonWithIcon(tr("Start"), theme.MediaPlayIcon(), s.start)
	s.title.OnSubmitted = func(string) { s.start() }
	s.episode.OnSubmitted = s.title.OnSubmitted
	s.begin.Importance = widget.HighImportance
	s.dialog.SetButtons([]fyne.CanvasObject{widget.NewButton(tr("Cancel"), s.dialog.Hide), s.begin})
	s.refresh()
	s.dialog.Resize(fyne.NewSize(560, 0))
	s.dialog.Show()
	s.c.s.win.Canvas().Focus(s.title)
}

func (s *collectSheet) start() {
	s.dialog.Hide()
	s.c.start(s.wish())
}

// refresh greys out what does not count.
func (s *collectSheet) refresh() {
	if s.sampling.Selected == s.sampling.Options[everyNth] {
		s.every.Enable()
	} else {
		s.every.Disable()
	}
}

// wish is what the sheet says now.
func (s *collectSheet) wish() wish {
	w := wish{material: s.m}
	w.title, w.episode = strings.TrimSpace(s.title.Text), strings.TrimSpace(s.episode.Text)
	if s.sampling.Selected == s.sampling.Options[everyNth] {
		w.every, _ = strconv.Atoi(s.every.Selected)
	}
	by := 0
	for i, o := range s.detectors.Options {
		if o == s.detectors.Selected {
			by = i
		}
	}
	w.cascade, w.cnn = by != askModel, by != askCascade
	w.negatives, _ = strconv.Atoi(s.negatives.Selected)
	return w
}

// tellCollected sums a collection up: in the status bar, and in a dialog where files
// could not be read.
func (s *session) tellCollected(r dataset.CollectReport) {
	s.notify(tr("%d crops added from %d frames; %d frames without a face; %d frames seen before.", r.Added, r.Frames, r.Missed, r.Known))
	var lines []string
	for _, f := range r.Failed {
		lines = append(lines, cmp.Or(f.Reason, f.Path))
	}
	s.showLines(tr("%d crops added; these files could not be read to the end", r.Added), lines)
}
