package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"frglab/dataset"
	"frglab/engine"
	"frglab/engine/nn"
	"frglab/ui/results"
)

func trainCommand() command {
	return command{
		name:  "train",
		short: "trains a network on labelled crops",
		usage: "(--train LIST --valid LIST | --project P | --mine COCO.json --images DIR) --out DIR [OPTIONS]\n\n" +
			"With --mine or --mine-rounds the network learns in rounds, each with new windows of pictures\n" +
			"whose faces are known: on the faces, beside them, and what the network of the round before took\n" +
			"for faces, wrongly. A project mines in its own frames. Each round is a folder in --out, with its\n" +
			"crops and lists; --resume leaves the rounds that are whole as they are.\n\n" +
			"A project keeps settings and curves of the run. With --steer another process leads the\n" +
			"training by lines on standard input: pause, resume, stop; at the end of the input the\n" +
			"training is saved and stops, and the project is left to that process.",
		examples: []string{
			"frglab train --project faces.frglab --out runs/1",
			"frglab train --train train.txt --valid valid.txt --preset 2015 --out runs/2015",
			"frglab train --train train.txt --valid valid.txt --out runs/2015 --resume",
			"frglab train --project faces.frglab --model bundled --mine-rounds 1 --out runs/tuned",
			"frglab train --mine annotations.json --images pictures --arch frgnet64s --out runs/mined",
			"frglab train --project faces.frglab --set zoom=0.2 --set flip=false --out runs/2",
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
			fs.IntVar(&t.patience, "patience", 0, "stop early after this `number` of validations without a lower loss; 0: never (default: the preset's)")
			fs.StringVar(&t.settings, "settings", "", "JSON `file` with all settings, in place of a preset; other options change them")
			fs.Var(&t.fields, "set", "`field=value` changes any one setting, by its name in the JSON of the settings; again for another")
			fs.IntVar(&t.maxSteps, "max-steps", 0, "stop after exactly this `number` of iterations, as if interrupted: for trials")
			fs.StringVar(&t.device, "device", "auto", "`name` of what computes: auto, or one that frglab doctor lists")
			fs.StringVar(&t.out, "out", "", "`folder` for the run: best.safetensors, last.safetensors, log.jsonl and what --resume needs")
			fs.BoolVar(&t.resume, "resume", false, "go on with the run in the folder, with its settings")
			fs.BoolVar(&t.json, "json", false, "write progress to standard output as JSON, one event a line")
			fs.BoolVar(&t.allowLeak, "allow-leak", false, "train also where many validation crops have a near-duplicate in training")
			fs.StringVar(&t.model, "model", "", "`file` of a trained network to go on from, at a third of the learning rate; bundled: the one in the program (default: random weights)")
			fs.Var(&t.fresh, "fresh", "learn quickly, in about a minute, and above all the crops of the project with these `numbers`, 7,12-15; needs --model")
			t.mineFlags.declare(fs)
			fs.BoolVar(&t.steer, "steer", false, "be led by lines on standard input; needs --json")
			return t.run
		},
	}
}

// training is one call of frglab train.
type training struct {
	cropFlags
	mineFlags
	from                      *engine.Checkpoint // what --model names
	model                     string
	fs                        *flag.FlagSet
	preset, arch, device, out string
	settings                  string
	fields                    fieldFlags
	epochs, batch, maxSteps   int
	patience                  int
	seed                      uint64
	rate                      float64
	resume, json, steer       bool
	allowLeak                 bool
}

