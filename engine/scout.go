package engine

import (
	"context"
	"fmt"
	"image"
	"math"
	"time"

	"frglab/engine/nn"
)

// Scout looks at every place of a picture at once: its network goes over each level of
// a pyramid as one convolution, where a Detector computes each window anew. Use it
// from one goroutine at a time.
type Scout struct {
	net   *nn.Net
	arch  nn.Arch
	mean  []float32
	scale float32
	x     []float32
}

// NewScout puts the network of a checkpoint on a device, which stays the caller's. Its
// classes are those of a Detector, its mean one number a channel.
func NewScout(c *Checkpoint, dev nn.Backend) (*Scout, error) {
	if err := usable(c); err != nil {
		return nil, fmt.Errorf("the checkpoint cannot detect: %w", err)
	}
	if len(c.Mean) != 3 {
		return nil, fmt.Errorf("%s subtracts a mean image, which has no place in a whole picture: use mode %s", c.Arch.Name, ModeWindows)
	}
	arch, weights, err := nn.Fold(c.Arch, c.Weights)
	if err == nil {
		arch, weights, err = nn.Convolutional(arch, weights)
	}
	if err != nil {
		return nil, fmt.Errorf("prepare %s for whole pictures: %w", c.Arch.Name, err)
	}
	net, err := nn.New(dev, arch, weights)
	if err != nil {
		return nil, fmt.Errorf("put %s on %s: %w", c.Arch.Name, dev.Name(), err)
	}
	return &Scout{net: net, arch: arch, mean: c.Mean, scale: c.Scale}, nil
}

// Close frees the network on the device.
func (s *Scout) Close() error { return s.net.Close() }

// lookMargin is the log-odds from which on a window is a candidate. Below it are 98 % of all
// windows, and none of the candidates that turned out to be faces.
const lookMargin = -3

// Look gives the windows of mode scout that may hold a face: their places in pixels of
// the picture from its corner, and as scores the log-odds of a face, at least
// lookMargin.
func (s *Scout) Look(ctx context.Context, img *image.RGBA, p DetectParams) ([]Detection, error) {
	smallest, largest := p.sides(img.Rect.Dx(), img.Rect.Dy())
	largest = min(largest, float64(min(img.Rect.Dx(), img.Rect.Dy())))
	var found []Detection
	for _, side := range geometric(smallest, largest, p.Factor) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var err error
		if found, err = s.level(found, img, side); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// level adds the candidates of about side pixels. The picture is resized so that they
// become the network's input, and so that the last ones end at its borders.
func (s *Scout) level(found []Detection, img *image.RGBA, side float64) ([]Detection, error) {
	pitch, size := s.arch.Pitch(), s.arch.Size
	fit := func(n int) int {
		free := float64(n)*float64(size)/side - float64(size)
		return size + pitch*max(0, round(free/float64(pitch)))
	}
	w, h := fit(img.Rect.Dx()), fit(img.Rect.Dy())
	if w > maxLevel/h {
		return nil, fmt.Errorf("a picture of %dx%d pixels with windows of %.0f is too large: set a width for it, or larger windows", img.Rect.Dx(), img.Rect.Dy(), side)
	}
	if n := 3 * w * h; cap(s.x) < n {
		s.x = make([]float32, n)
	}
	x := s.x[:3*w*h]
	Encode(x, resize(img, w, h), s.mean, s.scale)
	logits, err := s.net.Map(x, w, h)
	if err != nil {
		return nil, fmt.Errorf("look at a picture of %dx%d pixels: %w", w, h, err)
	}
	n := s.arch.MapSize(w, h)
	sx, sy := float64(img.Rect.Dx())/float64(w), float64(img.Rect.Dy())/float64(h)
	faces, others := logits[:n.X*n.Y], logits[n.X*n.Y:]
	for i, v := range faces {
		odds := float64(v - others[i])
		if !(odds >= lookMargin) { // so written, it drops NaN
			continue
		}
		x, y := float64(i%n.X*pitch), float64(i/n.X*pitch)
		found = append(found, Detection{Score: odds, Box: image.Rect(
			round(x*sx), round(y*sy), round((x+float64(size))*sx), round((y+float64(size))*sy))})
	}
	return found, nil
}

// scanCandidates is Scan in mode scout: the windows are the scout's best.
func (d *Detector) scanCandidates(ctx context.Context, img *image.RGBA, p DetectParams) (*Scan, error) {
	if d.scout == nil {
		return nil, fmt.Errorf("mode %s needs a scout, and there is none: use mode %s", ModeScout, ModeWindows)
	}
	start := time.Now()
	found, err := d.scout.Look(ctx, img, p)
	if err != nil {
		return nil, err
	}
	scouted := found
	found = suppressGreedy(found, p.Apart, 0)
	found = found[:min(len(found), p.Candidates)]
	d.stats.Scout = time.Since(start)

	l := level{size: img.Rect.Size()}
	s := &Scan{params: p, picture: img.Rect, scouted: scouted}
	start = time.Now()
	waiting, n := 0, 3*d.size*d.size
	for i, f := range found {
		l.windows = append(l.windows, f.Box)
		part := img.SubImage(f.Box.Add(img.Rect.Min)).(*image.RGBA)
		Encode(d.x[waiting*n:(waiting+1)*n], resize(part, d.size, d.size), d.mean, d.scale)
		if waiting++; waiting == chunk || i == len(found)-1 {
			if err := d.classify(ctx, s, waiting); err != nil {
				return nil, err
			}
			waiting = 0
		}
	}
	for i, f := range found {
		s.scores[i] = addOdds(s.scores[i], p.Trust*f.Score)
	}
	s.levels = []level{l}
	d.stats.Prepare = time.Since(start) - d.stats.Network
	return s, nil
}

// addOdds moves a probability by some log-odds.
func addOdds(v, odds float64) float64 { return v / (v + (1-v)*math.Exp(-odds)) }
