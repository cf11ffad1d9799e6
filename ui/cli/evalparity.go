package cli

import (
	"context"
	"fmt"
	"image"
	"io"
	"math"

	"frglab/engine"
)

// parity compares mode shared with the network at the same windows, for eval --parity.
type parity struct {
	d      *engine.Detector
	params engine.DetectParams

	img           *image.RGBA
	last          engine.Parity
	look, network []float64 // log-odds of all windows of a set
}

// parityReport is what comes of it on one set.
type parityReport struct {
	Windows     int     `json:"windows"`
	Correlation float64 `json:"correlation"` // of the log-odds of the look with those of the network
	// AP where the network is asked about the windows that the look leaves, less AP where it is
	// asked about every window: what the look costs.
	Difference float64 `json:"difference"`
	Apart      float64 `json:"apart"` // AP of mode shared, whose windows also lie apart, less AP of every window
}

// The rows of its report.
const (
	parityLook   = "look alone"
	parityLeft   = "left by the look"
	parityShared = "shared"
	parityAll    = "every window"
)

// openParity makes a finder for each way to use the same windows. They are seen once a picture.
func (e *evaluation) openParity(env *Env) (fs []finder, err error) {
	e.mode = engine.ModeShared
	c, err := openModel(e.model)
	if err != nil {
		return nil, err
	}
	params, err := e.params(c, unsure)
	if err != nil {
		return nil, err
	}
	dev, err := openDevice(env, e.device)
	if err != nil {
		return nil, err
	}
	d, err := engine.NewDetector(c, dev)
	if err != nil {
		return nil, env.closing(err, dev.Close)
	}
	p := &parity{d: d, params: params}
	e.compared = p
	for _, r := range []struct {
		name string
		of   func(engine.Parity) []engine.Detection
	}{
		{parityLook, func(o engine.Parity) []engine.Detection { return o.Looked }},
		{parityLeft, func(o engine.Parity) []engine.Detection { return o.Left }},
		{parityShared, func(o engine.Parity) []engine.Detection { return o.Shared }},
		{parityAll, func(o engine.Parity) []engine.Detection { return o.Asked }},
	} {
		fs = append(fs, finder{
			name: r.name, mode: e.mode, threshold: c.ThresholdFor(e.mode), close: func() error { return nil },
			find: func(ctx context.Context, img *image.RGBA) ([]engine.Detection, error) {
				err := p.see(ctx, img)
				return r.of(p.last), err
			},
		})
	}
	fs[0].close = func() error { return env.closing(d.Close(), dev.Close) }
	return fs, nil
}

func (p *parity) see(ctx context.Context, img *image.RGBA) (err error) {
	if p.img == img {
		return nil
	}
	if p.last, err = p.d.Parity(ctx, img, p.params); err != nil {
		return err
	}
	p.img, p.look, p.network = img, append(p.look, p.last.Look...), append(p.network, p.last.Network...)
	return nil
}

// take is the report of the set that was seen last.
func (p *parity) take(results [][]engine.FrameResult) *parityReport {
	if p == nil {
		return nil
	}
	all := engine.Score(results[3]).AP
	r := &parityReport{
		Windows: len(p.look), Correlation: engine.Correlation(p.look, p.network),
		Difference: engine.Score(results[1]).AP - all, Apart: engine.Score(results[2]).AP - all,
	}
	if math.IsNaN(r.Correlation) { // all windows the same, or none: JSON has no NaN
		r.Correlation = 0
	}
	p.look, p.network = nil, nil
	return r
}

func (r *parityReport) print(w io.Writer) {
	if r != nil {
		fmt.Fprintf(w, "\n%d windows: log-odds of the look and of the network correlate by %.4f; AP less that of %s: %s %+.4f, %s %+.4f\n",
			r.Windows, r.Correlation, parityAll, parityLeft, r.Difference, parityShared, r.Apart)
	}
}
