package engine

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"

	"frglab/engine/nn"
)

// mapper is a network that looks at all places of a picture at once: it goes over each
// level of a pyramid as one convolution, where a classifier computes each window anew.
// Use it from one goroutine at a time.
//
// What it says of a window differs from what the classifier says where the layers pad:
// a window in the middle of a picture has pixels around it, where in the classifier
// it has zeros. At the picture's own border both have zeros.
type mapper struct {
	net    *nn.Net
	arch   nn.Arch
	margin int // pixels around a tile's windows, a multiple of the pitch: so no tile shows
	tile   int // most numbers that the layers put out for a tile
	step   int // windows in a tile beside the first are multiples of it, where it may hang over the edge, as a scout's may; else 1
	mean   []float32
	scale  float32
	x      []float32
	gflop  float64             // of all looks so far
	zoom   nn.Zoom             // resizes pictures on the device; nil: the host does
	sums   map[[2]int]*nn.Sums // that it resizes by
	bytes  *sheet              // how look is done where that is not nil
}

// tileFloats bounds the part of a level that is computed at once, whatever the picture's
// size: for FrgNet64 about 480x480 pixels, for which oneDNN takes 120 MB. Neighbouring tiles
// overlap by 104 pixels there: with 384x384 half of the work was done twice.
const tileFloats = 56 << 20

// tileStep is what the steps from window to window in a tile are rounded up to. A new
// shape takes a graph, which takes three times as long to build as to run, and in a
// folder each picture may have its own shape.
const tileStep = 8

// newMapper puts the network of a checkpoint on a device, which stays the caller's. Its
// classes are those of a Detector, its mean one number a channel.
func newMapper(c *Checkpoint, dev nn.Backend) (*mapper, error) {
	if err := usable(c); err != nil {
		return nil, fmt.Errorf("the checkpoint cannot detect: %w", err)
	}
	if len(c.Mean) != 3 {
		return nil, fmt.Errorf("%s subtracts a mean picture, which has no place in a larger one: use mode %s, or train with one mean a channel (preset modern)", c.Arch.Name, ModeWindows)
	}
	arch, weights, err := nn.Fold(c.Arch, c.Weights)
	if err == nil {
		arch, weights, err = nn.Convolutional(arch, weights)
	}
	if err != nil {
		return nil, fmt.Errorf("prepare %s for whole pictures: %w", c.Arch.Name, err)
	}
	reach, err := arch.Reach()
	if err != nil {
		return nil, err
	}
	net, err := nn.New(dev, arch, weights)
	if err != nil {
		return nil, fmt.Errorf("put %s on %s: %w", c.Arch.Name, dev.Name(), err)
	}
	pitch, step := arch.Pitch(), 1
	if reach == 0 { // what lies beyond the edge does not matter
		step = tileStep
	}
	return &mapper{zoom: net.Zoom(), sums: map[[2]int]*nn.Sums{}, net: net, arch: arch, margin: (reach + pitch - 1) / pitch * pitch, tile: tileFloats, step: step, mean: c.Mean, scale: c.Scale}, nil
}

// Close frees the network on the device.
func (m *mapper) Close() error {
	var err error
	if m.zoom != nil {
		err = m.zoom.Close()
	}
	err = errors.Join(err, m.net.Close())
	if m.bytes != nil {
		err = errors.Join(err, m.bytes.net.Close())
	}
	return err
}

// mappedLevel is a level of a pyramid with an answer for each of its windows, which lie a
// pitch apart, the last ones flush with its borders.
type mappedLevel struct {
	size         image.Point // of the level in pixels
	count        image.Point // of windows side by side and below each other
	faces, other []float32   // logits, row by row
}

// window is window i in pixels of the level.
func (m *mapper) window(l mappedLevel, i int) image.Rectangle {
	at := image.Pt(i%l.count.X, i/l.count.X).Mul(m.arch.Pitch())
	return image.Rectangle{at, at.Add(image.Pt(m.arch.Size, m.arch.Size))}
}

// plan is the level for windows of about side pixels: the picture is resized so that they
// become the network's input, and so that the last ones end at its borders.
func (m *mapper) plan(picture image.Point, side float64) (l mappedLevel) {
	pitch, size := m.arch.Pitch(), m.arch.Size
	fit := func(px int) int {
		free := float64(px)*float64(size)/side - float64(size)
		return size + pitch*max(0, round(free/float64(pitch)))
	}
	l.size = image.Pt(fit(picture.X), fit(picture.Y))
	l.count = m.arch.MapSize(l.size.X, l.size.Y)
	return l
}

