// Command bundle makes a trained checkpoint the bundled model, or the bundled scout: half
// precision, with the threshold that the detector should use: that of the checkpoint, or the one
// given.
//
//	frglab eval --model runs/1/best.safetensors --truth tune.json --images pictures --calibrate calibrated.safetensors
//	go run ./.make/bundle calibrated.safetensors
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
	if len(os.Args) < 2 || len(os.Args) > 3 {
		log.Fatal("usage: bundle CHECKPOINT [THRESHOLD|scout]")
	}
	if err := bundle(os.Args[1], strings.Join(os.Args[2:], "")); err != nil {
		log.Fatal(err)
	}
}

func bundle(path, threshold string) error {
	c, err := engine.LoadCheckpoint(path)
	if err != nil {
		return err
	}
	if threshold == "scout" {
		return c.SaveHalf(scout)
	}
	if threshold != "" {
		if c.Threshold, err = strconv.ParseFloat(threshold, 64); err != nil {
			return fmt.Errorf("threshold %q is no number", threshold)
		}
	}
	return c.SaveHalf(model)
}
