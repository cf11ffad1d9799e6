package ui

import (
	"context"
	"errors"
	"image"
	"maps"
	"time"

	"frglab/engine/vision"
)

// strides are how a video is looked through: roughly first, then ever closer.
var strides = []int{2 * reach, 8, 2, 1}

// todo is the frames of a video that nobody looked at, in the order of strides.
func todo(frames int, looked func(frame int) bool, strides []int) (list []int) {
	taken := make([]bool, frames)
	for _, stride := range strides {
		for n := 0; n < frames; n += stride {
			if !taken[n] && !looked(n) {
				list = append(list, n)
			}
			taken[n] = true
		}
	}
	return list
}

// study looks the video through, until it is stopped: what was found stays.
func (s *videoStrip) study() {
	if s.student != nil {
		s.stopStudy()
		return
	}
	if s.record == nil {
		return
	}
	t, file, set, record := s.t, s.shot.file, s.t.setup(), s.record
	looks := maps.Clone(record.looks)
	mine := &job{name: tr("Look through %s", file.name)}
	s.student = mine
	start(t.s.jobs, mine, func(ctx context.Context, j *job) (struct{}, error) {
		return struct{}{}, t.finder.through(ctx, file.path, set, todo(file.frames, func(n int) bool { _, ok := looks[n]; return ok }, strides),
			func(frame int, f finding) { t.s.jobs.onUI(func() { s.learnt(record, frame, f, set) }) },
			func(done, all int, left time.Duration) {
				j.tell(float64(done)/float64(max(1, all)), tr("%s left", duration(left.Seconds())))
			})
	}, func(struct{}, error) {
		if s.student == mine {
			s.student = nil
			s.refresh()
		}
		if s.record == record {
			s.retrace()
		}
	})
	s.refresh()
}

// learnt takes what was found in a frame that is not on screen.
func (s *videoStrip) learnt(record *videoRecord, frame int, f finding, set detectSetup) {
	s.t.s.show(record.put(frame, f, set, s.t.setup()))
	if s.record == record {
		s.retraceSoon()
	}
}

func (s *videoStrip) stopStudy() {
	if s.student != nil {
		s.student.cancel()
		s.student = nil
		s.refresh()
	}
}

// through looks at frames of a video, in a job.
func (f *finder) through(ctx context.Context, path string, set detectSetup, frames []int, found func(frame int, f finding), told func(done, all int, left time.Duration)) (err error) {
	v, err := vision.OpenVideo(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	began := time.Now()
	for i, n := range frames {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := v.Seek(n); err != nil {
			if i > 0 && v.Len() > 0 && n >= v.Len()*9/10 {
				continue // the file announces more frames than it has
			}
			return err
		}
		var img *image.RGBA
		if img, _, err = v.Next(); err != nil {
			return err
		}
		look, err := f.look(ctx, img, set)
		if err != nil {
			return err
		}
		found(n, look)
		took := time.Since(began)
		told(i+1, len(frames), took*time.Duration(len(frames)-i-1)/time.Duration(i+1))
	}
	return nil
}
