package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"slices"
	"strings"
	"time"

	"frglab/ui/results"
)

func detectCommand() command {
	return command{
		name:  "detect",
		short: "finds faces in pictures, folders and videos",
		usage: "[OPTIONS] PATH...     (- reads names from standard input)",
		examples: []string{
			"frglab detect --samples --detector both --annotate out",
			"frglab detect --detector cascade --json found.jsonl screenshots/ episode1.mp4",
			"find . -name '*.png' -print0 | frglab detect --null --shard 1/4 --resume --json found1.jsonl -",
		},
		setup: func(fs *flag.FlagSet) run {
			d := &detection{every: seconds(time.Second)}
			d.finderFlags.declare(fs)
			fs.StringVar(&d.json, "json", "", "`OUT.jsonl` gets a line per file and detector; - is standard output")
			fs.StringVar(&d.annotate, "annotate", "", "`folder` for copies of the pictures with the boxes drawn in")
			fs.StringVar(&d.crops, "crops", "", "`folder` for the faces that were found, cut out")
			fs.Float64Var(&d.cut.Margin, "margin", 1, "side of such a cut-out, in `sides` of its box")
			fs.BoolVar(&d.cut.Square, "square", false, "make cut-outs square, within the picture")
			fs.IntVar(&d.cut.Size, "size", 0, "resize cut-outs to this many `pixels` on their longer side; 0: as they are")
			d.lists.declare(fs)
			fs.Var(&d.shard, "shard", "`I/N` does only the I-th of N equal shares of the files")
			fs.BoolVar(&d.resume, "resume", false, "skip what OUT.jsonl holds already, and go on behind it")
			fs.Var(&d.every, "every", "`time` between two frames of a video, in seconds")
			fs.BoolVar(&d.null, "null", false, "names on standard input end in NUL, as find -print0 writes them")
			fs.BoolVar(&d.samples, "samples", false, "use the bundled sample pictures")
			return d.run
		},
	}
}

// detection is one call of frglab detect.
type detection struct {
	finderFlags
	json, annotate, crops string
	cut                   results.Crop
	lists                 lists
	shard                 shard
	every                 seconds
	resume, null, samples bool

	env     *Env
	finders []finder
	journal *journal
	kept    int // answers that the journal had already
}

// picture is what detectors are shown: a file, or a frame of one.
type picture struct {
	name, out string // as those of an input
	jpeg      bool   // its copies may be lossy, as it was itself
	img       *image.RGBA
}

func (d *detection) run(ctx context.Context, env *Env, args []string) (err error) {
	d.env = env
	if err := d.check(args); err != nil {
		return err
	}
	list, err := d.inputs(args)
	if err != nil {
		return err
	}
	if err := makeOutputs(list, d.annotate, d.crops); err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(in input) bool { return in.err == nil }) {
		if d.finders, err = d.finderFlags.open(env, sure); err != nil {
			return err
		}
		defer closeAll(d.finders)
		if d.journal, err = openJournal(d.json, env.Stdout, d.resume); err != nil {
			return err
		}
		defer func() { err = env.closing(err, d.journal.close) }()
		defer func() { err = env.closing(err, d.lists.write) }()
	}
	return d.all(ctx, list)
}

// all works through the files that are in the share.
func (d *detection) all(ctx context.Context, list []input) error {
	t := tally{env: d.env, what: "file"}
	for i, in := range list {
		if !d.shard.has(i) {
			continue
		}
		if ctx.Err() != nil {
			return t.stopped(nil, d.hint())
		}
		err := d.file(ctx, in)
		var full unwritten
		switch {
		case err == nil:
			t.done++
		case ctx.Err() != nil:
			return t.stopped(nil, d.hint())
		case errors.As(err, &full): // the next file would fare no better
			return t.stopped(full, d.hint())
		default:
			t.fail(err)
		}
	}
	if d.kept > 0 {
		fmt.Fprintf(d.env.Stdout, "%s in %s already\n", count(d.kept, "result"), show(d.json))
	}
	return t.result()
}

