package engine

import (
	"fmt"
	"strings"

	"frglab/engine/nn"
)

// Device is a way to compute that this program was built with. Whether the machine
// has it shows when it is opened.
type Device struct {
	Name  string                     // as in --device: "cpu", "cuda", "ref"
	About string                     // one line for people
	Open  func() (nn.Backend, error) // the caller closes what it returns
	// Absent says that this machine lacks it, so that there is no use in offering it. Open
	// says why.
	Absent bool
}

// OpenDevice opens the device of that name. With "auto" or "" it opens the first
// one that works, so devs is ordered from the fastest to the surest.
func OpenDevice(devs []Device, name string) (nn.Backend, error) {
	auto := name == "" || name == "auto"
	var names []string
	var failed error
	for _, d := range devs {
		names = append(names, d.Name)
		if !auto && d.Name != name {
			continue
		}
		b, err := d.Open()
		if err == nil {
			return b, nil
		}
		err = fmt.Errorf("open device %q: %w", d.Name, err)
		if failed != nil {
			err = fmt.Errorf("%w; %w", failed, err)
		}
		failed = err
	}
	if failed != nil {
		return nil, failed
	}
	return nil, fmt.Errorf("unknown device %q: use auto or one of %s", name, strings.Join(names, ", "))
}
