package onednn

// #include "onednn.h"
import "C"

import (
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"frglab/engine/nn"
)

// kernel is one layer on fixed buffers.
type kernel struct {
	b        *Backend
	c        *C.od_kernel // nil once freed, and where the layer does nothing
	out      nn.Var
	own      []*buffer // of out
	train    bool
	ran      bool      // Forward was called
	closed   bool      // to be freed when no kernel uses own any more
	uses     []*buffer // inputs and parameters
	seed     uint64
	forward  func() error
	backward func() error
}

var (
	errNoTraining = errors.New("no backward pass outside training")
	errNotRun     = errors.New("the backward pass comes after a forward pass")
)

// use takes checked variables and returns them as C sees them.
func (k *kernel) use(vs ...*nn.Var) []C.od_var {
	take := func(b nn.Buffer) *C.od_buf {
		if b == nil {
			return nil
		}
		m := b.(*buffer)
		m.users++
		k.uses = append(k.uses, m)
		return m.c
	}
	cs := make([]C.od_var, len(vs))
	for i, v := range vs {
		cs[i].value, cs[i].grad = take(v.Value), take(v.Grad)
	}
	return cs
}

// make has C build the kernel and wraps its output.
func (k *kernel) make(name string, build func(**C.od_kernel) C.od_err) error {
	var y C.od_var
	err := k.b.do(func() error {
		var c *C.od_kernel
		err := check(build(&c))
		k.c = c
		if err != nil {
			k.free()
			return err
		}
		y = C.od_out(k.c)
		return nil
	})
	if err != nil {
		return err
	}
	k.out.Name = name
	shape := shapeOf(y.value)
	value := k.b.wrap(y.value, shape)
	k.out.Value = value
	value.maker = k
	k.own = []*buffer{value}
	if y.grad != nil {
		grad := k.b.wrap(y.grad, shape)
		grad.maker = k
		k.out.Grad = grad
		k.own = append(k.own, grad)
	}
	k.forward = func() error { return check(C.od_forward(k.c, C.uint64_t(k.seed))) }
	k.backward = func() error { return check(C.od_backward(k.c)) }
	k.b.kernels[k] = struct{}{}
	return nil
}

func shapeOf(c *C.od_buf) []int {
	var dims *C.int64_t
	rank := int(C.od_shape(c, &dims))
	shape := make([]int, rank)
	for i, d := range unsafe.Slice(dims, rank) {
		shape[i] = int(d)
	}
	return shape
}

// Out is what Forward fills; its buffers go with the kernel.
func (k *kernel) Out() *nn.Var { return &k.out }

// Forward computes the output.
func (k *kernel) Forward(seed uint64) error {
	if err := k.usable(); err != nil {
		return err
	}
	k.ran = true
	if k.c == nil {
		return nil
	}
	k.seed = seed
	return k.named(k.b.do(k.forward))
}

// Backward computes the gradients.
func (k *kernel) Backward() error {
	switch err := k.usable(); {
	case err != nil:
		return err
	case !k.train:
		return k.named(errNoTraining)
	case !k.ran:
		return k.named(errNotRun)
	}
	return k.named(k.b.do(k.backward))
}

func (k *kernel) usable() error {
	if k.closed || k.b.work == nil {
		return k.named(ErrClosed)
	}
	return nil
}

func (k *kernel) named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", k.out.Name, err)
}

// Close frees the kernel and its output, or has them freed with the last kernel that
// uses them.
func (k *kernel) Close() error {
	if k.closed || k.b.work == nil {
		return nil
	}
	k.closed = true
	return k.b.do(func() error { k.release(); return nil })
}

// release runs on the backend's thread, as does free.
func (k *kernel) release() {
	busy := slices.ContainsFunc(k.own, func(m *buffer) bool { return m.users > 0 })
	if k.closed && !busy {
		delete(k.b.kernels, k)
		k.free()
	}
}

func (k *kernel) free() {
	C.od_kernel_free(k.c)
	k.c = nil
	for _, m := range k.own {
		m.c = nil
	}
	uses := k.uses
	k.uses = nil
	for _, m := range uses {
		m.users--
		m.release()
	}
}
