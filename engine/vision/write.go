package vision

import (
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"gocv.io/x/gocv"
)

// codecs are what an mp4 is written with, the first that this FFmpeg has: H.264, which
// everything plays, or the older MPEG-4.
var codecs = []string{"avc1", "mp4v"}

// VideoWriter writes an mp4 file without sound. One goroutine at a time.
type VideoWriter struct {
	path, temp string
	size       image.Point // of the pictures given
	frames     int
	writer     *gocv.VideoWriter // nil once closed
}

// CreateVideo begins a video of pictures of width x height pixels, fps of them a second.
// An edge of an odd number of pixels loses one: the codecs want them in pairs. Until
// Finish the file has another name beside path, so there is never half a one; Close takes
// that away.
func CreateVideo(path string, width, height int, fps float64) (*VideoWriter, error) {
	fail := func(err error) (*VideoWriter, error) { return nil, fmt.Errorf("write video %q: %w", path, err) }
	switch {
	case width < 2 || height < 2 || width > maxVideoPixels/height:
		return fail(fmt.Errorf("pictures of %dx%d pixels, want 2x2 or more and at most %d megapixels", width, height, maxVideoPixels/1_000_000))
	case !(fps > 0.001 && fps <= 1000): // so written, it refuses NaN
		return fail(fmt.Errorf("%v frames a second, want more than 0 and at most 1000", fps))
	}
	absolute, err := filepath.Abs(path) // FFmpeg takes "name:..." for a protocol
	if err != nil {
		return fail(err)
	}
	f, err := os.CreateTemp(filepath.Dir(absolute), ".frglab-*.mp4") // no '%', which OpenCV takes for a series
	if err != nil {
		return fail(err)
	}
	w := &VideoWriter{path: absolute, temp: f.Name(), size: image.Pt(width, height)}
	if err := errors.Join(f.Chmod(0o644), f.Close()); err != nil {
		return fail(errors.Join(err, os.Remove(w.temp)))
	}
	for _, codec := range codecs {
		if w.writer, err = gocv.VideoWriterFile(w.temp, codec, fps, width&^1, height&^1, true); err == nil && w.writer.IsOpened() {
			return w, nil
		} else if err == nil {
			err = errors.Join(errors.New("no codec for mp4 in this FFmpeg: install one with libx264"), w.writer.Close())
		}
	}
	return fail(errors.Join(err, os.Remove(w.temp)))
}

// Write adds a picture, of the size that CreateVideo was told.
func (w *VideoWriter) Write(img *image.RGBA) error {
	switch {
	case w.writer == nil:
		return fmt.Errorf("write video %q: it is closed", w.path)
	case img.Rect.Size() != w.size:
		return fmt.Errorf("write video %q, frame %d: a picture of %v, want %v", w.path, w.frames, img.Rect.Size(), w.size)
	}
	bgr := gocv.NewMat()
	defer bgr.Close()
	if err := toBGR(img, &bgr); err != nil {
		return fmt.Errorf("write video %q, frame %d: %w", w.path, w.frames, err)
	}
	even := bgr.Region(image.Rect(0, 0, w.size.X&^1, w.size.Y&^1))
	defer even.Close()
	if err := w.writer.Write(even); err != nil {
		return fmt.Errorf("write video %q, frame %d: %w", w.path, w.frames, err)
	}
	w.frames++
	return nil
}

// Finish puts the video in its place, over a file of that name, once it was looked at:
// FFmpeg keeps to itself that a disk is full.
func (w *VideoWriter) Finish() (err error) {
	if w.writer == nil {
		return fmt.Errorf("write video %q: it is closed", w.path)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("write video %q: %w", w.path, errors.Join(err, w.Close()))
		}
	}()
	if err := w.end(); err != nil {
		return err
	}
	v, err := OpenVideo(w.temp)
	if err != nil {
		return fmt.Errorf("what was written cannot be read again, is the disk full?: %w", err)
	}
	n := v.Len()
	if err := v.Close(); err != nil {
		return err
	}
	if n != w.frames {
		return fmt.Errorf("%d of %d frames are there, is the disk full?", n, w.frames)
	}
	f, err := os.Open(w.temp)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(w.temp, w.path)
}

// Close gives up a video that was not finished, and leaves nothing of it. After Finish it
// does nothing.
func (w *VideoWriter) Close() error {
	err := w.end()
	if gone := os.Remove(w.temp); !errors.Is(gone, os.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}

// end makes OpenCV write the last of the file.
func (w *VideoWriter) end() error {
	if w.writer == nil {
		return nil
	}
	writer := w.writer
	w.writer = nil
	return writer.Close()
}
