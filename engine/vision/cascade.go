package vision

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"time"

	"gocv.io/x/gocv"
	"golang.org/x/sys/unix"

	"frglab/engine"
)

// CascadeParams says how a cascade searches a picture.
type CascadeParams struct {
	// ScaleFactor is the step between two sizes of the search window, at least
	// 1.01. Smaller finds more and takes longer.
	ScaleFactor float64
	// MinNeighbors is how many neighbours a raw box needs besides itself; 0
	// keeps every cluster (unlike OpenCV, where 0 means: do not group).
	MinNeighbors int
	// MinSize is the smallest side of a face in pixels; 0 is the cascade's own
	// window.
	MinSize int
	// Equalize spreads the brightness over the whole range before the search.
	Equalize bool
}

// DefaultCascadeParams returns the parameters of nagadomi's own example for
// lbpcascade_animeface.
func DefaultCascadeParams() CascadeParams {
	return CascadeParams{ScaleFactor: 1.1, MinNeighbors: 5, MinSize: 24, Equalize: true}
}

// Validate says which parameter is out of range.
func (p CascadeParams) Validate() error {
	switch {
	case !(p.ScaleFactor >= 1.01 && p.ScaleFactor <= 100): // also refuses NaN
		return fmt.Errorf("cascade scale factor %v: want 1.01 to 100", p.ScaleFactor)
	case p.MinNeighbors < 0:
		return fmt.Errorf("cascade minimum of neighbours %d: want 0 or more", p.MinNeighbors)
	case p.MinSize < 0 || p.MinSize > 1<<20:
		return fmt.Errorf("cascade minimum size %d: want 0 to %d pixels", p.MinSize, 1<<20)
	}
	return nil
}

// Cascade finds faces with OpenCV's cascade classifier, in a process of its own: if that
// crashes, hangs or wants too much memory, the search ends with an error, and the next
// one has a new process. One goroutine at a time.
type Cascade struct {
	xml    []byte
	window image.Point // smallest face it can see, pixels
	worker *worker     // nil: it died
	loaded bool        // the worker knows the cascade
	closed bool
}

// NewCascade loads a cascade from the text of OpenCV's XML format. Cascades of
// LBP features with trees of one node are understood, as
// lbpcascade_animeface.xml is one. Close the result.
func NewCascade(xml []byte) (*Cascade, error) {
	c, err := NewCascades(xml, 1)
	if err != nil {
		return nil, err
	}
	return c[0], nil
}

// NewCascades makes n cascades of one text, to search with at the same time. They share a
// process as long as all goes well, for starting one takes a tenth of a second.
func NewCascades(xml []byte, n int) ([]*Cascade, error) {
	description, err := parseCascade(xml)
	if err != nil {
		return nil, fmt.Errorf("load cascade: %w; use the bundled lbpcascade_animeface.xml or one like it", err)
	}
	workers, err := startWorker(n)
	if err != nil {
		return nil, fmt.Errorf("load cascade: %w", err)
	}
	all := make([]*Cascade, n)
	for i, w := range workers {
		all[i] = &Cascade{xml: description.opencvXML(), window: image.Pt(description.Width, description.Height), worker: w}
	}
	return all, nil
}

// load makes the worker ready, a new one where the last one died.
func (c *Cascade) load() error {
	if c.loaded {
		return nil
	}
	if c.worker == nil {
		w, err := startWorker(1)
		if err != nil {
			return fmt.Errorf("load cascade: %w", err)
		}
		c.worker = w[0]
	}
	a, err := c.worker.ask(request{Word: "load", XML: c.xml}, patience)
	if err != nil {
		c.worker = nil
		return fmt.Errorf("load cascade: OpenCV %w: use the bundled lbpcascade_animeface.xml", err)
	}
	c.loaded = a.err() == nil
	return a.err()
}

// Close frees the cascade; calling it again does nothing.
func (c *Cascade) Close() error {
	c.closed = true
	if c.worker == nil {
		return nil
	}
	w := c.worker
	c.worker = nil
	return w.close()
}

// Detect returns the faces in img, best first. Boxes are in the coordinates of
// img, also where img is a part of a larger picture and does not start at
// (0,0). Score is the number of raw boxes that agree (more than
// p.MinNeighbors); it is not a probability. A picture smaller than the
// cascade's window has no faces. A search that is under way cannot be
// interrupted: ctx counts before and after it.
func (c *Cascade) Detect(ctx context.Context, img *image.RGBA, p CascadeParams) ([]engine.Detection, error) {
	raw, err := c.Search(ctx, img, p)
	if err != nil {
		return nil, err
	}
	return raw.Detections(p.MinNeighbors), nil
}

