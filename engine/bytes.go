package engine

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"frglab/engine/nn"
)

// maxByteFloats bounds the weights that a network in bytes keeps as floats, once more than the
// network itself does: those of FrgNet64S are 3.6 million, those of FrgNet64 40.
const maxByteFloats = 8 << 20

// inBytes puts the network of a checkpoint on a device in bytes, with the border that its
// pictures need; nil where that cannot be, or gains nothing.
func inBytes(c *Checkpoint, dev nn.Backend) (net nn.ByteRunner, border int, err error) {
	b, ok := dev.(nn.Byter)
	if !ok {
		return nil, 0, nil
	}
	n, err := nn.InBytes(c.Arch, c.Weights, c.Mean, c.Scale)
	floats := 0
	for _, l := range n.Layers {
		floats += len(l.Floats)
	}
	if floats > maxByteFloats {
		return nil, 0, nil
	}
	if err == nil {
		net, err = b.Bytes(n)
	}
	if errors.Is(err, errors.ErrUnsupported) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("put %s on %s in bytes: %w", c.Arch.Name, dev.Name(), err)
	}
	return net, n.Border, nil
}

// byteClassifier is a Detector's network in bytes, for mode scout: two to three times as
// fast, and nearly as good.
type byteClassifier struct {
	net    nn.ByteRunner
	size   int
	border int
	pic    *image.RGBA // byteWindows windows below each other, with borders
}

// byteWindows is how many windows are computed at once: as many as a round has.
const byteWindows = 4

// newByteClassifier is nil where the network cannot be had in bytes.
func newByteClassifier(c *Checkpoint, dev nn.Backend) (*byteClassifier, error) {
	net, border, err := inBytes(c, dev)
	if net == nil {
		return nil, err
	}
	side := c.Arch.Size + 2*border
	b := &byteClassifier{net, c.Arch.Size, border, image.NewRGBA(image.Rect(0, 0, side, byteWindows*side))}
	to := func(v float32) uint8 { return uint8(min(max(v+0.5, 0), 255)) }
	mean := color.RGBA{to(c.Mean[0]), to(c.Mean[1]), to(c.Mean[2]), 255}
	draw.Draw(b.pic, b.pic.Rect, image.NewUniform(mean), image.Point{}, draw.Src)
	return b, nil
}

// logits are those of windows, two of each.
func (b *byteClassifier) logits(ctx context.Context, found []candidate) (all []float32, err error) {
	side := b.size + 2*b.border
	for len(found) > 0 && ctx.Err() == nil {
		n := min(byteWindows, len(found))
		for i, f := range found[:n] {
			at := image.Pt(b.border, b.border+i*side)
			to := b.pic.SubImage(image.Rectangle{at, at.Add(image.Pt(b.size, b.size))})
			resizeTo(to.(*image.RGBA), f.part(f.at))
		}
		logits, _, err := b.net.Run(b.pic.Pix[:n*side*b.pic.Stride], n, side, side)
		if err != nil {
			return nil, err
		}
		all, found = append(all, logits...), found[n:]
	}
	return all, ctx.Err()
}
