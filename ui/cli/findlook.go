package cli

import (
	"flag"
	"fmt"
	"strconv"
	"strings"

	"frglab/engine"
)

// lookFlags change how the network looks at a picture, whatever the mode's own parameters.
type lookFlags struct {
	tilt    angles
	minSize int
	tight   bool
}

func (f *lookFlags) declare(fs *flag.FlagSet) {
	fs.Var(&f.tilt, "tilt", "`DEGREES,...` by which the picture is turned and looked at once more, clockwise: 30,-30 for leaning heads, 90,-90,180 for lying ones (modes scout and shared)")
	fs.IntVar(&f.minSize, "min-size", 0, "smallest `side` of a head, in pixels of the picture shrunk to 512 (default: the mode's, 30 in mode scout)")
	fs.BoolVar(&f.tight, "tight", false, "boxes from brow to chin in the place of whole heads")
}

// apply changes the parameters of a mode.
func (f *lookFlags) apply(p engine.DetectParams) (engine.DetectParams, error) {
	if f.minSize != 0 {
		p.MinSize = f.minSize
	}
	if f.tight {
		p = p.Tight()
	}
	p.Tilt = f.tilt
	if err := p.Validate(); err != nil {
		return p, usagef("%w", err)
	}
	return p, nil
}

// angles are degrees with commas between them.
type angles []float64

func (a *angles) String() string {
	var parts []string
	for _, v := range *a {
		parts = append(parts, strconv.FormatFloat(v, 'g', -1, 64))
	}
	return strings.Join(parts, ",")
}

func (a *angles) Set(s string) error {
	*a = nil
	for _, part := range strings.Split(s, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || !(v >= -180 && v <= 180) {
			return fmt.Errorf("use degrees from -180 to 180, such as 30,-30")
		}
		*a = append(*a, v)
	}
	return nil
}
