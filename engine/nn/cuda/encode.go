package cuda

import (
	"fmt"
	"slices"

	"frglab/engine/nn"
)

// encoder is what Encode keeps on the machine.
type encoder struct {
	pixels *block
	mean   *block
	means  []float32 // what lies in mean
}

var _ nn.Encoder = (*Backend)(nil)

// Encode makes numbers of pixels on the machine.
func (b *Backend) Encode(dst nn.Buffer, p nn.Pixels) error {
	u, err := b.input(dst)
	if err != nil {
		return err
	}
	all := volume(u.shape)
	plane := u.shape[2] * u.shape[3]
	if len(p.Data) != all/3*4 || len(p.Mean) != 3 && len(p.Mean) != 3*plane {
		return fmt.Errorf("%d bytes with a mean of %d for a tensor of shape %v", len(p.Data), len(p.Mean), u.shape)
	}
	if err := b.reserve(&b.encoder.pixels, len(p.Data)); err != nil {
		return err
	}
	if err := b.upload(b.encoder.pixels.at, p.Data); err != nil {
		return err
	}
	if err := b.useMean(p.Mean); err != nil {
		return err
	}
	return b.launch("encode", each(all), u.m.at, b.encoder.pixels.at, b.encoder.mean.at, real(float64(p.Scale)),
		whole(len(p.Mean)/3), whole(plane), over(plane), over(3*plane), whole(all))
}

// input is a tensor that pixels can become.
func (b *Backend) input(dst nn.Buffer) (*buffer, error) {
	u, ok := dst.(*buffer)
	if !ok || u.b != b || len(u.shape) != 4 || u.shape[1] != 3 {
		return nil, fmt.Errorf("pixels become a tensor (N,3,H,W) of this backend, not %T of shape %v", dst, dst.Shape())
	}
	return u, u.fits(volume(u.shape))
}

// useMean has the machine hold a mean.
func (b *Backend) useMean(mean []float32) error {
	if slices.Equal(b.encoder.means, mean) {
		return nil
	}
	b.encoder.means = nil
	if err := b.reserve(&b.encoder.mean, 4*len(mean)); err != nil {
		return err
	}
	if err := b.upload(b.encoder.mean.at, bytesOf(mean)); err != nil {
		return err
	}
	b.encoder.means = slices.Clone(mean)
	return nil
}
