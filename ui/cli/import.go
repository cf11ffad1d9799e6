package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"frglab/dataset"
)

func importCommand() command {
	return command{
		name:  "import",
		short: "adds labelled crops or pictures to a project, which it makes if need be",
		usage: "--project P [OPTIONS] PATH",
		examples: []string{
			"frglab import --project faces.frglab sorted/     (with sorted/face and sorted/other)",
			"frglab import --project faces.frglab --split train train.txt",
			"frglab import --project faces.frglab --split valid valid.txt",
			"frglab import --project faces.frglab voc/        (with voc/Annotations and voc/JPEGImages)",
			"frglab import --project faces.frglab --face-class 0 yolo/     (with yolo/labels and yolo/images, but no names file)",
			"frglab import --project faces.frglab --images pictures/ annotations.json",
		},
		setup: func(fs *flag.FlagSet) run {
			m := &importing{}
			fs.StringVar(&m.project, "project", "", "project `file`")
			fs.StringVar(&m.format, "format", "", "`form` of what comes in; default: what PATH is. Crops: folders (0 or face, 1 or other) or list (a line for each crop: file and class). Pictures with boxes: voc, yolo, coco or csv")
			fs.StringVar(&m.split, "split", "auto", "`side` of a training that the crops are for: train, valid or auto (as the files say, else with others of their title; a project without crops for validation is split by title)")
			fs.StringVar(&m.face, "face-class", "", "`class` that means faces: its name, or in yolo its number; default: the one called face")
			fs.Float64Var(&m.margin, "margin", dataset.Margin, "side of a crop, in `sides` of its box; 1.6 suits boxes drawn tightly from brow to chin")
			fs.StringVar(&m.images, "images", "", "`folder` of the pictures of a coco or csv file; default: that of the file")
			return m.run
		},
	}
}

// importing is one call of frglab import.
type importing struct {
	project, format, split, face, images string
	margin                               float64
}

func (m *importing) run(ctx context.Context, env *Env, args []string) (err error) {
	opts, err := m.check(args)
	if err != nil {
		return err
	}
	p, fresh, err := openProject(m.project, true)
	if err != nil {
		return err
	}
	defer func() { err = env.closing(err, p.Close) }()
	r, err := p.Import(ctx, args[0], dataset.Format(m.format), progress(env), opts...)
	switch {
	case fresh && r.Added+r.Pictures == 0: // no empty project is left behind
		err = errors.Join(err, p.Close(), os.Remove(m.project))
	case err == nil && m.split == "auto" && r.Added > 0 && r.Sided == 0:
		err = firstSplit(p)
	}
	t := tally{env: env, what: "crop", done: r.Added + r.Skipped + r.Pictures}
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
	fmt.Fprintf(env.Stdout, "%s added%s, %d there already, %d failed\n", count(r.Added, "crop"), from(r.Pictures), r.Skipped, len(r.Failed))
	if r.Added > 0 {
		return errors.Join(m.sides(env, p), t.result())
	}
	return t.result()
}

// from says how many pictures the crops are from, where they came as pictures.
func from(pictures int) string {
	if pictures == 0 {
		return ""
	}
	return " from " + count(pictures, "picture")
}

// ValidShare is how much of a project is set aside for validation, by whole titles, here and in
// the window.
const ValidShare = 0.15

// firstSplit sets crops aside for validation in a project that has none there yet.
func firstSplit(p *dataset.Project) error {
	c, err := p.Counts()
	if err != nil || c.Valid > 0 {
		return err
	}
	return p.AutoSplit(ValidShare, 1)
}

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
	case m.format == string(dataset.FormatCrops):
		return nil, usagef("--format crops is for export only: import its samples.csv with --format csv")
	case m.format != "" && !slices.Contains(dataset.Formats(), dataset.Format(m.format)):
		return nil, usagef("--format %q: use one of %s", m.format, formatNames(false))
	case !(m.margin >= 0.1 && m.margin <= 10):
		return nil, usagef("--margin %g: use 0.1 to 10", m.margin)
	}
	opts := []dataset.ImportOption{dataset.FaceClass(m.face), dataset.CropMargin(m.margin), dataset.PicturesIn(m.images)}
	side, err := splitFlag(m.split, "auto")
	if side != nil {
		opts = append(opts, dataset.InSplit(*side))
	}
	return opts, err
}

// splitFlag reads --split; both is the word for no side in particular.
func splitFlag(word, both string) (*dataset.Split, error) {
	switch word {
	case both:
		return nil, nil
	case "train":
		return new(dataset.Train), nil
	case "valid":
		return new(dataset.Valid), nil
	}
	return nil, usagef("--split %q: use train, valid or %s", word, both)
}

// formatNames are the formats, those of export with crops.
func formatNames(export bool) string {
	var names []string
	for _, f := range dataset.Formats() {
		if export || f != dataset.FormatCrops {
			names = append(names, string(f))
		}
	}
	return strings.Join(names, ", ")
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
