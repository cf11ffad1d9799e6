package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"frglab/dataset"
	"frglab/engine"
)

func collectCommand() command {
	return command{
		name:  "collect",
		short: "gathers faces from videos and pictures into a project, which it makes if need be",
		usage: "--project P [OPTIONS] PATH...     (- reads names from standard input)",
		examples: []string{
			"frglab collect --project faces.frglab episode1.mkv episode2.mkv",
			"frglab collect --project faces.frglab --title Show --detector both --every 48 videos/",
			"frglab collect --project faces.frglab --negatives 3     (from its frames without a face)",
		},
		setup: func(fs *flag.FlagSet) run {
			c := &collecting{finderFlags: finderFlags{fs: fs}}
			fs.StringVar(&c.project, "project", "", "project `file`")
			fs.IntVar(&c.every, "every", 0, "look at every `N`-th frame of a video")
			fs.BoolVar(&c.scene, "scene", false, "look at frames that show something new, once they hold still (the default)")
			fs.StringVar(&c.detector, "detector", "cascade", "`cascade`, cnn or both; the network takes ten times as long")
			c.declareModel(fs)
			fs.IntVar(&c.negatives, "negatives", 0, "take `K` windows at random from each frame without a face; without PATH: from such frames of the project")
			fs.StringVar(&c.title, "title", "", "`name` of the show, for all files (default: guessed from each path)")
			fs.StringVar(&c.episode, "episode", "", "`name` of the episode, for all files (default: guessed from each path)")
			fs.Float64Var(&c.margin, "margin", dataset.Margin, "side of a crop, in `sides` of the box that was found")
			fs.Uint64Var(&c.seed, "seed", 1, "`number` that decides which windows are taken at random")
			fs.BoolVar(&c.null, "null", false, "names on standard input end in NUL, as find -print0 writes them")
			return c.run
		},
	}
}

// collecting is one call of frglab collect.
type collecting struct {
	finderFlags
	project, title, episode string
	every, negatives        int
	scene, null             bool
	margin                  float64
	seed                    uint64

	env   *Env
	asked []string // arguments; none: only for negatives
	t     tally
	drawn bool // a line of progress stands on the terminal
}

func (c *collecting) run(ctx context.Context, env *Env, args []string) (err error) {
	c.env, c.asked, c.t = env, args, tally{env: env, what: "frame"}
	if err := c.check(args); err != nil {
		return err
	}
	paths, err := c.paths(args)
	if err != nil {
		return err
	}
	config := dataset.CollectConfig{
		Title: c.title, Episode: c.episode, Sampling: dataset.Sampling{Every: c.every},
		Margin: c.margin, Negatives: c.negatives, Seed: c.seed,
		IsVideo:   env.isVideo,
		OpenVideo: func(path string) (dataset.Frames, error) { return env.OpenVideo(path) },
		Progress:  c.progress(),
	}
	if len(args) > 0 {
		finders, err := c.detectors(&config)
		defer closeAll(finders)
		if err != nil {
			return err
		}
		if env.OneThreadEach != nil && len(config.Cascade) > 0 {
			defer env.OneThreadEach()()
		}
	}
	p, fresh, err := openProject(c.project, len(args) > 0)
	if err != nil {
		return err
	}
	defer func() { err = env.closing(err, p.Close) }()
	var r dataset.CollectReport
	if len(args) > 0 {
		r, err = p.Collect(ctx, paths, config)
	} else {
		r, err = p.CollectNegatives(ctx, config)
	}
	if fresh && r.Frames == 0 { // no empty project is left behind
		err = errors.Join(err, p.Close(), os.Remove(c.project))
	}
	return c.tell(ctx, r, err)
}

// tell says what came of it.
func (c *collecting) tell(ctx context.Context, r dataset.CollectReport, err error) error {
	if c.drawn {
		fmt.Fprintln(c.env.Stderr)
	}
	for _, f := range r.Failed {
		c.t.fail(errors.New(f.Reason)) // it names the file
	}
	c.t.done = r.Frames + r.Known
	if ctx.Err() == nil && err != nil {
		return err
	}
	if r.Frames+r.Known > 0 || c.t.failed == 0 {
		fmt.Fprintln(c.env.Stdout, c.summary(r))
	}
	if ctx.Err() != nil {
		return c.t.stopped(nil, "the same command goes on")
	}
	return c.t.result()
}

