package cuda

// conv is a convolution of stride 1 with its activation.
// x: (N,C,H,W), weight: (Out,C,K,K), bias: (Out), y: (N,Out,OH,OW).
type conv struct {
	*kernel
	ahead, data     product
	weight          *product // and bias; nil: not wanted
	taps            *block   // of x, seen from a pixel of y
	turned, filters *block   // of y, seen from a pixel of x, and where their weights lie
}

// tap is kernels' Tap: where a number lies, seen from a pixel.
type tap struct {
	off    int32
	dy, dx int16
}

func newConv(k *kernel) error {
	if err := k.fit(); err != nil {
		return err
	}
	l, n, oh, ow := k.l, k.x.shape[0], k.y.shape[2], k.y.shape[3]
	c, h, w := k.x.shape[1], k.x.shape[2], k.x.shape[3]
	area := l.Kernel * l.Kernel
	v := &conv{kernel: k}
	v.ahead = product{
		kernel: "conv_forward", y: k.y.value, bias: k.params[1].value, slope: k.slope(),
		rows: n * oh * ow, cols: l.Out, deep: c * area, plane: oh * ow,
	}
	if err := v.ahead.plan(k.b); err != nil {
		return err
	}
	var err error
	if v.taps, err = k.table(windows(c, l.Kernel, -l.Pad, 1, h, w)); err != nil {
		return err
	}
	k.forward = v.run
	if !k.train {
		return nil
	}
	k.backward = v.runBack
	if err := k.b.reserve(&k.b.grads, 4*volume(k.y.shape)); err != nil {
		return err
	}
	if v.weight, err = k.gradients(product{kernel: "conv_weight", rows: l.Out, cols: c * area, deep: n * oh * ow}); err != nil {
		return err
	}
	if k.x.grad == nil {
		return nil
	}
	v.data = product{kernel: "conv_data", y: k.x.grad, slope: real(1), rows: n * h * w, cols: c, deep: l.Out * area, plane: h * w}
	if err := v.data.plan(k.b); err != nil {
		return err
	}
	if v.turned, err = k.table(windows(l.Out, l.Kernel, l.Pad, -1, oh, ow)); err != nil {
		return err
	}
	filters := make([]tap, l.Out*area)
	for i := range filters {
		filters[i].off = int32(i/area*c*area + i%area)
	}
	v.filters, err = k.table(filters)
	return err
}

// windows are the taps of a window over so many planes of h x w: in each direction they
// begin at first and go on by step.
func windows(planes, side, first, step, h, w int) []tap {
	var all []tap
	for c := range planes {
		for r := range side {
			for s := range side {
				dy, dx := first+step*r, first+step*s
				all = append(all, tap{int32(c*h*w + dy*w + dx), int16(dy), int16(dx)})
			}
		}
	}
	return all
}

// table copies taps to the machine. The kernels read whole slices of it, and whole tiles.
func (k *kernel) table(taps []tap) (*block, error) {
	taps = append(taps, make([]tap, 128)...)[:(len(taps)+127)/128*128]
	m, err := k.memory(8 * len(taps))
	if err != nil {
		return nil, err
	}
	return m, k.b.upload(m.at, bytesOf(taps))
}

// pixels are the parameters of kernels' Pixels: those of plane counted, those of a tensor
// of shape read are read.
func pixels(counted, read []int) []uint64 {
	h, w := read[2], read[3]
	return []uint64{
		whole(counted[3]), whole(counted[2] * counted[3]), whole(w), whole(h), whole(read[1] * h * w),
		over(counted[3]), over(counted[2] * counted[3]),
	}
}

func (v *conv) run(uint64) error {
	return v.ahead.run(v.b, append([]uint64{v.x.value.at, v.params[0].value.at, v.taps.at}, pixels(v.y.shape, v.x.shape)...)...)
}

func (v *conv) runBack() error {
	dy, err := v.back()
	if err != nil {
		return err
	}
	if v.weight != nil {
		if err := v.weight.run(v.b, append([]uint64{dy.at, v.x.value.at, v.taps.at}, pixels(v.y.shape, v.x.shape)...)...); err != nil {
			return err
		}
	}
	if v.x.grad == nil {
		return nil
	}
	operands := append([]uint64{dy.at, v.params[0].value.at, v.turned.at, v.filters.at}, pixels(v.x.shape, v.y.shape)...)
	return v.data.run(v.b, append(operands, whole(v.l.Kernel*v.l.Kernel))...)
}

// dense is a fully connected layer with its activation.
// x: (N,...) flattened to (N,In), weight: (Out,In), bias: (Out), y: (N,Out).
type dense struct {
	*kernel
	ahead, data product
	weight      *product // and bias; nil: not wanted
}

func newDense(k *kernel) error {
	if err := k.fit(); err != nil {
		return err
	}
	n, out, in := k.x.shape[0], k.l.Out, k.params[0].shape[1]
	d := &dense{kernel: k}
	d.ahead = product{kernel: "dense_forward", y: k.y.value, bias: k.params[1].value, slope: k.slope(), rows: n, cols: out, deep: in, plane: 1}
	k.forward = d.run
	if err := d.ahead.plan(k.b); err != nil || !k.train {
		return err
	}
	k.backward = d.runBack
	if err := k.b.reserve(&k.b.grads, 4*n*out); err != nil {
		return err
	}
	var err error
	if d.weight, err = k.gradients(product{kernel: "dense_weight", rows: out, cols: in, deep: n}); err != nil {
		return err
	}
	if k.x.grad == nil {
		return nil
	}
	d.data = product{kernel: "dense_data", y: k.x.grad, slope: real(1), rows: n, cols: in, deep: out, plane: 1}
	return d.data.plan(k.b)
}

func (d *dense) run(uint64) error { return d.ahead.run(d.b, d.x.value.at, d.params[0].value.at) }

func (d *dense) runBack() error {
	dy, err := d.back()
	if err != nil {
		return err
	}
	if d.weight != nil {
		if err := d.weight.run(d.b, dy.at, d.x.value.at); err != nil {
			return err
		}
	}
	if d.x.grad == nil {
		return nil
	}
	return d.data.run(d.b, dy.at, d.params[0].value.at)
}