// Raw is what a search comes upon before neighbours are counted: mostly several boxes a
// face, in the coordinates of the picture.
type Raw []image.Rectangle

// Detections makes one box of each cluster of more than minNeighbors raw boxes, best first.
func (r Raw) Detections(minNeighbors int) []engine.Detection { return group(r, minNeighbors) }

// Search is the slow half of Detect, for which p.MinNeighbors is of no matter. Its result
// turns into detections as often as one likes, such as for a slider.
func (c *Cascade) Search(ctx context.Context, img *image.RGBA, p CascadeParams) (Raw, error) {
	if c.closed {
		return nil, errors.New("search with cascade: it is closed")
	}
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if size := img.Bounds().Size(); size.X < c.window.X || size.Y < c.window.Y {
		return nil, nil
	}
	raw, err := c.search(img, p)
	for i := range raw {
		raw[i] = raw[i].Add(img.Rect.Min)
	}
	return raw, errors.Join(err, ctx.Err())
}

// search returns the raw boxes, relative to img's corner.
func (c *Cascade) search(img *image.RGBA, p CascadeParams) ([]image.Rectangle, error) {
	if err := c.load(); err != nil {
		return nil, err
	}
	size := img.Rect.Size()
	pixels, err := c.worker.memory.room(size.X * size.Y)
	if err == nil {
		err = toGray(img, pixels)
	}
	if err != nil {
		return nil, fmt.Errorf("search with cascade: %w", err)
	}
	a, err := c.worker.ask(request{Word: "search", Width: size.X, Height: size.Y, Params: p, OneThread: oneThread()}, searchTime(size, p))
	if err != nil {
		c.worker, c.loaded = nil, false
		return nil, fmt.Errorf("search with cascade: OpenCV %w in a picture of %dx%d pixels and was shut off: make the picture smaller, or use the network for it", err, size.X, size.Y)
	}
	return a.Boxes, a.err()
}

// searchTime is after how long a search hangs: a hundred times what the slowest computer
// took that we know, 0.3 microseconds a pixel with sizes a tenth apart.
func searchTime(size image.Point, p CascadeParams) time.Duration {
	pixels := time.Duration(size.X) * time.Duration(size.Y)
	return patience + pixels*30*time.Microsecond*time.Duration(max(1, 0.1/(p.ScaleFactor-1)))
}

// searcher is a cascade in a worker.
type searcher struct{ classifier gocv.CascadeClassifier }

// newSearcher gives OpenCV the text of a cascade. It reads files only: one that is
// nothing but memory.
func newSearcher(xml []byte) (*searcher, error) {
	fd, err := unix.MemfdCreate("cascade.xml", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("load cascade: %w", err)
	}
	f := os.NewFile(uintptr(fd), "cascade.xml")
	defer f.Close()
	if _, err := f.Write(xml); err != nil {
		return nil, fmt.Errorf("load cascade: %w", err)
	}
	s := &searcher{gocv.NewCascadeClassifier()}
	if !s.classifier.Load(fmt.Sprintf("/proc/self/fd/%d", fd)) {
		return nil, errors.Join(errors.New("load cascade: OpenCV does not accept it; use the bundled lbpcascade_animeface.xml"), s.classifier.Close())
	}
	return s, nil
}

// search returns the raw boxes in a picture of one byte a pixel, which it may change.
func (s *searcher) search(pixels []byte, width, height int, p CascadeParams) ([]image.Rectangle, error) {
	gray, err := gocv.NewMatFromBytes(height, width, gocv.MatTypeCV8U, pixels)
	if err != nil {
		return nil, fmt.Errorf("give OpenCV a picture of %dx%d: %w", width, height, err)
	}
	defer gray.Close()
	if p.Equalize {
		gocv.EqualizeHist(gray, &gray)
	}
	const ungrouped, flags = 0, 0
	smallest := image.Pt(p.MinSize, p.MinSize)
	return s.classifier.DetectMultiScaleWithParams(gray, p.ScaleFactor, ungrouped, flags, smallest, image.Point{}), nil
}
