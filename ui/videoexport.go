package ui

import (
	"context"
	"errors"
	"io"
	"maps"
	"path/filepath"
	"strings"
	"time"

	"frglab/engine"
	"frglab/engine/vision"
	"frglab/ui/native"
	"frglab/ui/results"
)

// askExport asks where to put a copy of the video with the boxes drawn in.
func (s *videoStrip) askExport() {
	if s.record == nil {
		return
	}
	file := s.shot.file
	name := strings.TrimSuffix(file.name, filepath.Ext(file.name)) + "-" + tr("faces") + ".mp4"
	s.t.s.dialogs.SaveFile(s.t.s.win, tr("Export video"), filepath.Base(name), []native.Filter{{Name: "mp4", Extensions: []string{"mp4"}}}, func(path string) {
		if path == "" {
			return
		}
		if !strings.EqualFold(filepath.Ext(path), ".mp4") {
			path += ".mp4"
		}
		s.export(path)
	})
}

// export looks at the frames that nobody looked at yet, and writes all of them with what
// is in them: a face that is lost for a moment keeps its box.
func (s *videoStrip) export(path string) {
	if s.record == nil {
		return
	}
	t, file, set, record := s.t, s.shot.file, s.t.setup(), s.record
	looks := maps.Clone(record.looks)
	start(t.s.jobs, &job{name: tr("Export %s", filepath.Base(path))}, func(ctx context.Context, j *job) (int, error) {
		frames := todo(file.frames, func(n int) bool { _, ok := looks[n]; return ok }, []int{1})
		err := t.finder.through(ctx, file.path, set, frames, func(frame int, f finding) {
			looks[frame] = f
			t.s.jobs.onUI(func() { s.learnt(record, frame, f, set) })
		}, func(done, all int, left time.Duration) {
			j.tell(0.9*float64(done)/float64(max(1, all)), tr("%s left", duration(left.Seconds())))
		})
		if err != nil {
			return 0, err
		}
		whole := &videoRecord{asked: set, looks: looks}
		if whole.found, err = choose(ctx, looks, set); err != nil {
			return 0, err
		}
		whole.trace()
		return whole.write(ctx, file.path, path, set, func(share float64) { j.tell(0.9+0.1*share, "") })
	}, func(frames int, err error) {
		if err == nil {
			t.s.notify(tr("%d frames are in %s.", frames, path))
		}
	})
}

// write copies a video with the boxes of a record. What is there after an error, or a
// cancel, is what was there before.
func (r *videoRecord) write(ctx context.Context, from, to string, set detectSetup, told func(share float64)) (n int, err error) {
	if sameFile(from, to) {
		return 0, errors.New(tr("%s is the video itself: choose another name.", to))
	}
	v, err := vision.OpenVideo(from)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	var w *vision.VideoWriter
	defer func() {
		if w != nil {
			err = errors.Join(err, w.Close())
		}
	}()
	for ; ; n++ {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		img, _, err := v.Next()
		if err == io.EOF && w != nil {
			return n, w.Finish()
		} else if err != nil {
			return 0, err
		}
		drawn, err := results.Draw(img, r.records(n, set))
		if err != nil {
			return 0, err
		}
		if w == nil {
			size := drawn.Rect.Size()
			if w, err = vision.CreateVideo(to, size.X, size.Y, v.Info().FPS); err != nil {
				return 0, err
			}
		}
		if err := w.Write(drawn); err != nil {
			return 0, err
		}
		told(float64(n) / float64(max(1, v.Len())))
	}
}

// records is what was found in a frame, as files have it.
func (r *videoRecord) records(frame int, set detectSetup) (list []results.Record) {
	look := r.looks[frame]
	boxes := func(lane int) (out []engine.Detection) {
		for _, s := range r.seen[lane][frame] {
			out = append(out, s.Detection)
		}
		return out
	}
	ms := func(d time.Duration) float64 { return float64(d.Milliseconds()) }
	if set.model != nil {
		list = append(list, results.Record{Detector: results.CNN, Mode: set.params.Mode, MS: ms(look.cnn.took), Detections: boxes(laneCNN)})
	}
	return append(list, results.Record{Detector: results.Cascade, MS: ms(look.cascade.took), Detections: boxes(laneCascade)})
}
