package cli

import (
	"fmt"

	"frglab/engine"
	"frglab/engine/nn"
)

// openDevice opens what --device names.
func openDevice(env *Env, name string) (nn.Backend, error) {
	known := name == "auto" || name == ""
	for _, d := range env.Devices {
		known = known || d.Name == name
	}
	dev, err := engine.OpenDevice(env.Devices, name)
	switch {
	case err == nil:
		return dev, nil
	case !known:
		return nil, usagef("--device: %w", err)
	}
	return nil, fmt.Errorf("%w: frglab doctor says which devices work", err)
}
