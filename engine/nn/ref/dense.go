package ref

// dense is a fully connected layer with its activation.
// x: (N,In) after flattening, weight: (Out,In), y: (N,Out).
type dense struct {
	b               *Backend
	x, weight, bias tensor
	y               tensor
	n, in, out      int
	slope           float64
	grad            []float32 // of what the activation was applied to

	packs, fills, masks, packsGrad, fillsInput, packsMore, fillsWeight, fillsBias func(worker, i int)
}

// features is how many inputs a worker does at a time in the backward passes: whole
// cache lines of the weights, and a multiple of 3.
const features = 48

func newDense(k *kernel) error {
	y, err := k.fit()
	if err != nil {
		return err
	}
	n, in := k.x.shape[0], k.params[0].shape[1]
	d := &dense{
		b: k.b, x: k.x, weight: k.params[0], bias: k.params[1], y: y,
		n: n, in: in, out: k.l.Out, slope: float64(k.l.Act.Slope()),
	}
	d.packs, d.fills = d.packInput, d.fillOutput
	k.b.scratch.reserve(0, 0, pairs(n)*in, in, 0)
	if k.train {
		d.masks, d.packsGrad, d.fillsInput = d.maskGrad, d.packGrad, d.fillInput
		d.packsMore, d.fillsWeight, d.fillsBias = d.packGradByOutput, d.fillWeight, d.fillBias
		k.b.scratch.reserve(0, len(y.value), max(pairs(n)*d.out, pairs(d.out)*n), features/3*max(d.out, n), 0)
	}
	k.maths = d
	return nil
}

// forward: rows are outputs, columns samples, the sum goes over inputs.
func (d *dense) forward(uint64) {
	d.b.team.run(pairs(d.n), d.packs)
	d.b.team.run(trios(d.out), d.fills)
}

// packInput lays out samples 2i and 2i+1.
func (d *dense) packInput(_, i int) {
	d.packSamples(d.x.value, d.in, i)
}

// packSamples lays out rows 2i and 2i+1 of an (N,width) tensor.
func (d *dense) packSamples(src []float32, width, i int) {
	panel := d.b.scratch.pairs[i*width:][:width]
	one := src[2*i*width:][:width]
	two := src[min(2*i+1, d.n-1)*width:][:width]
	for k := range panel {
		panel[k] = pair{float64(one[k]), float64(two[k])}
	}
}

// fillOutput computes outputs 3i to 3i+2 of all samples.
func (d *dense) fillOutput(worker, i int) {
	panel := d.b.scratch.trios[worker][:d.in]
	row := func(j int) []float32 { return d.weight.value[min(3*i+j, d.out-1)*d.in:][:d.in] }
	w0, w1, w2 := row(0), row(1), row(2)
	for k := range panel {
		panel[k] = trio{float64(w0[k]), float64(w1[k]), float64(w2[k])}
	}
	for n := 0; n < d.n; n += 2 {
		c := tile(panel, d.b.scratch.pairs[n/2*d.in:][:d.in])
		for j := range min(3, d.out-3*i) {
			for m := range min(2, d.n-n) {
				out := 3*i + j
				d.y.value[(n+m)*d.out+out] = activate(c[j][m]+float64(d.bias.value[out]), d.slope)
			}
		}
	}
}

func (d *dense) backward() {
	d.grad = d.y.grad
	if d.slope != 1 {
		d.grad = d.b.scratch.masked[:len(d.y.grad)]
		d.b.team.run(parts(len(d.grad)), d.masks)
	}
	blocks := (d.in + features - 1) / features
	if d.x.grad != nil {
		d.b.team.run(pairs(d.n), d.packsGrad)
		d.b.team.run(blocks, d.fillsInput)
	}
	if d.weight.grad != nil {
		d.b.team.run(pairs(d.out), d.packsMore)
		d.b.team.run(blocks, d.fillsWeight)
	}
	if d.bias.grad != nil {
		d.b.team.run(parts(d.out), d.fillsBias)
	}
}

func (d *dense) maskGrad(_, i int) {
	from, to := part(i, len(d.grad))
	for j := from; j < to; j++ {
		d.grad[j] = float32(float64(d.y.grad[j]) * slopeAt(d.y.value[j], d.slope))
	}
}

// packGrad lays out the gradients of samples 2i and 2i+1, for fillInput.
func (d *dense) packGrad(_, i int) { d.packSamples(d.grad, d.out, i) }

// fillInput computes the gradients of a block of inputs: rows are inputs, columns
// samples, the sum goes over outputs.
func (d *dense) fillInput(worker, i int) {
	first, end := i*features, min((i+1)*features, d.in)
	panels := d.b.scratch.trios[worker]
	for out := range d.out {
		w := d.weight.value[out*d.in:][:d.in]
		for f := first; f < end; f++ {
			panels[(f-first)/3*d.out+out][(f-first)%3] = float64(w[f])
		}
	}
	for n := 0; n < d.n; n += 2 {
		for f := first; f < end; f += 3 {
			c := tile(panels[(f-first)/3*d.out:][:d.out], d.b.scratch.pairs[n/2*d.out:])
			for j := range min(3, end-f) {
				for m := range min(2, d.n-n) {
					d.x.grad[(n+m)*d.in+f+j] = float32(c[j][m])
				}
			}
		}
	}
}

// packGradByOutput lays out the gradients of outputs 2i and 2i+1, for fillWeight.
func (d *dense) packGradByOutput(_, i int) {
	panel := d.b.scratch.pairs[i*d.n:][:d.n]
	second := min(2*i+1, d.out-1)
	for n := range panel {
		panel[n] = pair{float64(d.grad[n*d.out+2*i]), float64(d.grad[n*d.out+second])}
	}
}

// fillWeight computes the weight gradients of a block of inputs: rows are inputs,
// columns outputs, the sum goes over samples.
func (d *dense) fillWeight(worker, i int) {
	first, end := i*features, min((i+1)*features, d.in)
	panels := d.b.scratch.trios[worker]
	for n := range d.n {
		for f := first; f < end; f++ {
			panels[(f-first)/3*d.n+n][(f-first)%3] = float64(d.x.value[n*d.in+f])
		}
	}
	for out := 0; out < d.out; out += 2 {
		for f := first; f < end; f += 3 {
			c := tile(panels[(f-first)/3*d.n:][:d.n], d.b.scratch.pairs[out/2*d.n:])
			for j := range min(3, end-f) {
				for m := range min(2, d.out-out) {
					d.weight.grad[(out+m)*d.in+f+j] = float32(c[j][m])
				}
			}
		}
	}
}

func (d *dense) fillBias(_, i int) {
	from, to := part(i, d.out)
	for out := from; out < to; out++ {
		sum := 0.0
		for n := range d.n {
			sum += float64(d.grad[n*d.out+out])
		}
		d.bias.grad[out] = float32(sum)
	}
}
