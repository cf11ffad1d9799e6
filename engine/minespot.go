package engine

import (
	"image"
	"math"
)

// spot is a window to learn from.
type spot struct {
	x, y  float64 // its middle, in pixels of the picture from its corner
	side  float64 // in pixels of the picture
	tilt  float64 // degrees that the picture is turned by about the middle, clockwise
	small int     // pixels that it is shrunk to before it is enlarged to a crop's size; 0: it is not
	class int     // 0 face, 1 other
}

// verdict says what a window is to a network: a face, another thing, or something
// between the two, which nothing is to be learned from.
type verdict int

const (
	isFace verdict = iota
	isOther
	isBetween
)

// HeadUp is how far the middle of a head lies above that of its tight box from brow to
// chin, in sides of the box. Crops of heads are drawn about it.
const HeadUp = 0.1

// A head fills a window, as in the crops, where the tight box is half to four fifths of
// the side; boxes drawn by hand differ by a fifth. Windows that are off by more than the
// second figures are other things: with 0.75 and 0.8 in place of 0.5 and 0.55 the first
// bundled model took hair above a face and heads at a window's edge for second faces,
// which were 17 of its 26 false boxes on 139 pictures.
const (
	faceX, faceY       = 0.28, 0.32 // largest distance of the middles, in sides of the tight box
	otherX, otherY     = 0.5, 0.55
	faceMin, faceMax   = 1.25, 2.1 // side of the window, in sides of the tight box
	otherMin, otherMax = 0.85, 3.2
	wholePicture       = 0.97 // share of the picture's shorter side from which a window is as large as it gets
	hiddenShare        = 0.3  // share of a window that may be ignored face
)

// judge compares a window with one face in a picture of w x h pixels.
func (s spot) judge(t Truth, w, h float64) verdict {
	b := t.Box
	side := math.Sqrt(b[2] * b[3])
	dx, dy := math.Abs(s.x-b[0]-b[2]/2)/side, math.Abs(s.y-b[1]-b[3]/2+HeadUp*side)/side
	ratio := s.side / side
	least := min(faceMin, max(otherMin, wholePicture*min(w, h)/side)) // a face that fills the picture
	switch {
	case t.Ignore && s.covered(b) > hiddenShare:
		return isBetween
	case dx < faceX && dy < faceY && ratio > least && ratio < faceMax:
		if t.Ignore {
			return isBetween
		}
		return isFace
	case dx < otherX && dy < otherY && ratio > otherMin && ratio < otherMax:
		return isBetween
	}
	return isOther
}

// covered is the share of the window that a box takes.
func (s spot) covered(b [4]float64) float64 {
	dx := min(s.x+s.side/2, b[0]+b[2]) - max(s.x-s.side/2, b[0])
	dy := min(s.y+s.side/2, b[1]+b[3]) - max(s.y-s.side/2, b[1])
	return max(dx, 0) * max(dy, 0) / (s.side * s.side)
}

// among is the verdict on a window of a picture with these faces.
func (s spot) among(truth []Truth, w, h float64) verdict {
	all := isOther
	for _, t := range truth {
		switch s.judge(t, w, h) {
		case isFace:
			return isFace
		case isBetween:
			all = isBetween
		}
	}
	return all
}

// within moves a window inside of a picture; one that is too large is made smaller.
func (s spot) within(w, h float64) spot {
	s.side = min(s.side, w, h)
	s.x = min(max(s.x, s.side/2), w-s.side/2)
	s.y = min(max(s.y, s.side/2), h-s.side/2)
	return s
}

// spotOf is a square window about a box.
func spotOf(b image.Rectangle) spot {
	return spot{x: float64(b.Min.X+b.Max.X) / 2, y: float64(b.Min.Y+b.Max.Y) / 2, side: math.Sqrt(float64(b.Dx()) * float64(b.Dy()))}
}
