package engine

import (
	"context"
	"errors"
	"image"

	"frglab/engine/nn"
)

// Scout says where in a picture faces may be. Use it from one goroutine at a time.
type Scout struct{ net *mapper }

// NewScout puts the network of a checkpoint on a device, which stays the caller's. Its
// classes are those of a Detector, its mean one number a channel.
func NewScout(c *Checkpoint, dev nn.Backend) (*Scout, error) {
	net, err := newMapper(c, dev)
	if err != nil {
		return nil, err
	}
	if net.bytes, err = newSheet(c, dev); err != nil {
		return nil, errors.Join(err, net.Close())
	}
	return &Scout{net}, nil
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
	return s.net.look(ctx, img, p.fitting(img.Rect.Dx(), img.Rect.Dy()), lookMargin)
}

// look gives the windows of the given sides with log-odds of at least margin.
func (m *mapper) look(ctx context.Context, img *image.RGBA, sides []float64, margin float64) ([]Detection, error) {
	if m.bytes != nil {
		return m.lookBytes(ctx, img, sides, margin)
	}
	var found []Detection
	p, err := m.pyramid(img)
	if err != nil {
		return nil, err
	}
	for _, side := range sides {
		l, err := m.next(ctx, p, side)
		if err != nil {
			return nil, err
		}
		for i, face := range l.faces {
			odds := float64(face - l.other[i])
			if !(odds >= margin) { // so written, it drops NaN
				continue
			}
			found = append(found, Detection{scaled(m.window(l, i), l.size, img.Rect.Size()), odds})
		}
	}
	return found, nil
}
