package engine

import (
	"cmp"
	"image"
	"math"
	"math/rand/v2"
	"slices"
)

// chooser picks the windows of one scene.
type chooser struct {
	MineConfig
	scene Scene
	w, h  float64
	rng   *rand.Rand
	spots []spot
}

// choose picks the windows of a scene to learn from, given what a detector believes to
// be faces: windows as they fall on its faces and beside them, windows anywhere, and
// the worst mistakes.
func (c MineConfig) choose(s Scene, found []Detection, rng *rand.Rand) []spot {
	size := s.Image.Rect.Size()
	k := &chooser{MineConfig: c, scene: s, w: float64(size.X), h: float64(size.Y), rng: rng}
	if min(size.X, size.Y) < minSpot {
		return nil
	}
	for _, t := range s.Truth {
		if !t.Ignore {
			k.onFace(t, found)
		}
		k.beside(t)
	}
	k.anywhere()
	k.mistakes(found)
	return k.spots
}

const (
	minSpot = 12 // pixels: less shows no face
	tries   = 20 // for each window, until the next one is tried
)

// onFace takes windows that hold the face: some drawn, and as many of those that the
// detector looked at.
func (k *chooser) onFace(t Truth, found []Detection) {
	b := t.Box
	side := math.Sqrt(b[2] * b[3])
	k.draw(k.Positives, isFace, func() spot {
		return spot{
			x:    b[0] + b[2]/2 + k.around(faceX)*side,
			y:    b[1] + b[3]/2 + (k.around(faceY)-HeadUp)*side,
			side: side * k.between(otherMin, faceMax),
		}
	}, func(s spot) bool { return s.judge(t, k.w, k.h) == isFace })
	var fit []spot
	for _, d := range found {
		if s := spotOf(d.Box); s.judge(t, k.w, k.h) == isFace {
			fit = append(fit, s)
		}
	}
	k.rng.Shuffle(len(fit), func(i, j int) { fit[i], fit[j] = fit[j], fit[i] })
	for _, s := range fit[:min(len(fit), k.Positives)] {
		k.add(s, isFace)
	}
}

// beside takes windows about a face that do not hold it: heads that are off by a third to
// three quarters of a window, half faces, hair, eyes, hands, and heads that are much too
// large or too small.
func (k *chooser) beside(t Truth) {
	b := t.Box
	side := math.Sqrt(b[2] * b[3])
	k.draw(k.Beside/2, isOther, func() spot {
		dy, dx := math.Sincos(2 * math.Pi * k.rng.Float64())
		off := side * k.between(otherX, 1.25)
		return spot{
			x:    b[0] + b[2]/2 + dx*off,
			y:    b[1] + b[3]/2 - HeadUp*side + dy*off,
			side: side * k.between(faceMin, faceMax),
		}
	}, k.other)
	k.draw(k.Beside-k.Beside/2, isOther, func() spot {
		return spot{
			x:    b[0] + b[2]/2 + k.around(1.5)*side,
			y:    b[1] + b[3]/2 + k.around(1.5)*side,
			side: side * k.between(0.3, 4),
		}
	}, k.other)
}

// anywhere takes windows of all sizes and places.
func (k *chooser) anywhere() {
	if k.scene.Near {
		return
	}
	k.draw(k.Anywhere, isOther, func() spot {
		return spot{x: k.rng.Float64() * k.w, y: k.rng.Float64() * k.h, side: k.between(2*minSpot, min(k.w, k.h))}
	}, k.other)
}

// mistakes takes the windows that the detector is surest of and that are no faces.
func (k *chooser) mistakes(found []Detection) {
	var wrong []Detection
	for _, d := range found {
		if k.other(spotOf(d.Box)) && k.known(d.Box) {
			wrong = append(wrong, d)
		}
	}
	slices.SortStableFunc(wrong, func(a, b Detection) int { return cmp.Compare(b.Score, a.Score) })
	var kept []Detection
	for _, d := range wrong {
		if len(kept) == k.Hard {
			break
		}
		if !slices.ContainsFunc(kept, func(o Detection) bool { return IoU(o.Box, d.Box) >= alike }) {
			kept = append(kept, d)
			k.add(spotOf(d.Box), isOther)
		}
	}
}

// alike is the overlap from which two mistakes are the same one.
const alike = 0.6

// known says whether somebody looked for faces where a box is.
func (k *chooser) known(box image.Rectangle) bool {
	if !k.scene.Near {
		return true
	}
	s := spotOf(box)
	return slices.ContainsFunc(k.scene.Truth, func(t Truth) bool {
		b := t.Box
		return math.Abs(s.x-b[0]-b[2]/2) < 1.5*b[2] && math.Abs(s.y-b[1]-b[3]/2) < 1.5*b[3]
	})
}

func (k *chooser) other(s spot) bool { return s.among(k.scene.Truth, k.w, k.h) == isOther }

// draw adds n windows that are good; where few are it gives up.
func (k *chooser) draw(n int, v verdict, next func() spot, good func(spot) bool) {
	for left := n * tries; n > 0 && left > 0; left-- {
		s := next().within(k.w, k.h)
		if s.side >= minSpot && good(s) {
			k.add(s, v)
			n--
		}
	}
}

// add keeps a window; every second one is turned and every fourth as coarse as a small face.
func (k *chooser) add(s spot, v verdict) {
	turn, tilt, coarse, small := k.rng.IntN(2), k.around(k.Tilt), k.rng.IntN(4), k.between(0.4, 0.8)
	if turn == 0 {
		s.tilt = tilt
	}
	if pixels := round(small * float64(k.Side)); coarse == 0 && s.side > float64(pixels) {
		s.small = pixels
	}
	s.class = int(v)
	k.spots = append(k.spots, s)
}

func (k *chooser) around(width float64) float64 { return width * (2*k.rng.Float64() - 1) }

// between draws a ratio evenly on a scale of ratios.
func (k *chooser) between(from, to float64) float64 {
	return from * math.Pow(to/from, k.rng.Float64())
}
