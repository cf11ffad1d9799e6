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
	c        *C.od_kernel // nil once freed, and for a layer that does nothing
	out      nn.Var
	own      []*buffer // of out
	train    bool
	keep     []*nn.Var // the C side points into their buffers
	seed     uint64
	forward  func() error
	backward func() error
}

var errNoTraining = errors.New("backward: the kernel was not made for training")

// Layer makes the kernel of one layer.
func (b *Backend) Layer(l nn.Layer, x *nn.Var, params []*nn.Var, train bool) (nn.Kernel, error) {
	k := &kernel{b: b, train: train, keep: append([]*nn.Var{x}, params...)}
	if err := b.checkLayer(l, x, params); err != nil {
		return nil, fmt.Errorf("%s %s: %w", l.Kind, l.Name, err)
	}
	if l.Kind == nn.Dropout && !train {
		k.out = nn.Var{Name: l.Name, Value: x.Value}
		return k, b.check()
	}
	s := C.od_spec{
		out: C.int(l.Out), kernel: C.int(l.Kernel), stride: C.int(l.Stride), pad: C.int(l.Pad),
		slope: C.float(l.Act.Slope()), drop: C.float(l.Drop),
		eps: nn.BatchNormEps, decay: nn.BatchNormDecay,
	}
	if train {
		s.train = 1
	}
	in := vars(x)[0]
	ps := vars(params...)
	err := k.make(l.Name, func(c **C.od_kernel) C.od_err {
		switch l.Kind {
		case nn.Conv:
			return C.od_conv(b.dev, s, in, &ps[0], c)
		case nn.BatchNorm:
			return C.od_norm(b.dev, s, in, &ps[0], c)
		case nn.MaxPool:
			return C.od_pool(b.dev, s, in, c)
		case nn.Dense:
			return C.od_dense(b.dev, s, in, &ps[0], c)
		}
		return C.od_drop(b.dev, s, in, c)
	})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", l.Kind, l.Name, err)
	}
	return k, nil
}

// Loss makes the kernel of mean softmax cross entropy.
func (b *Backend) Loss(logits *nn.Var, targets nn.Buffer) (nn.Kernel, error) {
	t := &nn.Var{Name: "targets", Value: targets}
	k := &kernel{b: b, train: true, keep: []*nn.Var{logits, t}}
	for _, v := range k.keep {
		m, err := b.mine(v)
		if err != nil {
			return nil, fmt.Errorf("loss: %w", err)
		}
		if len(m.shape) != 2 || !slices.Equal(m.shape, logits.Value.Shape()) {
			return nil, fmt.Errorf("loss: logits %v and targets %v are not of one shape (N,K)", logits.Value.Shape(), m.shape)
		}
	}
	vs := vars(k.keep...)
	err := k.make("loss", func(c **C.od_kernel) C.od_err { return C.od_loss(b.dev, vs[0], vs[1].value, c) })
	if err != nil {
		return nil, fmt.Errorf("loss: %w", err)
	}
	return k, nil
}

func (b *Backend) check() error {
	if b.work == nil {
		return ErrClosed
	}
	return nil
}

// vars are checked variables as C sees them.
func vars(vs ...*nn.Var) []C.od_var {
	cs := make([]C.od_var, len(vs))
	for i, v := range vs {
		cs[i].value = v.Value.(*buffer).c
		if v.Grad != nil {
			cs[i].grad = v.Grad.(*buffer).c
		}
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
	k.own = []*buffer{value}
	if y.grad != nil {
		grad := k.b.wrap(y.grad, shape)
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
	if k.forward == nil {
		return k.b.check()
	}
	k.seed = seed
	return k.b.do(k.forward)
}

// Backward computes the gradients.
func (k *kernel) Backward() error {
	if !k.train {
		return errNoTraining
	}
	return k.b.do(k.backward)
}

// Close frees the kernel and its output.
func (k *kernel) Close() error {
	if k.c == nil || k.b.work == nil {
		return nil
	}
	delete(k.b.kernels, k)
	return k.b.do(func() error { k.free(); return nil })
}

func (k *kernel) free() {
	C.od_kernel_free(k.c)
	k.c = nil
	for _, m := range k.own {
		m.c, m.data = nil, nil
	}
	k.forward, k.backward = closed, closed
}

func closed() error { return ErrClosed }
