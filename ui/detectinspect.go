package ui

import (
	"image"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"frglab/dataset"
	"frglab/engine"
)

// detectInspector explains the box, or the place beside all boxes, that was clicked.
type detectInspector struct {
	t       *detectTab
	content *fyne.Container
	heat    *detectHeat
	body    *fyne.Container
	near    *fyne.Container
	seeking *job // the nearest crops
	idle    bool // nothing is explained
}

// nearestCrops is how many crops of the project are shown beside a box: a row or two.
const nearestCrops = 8

func newDetectInspector(t *detectTab) *detectInspector {
	n := &detectInspector{t: t, body: container.NewVBox(), near: container.NewVBox()}
	n.heat = newDetectHeat(t)
	n.content = container.NewVBox(n.heat.content, widget.NewSeparator(), n.body, n.near)
	n.show()
	return n
}

// show explains what is chosen now.
func (n *detectInspector) show() {
	if n.seeking != nil {
		n.seeking.cancel()
		n.seeking = nil
	}
	n.heat.update()
	d, proposer, ok := n.t.chosenBox()
	if !ok && n.idle { // quick: it is called for each frame of a video
		return
	}
	n.idle = !ok
	n.near.Objects = nil
	if !ok {
		n.body.Objects = []fyne.CanvasObject{wrapped(tr("Click a box: how the network saw it, what it displaced, and which crops of the project are like it. Click beside all boxes: the scores there."))}
		n.content.Refresh()
		return
	}
	var crop *image.RGBA
	var lines []string
	if proposer == byCNN {
		h := n.t.hits[n.t.chosen.hit]
		crop = n.t.cnn.scan.Seen(n.t.img, h, n.t.asked.model.Arch.Size)
		lines = append(lines, tr("CNN: score %.4f", h.Raw), boxText(h.Window), n.standing(h))
	} else {
		crop = dataset.Cut(n.t.img, d.Box, dataset.Margin)
		lines = append(lines, tr("Cascade: raw boxes that agree: %d", int(d.Score)), boxText(d.Box))
	}
	n.body.Objects = []fyne.CanvasObject{
		container.NewBorder(nil, nil, enlarged(crop, 112), nil, wrapped(strings.Join(lines[:2], "\n"))),
		conditional(lines[2:]),
		container.NewGridWithColumns(2,
			widget.NewButtonWithIcon(n.t.s.keys.with(tr("Not a face"), actFalse), otherIcon, func() { n.t.keep(dataset.Other) }),
			widget.NewButtonWithIcon(n.t.s.keys.with(tr("A face"), actRight), faceIcon, func() { n.t.keep(dataset.Face) })),
		widget.NewButtonWithIcon(tr("Find look-alikes"), theme.SearchIcon(), n.t.findAlike),
	}
	n.content.Refresh()
	n.seek(dataset.Cut(n.t.img, d.Box, dataset.Margin))
}

// conditional is a text, or nothing.
func conditional(lines []string) fyne.CanvasObject {
	text := wrapped(strings.Join(lines, "\n"))
	text.Hidden = len(lines) == 0
	return text
}

// said is told a verdict on what is chosen.
func (n *detectInspector) said(c dataset.Class) {
	if len(n.body.Objects) > 2 {
		n.body.Objects = append(n.body.Objects, container.NewBorder(nil, nil, widget.NewIcon(classIcon(c)), nil, wrapped(tr("It is an example of the next fine-tuning."))))
		n.body.Refresh()
	}
}

// standing says what a hit displaced, or what displaced it.
func (n *detectInspector) standing(h engine.Hit) string {
	if h.By >= 0 {
		w := n.t.hits[h.By]
		return tr("Left out for the box of %.2f, which it overlaps by %.2f.", w.Raw, engine.IoU(h.Window, w.Window))
	}
	lost := len(n.t.ghosts())
	if lost == 0 {
		return tr("It displaced no other box.")
	}
	return tr("Left out for it at the same place, as thin lines: %d. Click one.", lost)
}

func boxText(r image.Rectangle) string {
	return tr("%d × %d pixels at %d, %d", r.Dx(), r.Dy(), r.Min.X, r.Min.Y)
}

// enlarged shows the pixels of a crop.
func enlarged(img image.Image, side float32) fyne.CanvasObject {
	c := canvas.NewImageFromImage(img)
	c.FillMode, c.ScaleMode = canvas.ImageFillContain, canvas.ImageScalePixels
	c.SetMinSize(fyne.NewSquareSize(side))
	return c
}
