package nn

import (
	"fmt"
	"image"
	"math"
	"slices"
)

// Convolutional returns the same network with each Dense layer as a convolution over
// the whole of its input, as Map needs it. The weights share memory with the ones
// given: a Dense weight (Out,C*H*W) is a Conv weight (Out,C,H,W) as it stands.
func Convolutional(a Arch, w Weights) (Arch, Weights, error) {
	if err := a.Check(w); err != nil {
		return Arch{}, nil, err
	}
	outs, specs, err := a.Specs()
	if err != nil {
		return Arch{}, nil, err
	}
	out := Arch{Name: a.Name, Size: a.Size, Layers: slices.Clone(a.Layers)}
	w = slices.Clone(w)
	in, next := []int{3, a.Size, a.Size}, 0
	for i, l := range a.Layers {
		if l.Kind == Dense {
			if len(in) == 1 {
				in = append(in, 1, 1)
			}
			out.Layers[i] = Layer{Kind: Conv, Name: l.Name, Out: l.Out, Kernel: in[1], Act: l.Act}
			w[next].Shape = append([]int{l.Out}, in...)
		}
		in, next = outs[i], next+len(specs[i])
	}
	return out, w, nil
}

// Pitch is the distance in pixels between neighbouring windows of Map: the product of
// the strides of all poolings.
func (a Arch) Pitch() int {
	pitch := 1
	for _, l := range a.Layers {
		if l.Kind == MaxPool {
			pitch *= l.Stride
		}
	}
	return pitch
}

// MapSize is how many windows of an architecture lie side by side and below each other
// on a picture of w x h pixels; (0,0) where none fits.
func (a Arch) MapSize(w, h int) image.Point {
	if min(w, h) < a.Size {
		return image.Point{}
	}
	return image.Pt((w-a.Size)/a.Pitch()+1, (h-a.Size)/a.Pitch()+1)
}

// Reach is how many pixels beyond a window, to any side, Map's answer for it may depend
// on: what the zeros of padding and the cut edge of a pooling stood for in Logits. 0 for
// a network without padding whose poolings fit.
func (a Arch) Reach() (int, error) {
	outs, _, err := a.Specs()
	if err != nil {
		return 0, err
	}
	// What the first window sees of each layer's input, going back from the last one.
	first, last := 0, 0
	for i, l := range slices.Backward(a.Layers) {
		switch l.Kind {
		case Dense:
			if i > 0 && len(outs[i-1]) == 3 {
				first, last = 0, outs[i-1][1]-1
			}
		case Conv:
			first, last = first-l.Pad, last-l.Pad+l.Kernel-1
		case MaxPool:
			first, last = first*l.Stride, last*l.Stride+l.Kernel-1
		}
	}
	return max(0, -first, last-(a.Size-1)), nil
}

// Passer is a Backend whose kernels can share memory in graphs that run one at a time: a
// kernel of Passing is one of Layer without train, but its output is gone when the next but
// one such kernel runs.
type Passer interface {
	Passing(l Layer, x *Var, params []*Var) (Kernel, error)
}

// maxMaps and maxMapFloats bound what Map keeps graphs for: all levels of a pyramid,
// and of the next picture's, but not of a folder of odd sizes; and 384 MiB of outputs of
// layers, unless one graph alone takes more, or the backend is a Passer.
const (
	maxMaps      = 64
	maxMapFloats = 96 << 20
)

// Map computes a network made by Convolutional at all windows of a picture at once:
// window (i,j) has its corner at Pitch times (i,j). x is (3,h,w), the result
// (K,MapSize.Y,MapSize.X) is the caller's. Without padding in its layers the logits
// are those of Logits for each window; with padding the picture around a window takes
// the place of its zeros.
func (n *Net) Map(x []float32, w, h int) ([]float32, error) {
	if len(x) != 3*w*h {
		return nil, fmt.Errorf("%d numbers for a picture of %dx%d", len(x), w, h)
	}
	return n.mapOf(func(to Buffer) error { return to.Write(x) }, w, h)
}

