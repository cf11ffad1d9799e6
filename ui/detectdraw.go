package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// refresh draws the boxes of both at the present parameters.
func (t *detectTab) refresh() {
	var err error
	if t.found, t.classic, err = t.finding.detections(t.setup()); err != nil {
		t.s.show(err)
		return
	}
	t.left.SetBoxes(boxes(t.found, t.classic, cnnColor, false))
	t.right.SetBoxes(boxes(t.classic, t.found, cascadeColor, true))
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
		cascade += "  –  " + tr("%d faces, %d ms", len(t.classic), t.cascade.took.Milliseconds())
	} else if t.img != nil {
		cascade += "  …"
	}
	t.rightHead.SetText(cascade)
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
