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
	"strconv"
	"strings"

	"frglab/engine"
)

// Where the program takes them from.
const (
	model = "assets/model/model.safetensors"
	scout = "assets/model/scout.safetensors"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal("usage: bundle CHECKPOINT [scout|THRESHOLD] [MODE=THRESHOLD...]")
	}
	if err := bundle(os.Args[1], os.Args[2:]); err != nil {
		log.Fatal(err)
	}
}

func bundle(path string, options []string) error {
	c, err := engine.LoadCheckpoint(path)
	if err != nil {
		return err
	}
	for _, option := range options {
		if option == "scout" {
			return c.SaveHalf(scout)
		}
		if err := setThreshold(c, option); err != nil {
			return err
		}
	}
	return c.SaveHalf(model)
}

// setThreshold sets what "0.9" or "windows=0.9" says. The checkpoint's own is that of mode scout,
// for programs that know no modes.
func setThreshold(c *engine.Checkpoint, option string) error {
	mode, text, ok := strings.Cut(option, "=")
	if !ok {
		mode, text = "", option
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("threshold %q is no number", text)
	}
	if mode == "" || mode == engine.ModeScout {
		c.Threshold = v
	}
	if mode == "" {
		return nil
	}
	k, ok := c.Calibration[mode]
	if !ok {
		return fmt.Errorf("%s: the checkpoint is not calibrated in mode %q", option, mode)
	}
	k.Threshold = v
	c.Calibration[mode] = k
	return nil
}
