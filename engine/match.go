package engine

import "math"

// hit is a detection that counts, and the face that it finds.
type hit struct {
	Detection
	face int // its place in the frame's truth; none: a false positive
}

// none is the face of a false positive.
const none = -1

func (h hit) found() bool { return h.face != none }

// match decides for each detection of a frame, best first, whether it finds a face.
// Detections that neither help nor hurt are left out.
func (f FrameResult) match(fit rule) []hit {
	var hits []hit
	taken := make([]bool, len(f.Truth))
	for _, d := range bestFirst(f.Found) {
		best, at := math.Inf(-1), none
		neutral := false
		for i, t := range f.Truth {
			if t.Ignore {
				neutral = neutral || centred(d, t) && between(sides(d, t), 0.3, 6)
			} else if v, ok := fit(d, t); ok && !taken[i] && v > best {
				best, at = v, i
			}
		}
		if at != none {
			taken[at] = true
		}
		if at != none || !neutral {
			hits = append(hits, hit{d, at})
		}
	}
	return hits
}

// rule says whether a detection finds a face, and how well: more is better.
type rule func(d Detection, t Truth) (how float64, ok bool)

// fitFair is the headline rule of ScoreReport; nearer centres fit better.
func fitFair(d Detection, t Truth) (float64, bool) {
	x, y := centre(d)
	b := t.Box
	off := math.Abs(x-b[0]-b[2]/2)/b[2] + math.Abs(y-b[1]-b[3]/2)/b[3]
	return -off, centred(d, t) && between(sides(d, t), 0.8, 3)
}

// centred says whether the detection's centre lies in the truth box enlarged by 30 % each way.
func centred(d Detection, t Truth) bool {
	x, y := centre(d)
	b := t.Box
	return between(x, b[0]-0.3*b[2], b[0]+1.3*b[2]) && between(y, b[1]-0.3*b[3], b[1]+1.3*b[3])
}

func centre(d Detection) (x, y float64) {
	return float64(d.Box.Min.X+d.Box.Max.X) / 2, float64(d.Box.Min.Y+d.Box.Max.Y) / 2
}

// sides is the side of the detection in sides of the truth.
func sides(d Detection, t Truth) float64 {
	return math.Sqrt(float64(d.Box.Dx()) * float64(d.Box.Dy()) / (t.Box[2] * t.Box[3]))
}

func between(v, from, to float64) bool { return v >= from && v <= to }

// overlap is the area that a detection shares with a truth box, which may lie between
// pixels, and the area that they cover together: their ratio is the IoU.
func overlap(d Detection, t Truth) (both, whole float64) {
	x, y, w, h := float64(d.Box.Min.X), float64(d.Box.Min.Y), float64(d.Box.Dx()), float64(d.Box.Dy())
	tx, ty, tw, th := t.Box[0], t.Box[1], t.Box[2], t.Box[3]
	dx := min(x+w, tx+tw) - max(x, tx)
	dy := min(y+h, ty+th) - max(y, ty)
	both = max(dx, 0) * max(dy, 0)
	return both, w*h + tw*th - both
}
