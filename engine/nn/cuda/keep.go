package cuda

import (
	"errors"
	"fmt"

	"frglab/engine/nn"
)

// crops are pictures that lie on the machine, (count,side,side,3) bytes.
type crops struct {
	b           *Backend
	count, side int
	pixels      *block
	changes     *block // of the last batch
}

var _ nn.Keeper = (*Backend)(nil)

// maxSide is the longest line that the kernel augment has room to plan.
const maxSide = 256

// Keep makes room for crops.
func (b *Backend) Keep(count, side int) (nn.Crops, error) {
	if count < 1 || side < 1 || side > maxSide {
		return nil, fmt.Errorf("%d crops of %d pixels square cannot be kept, %d is the largest side", count, side, maxSide)
	}
	m, err := b.alloc(count * side * side * 3)
	if err != nil {
		return nil, fmt.Errorf("keep %d crops: %w", count, err)
	}
	return &crops{b: b, count: count, side: side, pixels: m}, nil
}

func (c *crops) Write(first int, pixels []byte) error {
	each := c.side * c.side * 3
	if err := c.open(); err != nil {
		return err
	}
	if n := len(pixels) / each; len(pixels)%each != 0 || first < 0 || first+n > c.count {
		return fmt.Errorf("%d bytes at crop %d of %d with %d bytes each", len(pixels), first, c.count, each)
	}
	return c.b.upload(c.pixels.at+uint64(first*each), pixels)
}

func (c *crops) open() error {
	if c.b.closed || !c.b.blocks[c.pixels] {
		return errors.New("the crops on the card were given back")
	}
	return nil
}

// change is kernels' Change.
type change struct {
	crop, turn, flip, recolor                    int64
	zoom, dx, dy, contrast, bright, cosine, sine float64
}

const changeBytes = 11 * 8

// Encode makes numbers of changed crops on the machine.
func (c *crops) Encode(dst nn.Buffer, changes []nn.Change, mean []float32, scale float32) error {
	if err := c.open(); err != nil {
		return err
	}
	u, err := c.b.input(dst)
	if err != nil {
		return err
	}
	plane := c.side * c.side
	if u.shape[0] != len(changes) || u.shape[2] != c.side || u.shape[3] != c.side || len(mean) != 3 && len(mean) != 3*plane {
		return fmt.Errorf("%d crops of %d pixels square with a mean of %d for a tensor of shape %v", len(changes), c.side, len(mean), u.shape)
	}
	table := make([]change, len(changes))
	for i, v := range changes {
		if v.Crop < 0 || v.Crop >= c.count {
			return fmt.Errorf("crop %d of %d is asked for", v.Crop, c.count)
		}
		table[i] = change{int64(v.Crop), int64(v.Turn), truth(v.Flip), truth(v.Recolor), v.Zoom, v.DX, v.DY, v.Contrast, v.Bright, v.CosColor, v.SinColor}
	}
	if err := c.b.reserve(&c.changes, changeBytes*len(table)); err != nil {
		return err
	}
	if err := c.b.upload(c.changes.at, bytesOf(table)); err != nil {
		return err
	}
	if err := c.b.useMean(mean); err != nil {
		return err
	}
	parts := (plane + threads - 1) / threads
	return c.b.launch("augment", [3]int{len(table), (parts + 3) / 4, 1}, u.m.at, c.pixels.at, c.changes.at, c.b.encoder.mean.at,
		real(float64(scale)), whole(len(mean)/3), whole(c.side), over(c.side))
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func (c *crops) Close() error {
	if c.b.closed {
		return nil
	}
	return errors.Join(c.b.free(c.pixels), c.b.free(c.changes))
}