func (t *training) run(ctx context.Context, env *Env, args []string) (err error) {
	if err := t.check(args); err != nil {
		return err
	}
	if t.model != "" {
		if t.from, err = openStart(t.model); err != nil {
			return err
		}
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
	if err := t.leaks(sets.leak); err != nil {
		return err
	}
	dev, err := openDevice(env, t.device)
	if err != nil {
		return err
	}
	defer func() { err = env.closing(err, dev.Close) }()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	l := lesson{conf: conf, from: t.from, sets: sets, dev: dev}
	if t.steer {
		l.steering = steer(env.Stdin, cancel)
	}
	if t.mining() {
		return t.mine(ctx, env, l)
	}
	return t.learn(ctx, env, l)
}

// leaks refuses a training whose figures would flatter it too much.
func (t *training) leaks(l dataset.Leak) error {
	if l.TooMuch() && !t.allowLeak && !t.resume {
		return fmt.Errorf("%d of %d validation crops have a near-duplicate in training, so that the figures would be better than on new pictures: split it anew with frglab review --split, or add --allow-leak", l.Leaked, l.Valid)
	}
	return nil
}

// train runs the training, and keeps it in the project.
func (t *training) train(ctx context.Context, env *Env, show *reporter, run engine.Run) error {
	record, err := t.recording(env, RunSettings{Config: run.Config, Device: t.device, Crops: run.Train.Len(), Checks: run.Valid.Len()})
	if err != nil {
		return err
	}
	began := false
	report := run.Report
	run.Report = func(p engine.Progress) {
		if !began { // nothing is kept of a start that is refused
			began = true
			record.start()
		}
		report(p)
	}
	c, err := engine.Train(ctx, run)
	show.end()
	if began {
		record.end(runStatus(ctx, err), err)
	}
	if err != nil && (ctx.Err() != nil || errors.Is(err, engine.ErrEnough)) {
		if err := t.lost(err); err != nil {
			return err
		}
		return t.stopped(env, show, c, ctx.Err() == nil || context.Cause(ctx) == errAsked)
	}
	return err
}

// lost is what went wrong while a training that was stopped was saved.
func (t *training) lost(err error) error {
	if err == context.Canceled || err == engine.ErrEnough {
		return nil
	}
	return err
}

// errAsked stops a training that was asked to by the process that leads it.
var errAsked = errors.New("asked to stop")

func (t *training) check(args []string) error {
	switch {
	case len(args) > 0:
		return usagef("train: %q is no option: crops come from --train and --valid, or --project", args[0])
	case t.out == "":
		return usagef("train: --out is missing: name a folder for the run")
	case !slices.Contains(engine.Presets(), t.preset):
		return usagef("--preset %q: use one of %s", t.preset, strings.Join(engine.Presets(), ", "))
	case t.steer && !t.json:
		return usagef("--steer: whoever leads a training reads its events: add --json")
	case t.settings != "" && (t.resume || given(t.fs, "preset")):
		return usagef("--settings: a preset, and a run to go on with, have settings of their own: leave one of the options out")
	case len(t.fresh) > 0 && (t.project == "" || t.model == "" || t.mining()):
		return usagef("--fresh teaches a trained network a few crops of a project: add --project P and --model F, without mining")
	case t.maxSteps < 0:
		return usagef("--max-steps %d: use 1 or more", t.maxSteps)
	}
	if err := t.mineFlags.check(t.project); err != nil {
		return err
	}
	if t.mining() && t.project == "" && t.trainList == "" && t.validList == "" {
		return nil // all crops are mined
	}
	return t.cropFlags.check(true)
}

// config is the preset, or the configuration of the run to go on with, changed by
// the flags that were given.
func (t *training) config() (engine.Config, error) {
	conf, err := engine.Preset(t.preset)
	switch {
	case t.resume && t.mining():
		conf, err = t.resumeConfig(t.out)
	case t.resume:
		conf, err = engine.ResumeConfig(t.out)
	case t.settings != "":
		conf, err = readSettings(t.settings)
	}
	if err != nil {
		return conf, err
	}
	if t.resume && given(t.fs, "preset") && conf.Preset != t.preset {
		return conf, usagef("--preset %s: the run in %s was started with %s: leave the option out", t.preset, show(t.out), conf.Preset)
	}
	if t.mining() && !t.resume && t.settings == "" {
		conf = conf.ForMined()
	}
	switch {
	case t.from == nil || t.resume:
	case len(t.fresh) > 0:
		conf = conf.QuickTune(t.from)
	default:
		conf = conf.FineTune(t.from)
	}
	if given(t.fs, "arch") {
		if conf.Arch, err = openArch(t.arch); err != nil {
			return conf, err
		}
	}
	if given(t.fs, "epochs") {
		conf.Epochs, conf.MinSteps = t.epochs, 0 // so many and no more
	}
	if given(t.fs, "patience") {
		conf.Patience = t.patience
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
	if err := t.fields.apply(&conf); err != nil {
		return conf, err
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
	if _, err := os.Stat(name); err != nil {
		return nn.Arch{}, usagef("--arch %q: no such network, and no such file: use one of %s, or a JSON file", name, strings.Join(nn.Names(), ", "))
	}
	var a nn.Arch
	if err := readJSON(name, &a); err != nil {
		return nn.Arch{}, fmt.Errorf("--arch %s: is no JSON file that describes a network%w: use one of %s, or write {\"name\", \"size\", \"layers\"}", show(name), err, strings.Join(nn.Names(), ", "))
	}
	conf, err := engine.Preset("modern") // any: what it says of its network holds for this one
	if err != nil {
		return nn.Arch{}, err
	}
	conf.Arch = a
	if err := conf.Validate(); err != nil {
		return nn.Arch{}, fmt.Errorf("--arch %s: %w", show(name), err)
	}
	return a, nil
}

// readSettings reads the settings of a training from a JSON file.
func readSettings(name string) (engine.Config, error) {
	var s RunSettings // as a project keeps them
	if err := readJSON(name, &s); err != nil {
		return s.Config, fmt.Errorf("--settings %s: is no JSON file with the settings of a training%w: use the settings.json of one", show(name), err)
	}
	return s.Config, nil
}

// readJSON reads a small JSON file with no other fields than v has. What is wrong
// comes as the rest of a sentence.
func readJSON(name string, v any) error {
	info, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf(": %w", results.Cause(err))
	}
	if !info.Mode().IsRegular() || info.Size() > maxArchBytes {
		return errors.New("")
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf(": %w", results.Cause(err))
	}
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.DisallowUnknownFields()
	err = d.Decode(v)
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind) && kind.Field == "":
		return fmt.Errorf(": it holds a %s", kind.Value)
	case errors.As(err, &kind):
		return fmt.Errorf(": its %q cannot be a %s", kind.Field, kind.Value)
	case err != nil:
		return fmt.Errorf(": %w", err)
	}
	return nil
}

// stopped says what is there after an interruption, and how to go on. c is the last
// checkpoint, nil where there is none.
func (t *training) stopped(env *Env, r *reporter, c *engine.Checkpoint, asked bool) error {
	if c == nil && t.resume {
		return &exit{code: exitNothing, err: fmt.Errorf("stopped before it went on: the run in %s is as it was", show(t.out))}
	}
	if c == nil {
		return &exit{code: exitNothing, err: errors.New("stopped before the first iteration: nothing was trained")}
	}
	if asked && t.json {
		if t.steer {
			(&worker{r: r}).tell(WorkerEvent{Event: WorkerStopped, Step: c.Step, Steps: r.steps})
		}
		return nil
	}
	text := fmt.Sprintf("stopped at iteration %d of %d: saved in %s, the same command with --resume goes on", c.Step, r.steps, show(t.out))
	if asked {
		fmt.Fprintln(env.Stdout, text)
		return nil
	}
	return &exit{code: exitSome, err: errors.New(text)}
}
