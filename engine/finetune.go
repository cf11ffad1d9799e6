package engine

import (
	"fmt"
	"reflect"

	"frglab/engine/nn"
)

// FineTune is the configuration that goes on from a trained network: its architecture and
// encoding, a third of the learning rate and half of the epochs, so that what it knows
// is not unlearned in the first iterations.
func (c Config) FineTune(from *Checkpoint) Config {
	c.Arch, c.Scale, c.Mean = from.Arch, float64(from.Scale), MeanPixel
	if len(from.Mean) == 3 {
		c.Mean = MeanChannel
	}
	c.Rate /= 3
	c.Epochs, c.MinSteps = (c.Epochs+1)/2, c.MinSteps/2
	return c
}

// ForMined is the configuration for windows that Mine has drawn. They fall as windows do
// already: moved by the 8 % of the preset, a face at the edge of what counts as one
// (off by 17 % of the window) would overlap with what does not (30 %).
func (c Config) ForMined() Config {
	c.Shift, c.Zoom = min(c.Shift, 0.03), min(c.Zoom, 0.05)
	return c
}

// checkFrom refuses a network to start from that is not of the run's kind.
func (r Run) checkFrom() error {
	if r.From == nil {
		return nil
	}
	if err := r.From.check(); err != nil {
		return fmt.Errorf("the network to start from: %w", err)
	}
	if !reflect.DeepEqual(r.From.Arch, r.Config.Arch) || float64(r.From.Scale) != float64(float32(r.Config.Scale)) {
		return fmt.Errorf("the network to start from is %s with scale %g, and the settings are for %s with scale %g: take them from it, or start anew",
			r.From.Arch.Name, r.From.Scale, r.Config.Arch.Name, r.Config.Scale)
	}
	return nil
}

// weights are those that a new training begins with.
func (r Run) weights() (nn.Weights, error) {
	if r.From != nil {
		return r.From.Weights, nil
	}
	return nn.NewWeights(r.Config.Arch, r.Config.Init, r.Config.Seed)
}
