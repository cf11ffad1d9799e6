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
	u, ok := dst.(*buffer)
	if !ok || u.b != b || len(u.shape) != 4 || u.shape[1] != 3 {
		return fmt.Errorf("pixels become a tensor (N,3,H,W) of this backend, not %T of shape %v", dst, dst.Shape())
	}
	all := volume(u.shape)
	if err := u.fits(all); err != nil {
		return err
	}
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
	if !slices.Equal(b.encoder.means, p.Mean) {
		b.encoder.means = nil
		if err := b.reserve(&b.encoder.mean, 4*len(p.Mean)); err != nil {
			return err
		}
		if err := b.upload(b.encoder.mean.at, bytesOf(p.Mean)); err != nil {
			return err
		}
		b.encoder.means = slices.Clone(p.Mean)
	}
	return b.launch("encode", each(all), u.m.at, b.encoder.pixels.at, b.encoder.mean.at, real(float64(p.Scale)),
		whole(len(p.Mean)/3), whole(plane), over(plane), over(3*plane), whole(all))
}
