package dataset

import (
	"image"
	"io"
	"time"
)

// footage is an open video whose Frames may have more than Next.
type footage struct {
	Frames
	pos    int         // of the next picture
	held   *image.RGBA // that picture, where peek had to read it
	heldAt time.Duration
}

// glance is how many pixels of a picture are looked at to see whether it is a new one.
var glance = image.Pt(points*len(mosaic{}[0]), points*len(mosaic{}))

func (r *reader) video() (*footage, error) {
	v, err := r.c.OpenVideo(r.file.path)
	return &footage{Frames: v}, err
}

// peek is the next picture, perhaps made small.
func (v *footage) peek() (*image.RGBA, time.Duration, error) {
	if p, ok := v.Frames.(interface {
		Peek(width, height int) (*image.RGBA, time.Duration, error)
	}); ok {
		return p.Peek(glance.X, glance.Y)
	}
	var err error
	if v.held == nil {
		v.held, v.heldAt, err = v.Next()
	}
	return v.held, v.heldAt, err
}

// next is the next picture.
func (v *footage) next() (img *image.RGBA, at time.Duration, err error) {
	if img, at = v.held, v.heldAt; img == nil {
		img, at, err = v.Next()
	}
	if err == nil {
		v.pos++
	}
	v.held = nil
	return img, at, err
}

// skip passes over n pictures.
func (v *footage) skip(n int) error {
	if n > 0 && v.held != nil {
		v.held = nil
		v.pos++
		n--
	}
	if s, ok := v.Frames.(interface{ Skip(n int) error }); ok && n > 0 {
		v.pos += n
		return s.Skip(n)
	}
	for range n {
		if _, _, err := v.next(); err != nil {
			return err
		}
	}
	return nil
}

// share is how much of the video was read, 0 where nobody knows.
func (v *footage) share() float64 {
	if l, ok := v.Frames.(interface{ Len() int }); ok && l.Len() > 0 {
		return min(1, float64(v.pos)/float64(l.Len()))
	}
	return 0
}

// close lets go of the file, which was only read: there is nothing to lose.
func (v *footage) close() {
	if c, ok := v.Frames.(io.Closer); ok {
		_ = c.Close()
	}
}
