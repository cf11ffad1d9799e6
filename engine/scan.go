package engine

import "image"

// Scan is the windows of one picture with their scores.
type Scan struct {
	params  DetectParams // of the scan
	picture image.Rectangle
	levels  []level
	scores  []float64 // of the windows of all levels, in order
}

// Detections chooses among the windows: those that score at least p.Threshold, thinned
// out by p.Suppress, with p.Shrink and p.Down applied, clipped to the picture, best first.
// Where to look was decided by the scan: those parameters of p do nothing.
func (s *Scan) Detections(p DetectParams) ([]Detection, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	found := p.suppress(s.above(p.Threshold))
	for i, d := range found {
		if s.params.Mode == Mode2015 {
			d.Box = s.params.original(d.Box, s.levels[0].size, s.picture.Size())
		}
		found[i].Box = p.report(d.Box).Add(s.picture.Min).Intersect(s.picture)
	}
	found = bestFirst(found)
	kept := found[:0]
	for _, d := range found {
		if !d.Box.Empty() {
			kept = append(kept, d)
		}
	}
	return kept, nil
}

// above lists the windows that score at least threshold. Their boxes are in pixels of
// the picture from its corner, or in mode 2015 of the shrunk picture, where that
// code compared them.
func (s *Scan) above(threshold float64) []Detection {
	var found []Detection
	i := 0
	for _, l := range s.levels {
		for _, w := range l.windows {
			if s.scores[i] >= threshold {
				if s.params.Mode != Mode2015 {
					w = s.params.original(w, l.size, s.picture.Size())
				}
				found = append(found, Detection{w, s.scores[i]})
			}
			i++
		}
	}
	return found
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
