package ui

import (
	"context"
	"errors"
	"sync"

	"frglab/engine/vision"
)

// reel keeps the video on screen open, so that its next frame is there at once. Its
// methods are called from jobs and wait for each other.
type reel struct {
	mu    sync.Mutex
	path  string
	video *vision.Video // nil: none is open
}

// read decodes a picture, or one frame of a video.
func (r *reel) read(ctx context.Context, p picture, frame int) (pic framePicture, err error) {
	if p.files != nil || !vision.IsVideo(p.path) {
		return p.read(ctx, frame)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := ctx.Err(); err != nil { // another frame was wanted meanwhile
		return pic, err
	}
	if r.video == nil || r.path != p.path {
		if err := r.shut(); err != nil {
			return pic, err
		}
		if r.video, err = vision.OpenVideo(p.path); err != nil {
			return pic, err
		}
		r.path = p.path
	}
	if err = r.video.Seek(frame); err == nil {
		pic.img, pic.at, err = r.video.Next()
	}
	if err != nil {
		return framePicture{}, errors.Join(err, r.shut())
	}
	info := r.video.Info()
	pic.frames, pic.rate = info.Frames, info.FPS
	return pic, nil
}

// shut closes the video; mu is held.
func (r *reel) shut() error {
	if r.video == nil {
		return nil
	}
	v := r.video
	r.video = nil
	return v.Close()
}

// close ends the decoder, unless a job that does not end still reads from it.
func (r *reel) close() error {
	if !r.mu.TryLock() {
		return nil
	}
	defer r.mu.Unlock()
	return r.shut()
}
