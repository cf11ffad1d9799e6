package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"frglab/engine"
	"frglab/engine/nn"
)

func trainCommand() command {
	return command{
		name:  "train",
		short: "trains a network on labelled crops",
		usage: "(--train LIST --valid LIST | --project P) --out DIR [OPTIONS]",
		examples: []string{
			"frglab train --project faces.frglab --out runs/1",
			"frglab train --train train.txt --valid valid.txt --preset 2015 --out runs/2015",
			"frglab train --train train.txt --valid valid.txt --out runs/2015 --resume",
		},
		setup: func(fs *flag.FlagSet) run {
			t := &training{fs: fs}
			t.cropFlags.declare(fs)
			fs.StringVar(&t.preset, "preset", "modern", "`name` of the settings to start from: "+strings.Join(engine.Presets(), ", "))
			fs.StringVar(&t.arch, "arch", "frgnet64", "`name` of the network: "+strings.Join(nn.Names(), ", ")+"; or a JSON file that describes one")
			fs.IntVar(&t.epochs, "epochs", 0, "`number` of times to go through the crops (default: the preset's)")
			fs.IntVar(&t.batch, "batch", 0, "`number` of crops an iteration (default: the preset's)")
			fs.Uint64Var(&t.seed, "seed", 1, "`number` that everything random follows from")
			fs.Float64Var(&t.rate, "rate", 0, "learning `rate` (default: the preset's)")
			fs.IntVar(&t.maxSteps, "max-steps", 0, "stop soon after this `number` of iterations, as if interrupted: for trials")
			fs.StringVar(&t.device, "device", "auto", "`name` of what computes: auto, or one that frglab doctor lists")
			fs.StringVar(&t.out, "out", "", "`folder` for the run: best.safetensors, last.safetensors, log.jsonl and what --resume needs")
			fs.BoolVar(&t.resume, "resume", false, "go on with the run in the folder, with its settings")
			fs.BoolVar(&t.json, "json", false, "write progress to standard output as JSON, one event a line")
			return t.run
		},
	}
}

// training is one call of frglab train.
type training struct {
	cropFlags
	fs                        *flag.FlagSet
	preset, arch, device, out string
	epochs, batch, maxSteps   int
	seed                      uint64
	rate                      float64
	resume, json              bool
}

func (t *training) run(ctx context.Context, env *Env, args []string) (err error) {
	if err := t.check(args); err != nil {
		return err
	}
	conf, err := t.config()
	if err != nil {
		return err
	}
	sets, err := t.cropFlags.open(env)
	if err != nil {
		return err
	}
	defer func() { err = env.closing(err, sets.close) }()
	dev, err := openDevice(env, t.device)
	if err != nil {
		return err
	}
	defer func() { err = env.closing(err, dev.Close) }()
	show := t.reporter(env)
	show.start(conf, dev.Name(), sets)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	_, err = engine.Train(ctx, engine.Run{
		Config: conf, Device: dev, Train: sets.train, Valid: sets.valid, Dir: t.out, Resume: t.resume,
		Report: func(p engine.Progress) {
			show.event(p)
			if t.maxSteps > 0 && p.Step >= t.maxSteps && p.Event != engine.EventDone {
				cancel(errEnough)
			}
		},
	})
	show.end()
	if err != nil && ctx.Err() != nil {
		return t.stopped(env, show, context.Cause(ctx) == errEnough)
	}
	return err
}

// errEnough stops a training at --max-steps.
var errEnough = errors.New("enough iterations")

func (t *training) check(args []string) error {
	switch {
	case len(args) > 0:
		return usagef("train: %q is no option: crops come from --train and --valid, or --project", args[0])
	case t.out == "":
		return usagef("train: --out is missing: name a folder for the run")
	case !slices.Contains(engine.Presets(), t.preset):
		return usagef("--preset %q: use one of %s", t.preset, strings.Join(engine.Presets(), ", "))
	case t.maxSteps < 0:
		return usagef("--max-steps %d: use 1 or more", t.maxSteps)
	}
	return t.cropFlags.check(true)
}

// config is the preset, or the configuration of the run to go on with, changed by
// the flags that were given.
func (t *training) config() (engine.Config, error) {
	conf, err := engine.Preset(t.preset)
	if t.resume {
		conf, err = engine.ResumeConfig(t.out)
	}
	if err != nil {
		return conf, err
	}
	if t.resume && given(t.fs, "preset") && conf.Preset != t.preset {
		return conf, usagef("--preset %s: the run in %s was started with %s: leave the option out", t.preset, show(t.out), conf.Preset)
	}
	if given(t.fs, "arch") {
		if conf.Arch, err = openArch(t.arch); err != nil {
			return conf, err
		}
	}
	if given(t.fs, "epochs") {
		conf.Epochs, conf.MinSteps = t.epochs, 0 // so many and no more
	}
	if given(t.fs, "batch") {
		conf.Batch = t.batch
	}
	if given(t.fs, "seed") {
		conf.Seed = t.seed
	}
	if given(t.fs, "rate") {
		conf.Rate = t.rate
	}
	if err := conf.Validate(); err != nil {
		return conf, usagef("%w", err)
	}
	return conf, nil
}

// maxArchBytes bounds a description of a network: 256 layers take a tenth of it.
const maxArchBytes = 1 << 18

// openArch finds a network by its name, or reads one from a JSON file.
func openArch(name string) (nn.Arch, error) {
	if slices.Contains(nn.Names(), name) {
		return nn.Lookup(name)
	}
	info, err := os.Stat(name)
	if err != nil {
		return nn.Arch{}, usagef("--arch %q: no such network, and no such file: use one of %s, or a JSON file", name, strings.Join(nn.Names(), ", "))
	}
	if !info.Mode().IsRegular() || info.Size() > maxArchBytes {
		return nn.Arch{}, fmt.Errorf("--arch %s: is no JSON file that describes a network", show(name))
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nn.Arch{}, fmt.Errorf("--arch %s: %w", show(name), cause(err))
	}
	var a nn.Arch
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		return nn.Arch{}, fmt.Errorf("--arch %s: is no JSON file that describes a network: %w", show(name), err)
	}
	if _, _, err := a.Specs(); err != nil {
		return nn.Arch{}, fmt.Errorf("--arch %s: %w", show(name), err)
	}
	return a, nil
}

// stopped says what is there after an interruption, and how to go on.
func (t *training) stopped(env *Env, r *reporter, asked bool) error {
	if _, err := os.Stat(filepath.Join(t.out, engine.StateFile)); err != nil {
		return &exit{code: exitNothing, err: errors.New("stopped before the first iteration: nothing was trained")}
	}
	text := fmt.Sprintf("stopped at iteration %d of %d: saved in %s, the same command with --resume goes on", r.last.Step, r.last.Steps, show(t.out))
	if asked {
		if !t.json {
			fmt.Fprintln(env.Stdout, text)
		}
		return nil
	}
	return &exit{code: exitSome, err: errors.New(text)}
}
