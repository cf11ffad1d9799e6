package engine

import (
	"context"
	"fmt"
	"image"
	"math"
	"time"
)

// guided says whether a look at the whole picture chooses the windows.
func (p DetectParams) guided() bool { return p.Mode == ModeScout || p.Mode == ModeShared }

// scanCandidates is Scan in modes scout and shared: a network that goes over the whole
// picture says where, and the classifier what it is worth.
func (d *Detector) scanCandidates(ctx context.Context, img *image.RGBA, p DetectParams) (*Scan, error) {
	guide, err := d.guide(p.Mode)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	found, err := guide.look(ctx, img, p, lookMargin)
	if err != nil {
		return nil, err
	}
	seen := found
	found = suppressGreedy(found, p.Apart, 0)
	found = found[:min(len(found), p.Candidates)]
	d.stats.Scout = time.Since(start)

	l := level{size: img.Rect.Size()}
	s := &Scan{params: p, picture: img.Rect, scouted: seen}
	start = time.Now()
	waiting, n := 0, 3*d.size*d.size
	for i, f := range found {
		l.windows = append(l.windows, f.Box)
		part := img.SubImage(f.Box.Add(img.Rect.Min)).(*image.RGBA)
		Encode(d.x[waiting*n:(waiting+1)*n], resize(part, d.size, d.size), d.mean, d.scale)
		if waiting++; waiting == chunk || i == len(found)-1 {
			if err := d.classify(ctx, s, waiting); err != nil {
				return nil, err
			}
			waiting = 0
		}
	}
	for i, f := range found {
		s.scores[i] = addOdds(s.scores[i], p.Trust*f.Score)
	}
	s.levels = []level{l}
	d.stats.Prepare = time.Since(start) - d.stats.Network
	return s, nil
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
