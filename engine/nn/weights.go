package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Tensor is a named array in row-major order.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// Weights are the tensors of a network in the order of Arch.Specs, running averages included.
type Weights []Tensor

// Clone returns a copy that shares no memory.
func (w Weights) Clone() Weights {
	c := slices.Clone(w)
	for i := range c {
		c[i].Data = slices.Clone(c[i].Data)
	}
	return c
}

// Init names the rule for random weights.
type Init string

// LeCun draws from N(0, 1/fan-in), as chainer did in 2015; He from N(0, 2/fan-in)
// (He et al. 2015, for networks of rectifiers).
const (
	LeCun Init = "lecun"
	He    Init = "he"
)

// NewWeights draws weights for a network: biases 0, scales 1, running averages
// mean 0 and variance 1. The same seed gives the same weights.
func NewWeights(a Arch, rule Init, seed uint64) (Weights, error) {
	_, params, err := a.Specs()
	if err != nil {
		return nil, err
	}
	gain := 1.0
	switch rule {
	case LeCun:
	case He:
		gain = 2
	default:
		return nil, fmt.Errorf("unknown initialisation %q: use lecun or he", rule)
	}
	rng := rand.New(rand.NewPCG(seed, 0x1417))
	var ws Weights
	for i, l := range a.Layers {
		for j, p := range params[i] {
			t := Tensor{Name: p.Name, Shape: p.Shape, Data: make([]float32, volume(p.Shape))}
			switch {
			case l.Kind == BatchNorm && (j == 0 || j == 3):
				for k := range t.Data {
					t.Data[k] = 1
				}
			case l.Kind != BatchNorm && j == 0:
				std := math.Sqrt(gain / float64(len(t.Data)/p.Shape[0]))
				for k := range t.Data {
					t.Data[k] = float32(std * rng.NormFloat64())
				}
			}
			ws = append(ws, t)
		}
	}
	return ws, nil
}

// Check says whether the weights are those of the architecture: same names,
// shapes and order.
func (a Arch) Check(ws Weights) error {
	_, params, err := a.Specs()
	if err != nil {
		return err
	}
	want := slices.Concat(params...)
	if len(ws) != len(want) {
		return fmt.Errorf("%d tensors, but %s has %d", len(ws), a.Name, len(want))
	}
	for i, p := range want {
		if w := ws[i]; w.Name != p.Name || !slices.Equal(w.Shape, p.Shape) || len(w.Data) != volume(p.Shape) {
			return fmt.Errorf("tensor %q %v, but %s has %q %v there", w.Name, w.Shape, a.Name, p.Name, p.Shape)
		}
	}
	return nil
}
