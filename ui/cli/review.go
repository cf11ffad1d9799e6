package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"

	"frglab/dataset"
	"frglab/engine"
)

func reviewCommand() command {
	return command{
		name:     "review",
		short:    "finds near-duplicates, leaks and doubtful labels in a project",
		usage:    "--project P [--model F] [--device D] [--split] [--worst N] [--json]",
		examples: []string{"frglab review --project faces.frglab", "frglab review --project faces.frglab --model runs/1/best.safetensors --worst 30"},
		setup: func(fs *flag.FlagSet) run {
			r := &reviewing{}
			fs.StringVar(&r.project, "project", "", "project `file`; no window may have it open")
			fs.StringVar(&r.model, "model", "", "`file` of a trained network (default: the bundled one)")
			fs.StringVar(&r.device, "device", "auto", "`name` of what computes: auto, or one that frglab doctor lists")
			fs.BoolVar(&r.split, "split", false, "choose anew what is for validation, by title; of loose crops, near-duplicates go to one side")
			fs.IntVar(&r.worst, "worst", 10, "list so many labels that are probably wrong: a `number`")
			fs.BoolVar(&r.json, "json", false, "write JSON")
			return r.run
		},
	}
}

// reviewing is one call of frglab review.
type reviewing struct {
	project, model, device string
	worst                  int
	split, json            bool
}

// reviewReport is what review --json writes.
type reviewReport struct {
	Project string `json:"project"`
	dataset.Findings
	Optimistic bool      `json:"optimistic"` // scores on the validation crops are
	Worst      []suspect `json:"worst"`
}

// suspect is a label that is probably wrong.
type suspect struct {
	ID        int64   `json:"id"`
	Class     string  `json:"class"`
	Suspicion float64 `json:"suspicion"` // probability that the class is wrong
	Path      string  `json:"path"`
	Frame     int     `json:"frame"`
}

func (r *reviewing) run(ctx context.Context, env *Env, args []string) (err error) {
	switch {
	case len(args) > 0:
		return usagef("review: %q is no option: the project comes behind --project", args[0])
	case r.project == "":
		return usagef("review: --project is missing: name the project file")
	case r.worst < 0:
		return usagef("--worst %d: use 0 or more", r.worst)
	}
	model, err := openModel(r.model)
	if err != nil {
		return err
	}
	p, err := dataset.Open(r.project)
	if err != nil {
		return err
	}
	defer func() { err = env.closing(err, p.Close) }()
	dev, err := openDevice(env, r.device)
	if err != nil {
		return err
	}
	defer func() { err = env.closing(err, dev.Close) }()
	judge, err := engine.NewJudge(model, dev)
	if err != nil {
		return err
	}
	defer func() { err = env.closing(err, judge.Close) }()
	progress, end := reviewProgress(env)
	found, err := p.Review(ctx, judge, progress)
	end()
	if ctx.Err() != nil {
		return &exit{code: exitSome, err: errors.New("stopped: what was found is kept, the same command goes on")}
	} else if err != nil {
		return err
	}
	if r.split {
		err1 := p.AutoSplit(ValidShare, 1)
		leak, err2 := p.Leak()
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		found.Leak = leak
	}
	return r.tell(env, p, found)
}

// reviewProgress shows on a terminal how far a review is.
func reviewProgress(env *Env) (progress func(dataset.ReviewProgress), end func()) {
	if !isTerminal(env.Stderr) {
		return nil, func() {}
	}
	words := map[dataset.ReviewStage]string{
		dataset.StagePrints: "reading crops", dataset.StageTwins: "near-duplicates",
		dataset.StageJudge: "asking the network", dataset.StageSuspects: "checking labels",
	}
	line := &reporter{out: env.Stderr}
	return func(p dataset.ReviewProgress) {
		line.inPlace(fmt.Sprintf("%s: %d of %d", words[p.Stage], p.Done, p.Total))
	}, line.end
}

// tell writes what was found.
func (r *reviewing) tell(env *Env, p *dataset.Project, found dataset.Findings) error {
	worst, err := worstLabels(p, r.worst)
	if err != nil {
		return err
	}
	if r.json {
		return json.NewEncoder(env.Stdout).Encode(reviewReport{p.Path(), found, found.Leak.Optimistic(), worst})
	}
	fmt.Fprintf(env.Stdout, "%s: %s judged by %s\n", show(r.project), count(found.Judged, "sample"), found.Model)
	printFindings(env.Stdout, found)
	for _, s := range worst {
		fmt.Fprintf(env.Stdout, "  sample %d is labelled %s, wrong with probability %.2f: %s\n", s.ID, s.Class, s.Suspicion, show(s.Path))
	}
	return nil
}

// worstLabels are those that are most probably wrong.
func worstLabels(p *dataset.Project, n int) ([]suspect, error) {
	worst := []suspect{}
	ids, err := p.IDs(dataset.Filter{Suspected: dataset.Suspicion, Order: dataset.BySuspicion})
	if err != nil {
		return nil, err
	}
	samples, err := p.Samples(ids[:min(n, len(ids))])
	for _, s := range samples {
		worst = append(worst, suspect{s.ID, s.Class.String(), s.Suspicion, s.Path, s.Frame})
	}
	return worst, err
}

func printFindings(w io.Writer, f dataset.Findings) {
	fmt.Fprintf(w, "near-duplicates: %d folded under another sample\n", f.Duplicates)
	if mark := optimistic(f.Leak); mark != "" {
		fmt.Fprintf(w, "leak: %s\n", mark)
	} else {
		fmt.Fprintf(w, "leak: none of %s found in training\n", count(f.Leak.Valid, "validation crop"))
	}
	for _, t := range f.Leak.Titles {
		fmt.Fprintf(w, "  %s: %d of %d\n", oneLine(t.Title), t.Leaked, t.Valid)
	}
	if f.Leak.Unknown > 0 {
		fmt.Fprintf(w, "  %s not reviewed yet: run frglab review\n", count(f.Leak.Unknown, "crop"))
	}
	fmt.Fprintf(w, "uncertain: %d unchecked\ndisagreeing: %d unchecked\nprobably wrong labels: %d\n", f.Uncertain, f.Disagreeing, f.Suspects)
}

// optimistic marks scores that validation crops flatter; it is empty where none do.
func optimistic(l dataset.Leak) string {
	if !l.Optimistic() {
		return ""
	}
	return fmt.Sprintf("scores are optimistic: %d of %s (%.1f %%) have a near-duplicate in training",
		l.Leaked, count(l.Valid, "validation crop"), 100*float64(l.Leaked)/float64(l.Valid))
}
