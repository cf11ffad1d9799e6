package engine

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"frglab/engine/nn"
)

// The files of a run's folder.
const (
	BestFile  = "best.safetensors"  // checkpoint of the lowest validation loss
	LastFile  = "last.safetensors"  // checkpoint of the last saved iteration
	StateFile = "state.safetensors" // what resuming needs: weights, velocity, position
	LogFile   = "log.jsonl"         // one Progress a line
)

// keptLast is how many of the last checkpoints are kept: LastFile and those before
// it, last-1.safetensors and last-2.safetensors.
const keptLast = 3

// runFiles are all that a training writes into its folder.
var runFiles = []string{StateFile, LastFile, earlier(1), earlier(2), BestFile, ValidFile, LogFile}

// earlier is the name of the last checkpoint but n.
func earlier(n int) string { return fmt.Sprintf("last-%d.safetensors", n) }

// keepEarlier gives the last checkpoint a second name, so that the next one, which
// takes its first, does not end it. There is a whole LastFile at every moment.
func keepEarlier(dir string) error {
	last := filepath.Join(dir, LastFile)
	if _, err := os.Stat(last); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for n := keptLast - 1; n > 1; n-- {
		err := os.Rename(filepath.Join(dir, earlier(n-1)), filepath.Join(dir, earlier(n)))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := os.Link(last, filepath.Join(dir, earlier(1))); err != nil { // no such links on this disk
		return os.Rename(last, filepath.Join(dir, earlier(1)))
	}
	return nil
}

// position is where a training stands, beside weights, velocity and the iteration:
// everything random follows from the iteration.
type position struct {
	Validated int     `json:"validated"` // iteration of the last validation
	BestStep  int     `json:"best_step"` // iteration of the best one; 0: none yet
	BestLoss  float64 `json:"best_loss"`
	BestAcc   float64 `json:"best_accuracy"`
	Window    window  `json:"window"`           // the step event that is being gathered
	Data      string  `json:"data"`             // fingerprint of the crops
	Probes    []int   `json:"probes,omitempty"` // validation crops that are watched
	Cuts      []cut   `json:"cuts,omitempty"`   // of the batch, where memory lacked
}

// window gathers iterations into one step event.
type window struct {
	Crops int     `json:"crops"`
	Hits  int     `json:"hits"` // crops whose best class was the right one
	Loss  float64 `json:"loss"` // sum over the crops
}

// The keys under which a state keeps its own in a checkpoint's Info.
const (
	configKey   = "config"
	positionKey = "position"
)

// saveState writes what loadState reads.
func saveState(dir string, c Checkpoint, velocity nn.Weights, conf Config, p position) error {
	config, err1 := json.Marshal(conf)
	where, err2 := json.Marshal(p)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	c.Info = map[string]string{configKey: string(config), positionKey: string(where)}
	path := filepath.Join(dir, StateFile)
	if err := c.saveModel(path, formatState, velocity, whole); err != nil {
		return fmt.Errorf("save %q: %w", path, err)
	}
	return nil
}

func loadState(dir string) (c *Checkpoint, velocity nn.Weights, conf Config, p position, err error) {
	c, velocity, err = loadModel(filepath.Join(dir, StateFile), formatState)
	if err == nil {
		conf, err = parseConfig(c.Info)
	}
	if err == nil {
		err = strictJSON([]byte(c.Info[positionKey]), &p)
	}
	return c, velocity, conf, p, resumeError(dir, err)
}

func parseConfig(info map[string]string) (conf Config, err error) {
	if err := strictJSON([]byte(info[configKey]), &conf); err != nil {
		return Config{}, fmt.Errorf("metadata %q: %w", configKey, err)
	}
	return conf, conf.Validate()
}

func resumeError(dir string, err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("resume %q: there is no %s: start a new run without resume", dir, StateFile)
	case err != nil:
		return fmt.Errorf("resume from %q: %w", filepath.Join(dir, StateFile), err)
	}
	return nil
}

// ResumeConfig returns the configuration of the run in a folder: with it, Train can
// resume that run.
func ResumeConfig(dir string) (Config, error) {
	conf, err := readConfig(filepath.Join(dir, StateFile))
	return conf, resumeError(dir, err)
}

func readConfig(path string) (Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return Config{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Config{}, err
	}
	h, err := readHeader(bufio.NewReader(io.LimitReader(f, info.Size())), info.Size())
	if err != nil {
		return Config{}, err
	}
	if _, err := parseModel(h.meta, formatState); err != nil {
		return Config{}, err
	}
	return parseConfig(h.meta)
}

// sameRun says why a run that was started with one configuration cannot go on with
// another. What no weight depends on may differ; so may the number of epochs, where
// the learning rate does not depend on it.
func sameRun(was, now Config) error {
	if was.Arch.Name != now.Arch.Name || was.Arch.Size != now.Arch.Size {
		return fmt.Errorf("checkpoint is %v, but %v was asked for", &Checkpoint{Arch: was.Arch}, &Checkpoint{Arch: now.Arch})
	}
	now.Preset, now.Threshold, now.Patience = was.Preset, was.Threshold, was.Patience
	if was.Schedule == ScheduleEpochs && was.Plain == 0 {
		now.Epochs = was.Epochs
	}
	a, err1 := fields(was)
	b, err2 := fields(now)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if string(a[name]) != string(b[name]) {
			return fmt.Errorf("it was started with %s %s, not %s: use the same settings, or train in another folder", name, a[name], b[name])
		}
	}
	return nil
}

func fields(c Config) (map[string]json.RawMessage, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	var m map[string]json.RawMessage
	err = json.Unmarshal(text, &m)
	return m, err
}

// RemoveRun deletes what a training wrote into a folder, and nothing else there.
func RemoveRun(dir string) error {
	if Running(dir) {
		return fmt.Errorf("a process trains in %q: stop it first", dir)
	}
	for _, name := range runFiles {
		path := filepath.Join(dir, name)
		if err := dropLeftovers(path); err != nil {
			return err
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove a run: %w", err)
		}
	}
	return nil
}
