package engine

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"math"
	"slices"
	"time"
)

// candidate is a window that a look at a whole picture chose.
type candidate struct {
	Detection // in the picture, from its corner; the log-odds of the look
	view      // what it was seen in
	glimpse
}

// glimpse is where a window was seen.
type glimpse struct {
	turn int             // 0: in the picture; i: in the copy turned by Tilt[i-1]
	at   image.Rectangle // there, from its corner
}

// part is what a window shows, before it is resized for the network.
func (v view) part(at image.Rectangle) *image.RGBA {
	return v.pic.SubImage(at.Add(v.pic.Rect.Min)).(*image.RGBA)
}

// guided says whether a look at the whole picture chooses the windows.
func (p DetectParams) guided() bool { return p.Mode == ModeScout || p.Mode == ModeShared }

// scanCandidates is Scan in modes scout and shared: a network that goes over the whole
// picture says where, and the classifier what it is worth.
func (d *Detector) scanCandidates(ctx context.Context, img *image.RGBA, p DetectParams) (*Scan, error) {
	start := time.Now()
	all, err := d.candidates(ctx, img, p)
	if err != nil {
		return nil, err
	}
	s := &Scan{params: p, picture: img.Rect, levels: []level{{size: img.Rect.Size()}}}
	for _, c := range all {
		s.scouted = append(s.scouted, c.Detection)
	}
	found := p.best(all)
	d.stats.Scout = time.Since(start)
	start = time.Now()
	for len(found) > 0 {
		n := min(p.round(), len(found))
		if err := d.ask(ctx, s, found[:n]); err != nil {
			return nil, err
		}
		found = p.unsettled(found[n:], s)
	}
	d.stats.Prepare = time.Since(start) - d.stats.Network
	return s, nil
}

// candidates are the windows of a picture and its turned copies that may hold a face.
func (d *Detector) candidates(ctx context.Context, img *image.RGBA, p DetectParams) ([]candidate, error) {
	guide, err := d.guide(p.Mode)
	if err != nil {
		return nil, err
	}
	var all []candidate
	before := guide.gflop
	d.stats.Bytes = guide.bytes != nil
	defer func() { d.stats.Look = guide.gflop - before }()
	for i, v := range p.views(img) {
		found, err := guide.look(ctx, v.pic, v.sides, lookMargin)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if box := v.back(f.Box); centreIn(box, img.Rect.Size()) {
				all = append(all, candidate{Detection{box, f.Score}, v, glimpse{i, f.Box}})
			}
		}
	}
	return all, nil
}

// best are the best candidates, best first: at most p.Candidates for each look at the
// picture, and none too near to a better one of the same look.
func (p DetectParams) best(all []candidate) []candidate {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(all[j].Score, all[i].Score), cmp.Compare(i, j)) })
	var kept []candidate
	for _, i := range order {
		c := &all[i]
		if len(kept) == p.Candidates*(1+len(p.Tilt)) {
			break
		}
		if !slices.ContainsFunc(kept, func(k candidate) bool { return k.turn == c.turn && IoU(k.Box, c.Box) >= p.Apart }) {
			kept = append(kept, *c)
		}
	}
	return kept
}

// ask adds candidates to the windows of a scan, with what the network says of them.
func (d *Detector) ask(ctx context.Context, s *Scan, found []candidate) error {
	before := len(s.scores)
	for _, f := range found {
		s.levels[0].windows = append(s.levels[0].windows, f.Box)
		s.glimpses = append(s.glimpses, f.glimpse)
	}
	if err := d.classifyAs(ctx, s, len(found), func() ([]float32, error) { return d.logits(ctx, s.params, found) }); err != nil {
		return err
	}
	for i, f := range found {
		s.scores[before+i] = addOdds(s.scores[before+i], s.params.Trust*f.Score)
	}
	return nil
}

// logits are those of candidates: in mode scout computed in bytes where that can be.
func (d *Detector) logits(ctx context.Context, p DetectParams, found []candidate) ([]float32, error) {
	if p.Mode == ModeScout && d.openBytes != nil {
		var err error
		if d.bytes, err = d.openBytes(); err != nil {
			return nil, err
		}
		d.openBytes = nil
	}
	if p.Mode == ModeScout && d.bytes != nil {
		return d.bytes.logits(ctx, found)
	}
	n := 3 * d.size * d.size
	for i, f := range found {
		Encode(d.x[i*n:(i+1)*n], resize(f.part(f.at), d.size, d.size), d.mean, d.scale)
	}
	return d.net.Logits(d.x[:len(found)*n], len(found))
}

// round is how many candidates are asked about before it is seen which of the others are
// settled by the answers. Four windows cost 3/4 as much each as one does, sixteen half.
func (p DetectParams) round() int {
	if p.Settled == 0 {
		return chunk
	}
	return 4
}

// The overlap from which a window speaks for a candidate: the default IoU and Inside of the modes that
// have candidates. Not those of the parameters, which choose among the scores that a scan has.
const settledIoU, settledInside = 0.3, 0.7

// unsettled leaves out the candidates at the place of a window with a score of at least p.Settled.
func (p DetectParams) unsettled(found []candidate, s *Scan) []candidate {
	if p.Settled == 0 {
		return found
	}
	var open []candidate
	for _, f := range found {
		settled := false
		for i, w := range s.levels[0].windows {
			settled = settled || s.scores[i] >= p.Settled && sameFace(w, f.Box, settledIoU, settledInside)
		}
		if !settled {
			open = append(open, f)
		}
	}
	return open
}

// guide is the network that says where to look in a mode.
func (d *Detector) guide(mode string) (*mapper, error) {
	if mode == ModeScout {
		if d.scout == nil {
			return nil, fmt.Errorf("mode %s needs a scout, and there is none: use mode %s", ModeScout, ModeShared)
		}
		return d.scout.net, nil
	}
	if d.mapper == nil {
		m, err := d.openMapper()
		if err != nil {
			return nil, fmt.Errorf("mode %s: %w", mode, err)
		}
		d.mapper = m
	}
	return d.mapper, nil
}

// addOdds moves a probability by some log-odds.
func addOdds(v, odds float64) float64 { return v / (v + (1-v)*math.Exp(-odds)) }
