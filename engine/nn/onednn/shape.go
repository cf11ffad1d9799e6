package onednn

import (
	"fmt"
	"slices"

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
	want, err := paramShapes(l, m.shape)
	if err != nil {
		return err
	}
	if len(params) != len(want) {
		return fmt.Errorf("%d parameters, want %d", len(params), len(want))
	}
	for i, p := range params {
		m, err := b.mine(p)
		if err != nil {
			return err
		}
		if !slices.Equal(m.shape, want[i]) {
			return fmt.Errorf("%s is %v, want %v", p.Name, m.shape, want[i])
		}
	}
	return nil
}

// paramShapes are the shapes of the parameters of a layer over x, in the order of nn.Arch.Specs.
func paramShapes(l nn.Layer, x []int) ([][]int, error) {
	switch l.Act {
	case nn.Linear, nn.ReLU, nn.Leaky:
	default:
		return nil, fmt.Errorf("unknown activation %q", l.Act)
	}
	fits := func(room, kernel int) bool { return kernel > 0 && room >= kernel }
	spatial := len(x) == 4
	switch {
	case l.Kind == nn.Conv && spatial && l.Out > 0 && l.Pad >= 0 &&
		fits(x[2]+2*l.Pad, l.Kernel) && fits(x[3]+2*l.Pad, l.Kernel):
		return [][]int{{l.Out, x[1], l.Kernel, l.Kernel}, {l.Out}}, nil
	case l.Kind == nn.BatchNorm && spatial:
		c := []int{x[1]}
		return [][]int{c, c, c, c}, nil
	case l.Kind == nn.MaxPool && spatial && l.Stride > 0 && l.Stride <= l.Kernel &&
		fits(x[2], l.Kernel) && fits(x[3], l.Kernel):
		return nil, nil
	case l.Kind == nn.Dense && (spatial || len(x) == 2) && l.Out > 0:
		n := 1
		for _, d := range x[1:] {
			n *= d
		}
		return [][]int{{l.Out, n}, {l.Out}}, nil
	case l.Kind == nn.Dropout && (spatial || len(x) == 2) && l.Drop >= 0 && l.Drop < 1:
		return nil, nil
	}
	return nil, fmt.Errorf("cannot be computed over %v with out %d, kernel %d, stride %d, pad %d, drop %g",
		x, l.Out, l.Kernel, l.Stride, l.Pad, l.Drop)
}
