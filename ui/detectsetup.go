package ui

import (
	"cmp"
	"context"
	"image"
	"sync"

	"frglab/engine"
	"frglab/engine/vision"
)

// detectSetup is all that decides what both detectors find in a picture. It is a value:
// a job keeps the one it began with.
type detectSetup struct {
	model  *engine.Checkpoint // nil: the CNN is not asked
	params engine.DetectParams
	classy vision.CascadeParams
}

// sameWork reports whether what was computed with o holds with s as well: they differ in
// parameters only that choose among scores, so that finding.detections needs no network.
func (s detectSetup) sameWork(o detectSetup) bool {
	s.classy.MinNeighbors = o.classy.MinNeighbors
	return s.model == o.model && s.params.SameScan(o.params) && s.classy == o.classy
}

// finding is what both detectors made of one picture: scores to choose among, not yet
// boxes. The zero value is that of nobody who looked.
type finding struct {
	cnn     cnnResult
	cascade cascadeResult
}

// look asks both detectors at once, which takes little more than the slower one needs: for
// work beside the picture on screen, where a frame more or less does not matter. Whoever calls
// it takes turns with others.
func (f *finder) look(ctx context.Context, img *image.RGBA, set detectSetup) (r finding, err error) {
	if set.model == nil {
		r.cascade, err = f.search(ctx, img, set.classy)
		return r, err
	}
	var cascade error
	var both sync.WaitGroup
	both.Go(func() { r.cascade, cascade = f.search(ctx, img, set.classy) })
	r.cnn, err = f.scan(ctx, set.model, img, set.params)
	both.Wait()
	return r, cmp.Or(cascade, err)
}

// lookInTurn asks one after the other, for whoever says how long each takes.
func (f *finder) lookInTurn(ctx context.Context, img *image.RGBA, set detectSetup) (r finding, err error) {
	if r.cascade, err = f.search(ctx, img, set.classy); err != nil || set.model == nil {
		return r, err
	}
	r.cnn, err = f.scan(ctx, set.model, img, set.params)
	return r, err
}

// detections are the boxes that a setup makes of the scores, best first: nil of a
// detector that did not look. It is quick, so call it whenever a threshold changes.
func (r finding) detections(set detectSetup) (cnn, cascade []engine.Detection, err error) {
	if r.cnn.scan != nil {
		cnn, err = r.cnn.scan.Detections(set.params)
	}
	return cnn, r.cascade.raw.Detections(set.classy.MinNeighbors), err
}