// summary is "12 crops added (cascade 9, cnn 3), 2 there already; 40 frames: 31 without a face, 7 seen before".
func (c *collecting) summary(r dataset.CollectReport) string {
	s := count(r.Added, "crop") + " added"
	var by []string
	for _, name := range slices.Sorted(maps.Keys(r.Proposers)) {
		by = append(by, fmt.Sprintf("%s %d", name, r.Proposers[name]))
	}
	if len(by) > 0 {
		s += " (" + strings.Join(by, ", ") + ")"
	}
	if len(c.asked) == 0 {
		return s + " from " + count(r.Frames, "frame") + " without a face"
	}
	return s + fmt.Sprintf(", %d there already; looked at %s: %d without a face; %d seen before",
		r.Skipped, count(r.Frames, "frame"), r.Missed, r.Known)
}

func (c *collecting) check(args []string) error {
	switch {
	case c.project == "":
		return usagef("collect: --project is missing: name the project file")
	case len(args) == 0 && c.negatives == 0:
		return usagef("collect: no pictures: name videos, pictures or folders, or - to read names; or use --negatives alone")
	case c.scene && given(c.fs, "every"):
		return usagef("--scene and --every: choose one")
	case given(c.fs, "every") && c.every < 1:
		return usagef("--every %d: use 1 or more", c.every)
	case c.negatives < 0 || c.negatives > 1000:
		return usagef("--negatives %d: use 0 to 1000", c.negatives)
	case !(c.margin >= 0.2 && c.margin <= 5):
		return usagef("--margin %v: use 0.2 to 5", c.margin)
	}
	return c.finderFlags.check()
}

// paths are the files to look at. Those that cannot be are told about.
func (c *collecting) paths(args []string) (paths []string, err error) {
	list, err := c.env.inputs(args, c.null)
	for _, in := range list {
		if in.err != nil {
			c.t.fail(in.err)
		} else {
			paths = append(paths, in.name)
		}
	}
	if err == nil && len(args) > 0 && len(paths) == 0 {
		if c.t.failed == 0 {
			return nil, errors.New("no names on standard input: nothing to look at")
		}
		return nil, c.t.result()
	}
	return paths, err
}

// detectors opens what looks for faces: many cascades, one network for all.
func (c *collecting) detectors(config *dataset.CollectConfig) (opened []finder, err error) {
	if c.detector != "cnn" {
		if opened, err = openCascades(c.env, dataset.Lookers(), scaleFactor, sure); err != nil {
			return opened, err
		}
		for _, f := range opened {
			config.Cascade = append(config.Cascade, Proposer(f.find))
		}
	}
	if c.detector != "cascade" {
		f, err := c.network(c.env, sure)
		if err != nil {
			return opened, err
		}
		opened = append(opened, f)
		config.CNN = append(config.CNN, Proposer(f.find))
	}
	return opened, nil
}

// Proposer hands detections to a collection.
type Proposer func(context.Context, *image.RGBA) ([]engine.Detection, error)

// Propose implements dataset.Proposer.
func (p Proposer) Propose(ctx context.Context, img *image.RGBA) (list []dataset.Proposal, err error) {
	found, err := p(ctx, img)
	for _, d := range found {
		list = append(list, dataset.Proposal{Box: d.Box, Score: d.Score})
	}
	return list, err
}

// openProject opens a project; with create it makes one that is not there.
func openProject(path string, create bool) (p *dataset.Project, fresh bool, err error) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) && create {
		p, err := dataset.Create(path)
		return p, true, err
	}
	p, err = dataset.Open(path)
	return p, false, err
}

// progress is a line on a terminal, and nothing elsewhere.
func (c *collecting) progress() func(dataset.CollectProgress) {
	if !isTerminal(c.env.Stderr) {
		return nil
	}
	var last time.Time
	return func(p dataset.CollectProgress) {
		if time.Since(last) < 200*time.Millisecond {
			return
		}
		last = time.Now()
		left := ""
		if p.Left > 0 {
			left = ", " + p.Left.Round(time.Second).String() + " left"
		}
		fmt.Fprintf(c.env.Stderr, "\r\x1b[K%3.0f %%  %d crops from %d frames, %.1f frames/s%s  %s",
			100*p.Share, p.Stored, p.Frames, p.PerSecond, left, show(p.Path))
		c.drawn = true
	}
}
