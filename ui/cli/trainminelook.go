package cli

import (
	"context"
	"image"

	"frglab/engine"
	"frglab/engine/nn"
)

// looker makes the present network look at pictures as it would to detect: one that
// can be a scout at all places, any other one where the scout tells it. Without a network
// it is nil.
func (t *training) looker(env *Env, c *engine.Checkpoint, dev nn.Backend) (look func(context.Context, *image.RGBA) ([]engine.Detection, error), done func() error, err error) {
	if c == nil {
		return nil, func() error { return nil }, nil
	}
	p, err := engine.DefaultDetectParams(engine.ModeScout)
	if err != nil {
		return nil, nil, err
	}
	// Smaller faces than are looked for in the end, and more of them.
	p.Width, p.MinSize, p.Factor, p.Candidates = 768, 24, 1.22, 96
	p.Trust, p.Settled, p.Prior, p.Threshold, p.Suppress = 0, 0, 0, 0, engine.SuppressNone
	if canScout(c) {
		s, err := engine.NewScout(c, dev)
		if err != nil {
			return nil, nil, err
		}
		return func(ctx context.Context, img *image.RGBA) ([]engine.Detection, error) { return s.Look(ctx, img, p) }, s.Close, nil
	}
	scout, err := openScout(env, t.scout)
	if err != nil {
		return nil, nil, err
	}
	if scout == nil {
		if p, err = engine.DefaultDetectParams(engine.ModeWindows); err != nil {
			return nil, nil, err
		}
		p.Prior, p.Threshold, p.Suppress = 0, 0, engine.SuppressNone
	}
	d, err := engine.NewScouted(c, scout, dev)
	if err != nil {
		return nil, nil, err
	}
	return func(ctx context.Context, img *image.RGBA) ([]engine.Detection, error) { return d.Detect(ctx, img, p) }, d.Close, nil
}

// canScout says whether a network was made to go over whole pictures: nothing in it pads.
func canScout(c *engine.Checkpoint) bool {
	for _, l := range c.Arch.Layers {
		if l.Pad > 0 {
			return false
		}
	}
	return len(c.Mean) == 3 && c.Arch.Pitch() > 1
}
