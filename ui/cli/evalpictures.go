package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"frglab/dataset"
	"frglab/engine"
)

// truthSet is one set of pictures, and what each detector found in them.
type truthSet struct {
	truth, images string
	pictures      []dataset.TruthImage
	files         []string               // of the pictures that could be read
	results       [][]engine.FrameResult // by detector, then by file
	took          [][]float64            // milliseconds, the same
	parity        *parityReport          // nil: not asked for
}

// pictures runs the detectors over whole pictures.
func (e *evaluation) pictures(ctx context.Context, env *Env) error {
	sets, err := e.readTruth(env)
	if err != nil {
		return err
	}
	finders, model, err := e.finders(env)
	if err != nil {
		return err
	}
	defer closeAll(finders)
	t := tally{env: env, what: "picture"}
	for i := range sets {
		if !sets[i].look(ctx, finders, &t) {
			break
		}
		sets[i].parity = e.compared.take(sets[i].results)
	}
	if t.done == 0 || e.calibrate != "" && ctx.Err() != nil {
		return t.ended(ctx)
	}
	if e.calibrate != "" {
		threshold, err := calibrate(model, finders[0].mode, sets, e.calibrate)
		if err != nil {
			return err
		}
		finders[0].threshold = threshold
	}
	var out truthReports
	for _, s := range sets {
		if len(s.files) == 0 && ctx.Err() != nil {
			break
		}
		out.Sets = append(out.Sets, s.report(finders, e.seed, e.sweep))
	}
	if err := writeReport(env, e.json, out.orOne(), func(w io.Writer) { out.print(w, finders) }); err != nil {
		return err
	}
	if e.calibrate != "" && e.json != "-" {
		fmt.Fprintf(env.Stdout, "\n%s gives probabilities and recommends %.3g\n", show(e.calibrate), finders[0].threshold)
	}
	return t.ended(ctx)
}

// ended is the result of a command that goes through pictures and keeps what it has of them
// where it is stopped.
func (t *tally) ended(ctx context.Context) error {
	if ctx.Err() != nil {
		return t.stopped(nil, "")
	}
	return t.result()
}

func (e *evaluation) readTruth(env *Env) (sets []truthSet, err error) {
	for i, file := range e.truth {
		truth, err := dataset.ReadTruth(file)
		if err != nil {
			return nil, err
		}
		for _, w := range truth.Warnings {
			env.warn("%s: %s", file, w)
		}
		sets = append(sets, truthSet{truth: file, images: e.images[i], pictures: truth.Images})
	}
	return sets, nil
}

// look shows each picture to all detectors in turn, so that their times compare. It says
// whether it came to the end.
func (s *truthSet) look(ctx context.Context, finders []finder, t *tally) bool {
	s.results, s.took = make([][]engine.FrameResult, len(finders)), make([][]float64, len(finders))
	for _, im := range s.pictures {
		rs, err := s.picture(ctx, finders, im)
		if ctx.Err() != nil {
			return false
		}
		if err != nil {
			t.fail(err)
			continue
		}
		t.done++
		s.files = append(s.files, im.File)
		for i, r := range rs {
			s.results[i] = append(s.results[i], engine.FrameResult{Found: r.Detections, Truth: truthOf(im)})
			s.took[i] = append(s.took[i], r.MS)
		}
	}
	return true
}

func (s *truthSet) picture(ctx context.Context, finders []finder, im dataset.TruthImage) ([]record, error) {
	path := filepath.Join(s.images, filepath.FromSlash(im.File))
	img, err := dataset.ReadImage(path)
	if err != nil {
		return nil, err
	}
	if w, h := img.Rect.Dx(), img.Rect.Dy(); im.Width > 0 && im.Height > 0 && (w != im.Width || h != im.Height) {
		return nil, fmt.Errorf("%s: is %dx%d, but %s has boxes for %dx%d: name the folder that it was made for", show(path), w, h, show(s.truth), im.Width, im.Height)
	}
	return ask(ctx, finders, picture{name: path, img: img})
}

func truthOf(im dataset.TruthImage) []engine.Truth {
	var ts []engine.Truth
	for _, f := range im.Faces {
		ts = append(ts, engine.Truth{Box: f.Box, View: f.View, Rotation: f.Rotation})
	}
	for _, b := range im.Ignore {
		ts = append(ts, engine.Truth{Box: b, Ignore: true})
	}
	return ts
}

// calibrate fits the model's scores in a mode to what the first detector did on all sets, makes
// its detections say so, and saves the model. It returns the threshold that it recommends.
func calibrate(c *engine.Checkpoint, mode string, sets []truthSet, path string) (float64, error) {
	var all []engine.FrameResult
	for _, s := range sets {
		all = append(all, s.results[0]...)
	}
	k, err := engine.Calibrate(all)
	if err != nil {
		return 0, err
	}
	for _, f := range all { // shares its detections with the sets
		for i := range f.Found {
			f.Found[i].Score = k.Apply(f.Found[i].Score)
		}
	}
	k.Threshold = engine.Score(all).Recommended
	c.Calibration[mode] = k
	if mode == engine.ModeScout || len(c.Calibration) == 1 {
		c.Threshold = k.Threshold // what programs go by that know no modes
	}
	return k.Threshold, c.Save(path)
}

// median of some numbers; 0 of none.
func median(vs []float64) float64 {
	if len(vs) == 0 {
		return 0
	}
	vs = slices.Sorted(slices.Values(vs))
	return (vs[(len(vs)-1)/2] + vs[len(vs)/2]) / 2
}
