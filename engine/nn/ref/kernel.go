package ref

import (
	"errors"
	"fmt"

	"frglab/engine/nn"
)

// kernel is a layer as the outside sees it: it keeps the rules of nn.Kernel and
// leaves the numbers to maths.
type kernel struct {
	site
	out   *nn.Var
	maths maths
	rules nn.Rules
}

// maths computes a layer on memory that was checked when the kernel was made.
type maths interface {
	forward(seed uint64)
	backward()
}

// site is where a layer sits: what it reads, and what it may fill.
type site struct {
	b      *Backend
	l      nn.Layer
	x      tensor
	params []tensor
	train  bool
}

// Layer makes the kernel of one layer.
func (b *Backend) Layer(l nn.Layer, x *nn.Var, params []*nn.Var, train bool) (nn.Kernel, error) {
	k, err := b.newKernel(l, x, params, train)
	if err != nil {
		return nil, fmt.Errorf("%s %q: %w", l.Kind, l.Name, err)
	}
	return k, nil
}

func (b *Backend) newKernel(l nn.Layer, x *nn.Var, params []*nn.Var, train bool) (*kernel, error) {
	if b.closed {
		return nil, errClosed
	}
	k := &kernel{site: site{b: b, l: l, train: train}, rules: nn.Rules{Layer: l, Train: train}}
	var err error
	if k.x, err = resolve(x); err != nil {
		return nil, err
	}
	for _, p := range params {
		t, err := resolve(p)
		if err != nil {
			return nil, err
		}
		k.params = append(k.params, t)
	}
	switch l.Kind {
	case nn.Conv:
		err = newConv(k)
	case nn.BatchNorm:
		err = newNorm(k)
	case nn.MaxPool:
		err = newPool(k)
	case nn.Dense:
		err = newDense(k)
	case nn.Dropout:
		err = newDropout(k)
	default:
		err = errors.New("unknown kind of layer")
	}
	return k, err
}

// fit makes the output that the layer has over its input, if it can be computed.
func (k *kernel) fit() (tensor, error) {
	var shapes [][]int
	for _, p := range k.params {
		shapes = append(shapes, p.shape)
	}
	out, err := k.l.Fit(k.x.shape, shapes)
	if err != nil {
		return tensor{}, err
	}
	return k.output(out...)
}

// output makes what the layer fills, and in training the gradient that it reads.
func (k *kernel) output(shape ...int) (tensor, error) {
	k.out = &nn.Var{Name: k.l.Name}
	value, err := newBuffer(shape)
	if err != nil {
		return tensor{}, err
	}
	k.out.Value = value
	if k.train {
		grad, err := newBuffer(shape)
		if err != nil {
			return tensor{}, err
		}
		k.out.Grad = grad
	}
	return resolve(k.out)
}

func (k *kernel) Out() *nn.Var { return k.out }

func (k *kernel) Forward(seed uint64) error {
	if k.b.closed {
		return errClosed
	}
	if err := k.rules.Forward(); err != nil {
		return err
	}
	k.maths.forward(seed)
	return nil
}

func (k *kernel) Backward() error {
	if k.b.closed {
		return errClosed
	}
	if err := k.rules.Backward(); err != nil {
		return err
	}
	k.maths.backward()
	return nil
}

// Close lets go of the output's memory, whoever still holds the output.
func (k *kernel) Close() error {
	k.rules.Close()
	k.maths = nil
	for _, b := range []nn.Buffer{k.out.Value, k.out.Grad} {
		if b, ok := b.(*buffer); ok {
			b.data = nil
		}
	}
	return nil
}

// activate applies the activation with that slope for negative values, and rounds.
func activate(v, slope float64) float32 {
	if v < 0 {
		v *= slope
	}
	return float32(v)
}

// slopeAt is the derivative of an activation where it gave y; at 0 it is that of
// the negative side, as in chainer's relu and PyTorch.
func slopeAt(y float32, slope float64) float64 {
	if y > 0 {
		return 1
	}
	return slope
}
