// Command model makes the bundled networks out of annotated pictures, and of crops
// where there are some: first the scout, then the model, each in rounds that mine the
// mistakes of the round before. It is `make model DATA=dir`; assets/model/README.md says
// what DATA holds.
//
//	go run ./.make/model -data DIR -out runs/model
//	go run ./.make/model -data DIR -out runs/tuned -from assets/model
//
// What is whole in the folder -out is not made again, so the same command goes on after
// an interruption. The networks go to the folder -bundle, from which the program is
// built.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"

	"frglab/engine"
	"frglab/engine/nn"
	"frglab/engine/nn/onednn"
	"frglab/ui/cli"
)

func main() {
	log.SetFlags(0)
	r := full()
	flag.StringVar(&r.data, "data", "", "folder with annotations.json, and perhaps train.txt and valid.txt")
	flag.StringVar(&r.out, "out", "runs/model", "folder for crops and trainings")
	flag.StringVar(&r.from, "from", "", "folder with networks to go on from, such as assets/model")
	flag.StringVar(&r.bundle, "bundle", "assets/model", "folder for the finished networks")
	flag.Parse()
	if r.data == "" {
		log.Fatal("model: name the folder with the training data: make model DATA=dir (see assets/model/README.md)")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := r.make(ctx); err != nil {
		log.Fatal("model: ", err)
	}
}

// recipe is how the bundled networks are made.
type recipe struct {
	data, out, from, bundle string

	scout, model step
	threshold    float64 // that the model recommends
	more         []string
	env          cli.Env
}

// step is the making of one network.
type step struct {
	arch           string
	rounds, epochs int
}

// full is the recipe of the networks in assets/model.
func full() recipe {
	threads, _ := strconv.Atoi(os.Getenv("FRGLAB_THREADS")) // 0: all
	return recipe{
		scout:     step{"scout32", 2, 4},
		model:     step{"frgnet64s", 1, 2},
		threshold: 0.5,
		env: cli.Env{
			Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
			Devices: []engine.Device{{Name: "cpu", Open: func() (nn.Backend, error) { return onednn.New(threads) }}},
		},
	}
}

// make makes both networks and bundles them.
func (r recipe) make(ctx context.Context) error {
	scout, err := r.train(ctx, "scout", r.scout)
	if err != nil {
		return err
	}
	model, err := r.train(ctx, "model", r.model, "--scout", scout)
	if err != nil {
		return err
	}
	return errors.Join(r.keep(scout, "scout"), r.keep(model, "model"))
}

// train makes one network, or goes on with it, and says where its best state is.
func (r recipe) train(ctx context.Context, name string, s step, more ...string) (string, error) {
	dir := filepath.Join(r.out, name)
	best := filepath.Join(dir, engine.BestFile)
	if _, err := os.Stat(best); err == nil {
		return best, nil
	}
	args := []string{
		"train", "--mine", filepath.Join(r.data, "annotations.json"), "--images", r.data,
		"--mine-rounds", strconv.Itoa(s.rounds), "--out", dir,
	}
	if crops := filepath.Join(r.data, "train.txt"); exists(crops) {
		args = append(args, "--train", crops, "--valid", filepath.Join(r.data, "valid.txt"))
	}
	if r.from != "" {
		args = append(args, "--model", filepath.Join(r.from, name+".safetensors"), "--average")
	}
	args = append(append(args, more...), r.more...)
	if exists(filepath.Join(dir, "mine.json")) {
		args = append(args, "--resume")
	} else {
		args = append(args, "--epochs", strconv.Itoa(s.epochs))
		if r.from == "" {
			args = append(args, "--arch", s.arch)
		}
	}
	fmt.Fprintf(r.env.Stdout, "%s: frglab %q\n", name, args)
	if code := cli.Main(ctx, args, r.env); code != 0 || !exists(best) {
		return "", fmt.Errorf("the %s is not made: the same command goes on with it", name)
	}
	return best, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// keep bundles a network in half precision.
func (r recipe) keep(path, name string) error {
	c, err := engine.LoadCheckpoint(path)
	if err != nil {
		return err
	}
	c.Threshold = r.threshold
	return c.SaveHalf(filepath.Join(r.bundle, name+".safetensors"))
}
