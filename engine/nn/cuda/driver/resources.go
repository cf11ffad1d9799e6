//go:build gpu

package driver

import "gorgonia.org/cu"

// Resources is what a kernel takes of the card, as the driver has compiled it.
type Resources struct {
	Registers int `json:"registers"` // of each thread
	Local     int `json:"local"`     // bytes of slow memory that each thread's numbers did not fit into registers
	Shared    int `json:"shared"`    // bytes of each block
}

// Resources asks the driver.
func (m *Machine) Resources(kernel string) (r Resources, err error) {
	err = m.do(func() error {
		f, err := m.module.Function(kernel)
		if err != nil {
			return err
		}
		for _, a := range []struct {
			what cu.FunctionAttribute
			to   *int
		}{{cu.NumRegs, &r.Registers}, {cu.LocalSizeBytes, &r.Local}, {cu.SharedSizeBytes, &r.Shared}} {
			if *a.to, err = f.Attribute(a.what); err != nil {
				return err
			}
		}
		return nil
	})
	return r, err
}
