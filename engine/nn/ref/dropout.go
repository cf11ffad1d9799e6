package ref

import (
	"frglab/engine/nn"
)

// dropout drops elements in training, as nn.Keep says; x and y of any one shape.
type dropout struct {
	b     *Backend
	x, y  tensor
	drop  float32
	train bool
	seed  uint64

	forwards, backwards func(worker, i int)
}

func newDropout(k *kernel) error {
	y, err := k.fit()
	if err != nil {
		return err
	}
	d := &dropout{b: k.b, x: k.x, y: y, drop: k.l.Drop, train: k.train}
	d.forwards, d.backwards = d.forwardPart, d.backwardPart
	k.maths = d
	return nil
}

func (d *dropout) forward(seed uint64) {
	d.seed = seed
	if !d.train {
		copy(d.y.value, d.x.value)
		return
	}
	d.b.team.run(parts(len(d.x.value)), d.forwards)
}

func (d *dropout) backward() {
	if d.x.grad != nil {
		d.b.team.run(parts(len(d.x.value)), d.backwards)
	}
}

func (d *dropout) forwardPart(_, i int)  { d.apply(d.y.value, d.x.value, i) }
func (d *dropout) backwardPart(_, i int) { d.apply(d.x.grad, d.y.grad, i) }

func (d *dropout) apply(dst, src []float32, i int) {
	scale := nn.DropoutScale(d.drop)
	from, to := part(i, len(dst))
	for j := from; j < to; j++ {
		dst[j] = 0
		if nn.Keep(d.seed, j, d.drop) {
			dst[j] = src[j] * scale
		}
	}
}
