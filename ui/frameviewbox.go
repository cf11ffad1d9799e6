package ui

import (
	"cmp"
	"image/color"
	"slices"

	"frglab/dataset"
	"frglab/engine"
	"frglab/ui/imageview"
)

// uncheckedColor is light: it shows on dark and light pictures alike, with its dark rim.
var uncheckedColor = color.NRGBA{0xf0, 0xf0, 0xf0, 0xff}

// boxLook is how a sample's box is drawn: by colour, by line and by caption, so that
// none of them carries the meaning alone.
func boxLook(s dataset.Sample) imageview.Box {
	b := imageview.Box{Rect: s.Box, Caption: className(s.Class)}
	switch {
	case !s.Checked:
		b.Color, b.Line, b.Caption = uncheckedColor, imageview.Corners, tr("%s?", className(s.Class))
	case s.Class == dataset.Face:
		b.Color, b.Line = faceColor, imageview.Solid
	case s.Class == dataset.Other:
		b.Color, b.Line = otherColor, imageview.Dashed
	default:
		b.Color, b.Line = unsureColor, imageview.Dotted
	}
	return b
}

// proposalLook is how a detector's box is drawn.
func proposalLook(p proposal) imageview.Box {
	return imageview.Box{
		Rect: p.box, Color: cnnColor, Line: imageview.Dashed, Width: 1, Fixed: true,
		Caption: proposerName(p.by) + " " + caption(p.score),
	}
}

func proposerName(by string) string {
	switch by {
	case byCascade:
		return tr("Cascade")
	case byCNN:
		return tr("CNN")
	case byHand:
		return tr("by hand")
	}
	return by
}

// boxes are those of the pane: of the samples from left to right, then of what the
// detectors propose beside them.
func (m *frameMode) boxes() []imageview.Box {
	var list []imageview.Box
	if m.shot.crop || m.shot.picture.img == nil {
		return nil
	}
	for _, s := range m.boxed() {
		list = append(list, boxLook(s))
	}
	for _, p := range m.offered() {
		list = append(list, proposalLook(p))
	}
	return list
}

// boxed are the samples of the frame that have a box, in the order of the pane's boxes.
func (m *frameMode) boxed() []dataset.Sample {
	var list []dataset.Sample
	for _, s := range m.shot.samples {
		if !s.Box.Empty() {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b dataset.Sample) int {
		return cmp.Or(cmp.Compare(a.Box.Min.X, b.Box.Min.X), cmp.Compare(a.Box.Min.Y, b.Box.Min.Y), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// indexOf is the pane's box of a sample, -1 for none.
func (m *frameMode) indexOf(id int64) int {
	return slices.IndexFunc(m.boxed(), func(s dataset.Sample) bool { return s.ID == id })
}

// offered are the proposals for faces that have no box yet.
func (m *frameMode) offered() []proposal {
	var list []proposal
	for _, p := range m.proposals {
		if !slices.ContainsFunc(m.shot.samples, func(s dataset.Sample) bool { return engine.IoU(s.Box, p.box) >= agreement }) {
			list = append(list, p)
		}
	}
	return list
}
