package nn

import (
	"fmt"
	"slices"
)

// Over says what a layer puts out over an input of shape x, (N,C,H,W) or (N,C), and the shapes
// of its parameters in the order of Arch.Specs. It fails where that cannot be computed.
func (l Layer) Over(x []int) (out []int, params [][]int, err error) {
	if len(x) != 2 && len(x) != 4 {
		return nil, nil, fmt.Errorf("input of shape %v", x)
	}
	out, specs, err := l.specs(x[1:])
	if err != nil {
		return nil, nil, fmt.Errorf("input of shape %v: %w", x, err)
	}
	for _, s := range specs {
		params = append(params, s.Shape)
	}
	return append([]int{x[0]}, out...), params, nil
}

// Fit is Over for parameters that are there: it fails where they have other shapes.
func (l Layer) Fit(x []int, params [][]int) (out []int, err error) {
	out, want, err := l.Over(x)
	if err != nil {
		return nil, err
	}
	if len(params) != len(want) {
		return nil, fmt.Errorf("%d parameters, want %d", len(params), len(want))
	}
	for i := range want {
		if !slices.Equal(params[i], want[i]) {
			return nil, fmt.Errorf("parameter %d of shape %v, want %v", i, params[i], want[i])
		}
	}
	return out, nil
}

// Rules keeps what Kernel asks of every backend: when its methods may be called.
type Rules struct {
	Layer  Layer
	Train  bool
	ran    bool
	closed bool
}

// Forward is nil where a forward pass may begin.
func (r *Rules) Forward() error {
	if r.closed {
		return r.fail("it was closed")
	}
	r.ran = true
	return nil
}

// Backward is nil where a backward pass may begin.
func (r *Rules) Backward() error {
	switch {
	case r.closed:
		return r.fail("it was closed")
	case !r.Train:
		return r.fail("no backward pass outside training")
	case !r.ran:
		return r.fail("the backward pass comes after a forward pass")
	}
	return nil
}

// Close says whether there is something to close.
func (r *Rules) Close() bool {
	open := !r.closed
	r.closed = true
	return open
}

func (r *Rules) fail(why string) error {
	return fmt.Errorf("%s %q: %s", r.Layer.Kind, r.Layer.Name, why)
}