// next looks at windows of about side pixels of the first picture of a pyramid, and adds the
// picture that it made for them.
func (m *mapper) next(ctx context.Context, p *pyramid, side float64) (mappedLevel, error) {
	l, err := m.checked(p.pics[0], side)
	if err != nil {
		return l, err
	}
	l.faces, l.other = make([]float32, l.count.X*l.count.Y), make([]float32, l.count.X*l.count.Y)
	xs, ys := m.tiles(l)
	whole := image.Pt(max(l.size.X, xs[len(xs)-1].pixels), max(l.size.Y, ys[len(ys)-1].pixels))
	if err := p.add(l.size, whole, m.step > 1); err != nil {
		return l, err
	}
	for _, y := range ys {
		for _, x := range xs {
			if err := ctx.Err(); err != nil {
				return l, err
			}
			if err := m.fill(l, p, whole, x, y); err != nil {
				return l, err
			}
		}
	}
	return l, nil
}

// checked is plan for a picture that is not too large.
func (m *mapper) checked(img *image.RGBA, side float64) (mappedLevel, error) {
	l := m.plan(img.Rect.Size(), side)
	if l.size.X > maxLevel/l.size.Y {
		return l, fmt.Errorf("a picture of %dx%d pixels with windows of %.0f is too large: set a width for it, or larger windows", img.Rect.Dx(), img.Rect.Dy(), side)
	}
	return l, nil
}

// fill computes the windows of one tile.
func (m *mapper) fill(l mappedLevel, p *pyramid, whole image.Point, x, y span) error {
	w, h := x.pixels, y.pixels
	logits, err := m.ask(p, whole, image.Rect(x.from, y.from, x.from+w, y.from+h))
	if err != nil {
		return fmt.Errorf("look at %dx%d pixels: %w", w, h, err)
	}
	m.gflop += m.arch.MapGFLOP(w, h)
	size := m.arch.MapSize(w, h)
	pitch := m.arch.Pitch()
	for j := y.first; j < y.end; j++ {
		at := (j - y.from/pitch) * size.X
		from, to := at+x.first-x.from/pitch, at+x.end-x.from/pitch
		copy(l.faces[j*l.count.X+x.first:], logits[from:to])
		copy(l.other[j*l.count.X+x.first:], logits[size.X*size.Y+from:size.X*size.Y+to])
	}
	return nil
}

// ask gives the logits of the windows in a part of the copy made last.
func (m *mapper) ask(p *pyramid, whole image.Point, part image.Rectangle) ([]float32, error) {
	w, h := part.Dx(), part.Dy()
	if p.zoom != nil {
		return m.net.MapPart(p.zoom, len(p.pics)-1, part.Min.X, part.Min.Y, w, h, [3]float32(m.mean), m.scale)
	}
	if all := 3 * w * h; cap(m.x) < all {
		m.x = make([]float32, all)
	}
	in := m.x[:3*w*h]
	Encode(in, p.last(whole).SubImage(part).(*image.RGBA), m.mean, m.scale)
	return m.net.Map(in, w, h)
}

// span is the part of a tile along one direction: pixels from from on, of which the
// windows first to end-1 are used.
type span struct{ from, pixels, first, end int }

// tiles cuts a level into columns and rows of tiles of one size, so that the least is
// computed twice.
func (m *mapper) tiles(l mappedLevel) (xs, ys []span) {
	least, nx, ny := math.MaxInt, l.count.X, l.count.Y // a tile has one window at least
	for i, j := 1, l.count.Y; i <= l.count.X; i++ {
		w := m.length(l.size.X, l.count.X, i)
		fits := func(j int) bool { return m.arch.MapFloats(w, m.length(l.size.Y, l.count.Y, j)) <= m.tile }
		for j > 1 && fits(j-1) {
			j--
		}
		if work := i * w * j * m.length(l.size.Y, l.count.Y, j); work < least && fits(j) {
			least, nx, ny = work, i, j
		}
		if j == 1 && fits(j) {
			break
		}
	}
	return m.cut(l.size.X, l.count.X, nx), m.cut(l.size.Y, l.count.Y, ny)
}

// length is that of each of so many spans, or fewer, that hold count windows on px pixels.
// Only where there is one may it be longer than that.
func (m *mapper) length(px, count, parts int) int {
	pitch, each := m.arch.Pitch(), (count+parts-1)/parts
	margins := min((count-1)/each, 2) // the picture's borders need none
	steps := (each - 1 + margins*m.margin/pitch + m.step - 1) / m.step * m.step
	if margins == 0 && m.step > 1 {
		return m.arch.Size + steps*pitch
	}
	return min(px, m.arch.Size+steps*pitch)
}

// cut cuts px pixels with count windows into so many spans of equal length, or fewer.
func (m *mapper) cut(px, count, parts int) (all []span) {
	each, length := (count+parts-1)/parts, m.length(px, count, parts)
	for first := 0; first < count; first += each {
		from := max(min(first*m.arch.Pitch()-m.margin, px-length), 0)
		all = append(all, span{from, length, first, min(first+each, count)})
	}
	return all
}
