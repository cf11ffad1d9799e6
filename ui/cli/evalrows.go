package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"frglab/engine"
	"frglab/engine/nn"
	"frglab/ui/results"
)

// scaleFactors are what --sweep tries, besides the author's 1.1: OpenCV's documentation
// has 1.1 as default, finer steps find more and take longer.
var scaleFactors = []float64{1.03, 1.05, scaleFactor, 1.2, 1.3}

// finders makes the detectors to compare. model is the network that --calibrate is for.
func (e *evaluation) finders(env *Env) (fs []finder, model *engine.Checkpoint, err error) {
	switch {
	case e.rows != "":
		fs, err = e.openRows(env)
		return fs, nil, err
	case e.calibrate != "":
		return e.uncalibrated(env)
	case e.parity:
		fs, err = e.openParity(env)
		return fs, nil, err
	}
	if e.sweep {
		fs, err = e.openSweep(env)
	} else {
		fs, err = e.finderFlags.open(env, unsure)
	}
	return fs, nil, err
}

// openSweep makes the cascade with each scale factor, beside the network if that is wanted.
func (e *evaluation) openSweep(env *Env) (fs []finder, err error) {
	if e.detector != "cascade" {
		n, err := e.network(env, unsure)
		if err != nil {
			return nil, err
		}
		fs = append(fs, n)
	}
	for _, scale := range scaleFactors {
		c, err := openCascade(env, scale, unsure)
		if err != nil {
			closeAll(fs)
			return nil, err
		}
		c.name, c.scale = "cascade "+strconv.FormatFloat(scale, 'g', -1, 64), scale
		fs = append(fs, c)
	}
	return fs, nil
}

// uncalibrated makes a detector of a model without the calibration that it may have for its mode.
func (e *evaluation) uncalibrated(env *Env) ([]finder, *engine.Checkpoint, error) {
	c, err := openModel(e.model)
	if err != nil {
		return nil, nil, err
	}
	if e.mode == "" {
		scout, err := openScout(env, e.scout)
		if err != nil {
			return nil, nil, err
		}
		e.mode = defaultMode(scout)
	}
	kept := map[string]engine.Calibration{}
	for mode, k := range c.Calibration {
		if mode != e.mode {
			kept[mode] = k
		}
	}
	c.Calibration = kept
	f, err := e.finderFlags.networkOf(env, c, unsure)
	return []finder{f}, c, err
}

// row is a detector that --rows lists.
type row struct {
	Name    string          `json:"name"`
	Model   string          `json:"model"` // file; "" the bundled one
	Scout   string          `json:"scout"` // file; "" the bundled one
	Mode    string          `json:"mode"`  // "" the default
	Params  json.RawMessage `json:"params"`
	Cascade *struct {
		ScaleFactor float64 `json:"scale_factor"`
	} `json:"cascade"` // nil: a network
}

// openRows makes the detectors that the file lists. The networks share a device.
func (e *evaluation) openRows(env *Env) (fs []finder, err error) {
	rows, err := readRows(e.rows)
	if err != nil {
		return nil, fmt.Errorf("--rows %s: %w", show(e.rows), err)
	}
	dev, err := openDevice(env, e.device)
	if err != nil {
		return nil, err
	}
	var shared scans
	for _, r := range rows {
		f, err := r.open(env, dev, &shared)
		if err != nil {
			closeAll(fs)
			return nil, errors.Join(fmt.Errorf("--rows %s, %q: %w", show(e.rows), r.Name, err), dev.Close())
		}
		f.name = r.Name
		fs = append(fs, f)
	}
	last := &fs[len(fs)-1]
	stop := last.close
	last.close = func() error { return errors.Join(stop(), dev.Close()) }
	return fs, nil
}

func readRows(path string) ([]row, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, results.Cause(err)
	}
	var rows []row
	if err := strict(data, &rows); err != nil {
		return nil, fmt.Errorf("is no list of detectors: %w", err)
	}
	seen := map[string]bool{}
	for _, r := range rows {
		if r.Name == "" || seen[r.Name] {
			return nil, fmt.Errorf("name %q: give each detector its own", r.Name)
		}
		seen[r.Name] = true
	}
	if len(rows) == 0 {
		return nil, errors.New("lists no detector: see frglab eval -h")
	}
	return rows, nil
}

// strict decodes JSON and refuses what it does not know.
func strict(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("it goes on behind its end")
	}
	return nil
}

func (r row) open(env *Env, dev nn.Backend, shared *scans) (finder, error) {
	if r.Cascade != nil {
		scale := r.Cascade.ScaleFactor
		if scale == 0 {
			scale = scaleFactor
		}
		return openCascade(env, scale, unsure)
	}
	c, err := openModel(r.Model)
	if err != nil {
		return finder{}, err
	}
	scout, err := openScout(env, r.Scout)
	if err != nil {
		return finder{}, err
	}
	mode := r.Mode
	if mode == "" {
		mode = defaultMode(scout)
	}
	p, err := engine.DefaultDetectParams(mode)
	if err != nil {
		return finder{}, err
	}
	work := p.Threshold // that of the 2015 experiment
	if p.Mode != engine.Mode2015 {
		work, p.Threshold = c.ThresholdFor(p.Mode), least
	}
	if len(r.Params) > 0 {
		if err := strict(r.Params, &p); err != nil {
			return finder{}, fmt.Errorf("params: %w", err)
		}
	}
	if err := p.Validate(); err != nil {
		return finder{}, fmt.Errorf("params: %w", err)
	}
	s, end := shared.like(r, p), func() error { return nil }
	if s == nil {
		d, err := engine.NewScouted(c, scout, dev)
		if err != nil {
			return finder{}, err
		}
		s, end = &sharedScan{model: r.Model, scout: r.Scout, d: d, params: p}, d.Close
		shared.seen = append(shared.seen, s)
	}
	f := s.finder(p, end)
	f.threshold = work
	return f, nil
}
