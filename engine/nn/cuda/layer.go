package cuda

import (
	"errors"
	"fmt"

	"frglab/engine/nn"
)

// kernel is a layer as the outside sees it: it keeps the rules of nn.Kernel and leaves the
// launches to forward and backward, which the layer's constructor sets.
type kernel struct {
	b      *Backend
	l      nn.Layer
	x      tensor
	params []tensor
	train  bool

	out *nn.Var
	y   tensor
	own []*block // memory that goes with the kernel, the output aside

	rules nn.Rules

	forward  func(seed uint64) error
	backward func() error
}

// Layer makes the kernel of one layer.
func (b *Backend) Layer(l nn.Layer, x *nn.Var, params []*nn.Var, train bool) (nn.Kernel, error) {
	k := &kernel{b: b, l: l, train: train, rules: nn.Rules{Layer: l, Train: train}}
	if err := k.build(x, params); err != nil {
		return nil, errors.Join(fmt.Errorf("%s %q: %w", l.Kind, l.Name, err), k.Close())
	}
	return k, nil
}

func (k *kernel) build(x *nn.Var, params []*nn.Var) (err error) {
	if k.b.closed {
		return errClosed
	}
	if k.x, err = k.b.resolve(x); err != nil {
		return err
	}
	for _, p := range params {
		t, err := k.b.resolve(p)
		if err != nil {
			return err
		}
		k.params = append(k.params, t)
	}
	switch k.l.Kind {
	case nn.Conv:
		return newConv(k)
	case nn.BatchNorm:
		return newNorm(k)
	case nn.MaxPool:
		return newPool(k)
	case nn.Dense:
		return newDense(k)
	case nn.Dropout:
		return newDropout(k)
	}
	return errors.New("unknown kind of layer")
}

// fit makes the output that the layer has over its input, if it can be computed.
func (k *kernel) fit() error {
	var shapes [][]int
	for _, p := range k.params {
		shapes = append(shapes, p.shape)
	}
	out, err := k.l.Fit(k.x.shape, shapes)
	if err != nil {
		return err
	}
	return k.output(out...)
}

// output makes what the layer fills, and in training the gradient that it reads.
func (k *kernel) output(shape ...int) error {
	k.out = &nn.Var{Name: k.l.Name}
	for _, to := range []*nn.Buffer{&k.out.Value, &k.out.Grad} {
		u, err := k.b.newBuffer(shape)
		if err != nil {
			return err
		}
		*to = u
		if !k.train {
			break
		}
	}
	var err error
	k.y, err = k.b.resolve(k.out)
	return err
}

// memory makes memory that goes with the kernel.
func (k *kernel) memory(bytes int) (*block, error) {
	m, err := k.b.alloc(bytes)
	if err == nil {
		k.own = append(k.own, m)
	}
	return m, err
}

func (k *kernel) slope() uint64 { return real(float64(k.l.Act.Slope())) }

func (k *kernel) Out() *nn.Var { return k.out }

func (k *kernel) Forward(seed uint64) error {
	if k.b.closed {
		return errClosed
	}
	if err := k.rules.Forward(); err != nil {
		return err
	}
	return k.forward(seed)
}

func (k *kernel) Backward() error {
	if k.b.closed {
		return errClosed
	}
	if err := k.rules.Backward(); err != nil {
		return err
	}
	return k.backward()
}

// Close gives the kernel's memory back, its output included.
func (k *kernel) Close() error {
	if !k.rules.Close() || k.b.closed {
		return nil
	}
	var errs []error
	for _, m := range k.own {
		errs = append(errs, k.b.free(m))
	}
	if k.out != nil {
		for _, u := range []nn.Buffer{k.out.Value, k.out.Grad} {
			if u, ok := u.(*buffer); ok && u != nil {
				errs = append(errs, u.Close())
			}
		}
	}
	return errors.Join(errs...)
}

// back is the gradient behind the layer's activation, from that of its output.
func (k *kernel) back() (*block, error) {
	if k.l.Act == nn.Linear {
		return k.y.grad, nil
	}
	n := volume(k.y.shape)
	return k.b.grads, k.b.launch("mask", each(n), k.b.grads.at, k.y.grad.at, k.y.value.at, k.slope(), whole(n))
}

// gradients plans the product that the gradients of weight and bias are, where they are
// wanted: the bias is a weight of an input that is always 1.
func (k *kernel) gradients(p product) (*product, error) {
	weight, bias := k.params[0], k.params[1]
	if weight.grad == nil && bias.grad == nil {
		return nil, nil
	}
	p.slope, p.plane, p.y, p.last = real(1), 1, weight.grad, bias.grad
	if p.y == nil {
		var err error
		if p.y, err = k.memory(4 * volume(weight.shape)); err != nil {
			return nil, err
		}
	}
	if p.last != nil {
		p.cols++
	}
	return &p, p.plan(k.b)
}
