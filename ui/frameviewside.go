package ui

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"golang.org/x/image/draw"

	"frglab/dataset"
	"frglab/ui/imageview"
)

// frameSide is what stands beside a frame: the crop of the selected box as it will be
// stored, what is known of it, and what can be done.
type frameSide struct {
	m       *frameMode
	content fyne.CanvasObject

	crop    *canvas.Raster
	picture image.Image // nil for none
	plate   *canvas.Rectangle
	verdict *widget.Label
	details *widget.Label

	buttons                 []*widget.Button // by class
	snap, remove            *widget.Button
	draw, square, proposals *widget.Check
}

const (
	frameSideWidth = 252
	prefSquare     = "label.square"
)

func newFrameSide(m *frameMode) *frameSide {
	f := &frameSide{m: m, plate: canvas.NewRectangle(color.Transparent), verdict: widget.NewLabel(""), details: widget.NewLabel("")}
	f.crop = canvas.NewRaster(f.paint)
	f.crop.SetMinSize(fyne.NewSquareSize(192))
	f.plate.SetMinSize(fyne.NewSize(6, 0))
	f.verdict.TextStyle.Bold = true
	f.verdict.Truncation = fyne.TextTruncateEllipsis
	f.details.Wrapping = fyne.TextWrapBreak

	verdicts := container.NewGridWithColumns(3)
	for c := dataset.Face; c <= dataset.Unsure; c++ {
		b := widget.NewButtonWithIcon("", classIcon(c), func() { m.t.verdict(c); m.focus() })
		f.buttons = append(f.buttons, b)
		verdicts.Add(m.s.keyTip(b, actFace+action(c)))
	}
	f.snap = widget.NewButtonWithIcon("", theme.SearchReplaceIcon(), func() { m.snap(); m.focus() })
	f.remove = widget.NewButtonWithIcon("", theme.DeleteIcon(), func() { m.remove(); m.focus() })
	for _, b := range []*widget.Button{f.snap, f.remove} {
		b.Alignment, b.Importance = widget.ButtonAlignLeading, widget.LowImportance
	}
	f.draw = widget.NewCheck("", func(on bool) { m.pane.SetDraw(on); m.focus() })
	f.square = widget.NewCheck("", nil)
	f.square.Checked = m.s.app.Preferences().BoolWithFallback(prefSquare, true)
	m.pane.Square = f.square.Checked
	f.square.OnChanged = func(on bool) {
		m.pane.Square = on
		m.s.app.Preferences().SetBool(prefSquare, on)
		m.focus()
	}
	f.proposals = widget.NewCheck("", func(bool) { m.propose(); m.redraw(); m.focus() })
	m.t.keys.follow(f.name)

	body := container.NewVBox(
		container.NewPadded(f.crop),
		container.NewBorder(nil, nil, f.plate, nil, f.verdict),
		verdicts, f.snap, f.remove,
		widget.NewSeparator(), f.square, f.draw, f.proposals,
		widget.NewSeparator(), frameLegend(),
		widget.NewSeparator(), f.details)
	inset := container.New(layout.NewCustomPaddedLayout(0, 0, 0, theme.Padding()*2), body) // beside the scroll bar
	f.content = container.NewHBox(widget.NewSeparator(), container.New(fixedWidth(frameSideWidth), container.NewVScroll(inset)))
	return f
}

// frameLegend says what the looks of the boxes mean.
func frameLegend() fyne.CanvasObject {
	rows := container.NewGridWithColumns(2)
	add := func(b imageview.Box, text string) {
		label := widget.NewLabel(text)
		label.SizeName = theme.SizeNameCaptionText
		rows.Add(container.NewBorder(nil, nil, container.NewCenter(imageview.NewSwatch(b)), nil, label))
	}
	add(boxLook(dataset.Sample{Class: dataset.Face, Checked: true}), tr("face"))
	add(boxLook(dataset.Sample{Class: dataset.Other, Checked: true}), tr("other"))
	add(boxLook(dataset.Sample{Class: dataset.Unsure, Checked: true}), tr("unsure"))
	add(boxLook(dataset.Sample{}), tr("not checked"))
	add(proposalLook(proposal{}), tr("proposal"))
	return rows
}

// name writes the present keys on the buttons.
func (f *frameSide) name() {
	for c := dataset.Face; c <= dataset.Unsure; c++ { // the sign of the class and its key
		f.buttons[c].SetText(f.m.t.keys.label(actFace + action(c)))
	}
	keys := f.m.t.keys
	f.remove.SetText(keys.with(tr("Remove the box"), actRemove))
	f.snap.SetText(keys.with(tr("Snap to a detector's box"), actSnap))
	f.draw.SetText(keys.with(tr("Draw over boxes"), actDraw))
	f.square.SetText(keys.with(tr("Square boxes"), actSquare))
	f.proposals.SetText(keys.with(tr("Proposals"), actProposals))
}

// refresh shows the selected sample as it is stored.
func (f *frameSide) refresh() {
	s := f.m.sample(f.m.selected)
	there := s.ID != 0
	for _, b := range append(f.buttons, f.remove) {
		enable(b, there)
	}
	enable(f.snap, there && !s.Box.Empty() && f.m.shot.picture.img != nil)
	if !there {
		f.picture = nil
		f.plate.FillColor = color.Transparent
		f.verdict.SetText(f.nothing())
		f.details.SetText("")
	} else {
		f.picture = thumb(f.m.project, s.ID)
		f.describe(s)
	}
	f.plate.Refresh()
	f.crop.Refresh()
}

// nothing says what to do while no box is selected.
func (f *frameSide) nothing() string {
	switch {
	case f.m.shot.picture.img == nil:
		return ""
	case len(f.m.boxed()) > 0:
		return f.m.t.keys.fill(tr("Click a box, or press {frame.walk}."))
	}
	return tr("Drag a box over a face.")
}

func (f *frameSide) describe(s dataset.Sample) {
	f.plate.FillColor = verdictColor(s)
	verdict := verdictName(s)
	if !s.Box.Empty() {
		verdict += tr(", %d px", max(s.Box.Dx(), s.Box.Dy()))
	}
	f.verdict.SetText(verdict)
	f.details.SetText(describeSample(s))
}

// preview shows what would be stored if the box were at r.
func (f *frameSide) preview(r image.Rectangle) {
	img, s := f.m.shot.picture.img, f.m.sample(f.m.selected)
	crop := dataset.Cut(img, r, dataset.Margin)
	f.picture = crop
	s.Box, s.Width, s.Height = r, crop.Rect.Dx(), crop.Rect.Dy()
	f.describe(s)
	f.crop.Refresh()
}

// paint scales the crop into the middle of the raster. Bilinear, because it averages what
// it makes smaller: a large crop looks as it does to the network.
func (f *frameSide) paint(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	if f.picture == nil || f.picture.Bounds().Empty() {
		rim := image.NewUniform(theme.Color(theme.ColorNameInputBackground))
		draw.Draw(img, img.Rect, rim, image.Point{}, draw.Src)
		return img
	}
	b := f.picture.Bounds()
	k := min(float64(w)/float64(b.Dx()), float64(h)/float64(b.Dy()))
	size := image.Pt(int(float64(b.Dx())*k), int(float64(b.Dy())*k))
	at := image.Pt((w-size.X)/2, (h-size.Y)/2)
	draw.BiLinear.Scale(img, image.Rectangle{at, at.Add(size)}, f.picture, b, draw.Src, nil)
	return img
}
