package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"io"
	"slices"

	"frglab/dataset"
)

func exportCommand() command {
	return command{
		name:  "export",
		short: "writes the labelled crops or pictures of a project in a form that other programs read",
		usage: "--project P --format FORM [OPTIONS] OUT     (a new folder)",
		examples: []string{
			"frglab export --project faces.frglab --format yolo --classes face faces-yolo",
			"frglab export --project faces.frglab --format list --size 64 faces-2015     (train.txt, valid.txt and mean.npy, for the code of 2015)",
			"frglab export --project faces.frglab --format crops --margin 1.5 --size 128 crops",
		},
		setup: func(fs *flag.FlagSet) run {
			e := &exporting{}
			fs.StringVar(&e.project, "project", "", "project `file`; it may be open in a window, or damaged")
			fs.StringVar(&e.format, "format", "", "`form`: crops as folders (face, other), list (as in 2015) or crops (with samples.csv); pictures with boxes as voc, yolo, coco or csv")
			fs.StringVar(&e.split, "split", "all", "`side` of the training: train, valid or all")
			fs.StringVar(&e.classes, "classes", "all", "`which` boxes and crops: face or all (face, other, and where the form has it unsure)")
			fs.IntVar(&e.size, "size", 0, "squash crops to this many `pixels` a side, as in 2015; 0: as they are")
			fs.Float64Var(&e.margin, "margin", 0, "cut crops anew from their pictures, with this side in `sides` of their box; 0: as they are in the project")
			fs.BoolVar(&e.bom, "bom", false, "CSV files begin with a byte order mark: Excel needs it")
			return e.run
		},
	}
}

// exporting is one call of frglab export.
type exporting struct {
	project, format, split, classes string
	size                            int
	margin                          float64
	bom                             bool
}

func (e *exporting) run(ctx context.Context, env *Env, args []string) (err error) {
	o, err := e.check(args)
	if err != nil {
		return err
	}
	p, err := dataset.OpenReadOnly(e.project)
	if err != nil {
		return err
	}
	defer func() { err = env.closing(err, p.Close) }()
	videos := &videoFrames{open: env.OpenVideo}
	defer func() { err = env.closing(err, videos.close) }()
	if env.OpenVideo != nil {
		o.Pixels = videos
	}
	if o.Format == dataset.FormatList {
		o.Finish = func(dir string) error { return WriteMean(ctx, dir) }
	}
	r, err := p.Export(ctx, args[0], o, progress(env))
	t := tally{env: env, what: "picture", done: r.Pictures}
	for _, w := range r.Warnings {
		env.warn("%s", w)
	}
	if err != nil {
		return err
	}
	for _, f := range r.Failed {
		t.fail(errors.New(f.Reason)) // it names the file
	}
	fmt.Fprintf(env.Stdout, "%s: %s with %s, %d failed\n", show(args[0]), count(r.Pictures, "picture"), count(r.Samples, "sample"), len(r.Failed))
	return t.result()
}

func (e *exporting) check(args []string) (o dataset.ExportConfig, err error) {
	o = dataset.ExportConfig{Format: dataset.Format(e.format), Faces: e.classes == "face", Size: e.size, Margin: e.margin, BOM: e.bom}
	switch {
	case e.project == "":
		return o, usagef("export: --project is missing: name the project file")
	case e.format == "":
		return o, usagef("export: --format is missing: use one of %s", formatNames(true))
	case !slices.Contains(dataset.Formats(), o.Format):
		return o, usagef("--format %q: use one of %s", e.format, formatNames(true))
	case len(args) != 1:
		return o, usagef("export: name the folder to write, a new one")
	case e.classes != "face" && e.classes != "all":
		return o, usagef("--classes %q: use face or all", e.classes)
	case e.size < 0 || e.size > 4096:
		return o, usagef("--size %d: use 1 to 4096 pixels", e.size)
	case e.margin != 0 && !(e.margin >= 0.1 && e.margin <= 10):
		return o, usagef("--margin %g: use 0.1 to 10", e.margin)
	}
	o.Split, err = splitFlag(e.split, "all")
	return o, err
}

// videoFrames hands out frames of videos, and keeps the last one open.
type videoFrames struct {
	open func(path string) (Video, error)

	path string
	v    Video
	next int // the frame that v gives next
}

// Frame implements dataset.Pixels.
func (f *videoFrames) Frame(path string, frame int) (*image.RGBA, error) {
	if f.v == nil || path != f.path || frame < f.next {
		if err := f.close(); err != nil {
			return nil, err
		}
		v, err := f.open(path)
		if err != nil {
			return nil, err
		}
		f.path, f.v, f.next = path, v, 0
	}
	if s, ok := f.v.(interface{ Skip(n int) error }); ok && frame > f.next {
		if err := s.Skip(frame - f.next); err != nil && err != io.EOF {
			return nil, err
		}
		f.next = frame
	}
	for {
		img, _, err := f.v.Next()
		if err == io.EOF {
			err = fmt.Errorf("%s: ends at frame %d, but frame %d was labelled: put the old file back", show(path), f.next, frame)
		}
		if err != nil {
			return nil, err
		}
		if f.next++; f.next > frame {
			return img, nil
		}
	}
}

func (f *videoFrames) close() error {
	if f.v == nil {
		return nil
	}
	v := f.v
	f.v = nil
	return v.Close()
}
