package ui

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	"frglab/engine/vision"
)

// playing is a video that runs on screen, while a job beside it looks at the newest frame
// each time it has done with the last one.
type playing struct {
	player, watcher *job
	frames          slot[detectShot] // for the watcher
	latest          finding          // in the frame that it looked at last
	latestAt        int
	latestOf        sketch
	boxesAt         int // the frame whose boxes are on screen, -1 for none

	since        time.Time
	shownN, seen int // frames shown, and looked at, since then
}

// stale is for how many seconds a running video keeps the boxes of an earlier frame, as long
// as the picture stays much the same.
const stale = 3

func (s *videoStrip) toggle() {
	if s.player != nil {
		s.pause()
	} else if s.record != nil {
		s.play()
	}
}

// play runs the video from the frame on screen, or from the start where that is the last.
func (s *videoStrip) play() {
	t := s.t
	t.drop()
	file, from := s.shot.file, t.frame
	if from >= file.frames-1 {
		from = 0
	}
	t.asked = t.setup()
	mine := &job{name: tr("Play"), quiet: true}
	s.playing = playing{player: mine, frames: newSlot[detectShot](), latestAt: -1, boxesAt: -1, since: s.now()}
	show := latest(t.s.jobs, func(shot detectShot) {
		if s.player == mine {
			s.stream(shot)
		}
	})
	start(t.s.jobs, mine, func(ctx context.Context, _ *job) (_ struct{}, err error) {
		v, err := vision.OpenVideo(file.path)
		if err != nil {
			return struct{}{}, err
		}
		defer func() { err = errors.Join(err, v.Close()) }()
		if err := v.Seek(from); err != nil {
			return struct{}{}, err
		}
		p := playback{fps: v.Info().FPS, last: file.frames - 1, now: time.Now, sleep: rest, show: func(frame int, img *image.RGBA) {
			show(detectShot{file: file, frame: frame, img: img})
		}}
		return struct{}{}, p.run(ctx, v, from)
	}, func(struct{}, error) {
		if s.player == mine { // the end
			s.pause()
		}
	})
	s.restartWatch()
	if f, ok := s.known(s.shot); ok && from == s.shot.frame {
		s.latest, s.latestAt, s.latestOf = f, from, sketchOf(s.shot.img)
	}
	t.refresh() // no boxes yet
	s.refresh()
}

// restartWatch looks at the frames of a running video, with the parameters of now.
func (s *videoStrip) restartWatch() {
	if s.player == nil {
		return
	}
	if s.watcher != nil {
		s.watcher.cancel()
	}
	t, set, record, frames := s.t, s.t.setup(), s.record, s.frames
	s.latest, s.latestAt, s.boxesAt, t.asked = finding{}, -1, -1, set
	mine := &job{name: tr("Look"), quiet: true}
	s.watcher = mine
	start(t.s.jobs, mine, func(ctx context.Context, j *job) (struct{}, error) {
		look := func(ctx context.Context, img *image.RGBA) (finding, error) { return t.finder.look(ctx, img, set) }
		return struct{}{}, watch(ctx, frames, look, func(shot detectShot, f finding) {
			t.s.jobs.onUI(func() {
				t.s.show(record.put(shot.frame, f, set, t.setup()))
				if s.watcher == mine {
					s.noticed(shot, f)
				}
			})
		})
	}, nil)
}

// stream shows a frame of the running video.
func (s *videoStrip) stream(shot detectShot) {
	s.shownN++
	f, ok := s.known(shot)
	of := shot.frame
	if ok {
		s.latest, s.latestAt, s.latestOf = f, of, sketchOf(shot.img)
	} else {
		s.frames.put(shot)
		of = -1
		age := shot.frame - s.latestAt
		if s.latestAt >= 0 && age >= 0 && float64(age) <= stale*s.shot.file.rate && s.latestOf.like(sketchOf(shot.img)) {
			f, of = s.latest, s.latestAt
		}
	}
	s.t.stream(shot.frame, shot.img)
	if of != s.boxesAt { // drawing boxes that are there costs
		s.t.finding, s.boxesAt = f, of
		s.t.refresh()
	}
	s.shot.frame, s.shot.img = shot.frame, shot.img
	s.ribbon.seek(shot.frame)
	s.describe(-1)
}

// noticed takes what was found in a frame of the running video.
func (s *videoStrip) noticed(shot detectShot, f finding) {
	s.seen++
	s.latest, s.latestAt, s.latestOf = f, shot.frame, sketchOf(shot.img)
	s.retraceSoon()
}

// pause stops the video, and looks at the frame it stopped at.
func (s *videoStrip) pause() {
	if s.player == nil {
		return
	}
	s.t.s.notify(tr("Played: %s", s.rates()))
	s.halt()
	s.retrace()
	s.t.look()
}

// halt stops the video.
func (s *videoStrip) halt() {
	if s.player == nil {
		return
	}
	s.player.cancel()
	if s.watcher != nil {
		s.watcher.cancel()
	}
	s.playing = playing{}
	s.refresh()
}

// rates says how fast the video runs.
func (s *videoStrip) rates() string {
	took := max(s.now().Sub(s.since).Seconds(), 0.001)
	return fmt.Sprintf(tr("%.0f frames/s, %.1f looked at"), float64(s.shownN)/took, float64(s.seen)/took)
}
