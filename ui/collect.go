package ui

import (
	"cmp"
	"context"
	"errors"
	"image"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"frglab/dataset"
	"frglab/engine"
	"frglab/engine/vision"
	"frglab/ui/cli"
	"frglab/ui/native"
)

// collector gathers crops from files into the open project, one collection at a time.
type collector struct {
	s       *session
	running *job
	sheet   *collectSheet // that is shown, or was last
}

func newCollector(s *session) *collector { return &collector{s: s} }

// material is what somebody wants crops from.
type material struct {
	paths            []string
	videos, pictures int
	unread           int    // files that are neither; the collection names them at its end
	title, episode   string // what the paths have in common; "" where they differ
}

// sees keeps, of files dropped on the Label tab, those that it imports: folders of
// classes, VOC and YOLO. From all others it offers to collect.
func (c *collector) sees(media, folders []string) (classes []string) {
	for _, f := range folders {
		if _, err := dataset.GuessFormat(f); err == nil {
			classes = append(classes, f)
		} else {
			media = append(media, f)
		}
	}
	if len(media) > 0 {
		c.offer(media)
	}
	return classes
}

// ask lets the user choose a video or a picture.
func (c *collector) ask() {
	c.s.dialogs.OpenFile(c.s.win, tr("Collect from"), mediaFilters(), func(path string) {
		if path != "" {
			c.offer([]string{path})
		}
	})
}

// askFolder lets the user choose a folder of them.
func (c *collector) askFolder() {
	c.s.dialogs.OpenFolder(c.s.win, tr("Collect from"), func(path string) {
		if path != "" {
			c.offer([]string{path})
		}
	})
}

func mediaFilters() []native.Filter {
	f := native.Filter{Name: tr("Pictures and videos")}
	for _, e := range mediaExtensions {
		f.Extensions = append(f.Extensions, strings.TrimPrefix(e, "."))
	}
	return []native.Filter{f}
}

// offer looks at what was given and shows the sheet for it.
func (c *collector) offer(paths []string) {
	switch {
	case c.s.project == nil:
		c.s.show(errors.New(tr("No project is open: File › New project.")))
		return
	case c.running != nil:
		c.s.show(errors.New(tr("Crops are being collected already: wait for the end, or cancel it below.")))
		return
	}
	start(c.s.jobs, &job{name: tr("Collect"), quiet: true}, func(ctx context.Context, _ *job) (material, error) {
		return lookAt(ctx, paths)
	}, func(m material, err error) {
		if err == nil {
			c.sheet.hide() // of an earlier drop
			c.sheet = newCollectSheet(c, m)
			c.sheet.show()
		}
	})
}

// lookAt finds the files and what they are. That none can be read is an error.
func lookAt(ctx context.Context, paths []string) (m material, err error) {
	files, err := expand(ctx, paths)
	var first error // of the files that cannot be read
	for i, f := range files {
		if ctx.Err() != nil {
			return m, ctx.Err()
		}
		m.paths = append(m.paths, f.path)
		if vision.IsVideo(f.path) {
			m.videos++
		} else if err := dataset.CheckImage(f.path); err != nil {
			m.unread++
			first = cmp.Or(first, err)
		} else {
			m.pictures++
		}
		path, _ := filepath.Abs(f.path)
		title, episode := dataset.GuessTitle(path)
		if i == 0 {
			m.title, m.episode = title, episode
		}
		if m.title != title {
			m.title = ""
		}
		if m.episode != episode {
			m.episode = ""
		}
	}
	if err == nil && m.unread == len(files) {
		err = first
	}
	return m, err
}

// wish is what the sheet asks for.
type wish struct {
	material
	every        int // frames; 0: on change
	cascade, cnn bool
	negatives    int
}

// start begins a collection.
func (c *collector) start(w wish) {
	p, model := c.s.project, c.s.model
	if p == nil || c.running != nil {
		return
	}
	var stored atomic.Int64
	shown, at := int64(0), time.Now()
	j := &job{name: tr("Collect"), of: p}
	j.told = func() { // new crops appear, but not so often that it costs
		if n := stored.Load(); n > shown && time.Since(at) >= time.Second && p == c.s.project {
			shown, at = n, time.Now()
			call(c.s.onSamples)
		}
	}
	c.running = start(c.s.jobs, j, func(ctx context.Context, j *job) (dataset.CollectReport, error) {
		return c.work(ctx, p, model, w, func(now dataset.CollectProgress) {
			stored.Store(int64(now.Stored))
			j.tell(now.Share, describeProgress(now))
		})
	}, func(r dataset.CollectReport, err error) {
		c.running = nil
		if p == c.s.project {
			call(c.s.onSamples)
			if err == nil || errors.Is(err, context.Canceled) {
				c.s.tellCollected(r)
			}
		}
	})
}

// work is the collection itself, in its job.
func (c *collector) work(ctx context.Context, p *dataset.Project, model *engine.Checkpoint, w wish, progress func(dataset.CollectProgress)) (dataset.CollectReport, error) {
	config := dataset.CollectConfig{
		Title: w.title, Episode: w.episode, Sampling: dataset.Sampling{Every: w.every},
		Negatives: w.negatives, Seed: 1, Progress: progress,
		IsVideo:   vision.IsVideo,
		OpenVideo: func(path string) (dataset.Frames, error) { return vision.OpenVideo(path) },
	}
	if w.cascade {
		defer vision.OneThreadEach()()
		cascades, err := newCascades(dataset.Lookers())
		if err != nil {
			return dataset.CollectReport{}, err
		}
		for _, cascade := range cascades {
			defer cascade.Close()
			config.Cascade = append(config.Cascade, cli.Proposer(func(ctx context.Context, img *image.RGBA) ([]engine.Detection, error) {
				return cascade.Detect(ctx, img, vision.DefaultCascadeParams())
			}))
		}
	}
	if w.cnn && model != nil {
		params, err := engine.DefaultDetectParams(engine.ModeScout)
		if err != nil {
			return dataset.CollectReport{}, err
		}
		params.Threshold = model.ThresholdFor(params.Mode)
		config.CNN = []dataset.Proposer{cli.Proposer(func(ctx context.Context, img *image.RGBA) ([]engine.Detection, error) {
			r, err := c.s.finder.scan(ctx, model, img, params)
			if err != nil {
				return nil, err
			}
			return r.scan.Detections(params)
		})}
	}
	return p.Collect(ctx, w.paths, config)
}

func describeProgress(p dataset.CollectProgress) string {
	text := tr("%d crops", p.Stored)
	if p.PerSecond > 0 {
		text += ", " + tr("%.1f frames/s", p.PerSecond)
	}
	if p.Left > 0 {
		text += ", " + tr("%s left", duration(p.Left.Seconds()))
	}
	return text
}
