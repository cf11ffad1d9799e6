package engine

import "image"

// Cause is what is wrong with a mistake.
type Cause string

// The causes of mistakes, by the headline rule of ScoreReport.
const (
	Background Cause = "background" // a false positive where no face is
	Duplicate  Cause = "duplicate"  // a false positive that fits a face which a better detection found
	// Misplaced is a false positive at a face that it does not fit: too small, too large, or
	// too far off, but with its centre in the enlarged truth box or an IoU of at least
	// touching with it.
	Misplaced Cause = "misplaced"
	Missed    Cause = "missed" // a face that nothing found, even if something misplaced is there
)

// Causes lists them in the order of reports.
func Causes() []Cause { return []Cause{Background, Duplicate, Misplaced, Missed} }

// touching is the IoU from which a false positive belongs to a face: the t_b of "TIDE: A
// General Toolbox for Identifying Object Detection Errors" (Bolya et al., ECCV 2020).
const touching = 0.1

// Mistake is a false positive or a missed face.
type Mistake struct {
	Frame int
	Cause Cause
	Box   image.Rectangle // the detection's; of a missed face the truth's, rounded
	Score float64         // the detection's; 0 for a missed face
	face  int             // a missed one's place in the truth
}

// Mistakes lists what a detector does wrong that reports what scores at least threshold:
// picture by picture, false positives first, the surest first.
func Mistakes(frames []FrameResult, threshold float64) []Mistake {
	var all []Mistake
	for i, f := range frames {
		all = append(all, f.mistakes(i, threshold)...)
	}
	return all
}

// mistakes lists those in frame i.
func (f FrameResult) mistakes(i int, threshold float64) []Mistake {
	var all []Mistake
	found := make([]bool, len(f.Truth))
	for _, h := range f.match(fitFair) {
		switch {
		case h.Score < threshold:
		case h.found():
			found[h.face] = true
		default:
			all = append(all, Mistake{Frame: i, Cause: f.cause(h.Detection), Box: h.Box, Score: h.Score, face: none})
		}
	}
	for k, t := range f.Truth {
		if !t.Ignore && !found[k] {
			all = append(all, Mistake{Frame: i, Cause: Missed, Box: t.rect(), face: k})
		}
	}
	return all
}

// cause is that of a false positive.
func (f FrameResult) cause(d Detection) Cause {
	c := Background
	for _, t := range f.Truth {
		if t.Ignore {
			continue
		}
		if _, fits := fitFair(d, t); fits {
			return Duplicate
		}
		if both, whole := overlap(d, t); centred(d, t) || both >= touching*whole {
			c = Misplaced
		}
	}
	return c
}

// rect is the box in whole pixels.
func (t Truth) rect() image.Rectangle {
	b := t.Box
	return image.Rect(round(b[0]), round(b[1]), round(b[0]+b[2]), round(b[1]+b[3]))
}