func (d *detection) check(args []string) error {
	switch {
	case len(args) == 0 && !d.samples:
		return usagef("detect: no pictures: name files, folders or videos, - to read names, or use --samples")
	case d.resume && (d.json == "" || d.json == "-"):
		return usagef("--resume: needs --json OUT.jsonl, the file to go on with")
	}
	if err := d.cut.Validate(); err != nil {
		return usagef("%w", err)
	}
	if err := d.finderFlags.check(); err != nil {
		return err
	}
	return d.lists.check(d.detector, d.resume)
}

func (d *detection) inputs(args []string) (list []input, err error) {
	if d.samples {
		if list, err = bundled(); err != nil {
			return nil, err
		}
	}
	named, err := d.env.inputs(args, d.null, d.annotate, d.crops)
	list = append(list, named...)
	nameOutputs(list)
	return list, err
}

func (d *detection) hint() string {
	if d.json == "" || d.json == "-" {
		return ""
	}
	return "the same command with --resume goes on"
}

// file works through one picture, or the frames of one video.
func (d *detection) file(ctx context.Context, in input) error {
	if in.err != nil {
		return in.err
	}
	if in.fsys == nil && d.env.isVideo(in.name) {
		return d.video(ctx, in)
	}
	if d.finished(in.name) {
		return nil
	}
	img, err := in.read()
	if err != nil {
		return err
	}
	return d.picture(ctx, picture{name: in.name, out: in.out, jpeg: results.IsJPEG(in.name), img: img})
}

// unwritten is an error of output rather than of a picture.
type unwritten struct{ error }

func (d *detection) finished(name string) bool {
	for _, f := range d.finders {
		if !d.journal.has(name, f) {
			return false
		}
	}
	d.kept += len(d.finders)
	return true
}

// picture asks all detectors and hands on what they say. The journal comes last:
// what it holds is done, copies and crops included.
func (d *detection) picture(ctx context.Context, p picture) error {
	rs, err := ask(ctx, d.finders, p)
	if err != nil {
		return err
	}
	shot := results.Picture{Out: p.out, JPEG: p.jpeg, Img: p.img, Records: rs}
	if d.annotate != "" {
		if err := shot.Annotate(d.annotate); err != nil {
			return unwritten{err}
		}
	}
	if d.crops != "" {
		if err := shot.Crops(d.crops, d.cut); err != nil {
			return unwritten{err}
		}
	}
	var fresh []record // with one detector's answer there already, the other's is missing
	for i, f := range d.finders {
		if !d.journal.has(p.name, f) {
			fresh = append(fresh, rs[i])
		}
	}
	if err := d.journal.write(fresh); err != nil {
		return unwritten{err}
	}
	d.lists.add(rs)
	if d.json != "-" {
		d.print(rs)
	}
	return nil
}

// ask shows a picture to all detectors.
func ask(ctx context.Context, finders []finder, p picture) (rs []record, err error) {
	for _, f := range finders {
		start := time.Now()
		found, err := f.find(ctx, p.img)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", show(p.name), f.name, err)
		}
		took := time.Since(start)
		if f.before != nil {
			took += f.before()
		}
		ms := float64(took.Microseconds()) / 1000
		rs = append(rs, record{
			File: p.name, Width: p.img.Rect.Dx(), Height: p.img.Rect.Dy(),
			Detector: f.name, Mode: f.mode, MS: ms, Detections: found,
		})
	}
	return rs, nil
}

// print says in one line what was found: "a.jpg  cnn 2 faces 812 ms | cascade 1 face 41 ms".
func (d *detection) print(rs []record) {
	var parts []string
	for _, r := range rs {
		parts = append(parts, r.Summary())
	}
	fmt.Fprintf(d.env.Stdout, "%s  %s\n", show(rs[0].File), strings.Join(parts, " | "))
}
