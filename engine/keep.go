package engine

import (
	"context"
	"errors"
	"fmt"

	"frglab/engine/nn"
)

// keep has the device keep the training's crops where it can and has the memory, so that what an
// iteration takes from the host is how each of its crops is to be changed: 100 bytes a crop, and no work.
func (t *trainer) keep(ctx context.Context) error {
	crops, err := t.net.Keep(t.crops())
	if crops == nil || errors.Is(err, nn.ErrMemory) {
		return nil
	}
	if err == nil {
		t.feed.kept = crops
		err = t.feed.send(ctx, crops)
	}
	if err != nil {
		return fmt.Errorf("copy the training crops to the device: %w", err)
	}
	return nil
}

// send copies all crops to the device.
func (f *feed) send(ctx context.Context, crops nn.Crops) error {
	n, first := f.source.Len(), 0
	for pixels, err := range ordered(ctx, workers(), (n+lookChunk-1)/lookChunk, func(i int) ([]byte, error) {
		return f.bytes(i*lookChunk, min((i+1)*lookChunk, n))
	}) {
		if err == nil {
			err = crops.Write(first, pixels)
		}
		if err != nil {
			return err
		}
		first += lookChunk
	}
	return nil
}

// bytes are the red, green and blue of some crops.
func (in input) bytes(from, to int) ([]byte, error) {
	all := make([]byte, 0, (to-from)*in.volume())
	for i := from; i < to; i++ {
		img, _, err := in.at(i)
		if err != nil {
			return nil, err
		}
		for y := range in.size {
			for x := range in.size {
				all = append(all, img.Pix[y*img.Stride+4*x:][:3]...)
			}
		}
	}
	return all, nil
}

// release takes the crops off the device, which keeps them no more; false: it kept none.
func (f *feed) release() (bool, error) {
	if f.kept == nil {
		return false, nil
	}
	err := f.kept.Close()
	f.kept = nil
	return true, err
}

// change is the jitter as a device that keeps crops makes it.
func (j jitter) change(crop int) nn.Change {
	sin, cos := j.colour()
	return nn.Change{
		Crop: crop, Turn: j.turn, Flip: j.flip, Zoom: j.zoom, DX: j.dx, DY: j.dy, Contrast: j.contrast, Bright: j.bright,
		Recolor: j.recolors(), CosColor: cos, SinColor: sin,
	}
}
