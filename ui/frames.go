package ui

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"frglab/assets"
	"frglab/dataset"
	"frglab/engine/vision"
)

// framePicture is a picture, or one frame of a video.
type framePicture struct {
	img    *image.RGBA // shared: do not modify it
	at     time.Duration
	frames int     // that the video announces, 0 of a picture
	rate   float64 // frames a second of the video on average, where the reader says
}

// framePixels reads a picture (frame 0), or exactly that frame of a video. It is
// called from jobs; the image is shared, do not modify it. Errors name the file; that
// of a file that is not there is fs.ErrNotExist.
func (s *session) framePixels(ctx context.Context, path string, frame int) (*image.RGBA, error) {
	p, err := s.framePicture(ctx, path, frame)
	return p.img, err
}

func (s *session) framePicture(ctx context.Context, path string, frame int) (framePicture, error) {
	if p, ok := s.frames.get(path, frame); ok {
		return p, nil
	}
	s.frames.once.Do(func() { s.frames.turn = make(chan struct{}, 1) })
	select {
	case s.frames.turn <- struct{}{}:
	case <-ctx.Done(): // another wish came while an older frame was sought
		return framePicture{}, ctx.Err()
	}
	defer func() { <-s.frames.turn }()
	if p, ok := s.frames.get(path, frame); ok {
		return p, nil
	}
	if err := ctx.Err(); err != nil {
		return framePicture{}, err
	}
	file, err := s.sampleFile(path)
	if err != nil {
		return framePicture{}, err
	}
	p, err := s.frames.read(file, frame)
	if err == nil {
		s.frames.put(keptFrame{path, frame, p})
	}
	return p, err
}

// closeFrames closes the video that is open, unless a job that does not end still
// reads it.
func (s *session) closeFrames() error {
	s.frames.once.Do(func() { s.frames.turn = make(chan struct{}, 1) })
	select {
	case s.frames.turn <- struct{}{}:
		return s.frames.closeVideo()
	default:
		return nil
	}
}

// read decodes a file. A video stays open: the next wish is mostly near.
func (f *frameStore) read(path string, frame int) (framePicture, error) {
	if f.video != nil && f.path == path {
		return f.seek(frame)
	}
	if _, err := os.Stat(path); err != nil {
		return framePicture{}, err
	}
	if !vision.IsVideo(path) {
		if frame > 0 {
			return framePicture{}, errNoFrame(path, frame)
		}
		img, err := dataset.ReadImage(path)
		return framePicture{img: img}, err
	}
	if err := f.closeVideo(); err != nil {
		return framePicture{}, err
	}
	var err error
	if f.video, err = vision.OpenVideo(path); err != nil {
		f.video = nil
		return framePicture{}, err
	}
	f.path = path
	return f.seek(frame)
}

func (f *frameStore) seek(frame int) (p framePicture, err error) {
	if err := f.video.Seek(frame); err != nil {
		return p, errors.Join(err, f.closeVideo())
	}
	p.frames = f.video.Info().Frames
	if p.img, p.at, err = f.video.Next(); errors.Is(err, io.EOF) {
		err = errNoFrame(f.path, frame)
	}
	return p, err
}

func errNoFrame(path string, frame int) error {
	return fmt.Errorf("read frame %d of %q: it ends before that frame; is it still the same file?", frame, path)
}

func (f *frameStore) closeVideo() error {
	if f.video == nil {
		return nil
	}
	v := f.video
	f.video = nil
	return v.Close()
}

// samplesDir is where the sources of the sample project are said to be. They travel
// inside the program.
const samplesDir = "/samples/"

// sampleFile is the path of a file on disk: path itself, or for a source of the sample
// project the copy that is unpacked once.
func (s *session) sampleFile(path string) (string, error) {
	name, ok := strings.CutPrefix(filepath.ToSlash(path), samplesDir)
	if _, err := os.Stat(path); err == nil || !ok || !fs.ValidPath(name) {
		return path, nil
	}
	data, err := fs.ReadFile(assets.Samples(), name)
	if err != nil {
		return path, nil
	}
	out := filepath.Join(s.dir(), "samples", name)
	if info, err := os.Stat(out); err == nil && info.Size() == int64(len(data)) {
		return out, nil
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return "", err
	}
	return out, writeWhole(out, data)
}
