package ui

import (
	"image/color"
	"path/filepath"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
)

// inspector shows one crop large, with what is known of it and buttons for verdicts.
type inspector struct {
	t       *labelTab
	content fyne.CanvasObject
	picture *canvas.Image
	plate   *canvas.Rectangle // in the colour of the verdict
	verdict *widget.Label
	details *widget.Label
	buttons []*widget.Button // by class
	frame   *widget.Button
	similar *widget.Button
	shown   int64
	of      *dataset.Project // that the crop shown belongs to
}

const inspectorWidth = 224

func newInspector(t *labelTab) *inspector {
	i := &inspector{
		t: t, picture: canvas.NewImageFromImage(nil), plate: canvas.NewRectangle(color.Transparent),
		verdict: widget.NewLabel(""), details: widget.NewLabel(""),
	}
	i.picture.FillMode = canvas.ImageFillContain
	i.picture.ScaleMode = canvas.ImageScaleSmooth
	i.picture.SetMinSize(fyne.NewSquareSize(inspectorWidth - 40))
	i.plate.SetMinSize(fyne.NewSize(6, 0))
	i.verdict.TextStyle.Bold = true
	i.details.Wrapping = fyne.TextWrapBreak
	row := container.NewGridWithColumns(3)
	for c := dataset.Face; c <= dataset.Unsure; c++ {
		b := widget.NewButtonWithIcon("", classIcon(c), func() { t.verdict(c); t.focus() })
		i.buttons = append(i.buttons, b)
		row.Add(t.s.keyTip(b, actFace+action(c)))
	}
	verdicts := container.New(column(2), row)
	i.frame = widget.NewButtonWithIcon("", theme.MediaPhotoIcon(), t.showFrame)
	i.similar = widget.NewButtonWithIcon("", theme.SearchIcon(), func() { t.similar(); t.focus() })
	for _, b := range []*widget.Button{i.frame, i.similar} {
		b.Alignment, b.Importance = widget.ButtonAlignLeading, widget.LowImportance
		verdicts.Add(b)
	}
	t.keys.follow(i.name)
	body := container.NewVBox(
		container.NewPadded(i.picture),
		container.NewBorder(nil, nil, i.plate, nil, i.verdict),
		verdicts, i.details)
	i.content = container.NewHBox(widget.NewSeparator(), container.New(fixedWidth(inspectorWidth), container.NewVScroll(container.New(rightMargin(8), body))))
	return i
}

// name writes the present keys on the buttons.
func (i *inspector) name() {
	for c, b := range i.buttons {
		b.SetText(i.t.keys.label(actFace + action(c)))
	}
	i.frame.SetText(i.t.keys.with(tr("Its frame"), actShowFrame))
	i.similar.SetText(i.t.keys.with(tr("Look-alikes"), actSimilar))
}

// show shows a crop; 0 shows none.
func (i *inspector) show(id int64) {
	s, ok := i.t.rows.get(id)
	if !ok {
		id = 0
	}
	if id != i.shown || i.of != i.t.s.project {
		i.shown, i.of = id, i.t.s.project
		i.picture.Image = nil
		if img := thumb(i.t.s.project, id); id != 0 && img != nil {
			i.picture.Image = img
		}
		i.picture.Refresh()
	}
	for _, b := range append(i.buttons, i.frame, i.similar) {
		enable(b, ok)
	}
	if !ok {
		setText(i.verdict, "")
		setText(i.details, "")
		i.plate.FillColor = color.Transparent
		i.plate.Refresh()
		return
	}
	setText(i.verdict, verdictName(s))
	i.plate.FillColor = verdictColor(s)
	i.plate.Refresh()
	setText(i.details, describeSample(s))
}

// enable turns a button or field on or off.
func enable(w fyne.Disableable, on bool) {
	if on == !w.Disabled() {
		return
	}
	if on {
		w.Enable()
	} else {
		w.Disable()
	}
}

// setText writes a text that is not there already: measuring one costs.
func setText(l *widget.Label, text string) {
	if l.Text != text {
		l.SetText(text)
	}
}

func verdictName(s dataset.Sample) string {
	if !s.Checked {
		return tr("not checked")
	}
	return className(s.Class)
}

func verdictColor(s dataset.Sample) color.Color {
	switch {
	case !s.Checked:
		return theme.Color(theme.ColorNameDisabled)
	case s.Class == dataset.Face:
		return faceColor
	case s.Class == dataset.Other:
		return otherColor
	}
	return unsureColor
}

// describeSample says in a few lines where a crop comes from.
func describeSample(s dataset.Sample) string {
	text := s.Title
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
	text += "\n" + tr("crop %d × %d", s.Width, s.Height)
	if s.Proposer != "" {
		text += "\n" + tr("from %s", proposerName(s.Proposer))
		if s.Score != 0 {
			text += " " + strconv.FormatFloat(s.Score, 'g', 3, 64)
		}
	}
	if s.Judged {
		text += "\n" + tr("model: %.0f %% face", 100*s.FaceP)
	}
	if s.Suspicion > 0 {
		text += "\n" + tr("label suspected: %.0f %%", 100*s.Suspicion)
	}
	switch {
	case s.Leader != 0:
		text += "\n" + tr("duplicate of crop %d", s.Leader)
	case s.Twins > 0:
		text += "\n" + tr("duplicates: %d", s.Twins)
	}
	if s.Split == dataset.Valid {
		return text + "\n" + tr("split to check with")
	}
	return text + "\n" + tr("split to train with")
}

// similar brings the crops first that look like the current one.
func (t *labelTab) similar() {
	if !t.reviews.done() {
		t.s.notify(tr("Look-alikes need a review: the model must look at all crops once."))
		return
	}
	if t.current != 0 {
		t.filter.change(func(f *labelFilter) { f.order, f.like = orderLike, t.current })
	}
}
