package ref

import (
	"math"

	"frglab/engine/nn"
)

// norm is batch normalisation with its activation. x and y: (N,C,H,W), scale and
// offset and the running averages: (C).
type norm struct {
	b                             *Backend
	x, y                          tensor
	scale, offset, mean, variance tensor
	n, c, plane                   int
	slope                         float64
	train                         bool
	centre, steep                 []float64 // by channel: the mean and 1/sqrt(variance+eps) last used

	forwards, backwards func(worker, c int)
}

func newNorm(k *kernel) error {
	y, err := k.fit()
	if err != nil {
		return err
	}
	shape := k.x.shape
	m := &norm{
		b: k.b, x: k.x, y: y, scale: k.params[0], offset: k.params[1], mean: k.params[2], variance: k.params[3],
		n: shape[0], c: shape[1], plane: shape[2] * shape[3], slope: float64(k.l.Act.Slope()), train: k.train,
		centre: make([]float64, shape[1]), steep: make([]float64, shape[1]),
	}
	m.forwards, m.backwards = m.forwardChannel, m.backwardChannel
	k.maths = m
	return nil
}

func (m *norm) forward(uint64) { m.b.team.run(m.c, m.forwards) }
func (m *norm) backward()      { m.b.team.run(m.c, m.backwards) }

// at is where channel c of picture n lies.
func (m *norm) at(n, c int) (from, to int) {
	return (n*m.c + c) * m.plane, (n*m.c + c + 1) * m.plane
}

func (m *norm) forwardChannel(_, c int) {
	mean, variance := float64(m.mean.value[c]), float64(m.variance.value[c])
	if m.train {
		mean, variance = m.statistics(c)
		m.average(c, mean, variance)
	}
	steep := 1 / math.Sqrt(variance+nn.BatchNormEps)
	m.centre[c], m.steep[c] = mean, steep
	factor, offset := float64(m.scale.value[c])*steep, float64(m.offset.value[c])
	for n := range m.n {
		from, to := m.at(n, c)
		y := m.y.value[from:to]
		for i, v := range m.x.value[from:to] {
			y[i] = activate((float64(v)-mean)*factor+offset, m.slope)
		}
	}
}

// statistics are the mean and the variance (divided by the count) of a channel
// over the batch.
func (m *norm) statistics(c int) (mean, variance float64) {
	count := float64(m.n * m.plane)
	for n := range m.n {
		from, to := m.at(n, c)
		for _, v := range m.x.value[from:to] {
			mean += float64(v)
		}
	}
	mean /= count
	for n := range m.n {
		from, to := m.at(n, c)
		for _, v := range m.x.value[from:to] {
			variance += (float64(v) - mean) * (float64(v) - mean)
		}
	}
	return mean, variance / count
}

// average moves the running averages. That of the variance takes the unbiased
// estimate, divided by one less than the count, as in chainer and PyTorch.
func (m *norm) average(c int, mean, variance float64) {
	count := float64(m.n * m.plane)
	variance *= count / max(count-1, 1)
	move := func(old *float32, now float64) {
		*old = float32(nn.BatchNormDecay*float64(*old) + (1-nn.BatchNormDecay)*now)
	}
	move(&m.mean.value[c], mean)
	move(&m.variance.value[c], variance)
}

// backwardChannel follows Ioffe and Szegedy 2015, section 3, with u the normalised
// input and g the gradient behind the activation:
// offset: Σg, scale: Σgu, x: scale/sqrt(variance+eps) · (g - mean(g) - u·mean(gu)).
func (m *norm) backwardChannel(_, c int) {
	mean, steep := m.centre[c], m.steep[c]
	sumG, sumGU := 0.0, 0.0
	for n := range m.n {
		from, to := m.at(n, c)
		x, y := m.x.value[from:to], m.y.value[from:to]
		for i, dy := range m.y.grad[from:to] {
			g := float64(dy) * slopeAt(y[i], m.slope)
			sumG += g
			sumGU += g * (float64(x[i]) - mean) * steep
		}
	}
	if m.offset.grad != nil {
		m.offset.grad[c] = float32(sumG)
	}
	if m.scale.grad != nil {
		m.scale.grad[c] = float32(sumGU)
	}
	if m.x.grad == nil {
		return
	}
	count := float64(m.n * m.plane)
	factor, meanG, meanGU := float64(m.scale.value[c])*steep, sumG/count, sumGU/count
	for n := range m.n {
		from, to := m.at(n, c)
		x, y, dx := m.x.value[from:to], m.y.value[from:to], m.x.grad[from:to]
		for i, dy := range m.y.grad[from:to] {
			g := float64(dy) * slopeAt(y[i], m.slope)
			dx[i] = float32(factor * (g - meanG - (float64(x[i])-mean)*steep*meanGU))
		}
	}
}
