package cuda

import (
	"fmt"
	"slices"

	"frglab/engine/nn"
)

// newPool makes the maximum of square windows, of which the last may hang over the edge.
// x: (N,C,H,W), y: (N,C,OH,OW).
func newPool(k *kernel) error {
	if err := k.fit(); err != nil {
		return err
	}
	l, h, w := k.l, k.x.shape[2], k.x.shape[3]
	oh, ow := k.y.shape[2], k.y.shape[3]
	out, in := volume(k.y.shape), volume(k.x.shape)
	var top *block // for each result, where in its plane of x the maximum lay
	if k.train {
		var err error
		if top, err = k.memory(4 * out); err != nil {
			return err
		}
	}
	k.forward = func(uint64) error {
		return k.b.launch("pool_forward", each(out), k.y.value.at, at(top), k.x.value.at, whole(out), whole(h), whole(w),
			whole(ow), whole(oh*ow), whole(l.Kernel), whole(l.Stride), over(ow), over(oh*ow))
	}
	k.backward = func() error {
		if k.x.grad == nil {
			return nil
		}
		return k.b.launch("pool_backward", each(in), k.x.grad.at, k.y.grad.at, top.at, whole(in), whole(w), whole(h*w),
			whole(oh), whole(ow), whole(l.Kernel), whole(l.Stride), over(w), over(h*w), over(l.Stride))
	}
	return nil
}

// newDropout makes a layer that drops elements in training, as nn.Keep says.
func newDropout(k *kernel) error {
	if err := k.fit(); err != nil {
		return err
	}
	n, least, scale := volume(k.x.shape), uint64(k.l.Drop*(1<<24)), float64(nn.DropoutScale(k.l.Drop))
	if !k.train {
		least, scale = 0, 1
	}
	last, err := k.b.knob(1)
	if err != nil {
		return err
	}
	k.own = append(k.own, last.m)
	run := func(to, from *block) error {
		return k.b.launch("dropout", each(n), to.at, from.at, last.at(), least, real(scale), whole(n))
	}
	k.forward = func(seed uint64) error {
		if k.train {
			if err := last.set(seed); err != nil {
				return err
			}
		}
		return run(k.y.value, k.x.value)
	}
	k.backward = func() error {
		if k.x.grad == nil {
			return nil
		}
		return run(k.x.grad, k.y.grad)
	}
	return nil
}

// Loss makes mean softmax cross entropy. logits and targets: (N,K).
func (b *Backend) Loss(logits *nn.Var, targets nn.Buffer) (nn.Kernel, error) {
	l := nn.Layer{Kind: "loss", Name: "loss"}
	k := &kernel{b: b, l: l, rules: nn.Rules{Layer: l}}
	if err := k.buildLoss(logits, targets); err != nil {
		return nil, fmt.Errorf("loss: %w", err)
	}
	return k, nil
}

func (k *kernel) buildLoss(logits *nn.Var, targets nn.Buffer) error {
	if k.b.closed {
		return errClosed
	}
	x, err := k.b.resolve(logits)
	if err != nil {
		return err
	}
	t, err := k.b.resolve(&nn.Var{Name: "targets", Value: targets})
	if err != nil {
		return err
	}
	if len(x.shape) != 2 || !slices.Equal(x.shape, t.shape) {
		return fmt.Errorf("logits of shape %v, targets of shape %v", x.shape, t.shape)
	}
	if err := k.output(1); err != nil {
		return err
	}
	k.train, k.rules.Train = x.grad != nil, x.grad != nil // set after output: the loss has no gradient to read, it is 1
	n, classes := whole(x.shape[0]), whole(x.shape[1])
	k.forward = func(uint64) error {
		return k.b.launch("loss", [3]int{1, 1, 1}, k.y.value.at, at(x.grad), x.value.at, t.value.at, n, classes)
	}
	k.backward = func() error { return nil } // forward left the gradient, too
	return nil
}
