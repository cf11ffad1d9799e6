package ref

// pool takes the maximum of square windows; the last ones may hang over the edge.
// x: (N,C,H,W), y: (N,C,OH,OW).
type pool struct {
	b            *Backend
	x, y         tensor
	h, w, oh, ow int
	side, stride int
	top          []int32 // for each output, where in its plane of x the maximum lay

	forwards, backwards func(worker, i int)
}

func newPool(k *kernel) error {
	y, err := k.fit()
	if err != nil {
		return err
	}
	l, h, w := k.l, k.x.shape[2], k.x.shape[3]
	oh, ow := y.shape[2], y.shape[3]
	p := &pool{b: k.b, x: k.x, y: y, h: h, w: w, oh: oh, ow: ow, side: l.Kernel, stride: l.Stride}
	if k.train {
		p.top = make([]int32, len(y.value))
	}
	p.forwards, p.backwards = p.forwardPlane, p.backwardPlane
	k.maths = p
	return nil
}

func (p *pool) planes() int { return len(p.y.value) / (p.oh * p.ow) }

func (p *pool) forward(uint64) { p.b.team.run(p.planes(), p.forwards) }

func (p *pool) backward() {
	if p.x.grad != nil {
		p.b.team.run(p.planes(), p.backwards)
	}
}

func (p *pool) forwardPlane(_, i int) {
	x := p.x.value[i*p.h*p.w:][:p.h*p.w]
	out := i * p.oh * p.ow
	for oy := range p.oh {
		for ox := range p.ow {
			at := p.maximum(x, oy*p.stride, ox*p.stride)
			p.y.value[out] = x[at]
			if p.top != nil {
				p.top[out] = int32(at)
			}
			out++
		}
	}
}

// maximum is where the largest value of the window at (y,x) lies: the first of
// equals. A NaN counts as largest, so that it shows in the loss.
func (p *pool) maximum(plane []float32, y, x int) int {
	best := y*p.w + x
	top := plane[best]
	bottom, right := min(y+p.side, p.h), min(x+p.side, p.w)
	for ; y < bottom; y++ {
		for i, v := range plane[y*p.w+x : y*p.w+right] {
			if v > top || v != v {
				best, top = y*p.w+x+i, v
			}
		}
	}
	return best
}

// backwardPlane adds each gradient where the maximum was: windows overlap.
func (p *pool) backwardPlane(_, i int) {
	dx := p.x.grad[i*p.h*p.w:][:p.h*p.w]
	clear(dx)
	from, to := i*p.oh*p.ow, (i+1)*p.oh*p.ow
	dy := p.y.grad[from:to]
	for j, at := range p.top[from:to] {
		dx[at] += dy[j]
	}
}
