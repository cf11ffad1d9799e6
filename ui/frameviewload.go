package ui

import (
	"context"
	"errors"
	"image"
	"io/fs"
	"time"

	"frglab/dataset"
	"frglab/engine"
)

// shot is a frame as it is shown: its pixels and its samples.
type shot struct {
	place
	info    dataset.Frame // ID is 0 where nobody looked at it yet; the source's words are there always
	picture framePicture
	samples []dataset.Sample
	crop    bool  // there is no frame: the picture is the crop itself
	err     error // why there are no pixels
}

// source is what the samples of this frame have in common.
func (s shot) source() dataset.Sample {
	return dataset.Sample{Source: s.info.Source, Title: s.info.Title, Episode: s.info.Episode, Path: s.info.Path}
}

// frameWish is a frame that is asked for.
type frameWish struct {
	place
	sample int64          // to be selected, 0 for whichever there is
	fit    bool           // show the whole of it
	known  dataset.Sample // a sample of the same source; the zero value where none is known
}

// goTo shows another frame. The one on screen stays until that is there; the newest wish
// wins.
func (m *frameMode) goTo(w frameWish) {
	m.pane.Settle()
	if w.place == m.wish.place && (m.loading != nil || m.shot.place == w.place && m.shot.err == nil) {
		m.wish.sample = w.sample
		if m.loading == nil && m.sample(w.sample).ID != 0 {
			m.choose(w.sample)
		}
		return
	}
	m.stopJobs()
	m.wish = w
	p, s := m.project, m.s
	var mine *job
	mine = start(m.s.jobs, &job{name: tr("Show frame"), quiet: true, of: p}, func(ctx context.Context, _ *job) (shot, error) {
		return s.readShot(ctx, p, w)
	}, func(shown shot, err error) {
		if m.loading != mine {
			return
		}
		m.loading = nil
		if err != nil {
			m.wish = frameWish{place: m.shot.place}
			m.redraw()
			return
		}
		m.arrived(shown)
	})
	m.loading = mine
	m.bar.refresh()
}

// readShot runs in a job. That the file cannot be read is no error of the job: it is
// shown in the frame's place.
func (s *session) readShot(ctx context.Context, p *dataset.Project, w frameWish) (shot, error) {
	shown := shot{place: w.place}
	var err error
	if shown.samples, err = p.FrameSamples(w.source, w.frame); err != nil {
		return shown, err
	}
	var known bool
	if shown.info, known, err = p.FrameAt(w.source, w.frame); err != nil {
		return shown, err
	}
	if !known {
		of := w.known
		if len(shown.samples) > 0 {
			of = shown.samples[0]
		}
		shown.info = dataset.Frame{Source: w.source, Frame: w.frame, At: of.At, Path: of.Path, Title: of.Title, Episode: of.Episode}
	}
	if id, ok := onlyCrop(shown, w.sample); ok {
		shown.crop = true
		shown.picture.img, err = p.Crop(id)
		return shown, err
	}
	shown.picture, shown.err = s.framePicture(ctx, shown.info.Path, w.frame)
	if errors.Is(shown.err, context.Canceled) {
		return shown, shown.err
	}
	if shown.picture.frames > 0 {
		shown.info.At = shown.picture.at
	}
	return shown, nil
}

// onlyCrop tells that a picture was a crop already when it was imported, and which
// sample to show.
func onlyCrop(s shot, want int64) (id int64, ok bool) {
	for _, sample := range s.samples {
		if !sample.Box.Empty() {
			return 0, false
		}
		if id == 0 || sample.ID == want {
			id = sample.ID
		}
	}
	return id, id != 0 && (s.info.ID == 0 || s.info.Kind == dataset.KindCrop)
}

