package dataset

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// clip is a file of a collection.
type clip struct {
	path, kind string
	source     int64 // 0 where the project did not know it
}

// shot is one frame on its way through a collection: read, looked at, written. One
// without an image only brings news of a file.
type shot struct {
	*clip
	frame int
	at    time.Duration
	img   *image.RGBA
	size  image.Point
	has   []present  // what the project has of this frame
	ask   FrameState // the detectors that have not seen it
	free  bool       // nobody saw a face in it before

	share float64 // of the collection that is read
	known bool    // it was seen before
	fault error   // why there is no more of the file

	looked
	done chan struct{} // closed when it was looked at
}

// present is a sample that a frame has.
type present struct {
	id       int64
	box      image.Rectangle
	proposer string
	gone     int
}

// reader takes frames out of files.
type reader struct {
	ctx  context.Context
	p    *Project
	c    CollectConfig
	out  func(*shot) // hands a frame on, and waits for room
	file *clip

	size, before, total int64 // bytes: of the file, of those before it, of all
}

// files reads what a collection is to look at.
func (r *reader) files(paths []string) error {
	sizes := make([]int64, len(paths))
	for i, path := range paths {
		sizes[i] = 1
		if info, err := os.Stat(path); err == nil {
			sizes[i] += info.Size()
		}
		r.total += sizes[i]
	}
	for i, path := range paths {
		r.size = sizes[i]
		if err := r.clip(path, r.frames); err != nil {
			return err
		}
		r.before += sizes[i]
	}
	return nil
}

// clip opens a file as a source and lets read take frames from it. What is wrong with
// the file does not end the collection.
func (r *reader) clip(path string, read func(seen map[int]FrameState) error) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	r.file = &clip{path: path, kind: KindPicture}
	if r.c.IsVideo != nil && r.c.IsVideo(path) {
		r.file.kind = KindVideo
	}
	seen, err := r.seen()
	if err != nil {
		return err
	}
	if err := read(seen); r.ctx.Err() != nil {
		return r.ctx.Err()
	} else if errors.As(err, new(fatal)) {
		return err
	} else if err != nil {
		r.send(&shot{fault: err}, 1)
	}
	return nil
}

// fatal is trouble with the project rather than with a file.
type fatal struct{ error }

// seen finds the file among the sources, and the states of its frames.
func (r *reader) seen() (map[int]FrameState, error) {
	states := map[int]FrameState{}
	rows, err := r.p.r.Query(`SELECT o.id, coalesce(f.frame, -1), coalesce(f.state, 0)
		FROM sources o LEFT JOIN frames f ON f.source = o.id WHERE o.path = ?`, r.file.path)
	if err != nil {
		return nil, fatal{err}
	}
	defer rows.Close()
	for rows.Next() {
		var frame int
		var state FrameState
		if err := rows.Scan(&r.file.source, &frame, &state); err != nil {
			return nil, fatal{err}
		}
		states[frame] = state
	}
	return states, rows.Err()
}

// frames reads a picture, or what Sampling chooses of a video.
func (r *reader) frames(seen map[int]FrameState) error {
	if r.file.kind == KindPicture {
		if r.asking(seen[0]) == 0 {
			r.send(&shot{known: true}, 1)
			return nil
		}
		img, err := ReadImage(r.file.path)
		if err != nil {
			return err
		}
		return r.take(&shot{img: img}, seen[0], 1)
	}
	v, err := r.video()
	if err != nil {
		return err
	}
	defer v.close()
	pick := picker{Sampling: r.c.Sampling}
	for step := 1; ; {
		small, at, err := v.peek()
		if err == io.EOF && v.pos == 0 {
			return fmt.Errorf("read video %q: no frame can be decoded: play it in another program to see whether it is whole", r.file.path)
		} else if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		frame := v.pos
		learn := frame == 1 && r.c.Sampling.Every == 0 // how long a frame lasts
		if learn || frame == 0 {
			step = pick.step(at)
		}
		switch state := seen[frame]; {
		case learn:
		case !pick.wants(small, at):
			r.send(&shot{}, v.share())
		case r.asking(state) == 0:
			r.send(&shot{known: true}, v.share())
		default:
			s := &shot{frame: frame, at: at}
			if s.img, _, err = v.next(); err != nil {
				return err
			}
			if err := r.take(s, state, v.share()); err != nil {
				return err
			}
		}
		if r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		if err := v.skip(frame + step - v.pos); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// asking are the detectors of this collection that have not seen a frame.
func (r *reader) asking(state FrameState) (ask FrameState) {
	if len(r.c.Cascade) > 0 {
		ask |= LookedCascade
	}
	if len(r.c.CNN) > 0 {
		ask |= LookedCNN
	}
	return ask &^ state
}

// take hands a frame on to be looked at.
func (r *reader) take(s *shot, state FrameState, share float64) error {
	s.size = s.img.Rect.Size()
	s.ask = r.asking(state)
	if r.file.source != 0 {
		var err error
		if s.has, err = r.present(s.frame); err != nil {
			return err
		}
	}
	s.free = s.free || !slices.ContainsFunc(s.has, func(h present) bool { return h.gone == there && h.proposer != proposerRandom })
	r.send(s, share)
	return nil
}

// present are the samples of a frame, also those that were removed: nobody wants them
// proposed again.
func (r *reader) present(frame int) (list []present, err error) {
	rows, err := r.p.r.Query("SELECT id, x, y, w, h, proposer, gone FROM samples WHERE source = ? AND frame = ? AND gone IN (?, ?) ORDER BY id",
		r.file.source, frame, there, removed)
	if err != nil {
		return nil, fatal{err}
	}
	defer rows.Close()
	for rows.Next() {
		var s present
		var x, y, w, h int
		if err := rows.Scan(&s.id, &x, &y, &w, &h, &s.proposer, &s.gone); err != nil {
			return nil, fatal{err}
		}
		s.box = image.Rect(x, y, x+w, y+h)
		list = append(list, s)
	}
	return list, rows.Err()
}

// send hands a shot on. share is how much of the file is read.
func (r *reader) send(s *shot, share float64) {
	s.clip = r.file
	s.share = (float64(r.before) + share*float64(r.size)) / float64(max(1, r.total))
	s.done = make(chan struct{})
	r.out(s)
}
