package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"frglab/engine"
)

func evalCommand() command {
	return command{
		name:  "eval",
		short: "says how good detectors are, on crops or on whole pictures",
		usage: "[--model F] (--valid LIST | --project P | --truth COCO.json --images DIR [...]) [OPTIONS]",
		examples: []string{
			"frglab eval --model runs/1/best.safetensors --valid valid.txt",
			"frglab eval --truth annotations.json --images pictures --detector both --json report.json",
			"frglab eval --truth annotations.json --images pictures --sweep",
			"frglab eval --truth tune.json --images pictures --calibrate calibrated.safetensors",
			"frglab eval --truth a.json --images a --truth b.json --images b --rows ladder.json",
			"frglab eval --truth annotations.json --images pictures --parity --min-size 72",
		},
		more: evalHelp,
		setup: func(fs *flag.FlagSet) run {
			e := &evaluation{}
			e.finderFlags.declare(fs)
			e.declareValid(fs)
			fs.Var(&e.truth, "truth", "COCO `file` that says where the faces of pictures are; with --images once for each set")
			fs.Var(&e.images, "images", "`folder` that the names in the COCO file start from")
			fs.BoolVar(&e.sweep, "sweep", false, "try the cascade with several scale factors and numbers of neighbours, beside the network")
			fs.StringVar(&e.rows, "rows", "", "JSON `file` that lists detectors to compare, instead of --detector, --model and --mode")
			fs.BoolVar(&e.parity, "parity", false, "compare mode shared with the network asked about each of the same windows")
			fs.StringVar(&e.calibrate, "calibrate", "", "`OUT.safetensors` gets the model with its scores made probabilities and its threshold set, by these pictures")
			fs.Uint64Var(&e.seed, "seed", 1, "`number` that the intervals are drawn from")
			fs.StringVar(&e.json, "json", "", "`OUT.json` gets the report; - is standard output")
			return e.run
		},
	}
}

// evalHelp explains the report.
const evalHelp = `A detection finds a face if its centre lies in the truth box enlarged by 30 % each way and its side is 0.8 to 3 times the
truth's; each face once, the best detection first. Boxes in the list "ignore" of an image, and crowds, neither help nor hurt.
AP is the area under the curve of precision and recall by that rule; "AP at IoU" is what pycocotools computes (101 points).
A face's "attributes" may tell its view (front, three-quarter, profile, back) and its rotation in degrees: recall is split by them.

--json, with --truth (a list "sets" of such objects, each with its "truth", where --truth is given more than once):
  n, detectors: {NAME: {
    frames, faces, ap, recall_at_fppi {"0.1", "0.3", "1"}, best_f1, threshold (of best_f1), ap_iou30, ap_iou50,
    recommended: the highest threshold with an F1 within 0.01 of the best
    intervals {ap, recall_at_fppi, best_f1: [from, to]}     where 95 of 100 draws of so many pictures fall
    at {threshold, precision, recall, f1, fppi, empty, false_per_empty, causes {background, duplicate, misplaced, missed},
        recall_by [{group, faces, found, recall}]}           at the threshold that the detector works with
    calibration {ece, bins [{from, to, n, score, precision}]}                        networks only
    curve [{score, true, false, precision, recall, fppi, f1}]                        a point for each face more
    mistakes [{file, cause, box, score}]                                             at the same threshold
    ms, ms_median}}, sweep [{scale_factor, min_neighbors, precision, recall, f1, fppi}]
with crops: n, loss, accuracy, confusion.

--parity: the detectors are the look at the whole picture alone; the network asked about the windows that the look leaves; mode
shared, which asks about the best of those that lie apart; and the network asked about every window of the look in steps of a third
of a window. parity {windows, correlation of their log-odds, difference in AP of what the look leaves and of every window, apart:
that of mode shared}. A look cannot say quite what the network says: where a window ends, the network learned to see nothing, and
the look sees what is there.

--rows: [{"name", "model", "scout", "mode", "params"}, ...] with the files and the mode of a network and whatever of its detection
parameters should differ from the mode's, or [{"name", "cascade": {"scale_factor": 1.05}}]. All look at each picture in turn;
those that differ in the choice among the windows alone (threshold, suppress, iou, ...) look once, and the time counts for each.
`

