package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"path/filepath"

	"frglab/dataset"
	"frglab/engine"
)

func evalCommand() command {
	return command{
		name:  "eval",
		short: "says how good a network is, on crops or on whole pictures",
		usage: "[--model F] (--valid LIST | --project P | --truth COCO.json --images DIR) [OPTIONS]",
		examples: []string{
			"frglab eval --model runs/1/best.safetensors --valid valid.txt",
			"frglab eval --truth annotations.json --images pictures --detector both --json report.json",
		},
		setup: func(fs *flag.FlagSet) run {
			e := &evaluation{}
			e.finderFlags.declare(fs)
			e.declareValid(fs)
			fs.StringVar(&e.truth, "truth", "", "COCO `file` that says where the faces of pictures are")
			fs.StringVar(&e.images, "images", "", "`folder` that the names in the COCO file start from")
			fs.StringVar(&e.json, "json", "", "`OUT.json` gets the report; - is standard output")
			return e.run
		},
	}
}

// evaluation is one call of frglab eval.
type evaluation struct {
	finderFlags
	cropFlags
	truth, images, json string
}

func (e *evaluation) run(ctx context.Context, env *Env, args []string) error {
	crops := e.validList != "" || e.project != ""
	switch {
	case len(args) > 0:
		return usagef("eval: %q is no option: use --valid LIST, or --truth COCO.json --images DIR", args[0])
	case crops == (e.truth != ""):
		return usagef("eval: use either --valid LIST, --project P or --truth COCO.json")
	case (e.truth == "") != (e.images == ""):
		return usagef("eval: --truth COCO.json and --images DIR belong together")
	}
	if err := e.finderFlags.check(); err != nil {
		return err
	}
	if err := checkReport(e.json); err != nil {
		return err
	}
	if e.truth != "" {
		return e.pictures(ctx, env)
	}
	if err := e.cropFlags.check(false); err != nil {
		return err
	}
	return e.crops(ctx, env)
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

// truthReport is what eval --truth --json writes.
type truthReport struct {
	N         int                     `json:"n"`
	Detectors map[string]detectorEval `json:"detectors"`
}

type detectorEval struct {
	engine.ScoreReport
	MS float64 `json:"ms"` // mean of a picture
}

// pictures runs the detectors over whole pictures.
func (e *evaluation) pictures(ctx context.Context, env *Env) error {
	truth, err := dataset.ReadTruth(e.truth)
	if err != nil {
		return err
	}
	for _, w := range truth.Warnings {
		env.warn("%s: %s", e.truth, w)
	}
	finders, err := e.finderFlags.open(env, unsure)
	if err != nil {
		return err
	}
	defer closeAll(finders)
	results := make([][]engine.FrameResult, len(finders))
	took := make([]float64, len(finders))
	t := tally{env: env, what: "picture"}
	for _, im := range truth.Images {
		rs, err := e.picture(ctx, finders, im)
		if ctx.Err() != nil {
			return t.stopped(nil, "")
		}
		if err != nil {
			t.fail(err)
			continue
		}
		t.done++
		for i, r := range rs {
			results[i] = append(results[i], engine.FrameResult{Found: r.Detections, Truth: truthOf(im)})
			took[i] += r.MS
		}
	}
	if t.done == 0 {
		return t.result()
	}
	out := truthReport{N: t.done, Detectors: map[string]detectorEval{}}
	for i, f := range finders {
		out.Detectors[f.name] = detectorEval{engine.Score(results[i]), took[i] / float64(t.done)}
	}
	if err := writeReport(env, e.json, out, func(w io.Writer) { out.print(w, finders) }); err != nil {
		return err
	}
	return t.result()
}

func (e *evaluation) picture(ctx context.Context, finders []finder, im dataset.TruthImage) ([]record, error) {
	path := filepath.Join(e.images, filepath.FromSlash(im.File))
	img, err := dataset.ReadImage(path)
	if err != nil {
		return nil, err
	}
	if w, h := img.Rect.Dx(), img.Rect.Dy(); im.Width > 0 && im.Height > 0 && (w != im.Width || h != im.Height) {
		return nil, fmt.Errorf("%s: is %dx%d, but %s has boxes for %dx%d: name the folder that it was made for", show(path), w, h, show(e.truth), im.Width, im.Height)
	}
	return ask(ctx, finders, picture{name: path, img: img})
}

func truthOf(im dataset.TruthImage) []engine.Truth {
	var ts []engine.Truth
	for _, b := range im.Faces {
		ts = append(ts, engine.Truth{Box: b})
	}
	for _, b := range im.Ignore {
		ts = append(ts, engine.Truth{Box: b, Ignore: true})
	}
	return ts
}

func (r truthReport) print(w io.Writer, finders []finder) {
	for _, f := range finders {
		d := r.Detectors[f.name]
		fmt.Fprintf(w, "%-7s  %s, %s: AP %.3f  recall at 0.1 / 0.3 / 1 false boxes a picture %.3f / %.3f / %.3f  best F1 %.3f at %.3g  AP at IoU 0.3 / 0.5 %.3f / %.3f  %.0f ms a picture\n",
			f.name, count(d.Frames, "picture"), count(d.Faces, "face"), d.AP,
			d.RecallAtFPPI["0.1"], d.RecallAtFPPI["0.3"], d.RecallAtFPPI["1"],
			d.BestF1, d.Threshold, d.APIoU30, d.APIoU50, d.MS)
	}
}
