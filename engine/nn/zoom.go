package nn

// Sums are how the lines of a resized picture are made: line i is the sum of the source's lines from
// Firsts[i] on, times Weights[Starts[i]:Starts[i+1]], added up in this order in float32. It has one
// more Starts than lines. Whoever is given one does not write to it again.
type Sums struct {
	Firsts, Starts []int32
	Weights        []float32
}

// Within says whether all lines are made of a source's lines 0 to n-1, and of weights that are there.
func (s *Sums) Within(n int) bool {
	if len(s.Starts) != len(s.Firsts)+1 || s.Starts[0] != 0 || int(s.Starts[len(s.Firsts)]) != len(s.Weights) {
		return false
	}
	for i, first := range s.Firsts {
		count := s.Starts[i+1] - s.Starts[i]
		if first < 0 || count < 0 || int(first+count) > n {
			return false
		}
	}
	return true
}

// Zoomer is what a Backend may be besides: one that holds a picture and resizes it itself.
type Zoomer interface {
	Zoom() Zoom
}

// Zoom is a picture and copies of it in other sizes, all of them opaque bytes on a device.
type Zoom interface {
	// Begin forgets all pictures and takes one, (h,w,4) bytes, as number 0.
	Begin(pixels []byte, w, h int) error
	// Add makes the next one: picture from resized by rows and cols, to len(Firsts) of either, rounded to
	// the nearest, with black pixels to the right and below up to w x h.
	Add(from int, cols, rows *Sums, w, h int) error
	// Encode fills a buffer of shape (1,3,h,w) with the part of a picture that begins at (left,top).
	Encode(dst Buffer, picture, left, top int, mean [3]float32, scale float32) error
	Close() error
}

// Zoom is the one of the network's backend; nil where it has none.
func (n *Net) Zoom() Zoom {
	if z, ok := n.backend.(Zoomer); ok {
		return z.Zoom()
	}
	return nil
}

// MapPart is Map for w x h pixels of a picture that the backend holds.
func (n *Net) MapPart(z Zoom, picture, left, top, w, h int, mean [3]float32, scale float32) ([]float32, error) {
	return n.mapOf(func(x Buffer) error { return z.Encode(x, picture, left, top, mean, scale) }, w, h)
}
