package ref

import (
	"fmt"
	"slices"
	"unsafe"

	"frglab/engine/nn"
)

// maxElements bounds one buffer (8 GiB): a larger one is a mistake, and Go would
// end the program instead of returning an error.
const maxElements = 1 << 31

// buffer is a tensor in row-major order.
type buffer struct {
	shape []int
	data  []float32
}

// NewBuffer makes zeroed memory.
func (b *Backend) NewBuffer(shape ...int) (nn.Buffer, error) {
	if b.closed {
		return nil, errClosed
	}
	return newBuffer(shape)
}

func newBuffer(shape []int) (*buffer, error) {
	n := 1
	for _, d := range shape {
		if d < 1 || d > maxElements/n {
			return nil, fmt.Errorf("a tensor of shape %v cannot be made", shape)
		}
		n *= d
	}
	return &buffer{slices.Clone(shape), make([]float32, n)}, nil
}

func (b *buffer) Shape() []int { return slices.Clone(b.shape) }

func (b *buffer) Read(dst []float32) error {
	if len(dst) != len(b.data) {
		return fmt.Errorf("read %d numbers from a tensor of shape %v", len(dst), b.shape)
	}
	copy(dst, b.data)
	return nil
}

func (b *buffer) Write(src []float32) error {
	if len(src) != len(b.data) {
		return fmt.Errorf("write %d numbers to a tensor of shape %v", len(src), b.shape)
	}
	copy(b.data, src)
	return nil
}

func (b *buffer) Memory() (p unsafe.Pointer, n int, host bool) {
	return unsafe.Pointer(unsafe.SliceData(b.data)), len(b.data), true
}

// Close leaves the memory to the garbage collector.
func (b *buffer) Close() error { return nil }

// tensor is an nn.Var whose memory was checked. grad and velocity are nil where
// the Var has none.
type tensor struct {
	shape                 []int
	value, grad, velocity []float32
}

// resolve fails on a Var without value, with memory of another backend, or with
// parts of different shapes.
func resolve(v *nn.Var) (tensor, error) {
	if v == nil || v.Value == nil {
		return tensor{}, fmt.Errorf("a tensor is missing")
	}
	t := tensor{shape: v.Value.Shape()}
	for _, p := range []struct {
		from nn.Buffer
		to   *[]float32
	}{{v.Value, &t.value}, {v.Grad, &t.grad}, {v.Velocity, &t.velocity}} {
		if p.from == nil {
			continue
		}
		b, ok := p.from.(*buffer)
		if !ok {
			return tensor{}, fmt.Errorf("%s lies in memory of another backend (%T)", v.Name, p.from)
		}
		if !slices.Equal(b.shape, t.shape) {
			return tensor{}, fmt.Errorf("%s has shape %v, but its gradient or velocity %v", v.Name, t.shape, b.shape)
		}
		*p.to = b.data
	}
	return t, nil
}
