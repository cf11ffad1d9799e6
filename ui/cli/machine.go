package cli

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"

	"frglab/engine/nn"
)

// thisMachine describes what a benchmark ran on.
func thisMachine(env *Env) (machine, error) {
	m := machine{CPU: cpuName(), Cores: runtime.GOMAXPROCS(0)}
	if env.Peak == nil {
		return m, nil
	}
	var err error
	if m.Peak1, err = env.Peak(1); err != nil {
		return m, fmt.Errorf("measure the processor: %w", err)
	}
	if m.PeakAll, err = env.Peak(m.Cores); err != nil {
		return m, fmt.Errorf("measure the processor: %w", err)
	}
	return m, nil
}

// cpuName is what the processor calls itself, as far as the system tells.
func cpuName() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if key, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// gflop is the work for one crop in 1e9 operations, a multiply-add counted as two:
// forward, and for training forward and backward. Each layer with weights costs as
// much again for the weights' gradient, and all but the first once more for the
// input's. Everything else is left out.
func gflop(a nn.Arch) (forward, training float64) {
	outs, params, err := a.Specs()
	if err != nil {
		return 0, 0
	}
	first := true
	for i, l := range a.Layers {
		if l.Kind != nn.Conv && l.Kind != nn.Dense {
			continue
		}
		n := 2e-9
		for _, d := range params[i][0].Shape { // every weight is used ...
			n *= float64(d)
		}
		for _, d := range outs[i][1:] { // ... at every place
			n *= float64(d)
		}
		forward += n
		training += 3 * n
		if first {
			training -= n
		}
		first = false
	}
	return forward, training
}
