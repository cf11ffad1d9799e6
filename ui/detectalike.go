package ui

import (
	"context"
	"fmt"
	"image"
	"slices"

	"frglab/dataset"
	"frglab/engine"
)

// The search for look-alikes.
const (
	// alikeFrom is how much a box must look like the one that was asked for. A trial with a
	// wheel that the bundled model took for a face, its like in other frames against 40 faces
	// and other mistakes: for the network alone 0.97 to 0.99 against 0.95 (with one view each
	// 0.65 to 0.79 against 0.91), for the eye alone 0.41 to 0.58 against 0.40, for both 0.69 to
	// 0.78 against 0.63.
	alikeFrom = 0.65
	// alikeThreshold finds windows in frames: also those that the detector only half believes.
	alikeThreshold = 0.2
	// alikeFrames and alikeCrops bound one search; it can be asked again.
	alikeFrames, alikeCrops = 200, 100
)

// findAlike looks in the frames of the project for what looks to the model like the
// chosen box, and opens it in the Label tab, most alike first. Windows that the project has no
// crop of become crops to be checked.
func (t *detectTab) findAlike() {
	d, _, ok := t.chosenBox()
	if !ok || !t.ready() || t.s.model == nil {
		return
	}
	t.focus()
	s, p, set := t.s, t.s.project, t.setup()
	set.params.Threshold = min(set.params.Threshold, alikeThreshold)
	crops := views(t.img, d.Box)
	start(s.jobs, &job{name: tr("Find look-alikes"), of: p}, func(ctx context.Context, j *job) ([]int64, error) {
		return s.alike(ctx, j, p, set, crops)
	}, func(ids []int64, err error) {
		switch {
		case err != nil || p != s.project:
			return
		case len(ids) == 0:
			s.notify(tr("Nothing in the frames of the project looks like it."))
			return
		}
		call(s.onSamples)
		t.learner.add(ids)
		if t.onShowSamples != nil {
			t.onShowSamples(ids, 0, tr("look-alikes"))
		}
	})
}

// alike are the samples of a project, new ones among them, that look like a box of which
// these are the views. It runs in a job.
func (s *session) alike(ctx context.Context, j *job, p *dataset.Project, set detectSetup, crops []image.Image) ([]int64, error) {
	_, _, vectors, err := s.finder.describe(ctx, set.model, crops)
	if err != nil {
		return nil, err
	}
	like := map[int64]float64{}
	frames, err := p.Frames(dataset.FrameFilter{})
	if err != nil {
		return nil, err
	}
	frames = spread(frames, alikeFrames)
	for i, id := range frames {
		j.tell(float64(i)/float64(len(frames)), fmt.Sprintf("%d / %d", i, len(frames)))
		if err := s.alikeIn(ctx, p, set, id, lookOf(vectors, crops), like); err != nil {
			return nil, err
		}
	}
	var ids []int64
	for id := range like {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b int64) int {
		if like[a] != like[b] {
			return int(1e6 * (like[b] - like[a]))
		}
		return int(a - b)
	})
	return ids[:min(len(ids), alikeCrops)], nil
}

// alikeIn looks in one frame, whose file may be gone.
func (s *session) alikeIn(ctx context.Context, p *dataset.Project, set detectSetup, id int64, wanted look, like map[int64]float64) error {
	frame, err := p.Frame(id)
	if err != nil {
		return err
	}
	img, err := s.framePixels(ctx, frame.Path, frame.Frame)
	if err != nil {
		return ctx.Err() // the file is gone, or cannot be read: look at the others
	}
	samples, crops, err := s.windowsIn(ctx, set, frame, img)
	if err != nil || len(samples) == 0 {
		return err
	}
	_, _, vectors, err := s.finder.describe(ctx, set.model, crops)
	if err != nil {
		return err
	}
	there, err := p.FrameSamples(frame.Source, frame.Frame)
	if err != nil {
		return err
	}
	for i, n := 0, len(crops)/len(samples); i < len(samples); i++ {
		v := wanted.like(lookOf(vectors[i*n:][:n], crops[i*n:][:n]))
		if v < alikeFrom {
			continue
		}
		at := slices.IndexFunc(there, func(o dataset.Sample) bool { return engine.IoU(o.Box, samples[i].Box) >= 0.5 })
		if at >= 0 {
			if !there[at].Checked || there[at].Class != dataset.Other {
				like[there[at].ID] = v
			}
			continue
		}
		ids, err := p.Add(ctx, samples[i:i+1])
		if err != nil {
			return err
		}
		like[ids[0]] = v
	}
	return nil
}

// windowsIn are what the detector finds in a frame, as samples to be checked, and as many views of
// each, one after the other.
func (s *session) windowsIn(ctx context.Context, set detectSetup, frame dataset.Frame, img *image.RGBA) (samples []dataset.NewSample, crops []image.Image, err error) {
	r, err := s.finder.scan(ctx, set.model, img, set.params)
	if err != nil {
		return nil, nil, err
	}
	hits, kept, err := r.scan.Explain(set.params)
	if err != nil {
		return nil, nil, err
	}
	for _, h := range hits[:kept] {
		box := boxOfWindow(h.Window, img.Rect)
		if box.Dx() < 2 || box.Dy() < 2 {
			continue
		}
		crops = append(crops, views(img, box)...)
		samples = append(samples, dataset.NewSample{
			Class: dataset.Other, Path: frame.Path, Frame: frame.Frame, At: frame.At, Box: box, Proposer: byCNN, Score: h.Score,
			Crop: dataset.Cut(img, box, dataset.Margin),
		})
	}
	return samples, crops, nil
}

// spread keeps at most n, evenly.
func spread[T any](list []T, n int) []T {
	if len(list) <= n {
		return list
	}
	out := make([]T, n)
	for i := range out {
		out[i] = list[i*len(list)/n]
	}
	return out
}
