package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"frglab/engine/nn"
)

// The names in a checkpoint's file. A resume state is the same with another format
// name and the velocity behind the weights.
const (
	formatCheckpoint = "frglab"
	formatState      = "frglab-state"
	formatVersion    = 1
	meanTensor       = "mean"
	velocityPrefix   = "velocity."
)

// Beyond these an architecture in a file is taken for hostile: FrgNet128 has 42 M
// parameters, and for a picture 5 M numbers in and between its layers. Batches of 64 of the
// most that is taken are 2 GB.
const (
	maxParams  = 1 << 28
	maxBetween = 1 << 23
	maxClasses = 1000
)

// calibrationKey is only there where the checkpoint has a calibration.
const calibrationKey = "calibration"

var ownKeys = []string{"format", "version", "arch", "classes", "scale", "preset", "step", "epoch", "threshold", calibrationKey}

var errNewerModel = errors.New("update frglab")

// meta is what the file says beside the tensors.
func (c *Checkpoint) meta(format string) (map[string]string, error) {
	arch, err1 := json.Marshal(c.Arch)
	classes, err2 := json.Marshal(c.Classes)
	meta := map[string]string{
		"format":    format,
		"version":   strconv.Itoa(formatVersion),
		"arch":      string(arch),
		"classes":   string(classes),
		"scale":     strconv.FormatFloat(float64(c.Scale), 'g', -1, 32),
		"preset":    c.Preset,
		"step":      strconv.Itoa(c.Step),
		"epoch":     strconv.Itoa(c.Epoch),
		"threshold": strconv.FormatFloat(c.Threshold, 'g', -1, 64),
	}
	var err3 error
	if len(c.Calibration) > 0 {
		var calibration []byte
		calibration, err3 = json.Marshal(c.Calibration)
		meta[calibrationKey] = string(calibration)
	}
	for k, v := range c.Info {
		if slices.Contains(ownKeys, k) {
			return nil, fmt.Errorf("info %q would hide the checkpoint's own", k)
		}
		meta[k] = v
	}
	return meta, errors.Join(err1, err2, err3)
}

// parseModel reads what meta wrote, into a checkpoint without tensors.
func parseModel(meta map[string]string, format string) (*Checkpoint, error) {
	switch v, err := strconv.Atoi(meta["version"]); {
	case meta["format"] != format:
		return nil, fmt.Errorf("a safetensors file, but not a %s file of this program (its format is %q)", format, meta["format"])
	case err != nil || v < 1:
		return nil, fmt.Errorf("version %q cannot be", meta["version"])
	case v > formatVersion:
		return nil, fmt.Errorf("version %d, but this program reads up to %d: %w", v, formatVersion, errNewerModel)
	}
	c := &Checkpoint{Preset: meta["preset"], Info: map[string]string{}}
	var scale float64
	for _, f := range []struct {
		key  string
		read func(string) error
	}{
		{"arch", func(s string) error { return strictJSON([]byte(s), &c.Arch) }},
		{"classes", func(s string) error { return strictJSON([]byte(s), &c.Classes) }},
		{"scale", func(s string) (err error) { scale, err = strconv.ParseFloat(s, 32); return err }},
		{"step", func(s string) (err error) { c.Step, err = strconv.Atoi(s); return err }},
		{"epoch", func(s string) (err error) { c.Epoch, err = strconv.Atoi(s); return err }},
		{"threshold", func(s string) (err error) { c.Threshold, err = strconv.ParseFloat(s, 64); return err }},
	} {
		if err := f.read(meta[f.key]); err != nil {
			return nil, fmt.Errorf("metadata %q: %w", f.key, err)
		}
	}
	if text, ok := meta[calibrationKey]; ok {
		if err := strictJSON([]byte(text), &c.Calibration); err != nil {
			return nil, fmt.Errorf("metadata %q: %w", calibrationKey, err)
		}
	}
	c.Scale = float32(scale)
	for k, v := range meta {
		if !slices.Contains(ownKeys, k) {
			c.Info[k] = v
		}
	}
	return c, checkArch(c.Arch)
}

// checkArch says whether a network can be built and run in sensible memory.
func checkArch(a nn.Arch) error {
	outs, params, err := a.Specs()
	if err != nil {
		return err
	}
	if last := a.Layers[len(a.Layers)-1]; last.Kind != nn.Dense || last.Out < 2 || last.Out > maxClasses {
		return fmt.Errorf("architecture %q does not end in a dense layer with 2 to %d outputs", a.Name, maxClasses)
	}
	total, between := 0, 3*a.Size*a.Size
	for i, out := range outs {
		if strings.HasPrefix(a.Layers[i].Name, velocityPrefix) {
			return fmt.Errorf("architecture %q: a layer cannot be called %q", a.Name, a.Layers[i].Name)
		}
		if between = min(between+volume(out), maxFile); between > maxBetween {
			return fmt.Errorf("architecture %q, layer %q: %v numbers a picture, and those before them, are too many", a.Name, a.Layers[i].Name, out)
		}
		for _, p := range params[i] {
			if total += min(volume(p.Shape), maxParams+1); total > maxParams {
				return fmt.Errorf("architecture %q has more than %d parameters", a.Name, maxParams)
			}
		}
	}
	return nil
}

