package cli

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
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
