package ui

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"frglab/dataset"
	"frglab/engine"
	"frglab/ui/native"
)

// evalFrame is a picture, or a frame of a video, with the faces that are in it.
type evalFrame struct {
	path  string
	frame int
	truth []engine.Truth
}

// ask lets the user pick a COCO file.
func (t *evaluateTab) ask() {
	t.s.dialogs.OpenFile(t.s.win, tr("Truth from a COCO file"), []native.Filter{{Name: "COCO", Extensions: []string{"json"}}}, func(path string) {
		if path != "" {
			t.openTruth(path)
		}
	})
}

// openTruth measures on what a COCO file names. Its pictures are beside it, or where the user
// says.
func (t *evaluateTab) openTruth(path string) {
	if t.job != nil {
		return
	}
	type read struct {
		truth  *dataset.Truth
		beside bool
	}
	start(t.s.jobs, &job{name: tr("Evaluate"), quiet: true}, func(context.Context, *job) (r read, err error) {
		if r.truth, err = dataset.ReadTruth(path); err != nil {
			return r, err
		}
		_, err = os.Stat(filepath.Join(filepath.Dir(path), filepath.FromSlash(r.truth.Images[0].File)))
		r.beside = !errors.Is(err, fs.ErrNotExist)
		return r, nil
	}, func(r read, err error) {
		switch {
		case err != nil:
		case r.beside:
			t.runTruth(r.truth, filepath.Dir(path), filepath.Base(path))
		default:
			t.s.dialogs.OpenFolder(t.s.win, tr("Folder of the pictures that %s names", filepath.Base(path)), func(dir string) {
				if dir != "" {
					t.runTruth(r.truth, dir, filepath.Base(path))
				}
			})
		}
	})
}

// runTruth measures on the pictures of a truth, in a folder.
func (t *evaluateTab) runTruth(truth *dataset.Truth, dir, name string) {
	var frames []evalFrame
	for _, im := range truth.Images {
		f := evalFrame{path: filepath.Join(dir, filepath.FromSlash(im.File))}
		for _, face := range im.Faces {
			f.truth = append(f.truth, engine.Truth{Box: face.Box, View: face.View, Rotation: face.Rotation})
		}
		for _, b := range im.Ignore {
			f.truth = append(f.truth, engine.Truth{Box: b, Ignore: true})
		}
		frames = append(frames, f)
	}
	t.run(nil, name, func(context.Context) ([]evalFrame, error) { return frames, nil })
}

// runProject measures on the project's own frames.
func (t *evaluateTab) runProject() {
	p := t.s.project
	if p == nil {
		return
	}
	t.run(p, p.Name(), func(ctx context.Context) ([]evalFrame, error) { return validationFrames(ctx, p) })
}

// sourceFrame names a frame of a source.
type sourceFrame struct {
	source int64
	frame  int
}

// validationFrames are the knownFrames, where there are any.
func validationFrames(ctx context.Context, p *dataset.Project) ([]evalFrame, error) {
	frames, err := knownFrames(ctx, p)
	if err == nil && len(frames) == 0 {
		err = errors.New(tr("No frame of a validation title is checked: label the crops of some in the Label tab, or pick a COCO file."))
	}
	return frames, err
}

// knownFrames are the frames of validation titles in which each face has its
// box, as far as anybody knows: those that somebody checked as a whole, and those with a
// face whose boxes are all checked.
func knownFrames(ctx context.Context, p *dataset.Project) ([]evalFrame, error) {
	samples, err := validationSamples(ctx, p)
	if err != nil {
		return nil, err
	}
	valid := map[int64]bool{} // sources
	boxed := map[sourceFrame][]dataset.Sample{}
	var order []sourceFrame
	for _, s := range samples {
		at := sourceFrame{s.Source, s.Frame}
		valid[s.Source] = true
		if boxed[at] == nil {
			order = append(order, at)
		}
		boxed[at] = append(boxed[at], s)
	}
	whole, err := wholeFrames(ctx, p, valid)
	if err != nil {
		return nil, err
	}
	var frames []evalFrame
	for _, at := range order {
		_, checked := whole[at]
		if f, ok := knownFaces(boxed[at]); ok || checked {
			frames = append(frames, f)
		}
		delete(whole, at)
	}
	for at, path := range whole {
		frames = append(frames, evalFrame{path: path, frame: at.frame})
	}
	slices.SortStableFunc(frames, func(a, b evalFrame) int { return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.frame, b.frame)) })
	return frames, nil
}

func validationSamples(ctx context.Context, p *dataset.Project) (all []dataset.Sample, err error) {
	ids, err := p.IDs(dataset.Filter{Split: new(dataset.Valid), Order: dataset.ByPlace})
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(ids, 1000) {
		samples, err := p.Samples(part)
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		all = append(all, samples...)
	}
	return all, nil
}

// wholeFrames are those of some sources that a person checked as a whole, with their paths.
func wholeFrames(ctx context.Context, p *dataset.Project, sources map[int64]bool) (map[sourceFrame]string, error) {
	ids, err := p.Frames(dataset.FrameFilter{})
	if err != nil {
		return nil, err
	}
	whole := map[sourceFrame]string{}
	for _, id := range ids {
		f, err := p.Frame(id)
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		if sources[f.Source] && f.State&dataset.FrameChecked != 0 {
			whole[sourceFrame{f.Source, f.Frame}] = f.Path
		}
	}
	return whole, nil
}

// knownFaces is the truth that the samples of a frame tell, and whether it can be trusted.
func knownFaces(samples []dataset.Sample) (f evalFrame, ok bool) {
	f, ok = evalFrame{path: samples[0].Path, frame: samples[0].Frame}, true
	faces := 0
	for _, s := range samples {
		ok = ok && s.Checked && !s.Box.Empty()
		if b := s.Box; !b.Empty() && s.Class != dataset.Other {
			box := [4]float64{float64(b.Min.X), float64(b.Min.Y), float64(b.Dx()), float64(b.Dy())}
			f.truth = append(f.truth, engine.Truth{Box: box, Ignore: s.Class == dataset.Unsure})
		}
		if s.Class == dataset.Face {
			faces++
		}
	}
	return f, ok && faces > 0
}
