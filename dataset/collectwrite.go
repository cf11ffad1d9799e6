package dataset

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"image"
	"maps"
	"time"
)

// breath is how often a collection is written: as rarely as one can without somebody
// waiting for new crops.
const breath = time.Second

// writer puts into the project what was found.
type writer struct {
	p      *Project
	what   string
	c      CollectConfig
	act    int64
	source map[string]int64 // that the project had not known, by path
	batch  []*shot
	crops  int
	bytes  int
	wrote  time.Time
	report CollectReport

	began  time.Time // of the first look
	share  float64   // that was read by then
	latest CollectProgress
}

// all writes shots as they come, until they end or one of them failed.
func (w *writer) all(shots <-chan *shot) error {
	w.wrote = time.Now()
	var failed error
	for s := range shots {
		<-s.done
		if errors.Is(s.err, context.Canceled) {
			break
		} else if s.err != nil {
			failed = s.err
			break
		}
		w.note(s)
		if w.crops >= batchCrops || w.bytes >= batchBytes || len(w.batch) > 0 && time.Since(w.wrote) > breath {
			if err := w.flush(); err != nil {
				return errors.Join(failed, err)
			}
		}
		if w.c.Progress != nil {
			w.c.Progress(w.latest)
		}
	}
	err := w.flush()
	if w.c.Progress != nil && err == nil {
		w.c.Progress(w.latest) // what is stored now
	}
	return errors.Join(failed, err)
}

// note takes a shot into the report and the next batch.
func (w *writer) note(s *shot) {
	r, l := &w.report, &w.latest
	switch {
	case s.fault != nil:
		r.Failed = append(r.Failed, Failure{Path: s.path, Reason: s.fault.Error()})
	case s.known:
		r.Known++
	case s.size != image.Point{}:
		if r.Frames == 0 {
			w.began, w.share = time.Now(), s.share
		}
		r.Frames++
		r.Skipped += s.skip
		if s.ask != 0 && s.hits == 0 {
			r.Missed++
		}
		w.batch = append(w.batch, s)
		w.crops += len(s.crops)
		for _, c := range s.crops {
			w.bytes += len(c.png)
		}
	}
	l.Path, l.Share, l.Frames = s.path, s.share, r.Frames
	if took := time.Since(w.began); r.Frames > 1 && took > 0 {
		l.PerSecond = float64(r.Frames-1) / took.Seconds()
		if grown := s.share - w.share; grown > 0 {
			l.Left = time.Duration(float64(took) * (1 - s.share) / grown)
		}
	}
}

// flush writes the batch as one transaction.
func (w *writer) flush() error {
	w.wrote = time.Now()
	if len(w.batch) == 0 {
		return nil
	}
	added, skipped, by := 0, 0, maps.Clone(w.report.Proposers)
	act, err := w.p.act(context.Background(), w.act, w.what, func(tx *sql.Tx, act int64) error {
		a, err := newAdder(tx, act)
		if err != nil {
			return err
		}
		for _, s := range w.batch {
			if err := w.store(a, s, by); err != nil {
				return err
			}
		}
		added, skipped = a.added, a.present
		return nil
	})
	if err != nil {
		return err
	}
	if act != 0 {
		w.act = act
	}
	w.report.Added += added
	w.report.Skipped += skipped
	w.report.Proposers, w.latest.Stored = by, w.report.Added
	w.batch, w.crops, w.bytes = w.batch[:0], 0, 0
	return nil
}

// store writes one frame and its samples.
func (w *writer) store(a *adder, s *shot, by map[string]int) error {
	source, err := w.sourceOf(a.tx, s.clip)
	if err != nil {
		return err
	}
	if s.ask != 0 {
		frame, err := addFrame(a.tx, NewFrame{Source: source, Frame: s.frame, At: s.at, Width: s.size.X, Height: s.size.Y})
		if err != nil {
			return err
		}
		if err := noteFrame(a.tx, a.act, frame, s.ask, 0); err != nil {
			return err
		}
	}
	for _, c := range s.crops {
		c.Source = source
		before := a.added
		if _, err := a.add(c); err != nil {
			return err
		}
		if a.added > before {
			by[c.Proposer]++
		}
	}
	for _, m := range s.both {
		if _, err := a.tx.Exec(`UPDATE samples SET score = iif(proposer = ?, ?, score), proposer = ? WHERE id = ?`,
			proposerCascade, m.score, proposerBoth, m.id); err != nil {
			return err
		}
	}
	return nil
}

// sourceOf finds or makes the source of a file.
func (w *writer) sourceOf(tx *sql.Tx, c *clip) (int64, error) {
	if c.source != 0 && w.c.Title == "" && w.c.Episode == "" {
		return c.source, nil
	}
	if id, ok := w.source[c.path]; ok {
		return id, nil
	}
	info := SourceInfo{Path: c.path, Title: w.c.Title, Episode: w.c.Episode, Kind: c.kind}
	if info.Title != "" || info.Episode != "" {
		title, episode := GuessTitle(c.path)
		info.Title, info.Episode = cmp.Or(info.Title, title), cmp.Or(info.Episode, episode)
	}
	id, err := addSource(tx, info, nil)
	if err == nil {
		w.source[c.path] = id
	}
	return id, err
}
