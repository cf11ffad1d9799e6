package ui

import (
	"context"
	"image"
	"slices"
)

// load reads the picture and then asks both detectors. Whatever was under way for
// the last picture is dropped.
func (t *detectTab) load() {
	t.video.halt()
	t.drop()
	t.loading = true
	file, frame := t.files[t.at], t.frame
	t.begin(tr("Open picture"), func(ctx context.Context) (func(), error) {
		p, err := t.reel.read(ctx, file, frame)
		return func() { t.loaded(p) }, err
	}, t.blank)
}

// blank shows that there is no picture to show.
func (t *detectTab) blank() {
	t.img, t.loading = nil, false
	for _, p := range t.panes() {
		p.SetImage(nil)
		p.SetBoxes(nil)
	}
	t.tellStrips()
	t.heads()
}

func (t *detectTab) loaded(pic framePicture) {
	another := t.img == nil || t.img.Rect != pic.img.Rect
	t.img, t.time, t.loading = pic.img, pic.at, false
	t.files[t.at].frames, t.files[t.at].rate = pic.frames, pic.rate
	for _, p := range t.panes() {
		p.SetImage(pic.img)
		p.SetBoxes(nil)
	}
	if another && t.goal.Empty() {
		t.view.Fit() // a frame of the same video is shown where the last one was
	}
	t.view.Center(t.goal)
	if t.onShown != nil {
		t.onShown()
	}
	t.tellStrips()
	t.look()
}

// look shows what is known of the picture on screen, or asks the detectors.
func (t *detectTab) look() {
	if f, ok := t.video.known(t.shot()); ok {
		t.drop()
		t.finding, t.asked = f, t.setup()
		t.arrived()
	} else if t.video.ribbon.drag < 0 { // not on the way through a video
		t.detect()
	}
}

// stream shows a frame of a video that runs. The boxes stay.
func (t *detectTab) stream(frame int, img *image.RGBA) {
	t.frame, t.img, t.loading = frame, img, false
	for _, p := range t.panes() {
		p.SetImage(img)
	}
}

// drop forgets the results and stops the jobs of the picture shown.
func (t *detectTab) drop() {
	for _, j := range t.wish {
		j.cancel()
	}
	t.wish = nil
	t.finding, t.hits, t.found, t.classic, t.chosen, t.lastGhosts = finding{}, nil, nil, nil, nothing, nil
	t.heads()
	t.inspector.show()
}

// begin starts a job of the picture shown. When that still is, show runs in the end,
// or failed, which may be nil.
func (t *detectTab) begin(name string, work func(ctx context.Context) (show func(), err error), failed func()) {
	var mine *job
	mine = start(t.s.jobs, &job{name: name, quiet: true}, func(ctx context.Context, _ *job) (func(), error) {
		return work(ctx)
	}, func(show func(), err error) {
		switch {
		case !slices.Contains(t.wish, mine):
		case err == nil:
			show()
		case failed != nil:
			failed()
		}
	})
	t.wish = append(t.wish, mine)
}

// detect asks both detectors for the picture shown, beside each other. While another one
// is on its way, it waits for that.
func (t *detectTab) detect() {
	if t.img == nil || t.loading {
		return
	}
	t.drop()
	img, set := t.img, t.setup()
	t.asked = set
	if set.model != nil {
		t.begin(tr("CNN"), func(ctx context.Context) (func(), error) {
			r, err := t.finder.scan(ctx, set.model, img, set.params)
			return func() { t.cnn = r; t.arrived() }, err
		}, nil)
	}
	t.begin(tr("Cascade"), func(ctx context.Context) (func(), error) {
		r, err := t.finder.search(ctx, img, set.classy)
		return func() { t.cascade = r; t.arrived() }, err
	}, nil)
}

// arrived is where everything that was found in the picture on screen comes in: from one
// detector, from both, or from others who looked at this frame before.
func (t *detectTab) arrived() {
	t.refresh()
	for _, s := range t.strips {
		s.found(t.shot(), t.finding)
	}
}

// retune follows other parameters, or another model: it draws again what they choose
// among the scores that are there, or looks again where those are others.
func (t *detectTab) retune() {
	if t.setup().sameWork(t.asked) {
		t.refresh()
	} else if t.video.player == nil { // a running video asks for itself
		t.detect()
	}
	for _, s := range t.strips {
		s.retuned()
	}
}

// setup is what the detectors are asked with now.
func (t *detectTab) setup() detectSetup {
	return detectSetup{t.s.model, t.params, t.classy}
}
