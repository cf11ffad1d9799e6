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
	rowMajor bool
	users    int     // kernels that point here
	closed   bool    // to be freed when the last of them is
	maker    *kernel // whose output this is; nil for what NewBuffer made
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
	m.rowMajor = C.od_is_rowmajor(c) != 0
	return m
}

// data is where the values lie: a gradient's may still move while kernels are made.
func (m *buffer) data() []float32 {
	f := C.od_data(m.c)
	return unsafe.Slice((*float32)(unsafe.Pointer(f.p)), int(f.n))
}

func (m *buffer) like(o *buffer) bool {
	return m.b == o.b && slices.Equal(m.shape, o.shape)
}

// alive says that neither the buffer nor what made it was closed.
func (m *buffer) alive() bool {
	return m.c != nil && !m.closed && (m.maker == nil || !m.maker.closed) && m.b.work != nil
}

// Shape is the logical shape; do not modify it.
func (m *buffer) Shape() []int { return m.shape }

// Memory is valid until the buffer's owner is closed.
func (m *buffer) Memory() (p unsafe.Pointer, n int, host bool) {
	if !m.alive() {
		return nil, 0, true
	}
	data := m.data()
	return unsafe.Pointer(unsafe.SliceData(data)), len(data), true
}

// Read copies the values out in row-major order.
func (m *buffer) Read(dst []float32) error {
	if err := m.check("read", dst); err != nil {
		return err
	}
	if C.od_late(m.c) != 0 {
		if err := m.b.do(func() error { return check(C.od_settle(m.c)) }); err != nil {
			return err
		}
	}
	if m.rowMajor {
		copy(dst, m.data())
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
		copy(m.data(), src)
		return nil
	}
	return m.reorder(src, 1)
}

func (m *buffer) check(what string, host []float32) error {
	if !m.alive() {
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

// Close frees the memory before the backend does, or when the last kernel that uses
// it is closed. The output of a kernel goes with the kernel.
func (m *buffer) Close() error {
	if m.closed || m.maker != nil || m.b.work == nil {
		return nil
	}
	m.closed = true
	return m.b.do(func() error {
		C.od_touch(m.c) // nobody can ask for a late gradient any more
		m.release()
		return nil
	})
}

// release frees what is closed and has no users left. It runs on the backend's thread.
func (m *buffer) release() {
	switch {
	case m.users > 0 || m.c == nil:
	case m.maker != nil:
		m.maker.release()
	case m.closed:
		delete(m.b.buffers, m)
		m.free()
	}
}

func (m *buffer) free() {
	C.od_buf_free(m.c)
	m.c = nil
}
