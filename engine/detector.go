package engine

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strings"
	"time"

	"frglab/engine/nn"
)

// chunk is how many windows go through the network at once: it bounds the memory of
// a Detector and how long it takes to notice that its context was cancelled.
const chunk = nn.MaxBatch

// classifier is the part of nn.Net that a Detector needs.
type classifier interface {
	Logits(x []float32, count int) ([]float32, error) // x: (count,3,S,S); result: (count,2)
	Close() error
}

// Detector finds faces with a trained network. Use it from one goroutine at a time.
type Detector struct {
	net   classifier
	size  int // S: side of the network's input in pixels
	mean  []float32
	scale float32
	x     []float32   // (chunk,3,S,S)
	crop  *image.RGBA // S x S
	stats DetectStats
	scout *Scout // nil where there is none

	calibration map[string]Calibration // by mode
	openMapper  func() (*mapper, error)
	mapper      *mapper                         // the network as mode shared needs it; nil before its first picture
	openBytes   func() (*byteClassifier, error) // nil once it was called
	bytes       *byteClassifier                 // the network as mode scout needs it; nil before its first picture, and where it uses net
}

// DetectStats says what the last Scan or Detect of a Detector did.
type DetectStats struct {
	Windows  int           // windows that went through the network
	Look     float64       // GFLOP of the look at the whole picture, in modes scout and shared
	Bytes    bool          // the look was computed in bytes, which other figures of GFLOP are not to be compared with
	Scout    time.Duration // finding them, in mode scout
	Prepare  time.Duration // resizing, cutting and encoding them
	Network  time.Duration // classifying them
	Suppress time.Duration // choosing among the hits; Detect only
}

// NewDetector puts the network of a checkpoint on a device, which stays the caller's.
// The checkpoint must know two classes, the first one "face"; mode shared reads its
// weights once more, so leave them as they are.
func NewDetector(c *Checkpoint, dev nn.Backend) (*Detector, error) {
	if err := usable(c); err != nil {
		return nil, fmt.Errorf("the checkpoint cannot detect: %w", err)
	}
	arch, weights, err := nn.Fold(c.Arch, c.Weights)
	if err != nil {
		return nil, fmt.Errorf("prepare %s for detection: %w", c.Arch.Name, err)
	}
	net, err := nn.New(dev, arch, weights)
	if err != nil {
		return nil, fmt.Errorf("put %s on %s: %w", c.Arch.Name, dev.Name(), err)
	}
	d := newDetector(net, c)
	d.openMapper = func() (*mapper, error) { return newMapper(c, dev) }
	d.openBytes = func() (*byteClassifier, error) { return newByteClassifier(c, dev) }
	return d, nil
}

func newDetector(net classifier, c *Checkpoint) *Detector {
	s := c.Arch.Size
	return &Detector{
		net: net, size: s, mean: c.Mean, scale: c.Scale, calibration: c.Calibration,
		x: make([]float32, chunk*3*s*s), crop: image.NewRGBA(image.Rect(0, 0, s, s)),
	}
}

// usable says why a checkpoint is not that of a face detector.
func usable(c *Checkpoint) error {
	if err := c.check(); err != nil {
		return err
	}
	if len(c.Classes) != 2 || !strings.EqualFold(c.Classes[0], "face") {
		return fmt.Errorf("its classes are %q, but must be face and one other, in this order: train with labels 0 = face, 1 = other", c.Classes)
	}
	return nil
}

// UseScout gives the detector the network that mode scout asks where to look. See
// NewScout for what it must be.
func (d *Detector) UseScout(c *Checkpoint, dev nn.Backend) (err error) {
	if d.scout != nil {
		err = d.scout.Close()
		d.scout = nil
	}
	if err == nil {
		d.scout, err = NewScout(c, dev)
	}
	return err
}

// NewScouted is NewDetector with the scout that a file holds, such as the bundled one; nil
// is none.
func NewScouted(c *Checkpoint, scout []byte, dev nn.Backend) (*Detector, error) {
	d, err := NewDetector(c, dev)
	if err != nil || scout == nil {
		return d, err
	}
	s, err := ParseCheckpoint(scout)
	if err == nil {
		err = d.UseScout(s, dev)
	}
	if err != nil {
		return nil, fmt.Errorf("scout: %w", errors.Join(err, d.Close()))
	}
	return d, nil
}

