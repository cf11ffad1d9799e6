package onednn

import (
	"fmt"

	"frglab/engine/nn"
)

// mine says that the buffers of a variable are of this backend, alive and of one shape.
func (b *Backend) mine(v *nn.Var) (*buffer, error) {
	if b.work == nil {
		return nil, ErrClosed
	}
	if v == nil {
		return nil, fmt.Errorf("a variable is missing")
	}
	m, ok := v.Value.(*buffer)
	if !ok || m.b != b || !m.alive() {
		return nil, fmt.Errorf("%s is not in this backend's memory", v.Name)
	}
	if v.Grad == nil {
		return m, nil
	}
	if g, ok := v.Grad.(*buffer); !ok || !g.alive() || !m.like(g) {
		return nil, fmt.Errorf("%s: its gradient is not of its shape and in this backend's memory", v.Name)
	}
	return m, nil
}

// checkLayer says that a layer can be computed on these variables.
func (b *Backend) checkLayer(l nn.Layer, x *nn.Var, params []*nn.Var) error {
	m, err := b.mine(x)
	if err != nil {
		return err
	}
	var shapes [][]int
	for _, p := range params {
		m, err := b.mine(p)
		if err != nil {
			return err
		}
		shapes = append(shapes, m.shape)
	}
	_, err = l.Fit(m.shape, shapes)
	return err
}
