// Command bundle makes a trained checkpoint the bundled model: half precision, with
// the threshold that the detector should use.
//
//	go run ./.make/bundle runs/1/best.safetensors 0.9
package main

import (
	"fmt"
	"log"
	"os"
	"strconv"

	"frglab/engine"
)

const out = "assets/model/model.safetensors"

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: bundle CHECKPOINT THRESHOLD")
	}
	if err := bundle(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func bundle(path, threshold string) error {
	c, err := engine.LoadCheckpoint(path)
	if err != nil {
		return err
	}
	if c.Threshold, err = strconv.ParseFloat(threshold, 64); err != nil {
		return fmt.Errorf("threshold %q is no number", threshold)
	}
	return c.SaveHalf(out)
}
