package onednn

// #include "onednn.h"
import "C"

import (
	"fmt"
	"slices"
	"unsafe"

	"frglab/engine/nn"
)

// buffer is memory of the C heap. Parameters, inputs and targets are row-major;
// what kernels put out has the layout that the library computes fastest with.
type buffer struct {
	b        *Backend
	c        *C.od_buf // nil once freed
	shape    []int
	size     int // product of shape
	data     []float32
	rowMajor bool
}

// maxFloats in one buffer (64 GiB): more is a mistake and not a network.
const maxFloats = 1 << 34

// NewBuffer makes zeroed row-major memory. It stays until the backend is closed, or
// until its Close where its user knows of that method.
func (b *Backend) NewBuffer(shape ...int) (nn.Buffer, error) {
	if len(shape) < 1 || len(shape) > 5 {
		return nil, fmt.Errorf("buffer of shape %v: 1 to 5 axes are possible", shape)
	}
	size := 1
	for _, d := range shape {
		if d < 1 || d > maxFloats/size {
			return nil, fmt.Errorf("buffer of shape %v is empty or too large", shape)
		}
		size *= d
	}
	var c *C.od_buf
	dims := toDims(shape)
	err := b.do(func() error { return check(C.od_buf_new(b.dev, C.int(len(shape)), &dims[0], &c)) })
	if err != nil {
		return nil, fmt.Errorf("buffer of shape %v: %w", shape, err)
	}
	m := b.wrap(c, slices.Clone(shape))
	b.buffers[m] = struct{}{}
	return m, nil
}

func toDims(shape []int) []C.int64_t {
	dims := make([]C.int64_t, len(shape))
	for i, d := range shape {
		dims[i] = C.int64_t(d)
	}
	return dims
}

func (b *Backend) wrap(c *C.od_buf, shape []int) *buffer {
	m := &buffer{b: b, c: c, shape: shape, size: 1}
	for _, d := range shape {
		m.size *= d
	}
	var n C.size_t
	var rowMajor C.int
	p := C.od_data(c, &n, &rowMajor)
	m.data = unsafe.Slice((*float32)(unsafe.Pointer(p)), int(n))
	m.rowMajor = rowMajor != 0
	return m
}

func (m *buffer) like(o *buffer) bool {
	return m.b == o.b && m.c != nil && o.c != nil && slices.Equal(m.shape, o.shape)
}

// Shape is the logical shape; do not modify it.
func (m *buffer) Shape() []int { return m.shape }

// Memory is valid until the buffer's owner is closed.
func (m *buffer) Memory() (p unsafe.Pointer, n int, host bool) {
	return unsafe.Pointer(unsafe.SliceData(m.data)), len(m.data), true
}

// Read copies the values out in row-major order.
func (m *buffer) Read(dst []float32) error {
	if err := m.check("read", dst); err != nil {
		return err
	}
	if m.rowMajor {
		copy(dst, m.data)
		return nil
	}
	return m.reorder(dst, 0)
}

// Write sets the values from row-major order.
func (m *buffer) Write(src []float32) error {
	if err := m.check("write", src); err != nil {
		return err
	}
	C.od_touch(m.c)
	if m.rowMajor {
		copy(m.data, src)
		return nil
	}
	return m.reorder(src, 1)
}

func (m *buffer) check(what string, host []float32) error {
	if m.c == nil || m.b.work == nil {
		return ErrClosed
	}
	if len(host) != m.size {
		return fmt.Errorf("%s %d numbers, but the shape is %v", what, len(host), m.shape)
	}
	return nil
}

func (m *buffer) reorder(host []float32, write C.int) error {
	return m.b.do(func() error {
		return check(C.od_copy(m.b.dev, m.c, (*C.float)(unsafe.Pointer(&host[0])), write))
	})
}

// Close frees the memory before the backend does. No kernel may use it any more.
func (m *buffer) Close() error {
	if m.c == nil || m.b.work == nil {
		return nil
	}
	delete(m.b.buffers, m)
	return m.b.do(func() error { m.free(); return nil })
}

func (m *buffer) free() {
	C.od_buf_free(m.c)
	m.c, m.data = nil, nil
}
