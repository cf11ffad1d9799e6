package onednn

// #include "onednn.h"
import "C"

import (
	"fmt"
	"slices"

	"frglab/engine/nn"
)

// Layer makes the kernel of one layer.
func (b *Backend) Layer(l nn.Layer, x *nn.Var, params []*nn.Var, train bool) (nn.Kernel, error) {
	return b.layer(l, x, params, train, false)
}

// Passing makes the kernel of a layer outside training, for nn.Passer.
func (b *Backend) Passing(l nn.Layer, x *nn.Var, params []*nn.Var) (nn.Kernel, error) {
	return b.layer(l, x, params, false, l.Kind == nn.Conv || l.Kind == nn.MaxPool)
}

func (b *Backend) layer(l nn.Layer, x *nn.Var, params []*nn.Var, train, passing bool) (nn.Kernel, error) {
	k := &kernel{b: b, train: train}
	if err := b.checkLayer(l, x, params); err != nil {
		return nil, fmt.Errorf("%s %s: %w", l.Kind, l.Name, err)
	}
	if l.Kind == nn.Dropout && !train {
		k.out = nn.Var{Name: l.Name, Value: x.Value}
		return k, nil
	}
	s := C.od_spec{
		out: C.int(l.Out), kernel: C.int(l.Kernel), stride: C.int(l.Stride), pad: C.int(l.Pad),
		slope: C.float(l.Act.Slope()), drop: C.float(l.Drop),
		eps: nn.BatchNormEps, decay: nn.BatchNormDecay,
	}
	if train {
		s.train = 1
	}
	if passing {
		s.passing = 1
	}
	vs := k.use(append([]*nn.Var{x}, params...)...)
	in, ps := vs[0], vs[1:]
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
	k := &kernel{b: b, train: true}
	for _, v := range []*nn.Var{logits, t} {
		m, err := b.mine(v)
		if err != nil {
			return nil, fmt.Errorf("loss: %w", err)
		}
		if len(m.shape) != 2 || !slices.Equal(m.shape, logits.Value.Shape()) {
			return nil, fmt.Errorf("loss: logits %v and targets %v are not of one shape (N,K)", logits.Value.Shape(), m.shape)
		}
	}
	vs := k.use(logits, t)
	err := k.make("loss", func(c **C.od_kernel) C.od_err { return C.od_loss(b.dev, vs[0], vs[1].value, c) })
	if err != nil {
		return nil, fmt.Errorf("loss: %w", err)
	}
	return k, nil
}
