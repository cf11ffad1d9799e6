package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"

	"frglab/dataset"
)

func importCommand() command {
	return command{
		name:  "import",
		short: "adds labelled crops to a project, which it makes if need be",
		usage: "--project P [OPTIONS] PATH",
		examples: []string{
			"frglab import --project faces.frglab sorted/     (with sorted/face and sorted/other)",
			"frglab import --project faces.frglab --split train train.txt",
			"frglab import --project faces.frglab --split valid valid.txt",
		},
		setup: func(fs *flag.FlagSet) run {
			m := &importing{}
			fs.StringVar(&m.project, "project", "", "project `file`")
			fs.StringVar(&m.format, "format", "", "`form` of what comes in: folders (0 or face, 1 or other) or list (a line for each crop: file and class); default: what PATH is")
			fs.StringVar(&m.split, "split", "auto", "`side` of a training that the crops are for: train, valid or auto (with others of their title; a new project is split by title)")
			return m.run
		},
	}
}

// importing is one call of frglab import.
type importing struct{ project, format, split string }

func (m *importing) run(ctx context.Context, env *Env, args []string) (err error) {
	opts, err := m.check(args)
	if err != nil {
		return err
	}
	p, fresh, err := m.openProject()
	if err != nil {
		return err
	}
	defer func() { err = env.closing(err, p.Close) }()
	add := p.ImportFolders
	if m.format == "list" {
		add = p.ImportList
	}
	r, err := add(ctx, args[0], progress(env), opts...)
	switch {
	case fresh && r.Added == 0: // no empty project is left behind
		err = errors.Join(err, p.Close(), os.Remove(m.project))
	case fresh && err == nil && m.split == "auto":
		err = p.AutoSplit(validShare, 1)
	}
	t := tally{env: env, what: "crop", done: r.Added + r.Skipped}
	for _, w := range r.Warnings {
		env.warn("%s", w)
	}
	for _, f := range r.Failed {
		t.fail(errors.New(f.Reason)) // it names the file
	}
	if ctx.Err() != nil && t.done > 0 {
		return t.stopped(nil, "the same command goes on")
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Stdout, "%s added, %d there already, %d failed\n", count(r.Added, "crop"), r.Skipped, len(r.Failed))
	if r.Added > 0 {
		return errors.Join(m.sides(env, p), t.result())
	}
	return t.result()
}

// validShare is how much of a new project is set aside for validation, as in the window.
const validShare = 0.15

// sides says how the project is split now.
func (m *importing) sides(env *Env, p *dataset.Project) error {
	c, err := p.Counts()
	if err == nil {
		fmt.Fprintf(env.Stdout, "%s: %s for training, %d for validation\n", show(m.project), count(c.Train, "crop"), c.Valid)
	}
	return err
}

func (m *importing) check(args []string) ([]dataset.ImportOption, error) {
	switch {
	case m.project == "":
		return nil, usagef("import: --project is missing: name the project file")
	case len(args) != 1:
		return nil, usagef("import: name the folder or the list to import, one at a time")
	case m.format == "":
		m.format = "list"
		if info, err := os.Stat(args[0]); err == nil && info.IsDir() {
			m.format = "folders"
		}
	case m.format != "folders" && m.format != "list":
		return nil, usagef("--format %q: use folders or list", m.format)
	}
	switch m.split {
	case "auto":
		return nil, nil
	case "train":
		return []dataset.ImportOption{dataset.InSplit(dataset.Train)}, nil
	case "valid":
		return []dataset.ImportOption{dataset.InSplit(dataset.Valid)}, nil
	}
	return nil, usagef("--split %q: use train, valid or auto", m.split)
}

// openProject opens the project, or makes it.
func (m *importing) openProject() (p *dataset.Project, fresh bool, err error) {
	if _, err := os.Lstat(m.project); errors.Is(err, fs.ErrNotExist) {
		p, err := dataset.Create(m.project)
		return p, true, err
	}
	p, err = dataset.Open(m.project)
	return p, false, err
}

// progress counts on a terminal, and nowhere else.
func progress(env *Env) func(done, total int) {
	if !isTerminal(env.Stderr) {
		return nil
	}
	return func(done, total int) {
		if done%100 == 0 || done == total {
			fmt.Fprintf(env.Stderr, "\r%d/%d", done, total)
		}
		if done == total {
			fmt.Fprintln(env.Stderr)
		}
	}
}
