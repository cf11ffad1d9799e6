package ref

import (
	"fmt"
	"math"
	"slices"

	"frglab/engine/nn"
)

// loss is mean softmax cross entropy. logits and targets: (N,K).
type loss struct {
	logits, y tensor
	targets   []float32
	n, k      int
}

// Loss makes the kernel of the training loss.
func (b *Backend) Loss(logits *nn.Var, targets nn.Buffer) (nn.Kernel, error) {
	k, err := b.newLoss(logits, targets)
	if err != nil {
		return nil, fmt.Errorf("loss: %w", err)
	}
	return k, nil
}

func (b *Backend) newLoss(logits *nn.Var, targets nn.Buffer) (*kernel, error) {
	if b.closed {
		return nil, errClosed
	}
	x, err := resolve(logits)
	if err != nil {
		return nil, err
	}
	t, err := resolve(&nn.Var{Name: "targets", Value: targets})
	if err != nil {
		return nil, err
	}
	if len(x.shape) != 2 || !slices.Equal(x.shape, t.shape) {
		return nil, fmt.Errorf("logits of shape %v, targets of shape %v", x.shape, t.shape)
	}
	k := &kernel{site: site{b: b, l: nn.Layer{Kind: "loss", Name: "loss"}, x: x}}
	y, err := k.output(1)
	if err != nil {
		return nil, err
	}
	k.train, k.rules.Train = x.grad != nil, x.grad != nil // set after output: the loss has no gradient to read, it is 1
	k.maths = &loss{logits: x, targets: t.value, y: y, n: x.shape[0], k: x.shape[1]}
	return k, nil
}

func (l *loss) row(n int) (logits, targets, grad []float32) {
	from, to := n*l.k, (n+1)*l.k
	return l.logits.value[from:to], l.targets[from:to], l.logits.grad[from:to]
}

// logSum is log Σ exp(logit), so that log p = logit - logSum.
func logSum(logits []float32) float64 {
	top := float64(slices.Max(logits))
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v) - top)
	}
	return top + math.Log(sum)
}

func (l *loss) forward(uint64) {
	sum := 0.0
	for n := range l.n {
		logits, targets, _ := l.row(n)
		all := logSum(logits)
		for k, t := range targets {
			if t != 0 { // else 0 · an infinite logarithm would be NaN
				sum += float64(t) * (all - float64(logits[k]))
			}
		}
	}
	l.y.value[0] = float32(sum / float64(l.n))
}

// backward: (p·Σt - t) / N, where Σt is 1 for a distribution.
func (l *loss) backward() {
	for n := range l.n {
		logits, targets, grad := l.row(n)
		all, total := logSum(logits), 0.0
		for _, t := range targets {
			total += float64(t)
		}
		for k, t := range targets {
			grad[k] = float32((math.Exp(float64(logits[k])-all)*total - float64(t)) / float64(l.n))
		}
	}
}
