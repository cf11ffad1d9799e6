// Command bundle makes a trained checkpoint the bundled model, or the bundled scout: half
// precision, with the thresholds that the detector should use: those of the checkpoint, or the
// one given for a mode that it was calibrated in, or for all others.
//
//	frglab eval --model runs/1/best.safetensors --truth tune.json --images pictures --calibrate calibrated.safetensors
//	go run ./.make/bundle calibrated.safetensors
//	go run ./.make/bundle calibrated.safetensors scout=0.6 windows=0.5
//	go run ./.make/bundle runs/1/best.safetensors 0.9
//	go run ./.make/bundle runs/scout/best.safetensors scout
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"frglab/engine"
)

// folder is where the program takes them from, with these names.
const (
	folder = "assets/model"
	model  = "model.safetensors"
	scout  = "scout.safetensors"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal("usage: bundle CHECKPOINT [scout|THRESHOLD] [MODE=THRESHOLD...]")
	}
	if err := bundle(os.Args[1], folder, os.Args[2:]); err != nil {
		log.Fatal(err)
	}
}

// bundle writes the checkpoint into a folder as the options want it.
func bundle(path, folder string, options []string) error {
	c, err := engine.LoadCheckpoint(path)
	if err != nil {
		return err
	}
	name := model
	for _, option := range options {
		if option == "scout" {
			name = scout
		} else if err := setThreshold(c, option); err != nil {
			return err
		}
	}
	return c.SaveHalf(filepath.Join(folder, name))
}

// setThreshold sets what "0.9" or "windows=0.9" says. The checkpoint's own is that of mode scout,
// for programs that know no modes.
func setThreshold(c *engine.Checkpoint, option string) error {
	mode, text, ok := strings.Cut(option, "=")
	if !ok {
		mode, text = "", option
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v >= 0 && v <= 1) {
		return fmt.Errorf("%s: the threshold is no number from 0 to 1: give one, for a mode as in scout=0.6", option)
	}
	if mode == "" || mode == engine.ModeScout {
		c.Threshold = v
	}
	if mode == "" {
		return nil
	}
	k, ok := c.Calibration[mode]
	if !ok {
		return fmt.Errorf("%s: the checkpoint is not calibrated in mode %q: calibrate it with frglab eval --calibrate", option, mode)
	}
	k.Threshold = v
	c.Calibration[mode] = k
	return nil
}
