package vision

import (
	"errors"
	"fmt"
	"io"

	"gocv.io/x/gocv"
)

const (
	// probe is how many first frames must have come at a constant rate before
	// OpenCV is trusted to jump.
	probe = 16
	// stroll is how far ahead decoding is faster than jumping: a jump decodes
	// from the last key frame on, half a group of pictures in the mean.
	stroll = 48
)

// seek makes the picture with this number the next one: see Video.Seek.
func (v *decoder) seek(frame int) error {
	err := v.jump(frame)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("seek in video %q: no frame %d, it ends after %d frames", v.path, frame, v.pos)
	}
	return err
}

func (v *decoder) jump(frame int) error {
	if frame >= v.pos && frame-v.pos <= stroll {
		return v.skipTo(frame)
	}
	if v.clock.checked < probe || frame <= probe {
		if err := v.countTo(min(frame, probe)); err != nil || v.pos == frame {
			return err
		}
	}
	// The last frames have no time, so that a landing among them proves
	// nothing: land earlier and walk on.
	for _, early := range []int{0, 32, 128} {
		if !v.clock.uneven && v.land(frame-early) {
			if err := v.skipTo(frame); err == nil && !v.clock.uneven {
				return nil
			}
		}
	}
	return v.countTo(frame)
}

// countTo decodes from the start of the file.
func (v *decoder) countTo(frame int) error {
	if err := v.restart(); err != nil {
		return err
	}
	return v.skipTo(frame)
}

// land lets OpenCV jump and reports whether frame is surely the next one: the
// frame before it has the right number and the right time.
func (v *decoder) land(frame int) bool {
	before := frame - 1
	if before <= probe {
		return false
	}
	v.ready = false
	v.capture.Set(gocv.VideoCapturePosFrames, float64(before))
	if v.capture.Get(gocv.VideoCapturePosFrames) != float64(before) || !v.grab() {
		return false
	}
	ms := v.capture.Get(gocv.VideoCapturePosMsec)
	v.pos = frame
	return ms > 0 && v.clock.near(before, ms)
}

// skipTo walks forward, so that frame is ready.
func (v *decoder) skipTo(frame int) error {
	for v.pos < frame {
		v.alive()
		if v.ready {
			v.ready = false
		} else if v.grab() {
			v.clock.tick(v.pos, v.capture.Get(gocv.VideoCapturePosMsec))
		} else {
			return v.end()
		}
		v.pos++
	}
	return v.decode()
}

// grab decodes a frame without copying it. gocv hides whether that worked;
// OpenCV counts the frame only if it did.
func (v *decoder) grab() bool {
	before := v.capture.Get(gocv.VideoCapturePosFrames)
	v.capture.Grab(1)
	return v.capture.Get(gocv.VideoCapturePosFrames) == before+1
}