// arrived puts a frame on screen.
func (m *frameMode) arrived(shown shot) {
	w, before := m.wish, m.shot
	m.shot = shown
	m.proposals = nil
	m.selected = m.firstChoice(w.sample)
	if _, ok := m.t.l.index[w.sample]; ok {
		m.anchor = w.sample
	}
	m.pane.Edit = !shown.crop && shown.err == nil
	m.pane.SetBoxes(nil)
	if shown.picture.img == nil {
		m.pane.SetImage(nil)
	} else {
		m.pane.SetImage(shown.picture.img)
	}
	if w.fit || before.picture.img == nil || shown.picture.img == nil || before.picture.img.Rect != shown.picture.img.Rect {
		m.view.Fit()
	}
	m.redraw()
	m.propose()
	m.readAhead()
}

// firstChoice is the sample to select in a frame that was just opened: the one asked
// for, else the first that waits for a verdict.
func (m *frameMode) firstChoice(want int64) int64 {
	if m.sample(want).ID != 0 {
		return want
	}
	if m.missed != nil {
		return 0
	}
	for _, s := range m.shot.samples {
		if !s.Checked {
			return s.ID
		}
	}
	if len(m.shot.samples) > 0 {
		return m.shot.samples[0].ID
	}
	return 0
}

// readAhead has the pixels of the frame that comes next ready before it is asked for.
func (m *frameMode) readAhead() {
	var path string
	var frame int
	if m.missed != nil {
		path, frame = m.missed.following(m)
	} else if _, s, ok := m.beside(1); ok {
		path, frame = s.Path, s.Frame
	}
	if path == "" {
		return
	}
	s := m.s
	m.ahead = start(m.s.jobs, &job{name: tr("Show frame"), quiet: true}, func(ctx context.Context, _ *job) (struct{}, error) {
		_, _ = s.framePixels(ctx, path, frame) // whoever wants to see it is told why not
		return struct{}{}, nil
	}, nil)
}

func (m *frameMode) stopJobs() {
	for _, j := range append(m.finding, m.loading, m.ahead) {
		if j != nil {
			j.cancel()
		}
	}
	m.finding, m.loading, m.ahead = nil, nil, nil
}

// again reads a frame whose file could not be read.
func (m *frameMode) again() {
	w := m.wish
	m.wish = frameWish{}
	m.goTo(w)
}

// beside is the next sample of the list, or the one before, that is of another frame.
func (m *frameMode) beside(by int) (id int64, s dataset.Sample, ok bool) {
	ids := m.t.l.ids
	i, known := 0, false
	for _, from := range []int64{m.anchor, m.selected, m.t.current} {
		if i, known = m.t.l.index[from]; known {
			break
		}
	}
	if !known {
		return 0, s, false
	}
	for i += by; i >= 0 && i < len(ids); i += by {
		if s, ok := m.t.rows.get(ids[i]); ok && (place{s.Source, s.Frame}) != m.wish.place {
			return ids[i], s, true
		}
	}
	return 0, s, false
}

// step goes to the next frame, or the one before.
func (m *frameMode) step(by int) {
	if m.missed != nil {
		m.missed.step(m, by)
		return
	}
	id, s, ok := m.beside(by)
	if !ok {
		m.s.notify(tr("There is no further frame in this list."))
		return
	}
	m.goTo(frameWish{place: place{s.Source, s.Frame}, sample: id, fit: true, known: s})
}

// stepInVideo goes to the frame beside this one in the video itself.
func (m *frameMode) stepInVideo(by int) {
	frames, to := m.shot.picture.frames, m.wish.frame+by
	if frames == 0 || to < 0 || to >= frames {
		return
	}
	known := m.shot.source()
	m.goTo(frameWish{place: place{m.wish.source, to}, known: known})
}

// gone says that a file is not there any more, rather than damaged.
func (s shot) gone() bool { return errors.Is(s.err, fs.ErrNotExist) }

// closest is the sample whose box overlaps r most, 0 where none does.
func closest(samples []dataset.Sample, r image.Rectangle) (id int64) {
	best := 0.0
	for _, s := range samples {
		if o := engine.IoU(s.Box, r); o > best {
			best, id = o, s.ID
		}
	}
	return id
}

// timeText is a time in a video.
func timeText(at time.Duration) string { return at.Round(10 * time.Millisecond).String() }
