package ui

import (
	"image"
	"strings"

	"frglab/dataset"
	"frglab/engine"
	"frglab/ui/imageview"
)

// caption adds what was said of a box to its caption.
func (m marks) caption(b *imageview.Box, s detectShot) {
	for _, k := range m.at(s) {
		if k.covers(b.Rect) {
			b.Caption = caption2(b.Caption, k.class)
		}
	}
}

// caption2 is a score with a verdict behind it, in place of an older one.
func caption2(text string, c dataset.Class) string {
	score, _, _ := strings.Cut(text, " ")
	if c == dataset.Face {
		return score + " ✓"
	}
	return score + " ×"
}

// covers reports whether a box, as a detector frames it, is at the place.
func (k said) covers(box image.Rectangle) bool {
	return engine.IoU(k.box, box) >= sameFace
}

// tally is how a picture stands to what was said of it.
type tally struct {
	boxes             int // of the CNN
	falseFaces, wrong int // places that are no face, and how many of them it boxes
	faces, found      int // places that are faces, and how many of them it boxes
}

func (m marks) tally(s detectShot, found []engine.Detection) tally {
	n := tally{boxes: len(found)}
	last := map[image.Rectangle]dataset.Class{}
	for _, k := range m.at(s) {
		last[k.box] = k.class
	}
	for box, class := range last {
		hit := 0
		for _, d := range found {
			if (said{box: box}).covers(d.Box) {
				hit = 1
			}
		}
		if class == dataset.Face {
			n.faces++
			n.found += hit
		} else {
			n.falseFaces++
			n.wrong += hit
		}
	}
	return n
}
