package cuda

import (
	"fmt"
	"slices"
	"unsafe"

	"frglab/engine/nn"
)

// maxElements bounds one buffer (8 GiB): kernels count the numbers of a tensor in 31 bits.
const maxElements = 1<<31 - 1

// buffer is a tensor on the machine, in row-major order.
type buffer struct {
	b     *Backend
	m     *block
	shape []int
}

// NewBuffer makes zeroed memory.
func (b *Backend) NewBuffer(shape ...int) (nn.Buffer, error) {
	u, err := b.newBuffer(shape)
	if err != nil {
		return nil, err
	}
	return u, nil
}

func (b *Backend) newBuffer(shape []int) (*buffer, error) {
	n := 1
	for _, d := range shape {
		if d < 1 || d > maxElements/n {
			return nil, fmt.Errorf("a tensor of shape %v cannot be made", shape)
		}
		n *= d
	}
	m, err := b.alloc(4 * n)
	if err != nil {
		return nil, err
	}
	return &buffer{b, m, slices.Clone(shape)}, nil
}

func (u *buffer) Shape() []int { return slices.Clone(u.shape) }

func (u *buffer) Read(dst []float32) error {
	if err := u.fits(len(dst)); err != nil {
		return err
	}
	if err := u.b.flush(); err != nil {
		return err
	}
	return u.b.m.Download(bytesOf(dst), u.m.at)
}

func (u *buffer) Write(src []float32) error {
	if err := u.fits(len(src)); err != nil {
		return err
	}
	return u.b.upload(u.m.at, bytesOf(src))
}

func (u *buffer) fits(n int) error {
	if u.b.closed {
		return errClosed
	}
	if !u.b.blocks[u.m] {
		return fmt.Errorf("the tensor of shape %v was closed", u.shape)
	}
	if n != volume(u.shape) {
		return fmt.Errorf("%d numbers for a tensor of shape %v", n, u.shape)
	}
	return nil
}

// Memory is an address of the machine.
func (u *buffer) Memory() (p unsafe.Pointer, n int, host bool) {
	return *(*unsafe.Pointer)(unsafe.Pointer(&u.m.at)), volume(u.shape), false
}

func (u *buffer) Close() error {
	if u.b.closed {
		return nil
	}
	u.b.moved = nil // its table may name the memory
	return u.b.free(u.m)
}

// tensor is an nn.Var whose memory was checked. grad and velocity are nil where the Var
// has none.
type tensor struct {
	shape                 []int
	value, grad, velocity *block
}

// resolve fails on a Var without value, with memory of another backend, or with parts of
// different shapes.
func (b *Backend) resolve(v *nn.Var) (tensor, error) {
	if v == nil || v.Value == nil {
		return tensor{}, fmt.Errorf("a tensor is missing")
	}
	t := tensor{shape: v.Value.Shape()}
	for _, p := range []struct {
		from nn.Buffer
		to   **block
	}{{v.Value, &t.value}, {v.Grad, &t.grad}, {v.Velocity, &t.velocity}} {
		if p.from == nil {
			continue
		}
		u, ok := p.from.(*buffer)
		if !ok || u.b != b {
			return tensor{}, fmt.Errorf("%s lies in memory of another backend (%T)", v.Name, p.from)
		}
		if !slices.Equal(u.shape, t.shape) {
			return tensor{}, fmt.Errorf("%s has shape %v, but its gradient or velocity %v", v.Name, t.shape, u.shape)
		}
		*p.to = u.m
	}
	return t, nil
}

func volume(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