// volume is the product of the sizes, or something above maxFile where that
// would not fit.
func volume(shape []int) int {
	n := 1
	for _, d := range shape {
		if n *= d; n > maxFile {
			return maxFile + 1
		}
	}
	return n
}

// wanted is a tensor that the file must hold, under its name there.
type wanted struct {
	nn.ParamSpec
	file string
}

// layout lists the tensors of a file of the format: weights, mean, velocity. The
// mean's shape is open.
func (c *Checkpoint) layout(format string) ([]wanted, error) {
	_, params, err := c.Arch.Specs()
	if err != nil {
		return nil, err
	}
	specs := slices.Concat(params...)
	var ps []wanted
	for _, s := range specs {
		ps = append(ps, wanted{s, s.Name})
	}
	ps = append(ps, wanted{nn.ParamSpec{Name: meanTensor}, meanTensor})
	for _, s := range specs {
		if format == formatState && !s.State {
			ps = append(ps, wanted{s, velocityPrefix + s.Name})
		}
	}
	return ps, nil
}

// fits compares what a file holds with what the architecture in it asks for, before
// any tensor is read.
func (c *Checkpoint) fits(want []wanted, have []tensorInfo) error {
	byName := map[string]tensorInfo{}
	for _, t := range have {
		byName[t.name] = t
	}
	for _, p := range want {
		t, ok := byName[p.file]
		switch {
		case !ok:
			return fmt.Errorf("checkpoint is %s, but has no tensor %q", c, p.file)
		case p.file == meanTensor && !slices.Equal(t.shape, []int{3}) && !slices.Equal(t.shape, []int{3, c.Arch.Size, c.Arch.Size}):
			return fmt.Errorf("checkpoint is %s, but its mean is %v", c, t.shape)
		case p.file != meanTensor && !slices.Equal(t.shape, p.Shape):
			return fmt.Errorf("checkpoint is %s, but its tensor %q is %v, not %v", c, p.file, t.shape, p.Shape)
		}
		delete(byName, p.file)
	}
	for name := range byName {
		return fmt.Errorf("checkpoint is %s, but has a tensor %q that belongs to no layer", c, name)
	}
	return nil
}

func (c *Checkpoint) meanShape() []int {
	if len(c.Mean) == 3 {
		return []int{3}
	}
	return []int{3, c.Arch.Size, c.Arch.Size}
}

// check says whether the checkpoint can be used, and so may be written.
func (c *Checkpoint) check() error {
	if err := checkArch(c.Arch); err != nil {
		return err
	}
	if err := c.Arch.Check(c.Weights); err != nil {
		return fmt.Errorf("checkpoint is %s, but: %w", c, err)
	}
	if err := checkClasses(c.Arch, c.Classes); err != nil {
		return err
	}
	mean := nn.Tensor{Name: meanTensor, Data: c.Mean}
	switch {
	case len(c.Mean) != volume(c.meanShape()):
		return fmt.Errorf("checkpoint is %s, but its mean has %d numbers", c, len(c.Mean))
	case !(c.Scale > 0 && float64(c.Scale) < math.MaxFloat32):
		return fmt.Errorf("scale %g: must be above 0", c.Scale)
	case !(c.Threshold >= 0 && c.Threshold <= 1):
		return fmt.Errorf("threshold %g: must be 0 to 1", c.Threshold)
	case c.Step < 0 || c.Epoch < 0:
		return fmt.Errorf("step %d of epoch %d: must not be negative", c.Step, c.Epoch)
	}
	for mode, k := range c.Calibration {
		if err := k.check(); err != nil {
			return fmt.Errorf("mode %q: %w", mode, err)
		}
	}
	for _, t := range append(slices.Clone(c.Weights), mean) {
		if err := finite(t); err != nil {
			return err
		}
		if strings.HasSuffix(t.Name, ".running_var") && slices.Min(t.Data) < 0 {
			return fmt.Errorf("tensor %q: a variance below 0", t.Name)
		}
	}
	return nil
}

// checkClasses says whether the names fit the network's outputs.
func checkClasses(a nn.Arch, classes []string) error {
	if len(classes) != a.Classes() {
		return fmt.Errorf("%s has %d outputs, but there are %d classes: %q", a.Name, a.Classes(), len(classes), classes)
	}
	for i, name := range classes {
		if name == "" || slices.Contains(classes[:i], name) {
			return fmt.Errorf("classes %q: each needs a name of its own", classes)
		}
	}
	return nil
}
