package ui

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"sync"

	"frglab/engine"
	"frglab/ui/cropgrid"
)

// evalGallery numbers mistakes for the grid and cuts their pictures. The grid's loaders call
// thumb from goroutines of their own, everything else is the UI goroutine's.
type evalGallery struct {
	s    *session
	ctx  context.Context // of the loaders
	stop context.CancelFunc

	mu     sync.Mutex
	result evalResult
	number map[evalKey]int64
	shown  []evalMistake // by number
}

// evalKey is a mistake of one detector.
type evalKey struct {
	detector int
	engine.Mistake
}

type evalMistake struct {
	evalKey
	path  string
	frame int
}

func newEvalGallery(s *session) *evalGallery {
	g := &evalGallery{s: s, number: map[evalKey]int64{}}
	g.ctx, g.stop = context.WithCancel(context.Background())
	return g
}

// reset is for the mistakes of another result. Numbers are never used again: the grid keeps
// pictures by them.
func (g *evalGallery) reset(r evalResult) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.result, g.number = r, map[evalKey]int64{}
}

// ids are the numbers of the mistakes with a cause.
func (g *evalGallery) ids(detector int, cause engine.Cause, mistakes []engine.Mistake) []int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	var ids []int64
	for _, m := range mistakes {
		if m.Cause != cause {
			continue
		}
		key := evalKey{detector, m}
		id, ok := g.number[key]
		if !ok {
			f := g.result.frames[m.Frame]
			id = int64(len(g.shown))
			g.number[key] = id
			g.shown = append(g.shown, evalMistake{key, f.path, f.frame})
		}
		ids = append(ids, id)
	}
	return ids
}

// at is the mistake of a number.
func (g *evalGallery) at(id int64) (evalMistake, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if id < 0 || id >= int64(len(g.shown)) {
		return evalMistake{}, false
	}
	return g.shown[id], true
}

// mark shows the score, and by a sign what is wrong.
func (g *evalGallery) mark(id int64) cropgrid.Mark {
	m, _ := g.at(id)
	k := cropgrid.Mark{Fill: causeColor(m.Cause), Shape: map[engine.Cause]cropgrid.Shape{
		engine.Background: cropgrid.Cross, engine.Duplicate: cropgrid.Bar, engine.Misplaced: cropgrid.Warning, engine.Missed: cropgrid.Question,
	}[m.Cause]}
	if m.Cause != engine.Missed {
		k.Badge = caption(m.Score)
	}
	return k
}

func causeColor(c engine.Cause) color.NRGBA {
	switch c {
	case engine.Background:
		return otherColor
	case engine.Duplicate:
		return unsureColor
	case engine.Misplaced:
		return validColor
	}
	return faceColor
}

// thumb is the box of a mistake with as much around it as it is wide.
func (g *evalGallery) thumb(id int64) image.Image {
	m, ok := g.at(id)
	if !ok {
		return nil
	}
	img, err := g.s.framePixels(g.ctx, m.path, m.frame)
	if err != nil {
		return nil
	}
	return around(img, m.Box, causeColor(m.Cause))
}

// around cuts out a box with half its side on each side, and draws it.
func around(img *image.RGBA, box image.Rectangle, c color.Color) *image.RGBA {
	side := max(box.Dx(), box.Dy(), 1)
	mid := box.Min.Add(box.Max).Div(2)
	part := image.Rectangle{Min: mid.Sub(image.Pt(side, side)), Max: mid.Add(image.Pt(side, side))}
	out := image.NewRGBA(image.Rect(0, 0, part.Dx(), part.Dy()))
	draw.Draw(out, out.Rect, image.NewUniform(color.Gray{0x40}), image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, img, part.Min, draw.Src)
	b, w, line := box.Sub(part.Min), max(1, side/40), image.NewUniform(c)
	for _, r := range []image.Rectangle{
		{b.Min, image.Pt(b.Max.X, b.Min.Y+w)},
		{image.Pt(b.Min.X, b.Max.Y-w), b.Max},
		{b.Min, image.Pt(b.Min.X+w, b.Max.Y)},
		{image.Pt(b.Max.X-w, b.Min.Y), b.Max},
	} {
		draw.Draw(out, r, line, image.Point{}, draw.Src)
	}
	return out
}
