package dataset

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// FrameState says who looked at a frame: bits.
type FrameState int

// The states of a frame.
const (
	LookedCascade FrameState = 1 << iota // the cascade did
	LookedCNN                            // a network did
	FrameChecked                         // a person did: every face in it has its box
)

// Frame is a picture, or one frame of a video, that somebody looked at. Its pixels are
// in the source.
type Frame struct {
	ID     int64
	Source int64

	Title, Episode, Path, Kind string // of the source

	Frame         int           // index in a video, 0 in a picture
	At            time.Duration // time in a video
	Width, Height int           // in pixels
	State         FrameState

	Faces   int // samples of class Face in it, checked or not
	Samples int // all samples in it
}

// NewFrame is a frame to be made known. Source or Path are as in NewSample.
type NewFrame struct {
	Source               int64
	Title, Episode, Path string

	Frame         int
	At            time.Duration
	Width, Height int
	Print         Print // 0 where nobody took it
}

// FrameFilter picks frames that somebody looked at. The zero value picks all of them.
type FrameFilter struct {
	Missed  bool // only those without a face that no person has checked
	Title   string
	Episode string
	Path    string
}

// AddFrame makes a frame known, and returns its number; one that is known keeps it.
func (p *Project) AddFrame(f NewFrame) (int64, error) {
	var id int64
	err := p.write(context.Background(), func(tx *sql.Tx) (err error) {
		id, err = addFrame(tx, f)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("add frame %d of %q: project %q: %w", f.Frame, f.Path, p.Name(), err)
	}
	return id, nil
}

func addFrame(tx *sql.Tx, f NewFrame) (id int64, err error) {
	source := f.Source
	if source == 0 {
		kind := KindPicture
		if f.At > 0 || f.Frame > 0 {
			kind = KindVideo
		}
		if source, err = addSource(tx, SourceInfo{Path: f.Path, Title: f.Title, Episode: f.Episode, Kind: kind}, nil); err != nil {
			return 0, err
		}
	}
	err = tx.QueryRow(`INSERT INTO frames (source, frame, at, width, height, print, state) VALUES (?, ?, ?, ?, ?, ?, 0)
		ON CONFLICT (source, frame) DO UPDATE SET width = excluded.width, height = excluded.height,
			print = iif(excluded.print = 0, print, excluded.print)
		RETURNING id`, source, f.Frame, f.At.Nanoseconds(), f.Width, f.Height, int64(f.Print)).Scan(&id)
	return id, err
}

// noteFrame sets the state of a frame as part of an act.
func noteFrame(tx *sql.Tx, act, frame int64, set, clear FrameState) error {
	_, err := tx.Exec(`INSERT INTO changes (act, kind, id, before, after)
		SELECT ?1, ?2, id, state, (state | ?3) & ~?4 FROM frames WHERE id = ?5 AND state <> (state | ?3) & ~?4
		ON CONFLICT DO UPDATE SET after = (after | ?3) & ~?4`, act, ofFrame, set, clear, frame)
	if err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE frames SET state = (state | ?) & ~? WHERE id = ?", set, clear, frame)
	return err
}

// CheckFrame says that every face in a frame has its box, or takes that back, as one act.
func (p *Project) CheckFrame(id int64, done bool, what string) error {
	_, err := p.act(context.Background(), 0, what, func(tx *sql.Tx, act int64) error {
		if done {
			return noteFrame(tx, act, id, FrameChecked, 0)
		}
		return noteFrame(tx, act, id, 0, FrameChecked)
	})
	if err != nil {
		return fmt.Errorf("%s: project %q: %w", what, p.Name(), err)
	}
	return nil
}

// Frames are the frames that the filter picks, by title, episode, path and place.
func (p *Project) Frames(f FrameFilter) ([]int64, error) {
	conds, args := []string{"f.state > 0"}, []any{}
	if f.Missed {
		conds = append(conds, "f.state < ?", "NOT EXISTS (SELECT 1 FROM samples s WHERE s.source = f.source AND s.frame = f.frame AND s.gone = 0 AND s.class = 0)")
		args = append(args, FrameChecked)
	}
	for _, c := range []struct{ cond, arg string }{{"o.title = ?", f.Title}, {"o.episode = ?", f.Episode}, {"o.path = ?", f.Path}} {
		if c.arg != "" {
			conds, args = append(conds, c.cond), append(args, c.arg)
		}
	}
	ids, err := scanIDs(p.r.Query("SELECT f.id FROM frames f JOIN sources o ON o.id = f.source WHERE "+strings.Join(conds, " AND ")+
		" ORDER BY o.title, o.episode, o.path, f.frame", args...))
	if err != nil {
		return nil, fmt.Errorf("list frames: project %q: %w", p.Name(), explain(err))
	}
	return ids, nil
}

// Frame is the frame with this number.
func (p *Project) Frame(id int64) (Frame, error) {
	f, err := p.frame("f.id = ?", id)
	if err != nil {
		return f, fmt.Errorf("read frame %d: project %q: %w", id, p.Name(), explain(err))
	}
	return f, nil
}

// FrameAt is the frame at a place of a source. One that nobody looked at yet is false.
func (p *Project) FrameAt(source int64, frame int) (Frame, bool, error) {
	f, err := p.frame("f.source = ? AND f.frame = ?", source, frame)
	if errors.Is(err, sql.ErrNoRows) {
		return f, false, nil
	} else if err != nil {
		return f, false, fmt.Errorf("read frame %d of source %d: project %q: %w", frame, source, p.Name(), explain(err))
	}
	return f, true, nil
}

func (p *Project) frame(where string, args ...any) (f Frame, err error) {
	var at int64
	err = p.r.QueryRow(`SELECT f.id, f.source, o.title, o.episode, o.path, o.kind, f.frame, f.at, f.width, f.height, f.state,
			(SELECT count(*) FROM samples s WHERE s.source = f.source AND s.frame = f.frame AND s.gone = 0 AND s.class = 0),
			(SELECT count(*) FROM samples s WHERE s.source = f.source AND s.frame = f.frame AND s.gone = 0)
		FROM frames f JOIN sources o ON o.id = f.source WHERE `+where, args...).
		Scan(&f.ID, &f.Source, &f.Title, &f.Episode, &f.Path, &f.Kind, &f.Frame, &at, &f.Width, &f.Height, &f.State, &f.Faces, &f.Samples)
	f.At = time.Duration(at)
	return f, err
}

// FrameSamples are the samples of one frame, in the order in which they were added.
func (p *Project) FrameSamples(source int64, frame int) ([]Sample, error) {
	ids, err := scanIDs(p.r.Query("SELECT id FROM samples WHERE source = ? AND frame = ? AND gone = 0 ORDER BY id", source, frame))
	if err == nil {
		var list []Sample
		if list, err = p.samples(ids); err == nil {
			return list, nil
		}
	}
	return nil, fmt.Errorf("read the samples of frame %d: project %q: %w", frame, p.Name(), explain(err))
}
