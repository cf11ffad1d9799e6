//go:build gpu

package driver

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"frglab/engine/nn"
	"frglab/engine/nn/cuda"
)

//go:embed kernels.sum
var kernelsSum string

// Cautious opens the fastest card once it was seen to compute what the processor does, by
// cuda.Check against the oracle. What came out is kept in the file, by card, driver, kernels
// and precision: so the check costs a second the first time, and a card that failed it is
// asked again. A file that cannot be read or written only means a check each time.
func Cautious(p cuda.Precision, file string, oracle func() (nn.Backend, error)) (nn.Backend, error) {
	cards, err := Cards()
	if err != nil {
		return nil, err
	}
	m, err := cards[0].Open()
	if err != nil {
		return nil, err
	}
	b := cuda.New(m, p)
	verdicts, key := readVerdicts(file), verdictKey(cards[0], p)
	if verdict, ok := verdicts[key]; ok && verdict == "" {
		return b, nil
	}
	if err := check(b, oracle); err != nil {
		verdicts[key] = err.Error()
		writeVerdicts(file, verdicts)
		return nil, errors.Join(fmt.Errorf("%s does not compute what the processor does: %w", b.Name(), err), b.Close())
	}
	verdicts[key] = ""
	writeVerdicts(file, verdicts)
	return b, nil
}

func check(b *cuda.Backend, open func() (nn.Backend, error)) error {
	oracle, err := open()
	if err != nil {
		return err
	}
	return errors.Join(cuda.Check(b, oracle), oracle.Close())
}

// Best is the name of the fastest card, "" where there is none or where it has failed Cautious's
// check and not passed it since.
func Best(p cuda.Precision, file string) string {
	cards, err := Cards()
	if err != nil || readVerdicts(file)[verdictKey(cards[0], p)] != "" {
		return ""
	}
	return cards[0].Name
}

func verdictKey(c Card, p cuda.Precision) string {
	return fmt.Sprintf("%s, %d.%d, driver %d, kernels %.12s, %s", c.Name, c.Major, c.Minor, Version(), strings.TrimSpace(kernelsSum), p)
}

// readVerdicts gives the reason of each failed check, "" for one that was passed.
func readVerdicts(file string) map[string]string {
	all := map[string]string{}
	data, err := os.ReadFile(file)
	if err != nil || json.Unmarshal(data, &all) != nil || all == nil {
		return map[string]string{}
	}
	return all
}

func writeVerdicts(file string, all map[string]string) {
	data, err := json.MarshalIndent(all, "", "  ")
	if err == nil && os.MkdirAll(filepath.Dir(file), 0o777) == nil {
		_ = os.WriteFile(file, append(data, '\n'), 0o666) // else the check is done again
	}
}
