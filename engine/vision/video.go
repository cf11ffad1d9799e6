package vision

import (
	"errors"
	"fmt"
	"image"
	"time"
)

// VideoInfo describes a video.
type VideoInfo struct {
	// Width and Height are those of the pictures, in pixels, turned upright.
	Width, Height int
	// Frames is how many frames the file announces, 0 if it does not say. Some
	// containers only estimate it: the end is where Next returns io.EOF.
	Frames int
	// FPS is the frame rate, the mean one of a file with a variable rate.
	FPS float64
}

// Video reads the pictures of a video file in order. A process of its own decodes them,
// so that one that crashes, hangs or wants too much memory is an error, which names the
// file; the Video is of no more use then. One goroutine at a time.
type Video struct {
	path   string // as given, for messages
	info   VideoInfo
	worker *worker       // nil once closed
	pos    int           // number of the frame that Next returns, for messages
	quiet  time.Duration // how long the worker may be silent
	dead   error         // how the worker ended
}

// OpenVideo opens a video file and decodes its first frame. The file is only
// read. Close the result.
func OpenVideo(path string) (*Video, error) {
	head, err := readHead(path)
	if err != nil {
		return nil, fmt.Errorf("open video %q: %w", path, err)
	}
	if !videoMagic(head) {
		return nil, fmt.Errorf("open video %q: this is no video file that FrgLab knows; "+
			"convert it to mp4, for example with ffmpeg", path)
	}
	w, err := startWorker(1)
	if err != nil {
		return nil, fmt.Errorf("open video %q: %w", path, err)
	}
	v := &Video{path: path, worker: w[0], quiet: patience}
	a, err := v.ask(request{Word: "open", Path: path, MaxPixels: maxVideoPixels})
	if err != nil {
		return nil, errors.Join(err, v.Close())
	}
	v.info = a.Info
	return v, nil
}

// Info describes the video.
func (v *Video) Info() VideoInfo { return v.info }

// Len is how many frames the file announces, 0 if it does not say: see VideoInfo.
func (v *Video) Len() int { return v.info.Frames }

// Close ends the decoder; calling it again does nothing.
func (v *Video) Close() error {
	if v.worker == nil {
		return nil
	}
	w := v.worker
	v.worker = nil
	return w.close()
}

// Next returns the next picture, which the caller owns, and its time from the
// start of the video. At the end the error is io.EOF; it wraps
// io.ErrUnexpectedEOF where the file ends long before it should, because it was
// cut off or damaged: the pictures so far are good.
func (v *Video) Next() (*image.RGBA, time.Duration, error) {
	img, at, err := v.picture(request{Word: "next"})
	if err == nil {
		v.pos++
	}
	return img, at, err
}

// Peek returns the picture that Next would, without passing over it, as so many pixels
// of it: a fourth of the work.
func (v *Video) Peek(width, height int) (*image.RGBA, time.Duration, error) {
	return v.picture(request{Word: "peek", Width: width, Height: height})
}

// Skip passes over the next n pictures in half the time that Next takes for them.
// Its error is as that of Next, where the video ends before the picture behind them.
func (v *Video) Skip(n int) error {
	_, err := v.ask(request{Word: "skip", Frame: n})
	if err == nil {
		v.pos += n
	}
	return err
}

// Seek makes the picture with this number, counted from 0 in the order of
// Next, the next one. It is exact, and slow where the file has a variable frame
// rate or misleads OpenCV: then all frames from the start are decoded. (One case
// is not noticed: a mkv file that starts with a constant rate, changes it, and
// has a key frame between the change and the target.)
//
// Where the video ends before that frame, the error says so, and the next
// picture is the end.
func (v *Video) Seek(frame int) error {
	if frame < 0 {
		return fmt.Errorf("seek in video %q: frame %d, want 0 or more", v.path, frame)
	}
	v.pos = frame
	_, err := v.ask(request{Word: "seek", Frame: frame})
	return err
}

// picture asks for one.
func (v *Video) picture(r request) (*image.RGBA, time.Duration, error) {
	a, err := v.ask(r)
	if err != nil {
		return nil, 0, err
	}
	pixels, err := v.worker.memory.room(4 * a.Width * a.Height)
	if err != nil {
		return nil, 0, fmt.Errorf("read video %q, frame %d: %w", v.path, v.pos, err)
	}
	img := image.NewRGBA(image.Rect(0, 0, a.Width, a.Height))
	copy(img.Pix, pixels)
	return img, a.At, nil
}

// ask sends the worker a request. A worker that is gone is the same error ever after.
func (v *Video) ask(r request) (*reply, error) {
	switch {
	case v.worker == nil:
		return nil, fmt.Errorf("read video %q: it is closed", v.path)
	case v.dead != nil:
		return nil, v.dead
	}
	a, err := v.worker.ask(r, v.quiet)
	if err != nil {
		next := errors.New("play it to see whether it is whole, or convert it to mp4, for example with ffmpeg")
		if e := new(ended); errors.As(err, e) && e.memory {
			next = errors.New("make its pictures smaller with ffmpeg, or allow more with FRGLAB_NATIVE_MB=8000")
		}
		v.dead = fmt.Errorf("read video %q: its decoder %w at frame %d and was shut off, for the file is damaged or made to do harm: %w", v.path, err, v.pos, next)
		return nil, v.dead
	}
	return a, a.err()
}
