package ui

import (
	"context"
	"image"
	"io"
	"time"
)

// footage is a video that is played; *vision.Video is one.
type footage interface {
	Next() (*image.RGBA, time.Duration, error)
	Skip(n int) error
}

// playback shows the frames of a video when they are due.
type playback struct {
	fps   float64
	last  int // frame, which is shown in any case
	now   func() time.Time
	sleep func(ctx context.Context, d time.Duration)
	show  func(frame int, img *image.RGBA)
}

// run plays from a frame on, which is the next one of v, to the end. Where decoding is
// too slow, it leaves out frames rather than fall behind.
func (p playback) run(ctx context.Context, v footage, frame int) error {
	began, first := p.now(), frame
	due := func() time.Time {
		return began.Add(time.Duration(float64(frame-first) / p.fps * float64(time.Second)))
	}
	for {
		if late := min(int(p.now().Sub(due()).Seconds()*p.fps), p.last-frame); late > 0 {
			if err := v.Skip(late); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
			frame += late
		}
		img, _, err := v.Next()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if early := due().Sub(p.now()); early > 0 {
			p.sleep(ctx, early)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p.show(frame, img)
		frame++
	}
}

// rest waits, or until ctx ends.
func rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// watch looks at the newest frame in a slot, and then at the one that is the newest by
// then, until ctx ends. found is told what was in it.
func watch(ctx context.Context, frames slot[detectShot], look func(context.Context, *image.RGBA) (finding, error), found func(detectShot, finding)) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case shot := <-frames:
			f, err := look(ctx, shot.img)
			if err != nil {
				return err
			}
			found(shot, f)
		}
	}
}
