package engine

import (
	"errors"
	"image"
	"math"
)

// Scan is the windows of one picture with their scores.
type Scan struct {
	params   DetectParams // of the scan
	picture  image.Rectangle
	levels   []level
	scores   []float64   // of the windows of all levels, in order
	scouted  []Detection // in modes scout and shared: what the whole look thought of, with its log-odds; from the picture's corner
	glimpses []glimpse   // there: where the network saw each window
}

// add appends the score of a window from its logits.
func (s *Scan) add(face, other float32) error {
	v := faceProbability(float64(face)+s.params.shift(), float64(other))
	if math.IsNaN(v) {
		return errors.New("the network answers with something that is no number: its training went wrong, use an earlier checkpoint")
	}
	if s.params.Mode == Mode2015 {
		v = float64(float32(v)) // so near 1 it makes the ties that code had
	}
	s.scores = append(s.scores, v)
	return nil
}

// faceProbability is the softmax of two logits, the face's one. In float64 sure
// windows still differ where float32 calls them all 1.
func faceProbability(face, other float64) float64 {
	return 1 / (1 + math.Exp(other-face))
}

// Detections chooses among the windows: those that score at least p.Threshold, thinned
// out by p.Suppress, with p.Shrink and p.Down applied, clipped to the picture, best first.
// Where to look was decided by the scan: those parameters of p do nothing.
func (s *Scan) Detections(p DetectParams) ([]Detection, error) {
	hits, kept, err := s.Explain(p)
	if err != nil {
		return nil, err
	}
	var found []Detection
	for _, h := range hits[:kept] {
		found = append(found, h.Detection)
	}
	return found, nil
}

// above lists the windows that score at least threshold. Their boxes are in pixels of
// the picture from its corner, or in mode 2015 of the shrunk picture, where that
// code compared them; at are their numbers among the windows of the scan.
func (s *Scan) above(threshold float64) (found []Detection, at []int) {
	i := 0
	for _, l := range s.levels {
		for _, w := range l.windows {
			if s.scores[i] >= threshold {
				if s.params.Mode != Mode2015 {
					w = s.params.original(w, l.size, s.picture.Size())
				}
				found, at = append(found, Detection{w, s.scores[i]}), append(at, i)
			}
			i++
		}
	}
	return found, at
}

// report is the box to report for a window.
func (p DetectParams) report(w image.Rectangle) image.Rectangle {
	if p.Shrink == 1 && p.Down == 0 {
		return w
	}
	dx, dy := float64(w.Dx()), float64(w.Dy())
	x := float64(w.Min.X) + dx*(1-p.Shrink)/2
	y := float64(w.Min.Y) + dy*((1-p.Shrink)/2+p.Down)
	return image.Rect(round(x), round(y), round(x+dx*p.Shrink), round(y+dy*p.Shrink))
}
