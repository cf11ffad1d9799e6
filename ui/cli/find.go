package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"os"
	"slices"
	"strings"
	"time"

	"frglab/assets"
	"frglab/engine"
	"frglab/engine/nn"
)

// openModel loads a checkpoint, or the bundled one for "".
func openModel(path string) (*engine.Checkpoint, error) {
	if path != "" {
		return engine.LoadCheckpoint(path)
	}
	data := assets.Model()
	if len(data) == 0 {
		return nil, errors.New("this program has no bundled model: make one with frglab train and name it with --model, or use --detector cascade")
	}
	c, err := engine.ParseCheckpoint(data)
	if err != nil {
		return nil, fmt.Errorf("bundled model: %w", err)
	}
	return c, nil
}

// finder is a detector that is ready to use.
type finder struct {
	name, mode string
	threshold  float64 // least score of what it reports at work; unsure ones report less
	scale      float64 // the cascade's scale factor in a sweep
	find       func(context.Context, *image.RGBA) ([]engine.Detection, error)
	before     func() time.Duration // what the last find took before it was called; nil: nothing
	close      func() error
}

// counts says that the scores are numbers of hits, not probabilities.
func (f finder) counts() bool { return f.mode == "" }

// finderFlags choose the detectors of a command.
type finderFlags struct {
	fs                            *flag.FlagSet
	detector, model, mode, device string
	scout                         string
	threshold                     float64
	lookFlags
}

func (f *finderFlags) declare(fs *flag.FlagSet) {
	f.fs = fs
	fs.StringVar(&f.detector, "detector", "cnn", "`cnn`, cascade or both")
	f.declareModel(fs)
	fs.StringVar(&f.mode, "mode", "", "where the network looks: `scout` (where the bundled small network sees something; the default), shared (where the network itself does), windows (everywhere), 2015 or repository (as in the 2015 experiment)")
	fs.Float64Var(&f.threshold, "threshold", 0, "least `score` of the network, 0 to 1 (default: what the model recommends, or the mode)")
	f.lookFlags.declare(fs)
}

func (f *finderFlags) declareModel(fs *flag.FlagSet) {
	fs.StringVar(&f.model, "model", "", "`file` of a trained network (default: the bundled one)")
	fs.StringVar(&f.scout, "scout", "", "`file` of the small network that says where to look (default: the bundled one)")
	fs.StringVar(&f.device, "device", "auto", "`name` of what computes: auto, or one that frglab doctor lists")
}

// openScout reads the checkpoint that a file holds, or hands out the bundled one for "",
// nil where there is none.
func openScout(env *Env, path string) ([]byte, error) {
	if path == "" {
		return env.Scout, nil
	}
	if _, err := engine.LoadCheckpoint(path); err != nil { // names the file, and waits for no pipe
		return nil, fmt.Errorf("--scout: %w", err)
	}
	return os.ReadFile(path)
}

// check finds mistakes before anything is loaded.
func (f *finderFlags) check() error {
	if !slices.Contains([]string{"cnn", "cascade", "both"}, f.detector) {
		return usagef("--detector %q: use cnn, cascade or both", f.detector)
	}
	if f.mode != "" && !slices.Contains(engine.DetectPresets(), f.mode) {
		return usagef("--mode %q: use one of %s", f.mode, strings.Join(engine.DetectPresets(), ", "))
	}
	if given(f.fs, "threshold") && !(f.threshold >= 0 && f.threshold <= 1) {
		return usagef("--threshold %v: use 0 to 1", f.threshold)
	}
	return nil
}

// What the cascade's author chose in his example: how many hits it asks for besides one, and
// the step from one size of its window to the next.
const (
	neighbours  = 5
	scaleFactor = 1.1
)

// sure is what detectors report to people, unsure what curves are drawn from: also
// what they hardly believe in.
type certainty bool

const (
	sure   certainty = false
	unsure certainty = true
)

// least is the network's threshold for unsure.
const least = 1e-6

