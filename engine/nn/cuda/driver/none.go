//go:build !gpu

package driver

import (
	"errors"

	"frglab/engine/nn"
	"frglab/engine/nn/cuda"
)

// Cautious fails: the build left the cards out.
func Cautious(cuda.Precision, string, func() (nn.Backend, error)) (nn.Backend, error) {
	return nil, errors.New("this program was built without NVIDIA cards: build it with make, which sets the tag gpu")
}

// List is empty.
func List() []string { return nil }

// Best is none.
func Best(cuda.Precision, string) string { return "" }
