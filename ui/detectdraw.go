package ui

import (
	"slices"

	"frglab/engine"
	"frglab/ui/imageview"
)

// refresh draws the boxes of both at the present parameters.
func (t *detectTab) refresh() {
	var err error
	t.hits, t.found = nil, nil
	if t.cnn.scan != nil {
		var kept int
		if t.hits, kept, err = t.cnn.scan.Explain(t.params); err != nil {
			t.s.show(err)
			return
		}
		for _, h := range t.hits[:kept] {
			t.found = append(t.found, h.Detection)
		}
	}
	t.classic = t.cascade.raw.Detections(t.classy.MinNeighbors)
	t.chosen = nothing
	t.draw()
	t.inspector.show()
	t.learner.seen()
}

// draw shows the boxes, those that the chosen one made lose, and what a person said of any.
func (t *detectTab) draw() {
	rivals := t.rivals()
	left, right := boxes(t.found, rivals, byOneCNN), boxes(rivals, t.found, byOneCascade)
	t.legend.count(left, right, t.comparing())
	for i := range left {
		t.marks.caption(&left[i], t.shot())
	}
	for i := range right {
		t.marks.caption(&right[i], t.shot())
	}
	ghosts := t.ghosts()
	t.lastGhosts = ghosts
	for _, hit := range ghosts {
		g := imageview.Box{Rect: t.hits[hit].Box, Width: 1, Fixed: true}
		if len(ghosts) <= fewGhosts || hit == t.chosen.hit {
			g.Caption = caption(t.hits[hit].Raw)
		}
		left = append(left, g)
	}
	if !t.goal.Empty() { // last, so that boxes keep their numbers
		goal := imageview.Box{Rect: t.goal, Line: imageview.Corners, Fixed: true}
		left, right = append(left, goal), append(right, goal)
	}
	t.left.SetBoxes(append(left, t.video.bridged(laneCNN)...))
	if !t.comparing() {
		right = append(right, t.video.bridged(laneCascade)...)
	}
	t.right.SetBoxes(right)
	if c := t.chosen; c.pane == t.left {
		t.left.SetSelected(t.boxOf(c.hit))
	} else if c.pane == t.right {
		t.right.SetSelected(c.hit)
	}
	t.heads()
}

// heads writes the line above each pane.
func (t *detectTab) heads() {
	cnn, cascade := tr("CNN"), tr("Cascade")
	if t.comparing() {
		cnn, cascade = tr("After"), tr("Before")+"  –  "+tr("found %d", len(t.rivals()))
	}
	switch {
	case t.s.model == nil:
		cnn += "  –  " + tr("no model: train one, or open one from the File menu")
	case t.cnn.scan != nil:
		cnn += "  –  " + tr("found %d, %d ms, %d windows, %s", len(t.found), t.cnn.took.Milliseconds(), t.cnn.stats.Windows, reason(t.cnn.device))
	case t.img != nil:
		cnn += "  …"
	}
	switch {
	case t.comparing():
	case t.cascade.took > 0:
		cascade += "  –  " + tr("found %d, %d ms", len(t.classic), t.cascade.took.Milliseconds())
	case t.img != nil:
		cascade += "  …"
	}
	t.leftHead.SetText(cnn)
	t.rightHead.SetText(cascade)
}

// boxChoice is the box that was clicked: a hit of the CNN, one of the cascade's boxes, or a
// point beside all boxes.
type boxChoice struct {
	pane *imageview.Pane
	hit  int // index in hits, or in classic
}

var nothing = boxChoice{hit: -1}

// fewGhosts is up to how many thin boxes have captions: more hide the face.
const fewGhosts = 3

// ghosts are the hits that are drawn beside the kept ones: those that the chosen one made
// lose, and the chosen one itself where it lost.
func (t *detectTab) ghosts() []int {
	c := t.chosen
	if c.pane != t.left || c.hit < 0 {
		return nil
	}
	winner := c.hit
	if by := t.hits[c.hit].By; by >= 0 {
		winner = by
	}
	var list []int
	for i, h := range t.hits {
		if i >= len(t.found) && (h.By == winner || i == c.hit) {
			list = append(list, i)
		}
	}
	return list
}

// boxOf is the number of the left pane's box that shows a hit.
func (t *detectTab) boxOf(hit int) int {
	if hit < len(t.found) {
		return hit
	}
	for k, g := range t.ghosts() {
		if g == hit {
			return len(t.found) + k
		}
	}
	return -1
}

// pick chooses a box of one pane; -1 chooses none.
func (t *detectTab) pick(p *imageview.Pane, i int) {
	if t.video.player != nil { // its boxes go at once
		t.video.pause()
		i = -1
	}
	t.chosen = nothing
	switch {
	case i < 0:
	case p == t.left && i >= len(t.found):
		if g := t.lastGhosts; i-len(t.found) < len(g) {
			t.chosen = boxChoice{p, g[i-len(t.found)]}
		}
	case p == t.right && (i >= len(t.classic) || t.comparing()): // the goal, or what was there before
	default:
		t.chosen = boxChoice{p, i}
	}
	if t.chosen.hit >= 0 {
		t.side.SelectIndex(sideBox)
	}
	t.draw()
	t.inspector.show()
	t.s.win.Canvas().Focus(p)
}

// next chooses the box after the chosen one: first those of the CNN, then those that only
// the cascade has.
func (t *detectTab) next() {
	var all []boxChoice
	for i := range t.found {
		all = append(all, boxChoice{t.left, i})
	}
	for i, d := range t.classic {
		if !agrees(d, t.found) && !t.comparing() {
			all = append(all, boxChoice{t.right, i})
		}
	}
	if len(all) > 0 {
		c := all[(slices.Index(all, t.chosen)+1)%len(all)]
		t.pick(c.pane, c.hit)
	}
}

// chosenBox is the chosen box as the project keeps one, and who proposed it; false where none is.
func (t *detectTab) chosenBox() (d engine.Detection, proposer string, ok bool) {
	switch c := t.chosen; {
	case c.hit < 0:
		return d, "", false
	case c.pane == t.left:
		h := t.hits[c.hit]
		return engine.Detection{Box: boxOfWindow(h.Window, t.img.Rect), Score: h.Score}, byCNN, true
	default:
		return t.classic[c.hit], byCascade, true
	}
}