// Close frees the networks on the device.
func (d *Detector) Close() error {
	err := d.net.Close()
	if d.mapper != nil {
		err = errors.Join(err, d.mapper.Close())
	}
	if d.bytes != nil {
		err = errors.Join(err, d.bytes.net.Close())
	}
	if d.scout != nil {
		err = errors.Join(err, d.scout.Close())
	}
	return err
}

// Stats describes the last Scan or Detect.
func (d *Detector) Stats() DetectStats { return d.stats }

// Detect finds the faces of a picture, best first: boxes in its pixels, clipped to
// it. The picture must be opaque and is only read. One that no window fits into
// has no detections. A cancelled ctx ends it after the chunk of windows under way.
func (d *Detector) Detect(ctx context.Context, img *image.RGBA, p DetectParams) ([]Detection, error) {
	s, err := d.Scan(ctx, img, p)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	found, err := s.Detections(p)
	d.stats.Suppress = time.Since(start)
	return found, err
}

// Scan gives every window of a picture its score, the slow half of Detect. Its
// result turns into detections as often as one likes: for a slider, or a curve.
func (d *Detector) Scan(ctx context.Context, img *image.RGBA, p DetectParams) (*Scan, error) {
	s, err := d.scan(ctx, img, p)
	if err != nil {
		return nil, err
	}
	for i, v := range s.scores {
		s.scores[i] = d.calibration[p.Mode].Apply(v)
	}
	return s, nil
}

// scan is Scan without the calibration.
func (d *Detector) scan(ctx context.Context, img *image.RGBA, p DetectParams) (*Scan, error) {
	d.stats = DetectStats{}
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if p.guided() {
		return d.scanCandidates(ctx, img, p)
	}
	levels, err := p.levels(img.Rect.Dx(), img.Rect.Dy(), d.size)
	if err != nil {
		return nil, err
	}
	s := &Scan{params: p, picture: img.Rect, levels: levels}
	start, waiting := time.Now(), 0
	for _, l := range levels {
		pic := l.render(img, p.Mode)
		for _, w := range l.windows {
			d.encode(waiting, pic, w)
			if waiting++; waiting == chunk {
				if err := d.classify(ctx, s, waiting); err != nil {
					return nil, err
				}
				waiting = 0
			}
		}
	}
	if err := d.classify(ctx, s, waiting); err != nil {
		return nil, err
	}
	d.stats.Prepare = time.Since(start) - d.stats.Network
	return s, nil
}

// render makes the picture of a level.
func (l level) render(img *image.RGBA, mode string) *image.RGBA {
	if mode != Mode2015 {
		return resize(img, l.size.X, l.size.Y)
	}
	pic := image.NewRGBA(image.Rectangle{Max: l.size})
	nearest2015(pic, img, img.Rect)
	return pic
}

// encode makes window w of a level's picture input i of the next chunk. Windows
// of the network's own size are cut out, the others (mode 2015) resized.
func (d *Detector) encode(i int, pic *image.RGBA, w image.Rectangle) {
	if w.Dx() == d.size {
		copyEdges(d.crop, pic, w.Min)
	} else {
		nearest2015(d.crop, pic, w)
	}
	n := 3 * d.size * d.size
	Encode(d.x[i*n:(i+1)*n], d.crop, d.mean, d.scale)
}

// classify appends the scores of n encoded windows to s.
func (d *Detector) classify(ctx context.Context, s *Scan, n int) error {
	return d.classifyAs(ctx, s, n, func() ([]float32, error) { return d.net.Logits(d.x[:n*3*d.size*d.size], n) })
}

// classifyAs appends the scores of n windows with these logits to s.
func (d *Detector) classifyAs(ctx context.Context, s *Scan, n int, ask func() ([]float32, error)) error {
	if err := ctx.Err(); err != nil || n == 0 {
		return err
	}
	start := time.Now()
	logits, err := ask()
	if err != nil {
		return fmt.Errorf("classify %d windows: %w", n, err)
	}
	d.stats.Network += time.Since(start)
	d.stats.Windows += n
	for i := range n {
		if err := s.add(logits[2*i], logits[2*i+1]); err != nil {
			return err
		}
	}
	return nil
}
