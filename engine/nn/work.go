package nn

// Work is what one crop costs in 1e9 operations, a multiply-add counted as two:
// forward, and for training forward and backward. Each layer with weights costs as
// much again for the weights' gradient, and all but the first once more for the
// input's. Everything else is left out.
func (a Arch) Work() (forward, training float64) {
	outs, params, err := a.Specs()
	if err != nil {
		return 0, 0
	}
	first := true
	for i, l := range a.Layers {
		if l.Kind != Conv && l.Kind != Dense {
			continue
		}
		n := 2e-9
		for _, d := range params[i][0].Shape { // every weight is used ...
			n *= float64(d)
		}
		for _, d := range outs[i][1:] { // ... at every place
			n *= float64(d)
		}
		forward += n
		training += 3 * n
		if first {
			training -= n
		}
		first = false
	}
	return forward, training
}
