package cli

import (
	"errors"
	"fmt"
	"image"
	"iter"
	"path/filepath"

	"frglab/dataset"
	"frglab/engine"
)

// scenes gives the pictures to mine in, and how many they are.
func (t *training) scenes(env *Env) (iter.Seq2[engine.Scene, error], int, error) {
	if t.truth == "" {
		return t.projectScenes(env)
	}
	truth, err := dataset.ReadTruth(t.truth)
	if err != nil {
		return nil, 0, err
	}
	for _, w := range truth.Warnings {
		env.warn("%s: %s", t.truth, w)
	}
	n := len(truth.Images)
	return func(yield func(engine.Scene, error) bool) {
		for i, im := range truth.Images {
			img, err := dataset.ReadImage(filepath.Join(t.images, filepath.FromSlash(im.File)))
			if err != nil {
				env.warn("left out: %v", err)
				continue
			}
			if !yield(engine.Scene{Name: im.File, Image: img, Truth: truthOf(im), Valid: setAside(i, n)}, nil) {
				return
			}
		}
	}, n, nil
}

// setAside says which pictures are for validation: every tenth, and at least the last one.
func setAside(i, n int) bool { return i%10 == 9 || n < 10 && i == n-1 }

// marked is a frame of a project whose faces are known, at least some of them.
type marked struct {
	dataset.Frame
	samples []dataset.Sample
	valid   bool // the source is for validation
}

// projectScenes gives the frames of the project that a person has checked, and those of
// which a person has confirmed a face.
func (t *training) projectScenes(env *Env) (iter.Seq2[engine.Scene, error], int, error) {
	p, err := dataset.OpenReadOnly(t.project)
	if err != nil {
		return nil, 0, err
	}
	list, err := markedFrames(p)
	if err = errors.Join(err, p.Close()); err != nil {
		return nil, 0, err
	}
	if len(list) == 0 {
		return nil, 0, fmt.Errorf("project %s has no frame to mine in: confirm some faces in the Label tab, or name other pictures with --mine COCO.json --images DIR", show(t.project))
	}
	return func(yield func(engine.Scene, error) bool) {
		videos := &videoFrames{open: env.OpenVideo}
		defer func() { _ = videos.close() }() // they were only read
		for _, m := range list {
			img, err := m.read(env, videos)
			if err != nil {
				env.warn("left out: %v", err)
				continue
			}
			if !yield(m.scene(img), nil) {
				return
			}
		}
	}, len(list), nil
}

func markedFrames(p *dataset.Project) ([]marked, error) {
	ids, err := p.Frames(dataset.FrameFilter{})
	if err != nil {
		return nil, err
	}
	var list []marked
	valid := map[int64]bool{} // by source: frames without samples do not say
	for _, id := range ids {
		f, err := p.Frame(id)
		if err != nil {
			return nil, err
		}
		if f.Kind == dataset.KindCrop {
			continue
		}
		m := marked{Frame: f}
		if m.samples, err = p.FrameSamples(f.Source, f.Frame); err != nil {
			return nil, err
		}
		for _, s := range m.samples {
			valid[f.Source] = s.Split == dataset.Valid
		}
		if m.known() {
			list = append(list, m)
		}
	}
	for i := range list {
		list[i].valid = valid[list[i].Source]
	}
	return list, nil
}

// known says whether a person has looked at the frame.
func (m marked) known() bool {
	known := m.State&dataset.FrameChecked != 0
	for _, s := range m.samples {
		known = known || s.Checked && s.Class == dataset.Face && !s.Box.Empty()
	}
	return known
}

func (m marked) read(env *Env, videos *videoFrames) (*image.RGBA, error) {
	switch {
	case m.Kind == dataset.KindVideo && env.OpenVideo == nil:
		return nil, fmt.Errorf("%s: is a video, and this build has no OpenCV to read it", show(m.Path))
	case m.Kind == dataset.KindVideo:
		return videos.Frame(m.Path, m.Frame.Frame)
	}
	return dataset.ReadImage(m.Path)
}

// scene is what the project knows of the frame. A proposal that nobody looked at may be a
// face and may be none.
func (m marked) scene(img *image.RGBA) engine.Scene {
	s := engine.Scene{Name: filepath.Base(m.Path), Image: img, Valid: m.valid, Near: m.State&dataset.FrameChecked == 0}
	for _, c := range m.samples {
		if c.Class == dataset.Other || c.Box.Empty() {
			continue
		}
		s.Truth = append(s.Truth, engine.Truth{Box: tight(img.Rect, c), Ignore: !c.Checked || c.Class == dataset.Unsure})
	}
	return s
}

// tightShare is the side of the tight box in sides of the crop: the middle of the 55 to
// 65 % that dataset.Margin tells of.
const tightShare = 0.6

// tight is where brow, chin and cheeks are in a crop. Its box may be tight itself or not, as
// whoever drew it meant it; the crop is what the network learns from.
func tight(frame image.Rectangle, s dataset.Sample) [4]float64 {
	square := s.Box
	if long := max(s.Box.Dx(), s.Box.Dy()); long > 0 {
		square = dataset.CutBounds(frame, s.Box, float64(max(s.Width, s.Height))/float64(long))
	}
	side := tightShare * float64(square.Dx())
	x, y := float64(square.Min.X+square.Max.X)/2, float64(square.Min.Y+square.Max.Y)/2+engine.HeadUp*side
	return [4]float64{x - side/2, y - side/2, side, side}
}
