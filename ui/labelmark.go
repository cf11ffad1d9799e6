package ui

import (
	"strconv"

	"fyne.io/fyne/v2/theme"

	"frglab/dataset"
	"frglab/ui/cropgrid"
)

// mark shows in a cell what is known of a crop, by colour and shape: the verdict in the
// lower left corner, signs in the lower right one, how many duplicates are folded under
// it in the upper right one.
func (t *labelTab) mark(id int64) cropgrid.Mark {
	s, ok := t.rows.get(id)
	if !ok {
		return cropgrid.Mark{}
	}
	m := verdictMark(s)
	if s.Twins > 0 {
		m.Badge = "+" + strconv.Itoa(s.Twins)
	}
	m.Signs = signsOf(s)
	return m
}

func verdictMark(s dataset.Sample) cropgrid.Mark {
	switch {
	case !s.Checked:
		return cropgrid.Mark{Fill: theme.Color(theme.ColorNameDisabled), Shape: cropgrid.Dot}
	case s.Class == dataset.Face:
		return cropgrid.Mark{Fill: faceColor, Shape: cropgrid.Check}
	case s.Class == dataset.Other:
		return cropgrid.Mark{Fill: otherColor, Shape: cropgrid.Cross, Dim: s.Suspicion <= dataset.Suspicion}
	}
	return cropgrid.Mark{Fill: unsureColor, Shape: cropgrid.Question}
}

// The signs of a crop, bits.
const (
	isSuspected = 1 << iota // its label is probably wrong
	isTwin                  // another crop is shown for it
	isValid                 // it is of the split to check with
)

var (
	suspectSign = cropgrid.Sign{Fill: suspectColor, Shape: cropgrid.Warning}
	twinSign    = cropgrid.Sign{Fill: twinColor, Glyph: '='}
	validSign   = cropgrid.Sign{Fill: validColor, Glyph: 'V'}
)

// signSets are all combinations, so that a redraw makes none anew.
var signSets = func() (sets [8][]cropgrid.Sign) {
	for bits := range sets {
		for i, sign := range []cropgrid.Sign{suspectSign, twinSign, validSign} {
			if bits&(1<<i) != 0 {
				sets[bits] = append(sets[bits], sign)
			}
		}
	}
	return sets
}()

func signsOf(s dataset.Sample) []cropgrid.Sign {
	bits := 0
	if s.Suspicion > dataset.Suspicion {
		bits |= isSuspected
	}
	if s.Leader != 0 {
		bits |= isTwin
	}
	if s.Split == dataset.Valid {
		bits |= isValid
	}
	return signSets[bits]
}
