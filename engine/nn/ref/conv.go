package ref

// conv is a convolution of stride 1 with its activation.
// x: (N,C,H,W), weight: (Out,C,K,K), y: (N,Out,OH,OW).
type conv struct {
	b               *Backend
	x, weight, bias tensor
	y               tensor
	c, out, side    int
	slope           float64
	ahead           *slide // x to y
	back            *slide // gradient of y to gradient of x; nil where that is not wanted

	grad  []float32 // of what the activation was applied to
	first int       // pixel of the chunk that is added up

	packFilters, packTurned, packChunk, addChunk, storeWeight, mask func(worker, i int)
}

// chunk is how many pixels weight gradients are summed over before they go into
// scratch.sums: panels of 512 fit a core's first and second cache.
const chunk = 512

func newConv(k *kernel) error {
	y, err := k.fit()
	if err != nil {
		return err
	}
	l, x := k.l, [4]int(k.x.shape)
	c := &conv{
		b: k.b, x: k.x, weight: k.params[0], bias: k.params[1], y: y,
		c: x[1], out: l.Out, side: l.Kernel, slope: float64(l.Act.Slope()),
	}
	c.ahead = newSlide(k.b, x, l.Out, l.Kernel, l.Pad)
	c.ahead.bias, c.ahead.slope = c.bias.value, c.slope
	c.packFilters = c.packFilter
	if k.train {
		if k.x.grad != nil {
			c.back = newSlide(k.b, [4]int(y.shape), x[1], l.Kernel, l.Kernel-1-l.Pad)
		}
		c.packTurned, c.packChunk, c.addChunk, c.storeWeight, c.mask = c.packTurnedFilter, c.packGrad, c.addColumns, c.storeGrad, c.maskGrad
		taps := len(c.ahead.under)
		k.b.scratch.reserve(0, len(y.value), pairs(l.Out)*chunk, chunk, 3*trios(taps)*2*pairs(l.Out))
	}
	k.maths = c
	return nil
}

func (c *conv) forward(uint64) {
	c.ahead.frame(c.x.value)
	c.b.team.run(pairs(c.out), c.packFilters)
	c.ahead.fill(c.y.value)
}

// packFilter lays out the filters of channels 2i and 2i+1.
func (c *conv) packFilter(_, i int) {
	taps := len(c.ahead.under)
	one := c.weight.value[2*i*taps:][:taps]
	two := one // fills up an odd number of channels; the result is not used
	if 2*i+1 < c.out {
		two = c.weight.value[(2*i+1)*taps:][:taps]
	}
	for k, panel := 0, c.b.scratch.pairs[i*taps:]; k < taps; k++ {
		panel[k] = pair{float64(one[k]), float64(two[k])}
	}
}

func (c *conv) backward() {
	c.grad = c.y.grad
	if c.slope != 1 {
		c.grad = c.b.scratch.masked[:len(c.y.grad)]
		c.b.team.run(parts(len(c.grad)), c.mask)
	}
	c.weightGrad()
	if c.back != nil {
		c.back.frame(c.grad)
		c.b.team.run(pairs(c.c), c.packTurned)
		c.back.fill(c.x.grad)
	}
}

func (c *conv) maskGrad(_, i int) {
	from, to := part(i, len(c.grad))
	for j := from; j < to; j++ {
		c.grad[j] = float32(float64(c.y.grad[j]) * slopeAt(c.y.value[j], c.slope))
	}
}

// packTurnedFilter lays out, for input channels 2i and 2i+1, the filters turned by
// half a turn: for each tap in order (out,ky,kx) its weight.
func (c *conv) packTurnedFilter(_, i int) {
	area := c.side * c.side
	panel := c.b.scratch.pairs[i*c.out*area:][:c.out*area]
	for j := range 2 {
		channel := min(2*i+j, c.c-1)
		for out := range c.out {
			filter := c.weight.value[(out*c.c+channel)*area:][:area]
			for k, w := range filter {
				panel[out*area+area-1-k][j] = float64(w)
			}
		}
	}
}

// weightGrad fills the gradients of weight and bias: for each tap and channel the
// sum over all pixels of what lay under the tap times the channel's gradient.
func (c *conv) weightGrad() {
	if c.weight.grad == nil && c.bias.grad == nil {
		return
	}
	c.ahead.frame(c.x.value)
	clear(c.b.scratch.sums)
	for c.first = 0; c.first < c.ahead.pixels(); c.first += chunk {
		c.b.team.run(pairs(c.out), c.packChunk)
		c.b.team.run(trios(len(c.ahead.under)), c.addChunk)
	}
	c.b.team.run(c.out, c.storeWeight)
}

// pixels is how many pixels the current chunk has.
func (c *conv) pixels() int { return min(chunk, c.ahead.pixels()-c.first) }

// packGrad lays out the gradients of channels 2i and 2i+1 at the chunk's pixels.
func (c *conv) packGrad(_, i int) {
	panel := c.b.scratch.pairs[i*chunk:][:c.pixels()]
	one := c.grad[2*i*c.ahead.plane():]
	two := c.grad[min(2*i+1, c.out-1)*c.ahead.plane():]
	for p, to := range c.ahead.to[c.first:][:len(panel)] {
		panel[p] = pair{float64(one[to]), float64(two[to])}
	}
}

// addColumns adds the chunk to the sums of taps 3i to 3i+2.
func (c *conv) addColumns(worker, i int) {
	under, padded := c.ahead.under, c.b.scratch.padded
	last := len(under) - 1
	x0, x1, x2 := padded[under[3*i]:], padded[under[min(3*i+1, last)]:], padded[under[min(3*i+2, last)]:]
	panel := c.b.scratch.trios[worker][:c.pixels()]
	for p, at := range c.ahead.corner[c.first:][:len(panel)] {
		panel[p] = trio{float64(x0[at]), float64(x1[at]), float64(x2[at])}
	}
	width := 2 * pairs(c.out)
	sums := c.b.scratch.sums[3*i*width:][:3*width]
	for out := 0; out < c.out; out += 2 {
		t := tile(panel, c.b.scratch.pairs[out/2*chunk:][:len(panel)])
		for j := range t {
			sums[j*width+out] += t[j][0]
			sums[j*width+out+1] += t[j][1]
		}
	}
}

// storeGrad rounds the weight sums of a channel and adds up its bias gradient.
func (c *conv) storeGrad(_, out int) {
	taps := len(c.ahead.under)
	if c.weight.grad != nil {
		row := c.weight.grad[out*taps:][:taps]
		for k := range row {
			row[k] = float32(c.b.scratch.sums[k*2*pairs(c.out)+out])
		}
	}
	if c.bias.grad != nil {
		sum := 0.0
		plane := c.ahead.plane()
		for n := range c.ahead.n {
			for _, g := range c.grad[(n*c.out+out)*plane:][:plane] {
				sum += float64(g)
			}
		}
		c.bias.grad[out] = float32(sum)
	}
}
