package vision

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"

	"gocv.io/x/gocv"

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

// Cascade finds faces with OpenCV's cascade classifier. One goroutine at a time.
type Cascade struct {
	classifier gocv.CascadeClassifier
	window     image.Point // smallest face it can see, pixels
	closed     bool
}

// NewCascade loads a cascade from the text of OpenCV's XML format. Cascades of
// LBP features with trees of one node are understood, as
// lbpcascade_animeface.xml is one. Close the result.
func NewCascade(xml []byte) (*Cascade, error) {
	description, err := parseCascade(xml)
	if err != nil {
		return nil, fmt.Errorf("load cascade: %w; use the bundled lbpcascade_animeface.xml or one like it", err)
	}
	path, err := writeTemp(description.opencvXML())
	if err != nil {
		return nil, fmt.Errorf("load cascade: %w", err)
	}
	defer os.Remove(path)
	classifier := gocv.NewCascadeClassifier()
	if !classifier.Load(path) {
		classifier.Close()
		return nil, errors.New("load cascade: OpenCV does not accept it; use the bundled lbpcascade_animeface.xml")
	}
	return &Cascade{classifier: classifier, window: image.Pt(description.Width, description.Height)}, nil
}

// Close frees the cascade; calling it again does nothing.
func (c *Cascade) Close() error {
	if c.closed {
		return nil
	}
	c.closed = true
	return c.classifier.Close()
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
	gray := gocv.NewMat()
	defer gray.Close()
	if err := toGray(img, &gray); err != nil {
		return nil, err
	}
	if p.Equalize {
		gocv.EqualizeHist(gray, &gray)
	}
	const ungrouped, flags = 0, 0
	smallest := image.Pt(p.MinSize, p.MinSize)
	return c.classifier.DetectMultiScaleWithParams(gray, p.ScaleFactor, ungrouped, flags, smallest, image.Point{}), nil
}

// writeTemp writes data to a new file, which the caller removes.
func writeTemp(data []byte) (string, error) {
	f, err := os.CreateTemp("", "frglab-cascade-*.xml")
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}