// mapOf is Map with an input that fill writes.
func (n *Net) mapOf(fill func(x Buffer) error, w, h int) ([]float32, error) {
	size := n.arch.MapSize(w, h)
	if size.X == 0 {
		return nil, fmt.Errorf("a picture of %dx%d, which is to be at least %d wide and high", w, h, n.arch.Size)
	}
	g, err := n.mapGraph(w, h)
	if err != nil {
		return nil, err
	}
	if err := fill(g.x); err != nil {
		return nil, err
	}
	if err := g.run(0); err != nil {
		return nil, err
	}
	logits, err := g.readLogits()
	if err != nil {
		return nil, err
	}
	shape := g.logits.Value.Shape() // (1,K,H,W); pooling that hangs over the edge may add a window
	k, rows, cols := shape[1], shape[2], shape[3]
	out := make([]float32, 0, k*size.X*size.Y)
	for c := range k {
		for y := range size.Y {
			at := (c*rows + y) * cols
			out = append(out, logits[at:at+size.X]...)
		}
	}
	return out, nil
}

func (n *Net) mapGraph(w, h int) (*graph, error) {
	i := slices.IndexFunc(n.maps, func(g *graph) bool { s := g.x.Shape(); return s[2] == h && s[3] == w })
	if i >= 0 {
		g := n.maps[i]
		n.maps = append(slices.Delete(n.maps, i, i+1), g)
		return g, nil
	}
	passer, ok := n.backend.(Passer)
	room := maxMapFloats - n.arch.MapFloats(w, h)
	if ok {
		room = math.MaxInt
	}
	if err := n.forgetMaps(maxMaps-1, room); err != nil {
		return nil, err
	}
	g, err := buildGraph(n, 1, h, w, false, passer)
	if err != nil {
		return nil, err
	}
	if s := g.logits.Value.Shape(); len(s) != 4 {
		return nil, fmt.Errorf("%s ends in a dense layer: make it convolutional first", n.arch.Name)
	}
	n.maps = append(n.maps, g)
	return g, nil
}

// forgetMaps closes the graphs used longest ago until there are at most count, with at
// most so many floats.
func (n *Net) forgetMaps(count, floats int) error {
	for _, g := range n.maps {
		s := g.x.Shape()
		floats -= n.arch.MapFloats(s[3], s[2])
	}
	for len(n.maps) > 0 && (len(n.maps) > count || floats < 0) {
		s := n.maps[0].x.Shape()
		floats += n.arch.MapFloats(s[3], s[2])
		if err := n.maps[0].close(); err != nil {
			return err
		}
		n.maps = slices.Delete(n.maps, 0, 1)
	}
	return nil
}

// MapFloats is how many numbers the layers of a convolutional network put out for a
// picture of w x h pixels.
func (a Arch) MapFloats(w, h int) int {
	floats, _ := a.mapWork(w, h)
	return floats
}

// MapGFLOP is what the convolutions of Map cost for a picture of w x h pixels, a multiply-add
// counted as two.
func (a Arch) MapGFLOP(w, h int) float64 {
	_, work := a.mapWork(w, h)
	return work
}

func (a Arch) mapWork(w, h int) (floats int, gflop float64) {
	floats, channels := 3*w*h, 3
	for _, l := range a.Layers {
		switch l.Kind {
		case Conv:
			in := channels
			w, h, channels = w+2*l.Pad-l.Kernel+1, h+2*l.Pad-l.Kernel+1, l.Out
			gflop += 2e-9 * float64(w*h) * float64(in*l.Kernel*l.Kernel*l.Out)
		case MaxPool:
			w, h = PoolOut(w, l.Kernel, l.Stride), PoolOut(h, l.Kernel, l.Stride)
		}
		floats += channels * w * h
	}
	return floats, gflop
}
