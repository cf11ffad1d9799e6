//go:build gpu

package cli

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"frglab/engine"
	"frglab/engine/nn"
	"frglab/engine/nn/cuda"
	"frglab/engine/nn/cuda/driver"
	"frglab/engine/nn/cuda/fake"
	"frglab/engine/nn/ref"
)

// With FRGLAB_CARDS there is a card, first, whose checks are kept in that file.
func init() {
	checks := os.Getenv("FRGLAB_CARDS")
	if checks == "" {
		return
	}
	card := func(p cuda.Precision) func() (nn.Backend, error) {
		return func() (nn.Backend, error) {
			return driver.Cautious(p, checks, func() (nn.Backend, error) { return ref.New(2), nil })
		}
	}
	cards = driver.List()
	cardDevices = []engine.Device{
		{Name: "cuda", About: driver.Best(cuda.TF32, checks), Open: card(cuda.TF32)},
		{Name: "cuda-fp32", About: driver.Best(cuda.Float32, checks), Open: card(cuda.Float32)},
	}
}

// TestCard trains and detects on the fake card.
func TestCard(t *testing.T) {
	lib := fake.Library(t)
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/card",
		Cmds: scriptCommands,
		Setup: func(e *testscript.Env) error {
			e.Setenv("FRGLAB_LIBCUDA", lib)
			e.Setenv("FRGLAB_CARDS", "cards.json")
			return setup(e)
		},
	})
}
