package nn

// Change is how a crop is made from one that a backend keeps, for which package engine has the
// rules: turned, mirrored, enlarged about its middle, moved, then the tones and the colours.
type Change struct {
	Crop               int     // which one
	Turn               int     // quarter turns counterclockwise, 0 to 3
	Flip               bool    // left is right
	Zoom               float64 // 1.1 enlarges by a tenth
	DX, DY             float64 // in pixels; positive shows more of the right, of the bottom
	Contrast, Bright   float64 // p becomes (p-127.5)*Contrast + 127.5 + Bright
	Recolor            bool
	CosColor, SinColor float64 // what the two colour differences are turned and stretched by
}

// Keeper is what a Backend may be besides: one that keeps a training's crops as bytes and changes
// them itself, to the same bits as package engine does.
type Keeper interface {
	Encoder
	// Keep makes room for so many crops of side x side pixels. Its error is ErrMemory where they
	// do not fit.
	Keep(count, side int) (Crops, error)
}

// Crops are pictures that a backend keeps.
type Crops interface {
	// Write copies pictures of (side,side,3) bytes to the places from first on.
	Write(first int, pixels []byte) error
	// Encode fills a buffer of shape (len(changes),3,side,side), as Pixels would with the
	// changed crops.
	Encode(dst Buffer, changes []Change, mean []float32, scale float32) error
	Close() error
}

// Keep is the Crops of the network's backend, in the size of the network's input; nil where it keeps none.
func (n *Net) Keep(count int) (Crops, error) {
	k, ok := n.backend.(Keeper)
	if !ok {
		return nil, nil
	}
	return k.Keep(count, n.arch.Size)
}

// StepCrops is Step with a batch of changed crops. Its results are the same.
func (n *Net) StepCrops(c Crops, changes []Change, mean []float32, scale float32, targets []float32, h SGD, seed uint64) (loss float64, logits []float32, err error) {
	return n.step(func(x Buffer) error { return c.Encode(x, changes, mean, scale) }, targets, len(changes), h, seed)
}
