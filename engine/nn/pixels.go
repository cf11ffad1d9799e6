package nn

// Pixels are pictures as bytes, (N,H,W,4): red, green, blue, and a fourth that is not looked
// at. A network takes them as (p-Mean)/Scale in the order (N,3,H,W).
type Pixels struct {
	Data  []byte
	Mean  []float32 // one a channel (3), or one a pixel and channel (3,H,W)
	Scale float32
}

// Encoder is what a Backend may be besides: one that makes numbers of pixels itself, to the
// same bits as engine.Encode, so that a third of the bytes go to its device.
type Encoder interface {
	// Encode fills a buffer of shape (N,3,H,W).
	Encode(dst Buffer, p Pixels) error
}

// Encodes says whether the network's backend makes numbers of pixels, and so StepPixels works.
func (n *Net) Encodes() bool {
	_, ok := n.backend.(Encoder)
	return ok
}

// StepPixels is Step with the batch as pixels. Its results are the same.
func (n *Net) StepPixels(p Pixels, targets []float32, batch int, h SGD, seed uint64) (loss float64, logits []float32, err error) {
	return n.step(func(x Buffer) error { return n.backend.(Encoder).Encode(x, p) }, targets, batch, h, seed)
}