// evaluation is one call of frglab eval.
type evaluation struct {
	finderFlags
	cropFlags
	truth, images         list
	sweep, parity         bool
	compared              *parity // where --parity is given
	rows, calibrate, json string
	seed                  uint64
}

// list is a flag that may be given several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func (e *evaluation) run(ctx context.Context, env *Env, args []string) error {
	if err := e.check(args); err != nil {
		return err
	}
	if len(e.truth) > 0 {
		return e.pictures(ctx, env)
	}
	if err := e.cropFlags.check(false); err != nil {
		return err
	}
	return e.crops(ctx, env)
}

func (e *evaluation) check(args []string) error {
	crops := e.validList != "" || e.project != ""
	others := given(e.fs, "detector") || given(e.fs, "model") || given(e.fs, "scout") || given(e.fs, "mode") || given(e.fs, "threshold")
	switch {
	case len(args) > 0:
		return usagef("eval: %q is no option: use --valid LIST, or --truth COCO.json --images DIR", args[0])
	case crops == (len(e.truth) > 0):
		return usagef("eval: use either --valid LIST, --project P or --truth COCO.json")
	case len(e.truth) != len(e.images):
		return usagef("eval: --truth COCO.json and --images DIR belong together")
	case crops && (e.sweep || e.parity || e.rows != "" || e.calibrate != ""):
		return usagef("eval: --sweep, --rows, --parity and --calibrate need pictures: use --truth COCO.json --images DIR")
	case e.sweep && (given(e.fs, "detector") && e.detector == "cnn" || e.calibrate != ""):
		return usagef("eval: --sweep is for the cascade: leave out --detector cnn and --calibrate")
	case e.parity && (e.rows != "" || e.calibrate != "" || e.sweep || len(e.tilt) > 0 || given(e.fs, "detector") || given(e.fs, "mode") || given(e.fs, "threshold")):
		return usagef("eval: --parity is for mode shared alone: leave out --rows, --calibrate, --sweep, --detector, --mode, --threshold and --tilt")
	case e.rows != "" && (others || e.sweep || e.calibrate != ""):
		return usagef("eval: --rows lists the detectors: leave out --detector, --model, --scout, --mode, --threshold, --sweep and --calibrate")
	case e.calibrate != "" && (e.detector == "cascade" || slices.Contains([]string{engine.Mode2015, "repository"}, e.mode)):
		return usagef("eval: --calibrate is for a network in mode scout, shared or windows")
	}
	if err := e.finderFlags.check(); err != nil {
		return err
	}
	if e.calibrate != "" { // what is there may be the only copy of a training's outcome
		if err := writable(e.calibrate, nil); err != nil {
			return err
		}
	}
	return checkReport(e.json)
}

// crops runs the network over labelled crops.
func (e *evaluation) crops(ctx context.Context, env *Env) (err error) {
	model, err := openModel(e.model)
	if err != nil {
		return err
	}
	sets, err := e.cropFlags.open(env)
	if err != nil {
		return err
	}
	defer func() { err = env.closing(err, sets.close) }()
	dev, err := openDevice(env, e.device)
	if err != nil {
		return err
	}
	defer func() { err = env.closing(err, dev.Close) }()
	r, err := engine.Evaluate(ctx, model, dev, sets.valid, nil)
	if err != nil {
		return err
	}
	return writeReport(env, e.json, cropReport{r, sets.leak.Optimistic()}, func(w io.Writer) {
		fmt.Fprintf(w, "%d crops  loss %.4f  accuracy %.2f %%\n", r.N, r.Loss, 100*r.Accuracy)
		for i, row := range r.Confusion {
			fmt.Fprintf(w, "%-8s", model.Classes[i])
			for j, n := range row {
				fmt.Fprintf(w, "  taken for %s: %d", model.Classes[j], n)
			}
			fmt.Fprintln(w)
		}
		if mark := optimistic(sets.leak); mark != "" {
			fmt.Fprintln(w, mark)
		}
	})
}

// cropReport is what eval --json writes about crops.
type cropReport struct {
	engine.Report
	Optimistic bool `json:"optimistic,omitempty"` // the crops have near-duplicates in training
}
