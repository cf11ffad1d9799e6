//go:build !gpu

package driver

import (
	"errors"

	"frglab/engine/nn"
	"frglab/engine/nn/cuda"
)

// Open fails: the build left the cards out.
func Open(cuda.Precision) (nn.Backend, error) {
	return nil, errors.New("this program was built without NVIDIA cards: build it with make, which sets the tag gpu")
}