// open makes the detectors.
func (f *finderFlags) open(env *Env, c certainty) (fs []finder, err error) {
	defer func() {
		if err != nil {
			closeAll(fs)
		}
	}()
	if f.detector != "cascade" {
		n, err := f.network(env, c)
		if err != nil {
			return fs, err
		}
		fs = append(fs, n)
	}
	if f.detector != "cnn" {
		cascade, err := openCascade(env, scaleFactor, c)
		if err != nil {
			return fs, err
		}
		fs = append(fs, cascade)
	}
	return fs, nil
}

func (f *finderFlags) network(env *Env, sureness certainty) (finder, error) {
	c, err := openModel(f.model)
	if err != nil {
		return finder{}, err
	}
	return f.networkOf(env, c, sureness)
}

// networkOf makes a detector of a checkpoint, on a device of its own.
func (f *finderFlags) networkOf(env *Env, c *engine.Checkpoint, sureness certainty) (finder, error) {
	scout, err := openScout(env, f.scout)
	if err != nil {
		return finder{}, err
	}
	if f.mode == "" {
		f.mode = defaultMode(scout)
	}
	p, err := f.params(c, sureness)
	if err != nil {
		return finder{}, err
	}
	dev, err := openDevice(env, f.device)
	if err != nil {
		return finder{}, err
	}
	n, err := newFinder(c, scout, dev, f.mode, p)
	if err != nil {
		return finder{}, errors.Join(err, dev.Close())
	}
	work, _ := f.params(c, sure) // as valid as p
	n.threshold = work.Threshold
	stop := n.close
	n.close = func() error { return errors.Join(stop(), dev.Close()) }
	return n, nil
}

// defaultMode is where the network looks, with a scout or without, if nobody says it.
func defaultMode(scout []byte) string {
	if scout == nil {
		return engine.ModeWindows
	}
	return engine.ModeScout
}

// newFinder puts a network on a device, which stays the caller's.
func newFinder(c *engine.Checkpoint, scout []byte, dev nn.Backend, mode string, p engine.DetectParams) (finder, error) {
	d, err := engine.NewScouted(c, scout, dev)
	if err != nil {
		return finder{}, err
	}
	return finder{
		name: "cnn", mode: mode,
		find:  func(ctx context.Context, img *image.RGBA) ([]engine.Detection, error) { return d.Detect(ctx, img, p) },
		close: d.Close,
	}, nil
}

// params say how the network looks: as the options ask, and at work with the threshold that
// was asked for, that of the 2015 experiment in its mode, or what the model recommends.
func (f *finderFlags) params(c *engine.Checkpoint, sureness certainty) (engine.DetectParams, error) {
	p, err := engine.DefaultDetectParams(f.mode)
	switch {
	case sureness == unsure && p.Mode != engine.Mode2015:
		p.Threshold = least
	case given(f.fs, "threshold"):
		p.Threshold = f.threshold
	case p.Mode != engine.Mode2015:
		p.Threshold = c.ThresholdFor(p.Mode)
	}
	if err != nil {
		return p, err
	}
	return f.lookFlags.apply(p)
}

func openCascade(env *Env, scale float64, sureness certainty) (finder, error) {
	one, err := openCascades(env, 1, scale, sureness)
	if err != nil {
		return finder{}, err
	}
	return one[0], nil
}

// openCascades opens n of the same, to look at n pictures at the same time.
func openCascades(env *Env, n int, scale float64, sureness certainty) (list []finder, err error) {
	if env.OpenCascades == nil {
		return nil, errors.New("this build has no OpenCV, so no cascade: use --detector cnn")
	}
	least := neighbours
	if sureness == unsure {
		least = 0
	}
	cascades, err := env.OpenCascades(n, scale, least)
	for _, c := range cascades {
		list = append(list, finder{name: "cascade", threshold: neighbours + 1, find: c.Detect, close: c.Close})
	}
	return list, err
}

func closeAll(fs []finder) {
	for _, f := range fs {
		_ = f.close() // nothing is lost with it
	}
}
