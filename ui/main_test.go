package ui

import (
	"context"
	"os"
	"slices"
	"testing"

	"frglab/engine"
	"frglab/engine/nn"
	"frglab/engine/nn/ref"
	"frglab/ui/cli"
)

// workerEnv makes the test binary the program that the window trains through.
const workerEnv = "FRGLAB_TEST_WORKER"

// scarce has memory for training batches of 5 crops at most.
type scarce struct{ nn.Backend }

func (s scarce) Layer(l nn.Layer, x *nn.Var, params []*nn.Var, train bool) (nn.Kernel, error) {
	if train && x.Value.Shape()[0] > 5 {
		return nil, nn.ErrMemory
	}
	return s.Backend.Layer(l, x, params, train)
}

func TestMain(m *testing.M) {
	if how := os.Getenv(crashEnv); how != "" {
		crash(how)
	}
	if os.Getenv(workerEnv) != "" && !slices.Contains(os.Args, "-test.fuzzworker") {
		os.Exit(cli.Main(context.Background(), os.Args[1:], cli.Env{
			Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
			Devices: []engine.Device{{Name: "ref", About: "plain Go", Open: func() (nn.Backend, error) {
				if os.Getenv(workerEnv) == "panics" {
					panic("the device is on fire")
				}
				if os.Getenv(workerEnv) == "little memory" {
					return scarce{ref.New(1)}, nil
				}
				return ref.New(1), nil
			}}},
		}))
	}
	os.Setenv(workerEnv, "works") // for the processes that the tests start
	os.Exit(m.Run())
}
