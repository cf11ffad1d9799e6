package dataset

import (
	"context"
	"errors"
	"fmt"
	"image"
	"path/filepath"
	"time"
)

// Frames gives the pictures of a video in their order; io.EOF ends them. A picture is
// the receiver's. Where Frames also has
//
//	Peek(width, height int) (*image.RGBA, time.Duration, error) // what Next will return, as so many pixels
//	Skip(n int) error // passes over n pictures, io.EOF where the video ends before
//	Len() int         // how many pictures the file announces, 0 for unknown
//	Close() error
//
// a collection uses these.
type Frames interface {
	Next() (img *image.RGBA, at time.Duration, err error)
}

// Proposal is a box that a detector takes for a face.
type Proposal struct {
	Box   image.Rectangle // in pixels of the frame
	Score float64         // as the detector counts
}

// Proposer is a detector. It is asked by one goroutine at a time.
type Proposer interface {
	Propose(ctx context.Context, img *image.RGBA) ([]Proposal, error)
}

// The proposers of collected samples.
const (
	proposerCascade = "cascade"
	proposerCNN     = "cnn"
	proposerBoth    = "cascade+cnn"
	proposerRandom  = "random"
)

// CollectConfig says what a collection looks at, and with what.
type CollectConfig struct {
	// Title and Episode are those of all files. One that is empty is guessed from the
	// path of each file, as GuessTitle does.
	Title, Episode string
	Sampling       Sampling // of videos; a picture is always looked at

	// Cascade and CNN propose faces. As many frames are looked at at once as the longer
	// of the two has proposers. One that is empty is not asked.
	Cascade, CNN []Proposer
	Margin       float64 // side of a crop in sides of its box; 0: Margin

	// Negatives is how many windows are taken at random from each frame in which nobody
	// sees a face, Seed which.
	Negatives int
	Seed      uint64

	IsVideo   func(path string) bool // by its content; nil: nothing is
	OpenVideo func(path string) (Frames, error)

	// Progress is called on Collect's goroutine, once a frame. It may be nil.
	Progress func(CollectProgress)
}

// CollectProgress says how far a collection is.
type CollectProgress struct {
	Path      string        // of the file being read
	Share     float64       // of the whole, 0 to 1, by the sizes of the files
	Frames    int           // that were looked at
	Stored    int           // samples that are on the disk
	PerSecond float64       // frames looked at
	Left      time.Duration // until the end; 0 where nobody knows
}

// CollectReport says what a collection did.
type CollectReport struct {
	Frames    int            `json:"frames"`    // that were looked at
	Missed    int            `json:"missed"`    // of these, without a proposal
	Known     int            `json:"known"`     // passed over: the same detectors looked at them before
	Added     int            `json:"added"`     // samples
	Skipped   int            `json:"skipped"`   // proposals that the project has already
	Proposers map[string]int `json:"proposers"` // samples added, by proposer
	Failed    []Failure      `json:"failed"`    // files; what could be read of them was
}

// Collect looks for faces in pictures and videos. What a detector proposes becomes a
// sample of class Face that nobody checked, with its crop; boxes of both that overlap
// are one sample of the proposer "cascade+cnn". Every frame looked at is remembered, so
// that the same collection again adds nothing and an interrupted one goes on, and so
// that Frames lists those without a hit.
//
// A file that cannot be read is reported, and the rest goes on. A cancelled ctx ends the
// collection with its error; what was found stays. What is found is written about once
// a second, in the order of files and frames however many proposers there are, and all
// of it is one act for Undo (more where labels came in between), which also makes the
// frames unseen again.
func (p *Project) Collect(ctx context.Context, paths []string, c CollectConfig) (CollectReport, error) {
	if len(c.Cascade)+len(c.CNN) == 0 {
		return CollectReport{}, errors.New("collect: no detector to look for faces: choose the cascade, a model, or both")
	}
	what := fmt.Sprintf("collect from %d files", len(paths))
	if len(paths) == 1 {
		what = "collect from " + filepath.Base(paths[0])
	}
	return p.collect(ctx, what, c, func(r *reader) error { return r.files(paths) })
}

// CollectNegatives takes c.Negatives random windows of class Other, which nobody
// checked, from each frame of the project that has no face: none of its samples is one,
// and a person checked it or no detector proposed anything. Frames that gave some before
// are passed over. Of the rest of c only the videos and Progress are used; else it is
// as Collect.
func (p *Project) CollectNegatives(ctx context.Context, c CollectConfig) (CollectReport, error) {
	if c.Negatives <= 0 {
		return CollectReport{}, fmt.Errorf("collect random negatives: %d from each frame: ask for 1 or more", c.Negatives)
	}
	c.Cascade, c.CNN, c.Title, c.Episode = nil, nil, "", ""
	return p.collect(ctx, "collect random negatives", c, (*reader).faceFree)
}

// collect runs a collection: one goroutine reads frames, some look at them, and this one
// writes. Detection takes nearly all of the time, so reading and writing beside it leave
// every core to it.
func (p *Project) collect(ctx context.Context, what string, c CollectConfig, read func(*reader) error) (CollectReport, error) {
	w := &writer{p: p, what: what, c: c, source: map[string]int64{}, report: CollectReport{Proposers: map[string]int{}, Failed: []Failure{}}}
	if p.ReadOnly() {
		return w.report, fmt.Errorf("%s: project %q: %w", what, p.Name(), ErrReadOnly)
	}
	if c.Margin == 0 {
		w.c.Margin = Margin
	}
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	shots := look(inner, w.c, func(r *reader) error { r.p = p; return read(r) })
	err := w.all(shots)
	cancel() // after an error: the others end
	for range shots {
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		err = fmt.Errorf("%s: project %q: %w", what, p.Name(), err)
	}
	return w.report, err
}
