package ui

import (
	"fmt"
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"frglab/ui/imageview"
)

// probe is told a click beside all boxes: it shows the scores there, size by size.
func (t *detectTab) probe(p *imageview.Pane, at image.Point) {
	t.pick(p, -1)
	if t.cnn.scan == nil {
		return
	}
	n := t.inspector
	n.idle = false
	rows := container.New(column(2), statsHeading(tr("Scores at %d, %d", at.X, at.Y)))
	layers := t.cnn.scan.Layers()
	for _, l := range layers {
		text := "–"
		_, score, ok := l.At(at)
		if ok {
			text = scoreText(score)
		}
		rows.Add(newScoreRow(tr("%d pixels", int(math.Round(l.Side))), text, heatOf(score)))
	}
	if len(layers) > 0 && layers[0].Scout {
		asked := tr("The network itself was not asked here.")
		for _, d := range t.cnn.scan.Asked() {
			if near(d.Box, at) {
				asked = tr("The network itself says %s to the %d pixels nearest.", scoreText(d.Score), d.Box.Dx())
				break
			}
		}
		rows.Add(wrapped(tr("These are the scout's.") + " " + asked))
	}
	n.body.Objects = []fyne.CanvasObject{rows}
	n.content.Refresh()
	t.side.SelectIndex(sideBox)
}

// near reports whether a point is in the middle part of a box.
func near(box image.Rectangle, at image.Point) bool {
	return at.In(box.Inset(box.Dx() / 4))
}

func scoreText(v float64) string {
	if v < 0.001 {
		return fmt.Sprintf("%.0e", v)
	}
	return fmt.Sprintf("%.3f", v)
}
