package cli

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"

	"frglab/dataset"
)

func statsCommand() command {
	return command{
		name:     "stats",
		short:    "counts the samples of a project",
		usage:    "--project P [--json]",
		examples: []string{"frglab stats --project faces.frglab"},
		setup: func(fs *flag.FlagSet) run {
			project := fs.String("project", "", "project `file`; it may be open in a window")
			asJSON := fs.Bool("json", false, "write JSON")
			return func(_ context.Context, env *Env, args []string) error {
				if *project == "" {
					return usagef("stats: --project is missing: name the project file")
				}
				if len(args) > 0 {
					return usagef("stats: %q is no option: the project comes behind --project", args[0])
				}
				return stats(env, *project, *asJSON)
			}
		},
	}
}

func stats(env *Env, path string, asJSON bool) (err error) {
	p, err := dataset.OpenReadOnly(path)
	if err != nil {
		return err
	}
	defer func() { err = env.closing(err, p.Close) }()
	s, err := p.Stats()
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(env.Stdout).Encode(s)
	}
	printStats(env.Stdout, s)
	return nil
}

func printStats(w io.Writer, s dataset.Stats) {
	fmt.Fprintf(w, "%s: %s from %s in %s, %s\n", show(s.Project),
		count(s.Samples, "sample"), count(s.Sources, "file"), count(len(s.Titles), "title"), count(s.Runs, "training"))
	const row = "%-24s %8v %8v %8v %8v %10v %8v %8v\n"
	fmt.Fprintf(w, row, "", "samples", "face", "other", "unsure", "unchecked", "train", "valid")
	print := func(name string, c dataset.Counts) {
		fmt.Fprintf(w, row, name, c.Samples, c.Face, c.Other, c.Unsure, c.Unchecked, c.Train, c.Valid)
	}
	print("all", s.Counts)
	for _, t := range s.Titles {
		print(oneLine(t.Title), t.Counts)
	}
	for i, size := range s.Sizes {
		name := fmt.Sprintf("%d px and more", size.From)
		if i+1 < len(s.Sizes) {
			name = fmt.Sprintf("%d to %d px", size.From, s.Sizes[i+1].From-1)
		}
		print(name, size.Counts)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Proposers)) {
		fmt.Fprintf(w, "cut by %-17s %8d\n", oneLine(name), s.Proposers[name])
	}
	fmt.Fprintf(w, "frames looked at         %8d, of these without a face %d\n", s.FramesLooked, s.FramesMissed)
	printFindings(w, s.Findings)
}
