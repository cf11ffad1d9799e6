package cli

import (
	"context"
	"image"
	"testing"
	"time"

	"frglab/dataset"
	"frglab/engine"
	"frglab/ui/results"
)

func TestRowsShareScans(t *testing.T) {
	p, err := engine.DefaultDetectParams(engine.ModeWindows)
	if err != nil {
		t.Fatal(err)
	}
	loose, coarse := p, p
	loose.IoU, loose.Suppress = 0.9, engine.Suppress2015
	coarse.Stride = 0.9
	one := &sharedScan{model: "m", params: p}
	all := scans{[]*sharedScan{one}}
	for _, c := range []struct {
		name string
		r    row
		p    engine.DetectParams
		want *sharedScan
	}{
		{"other suppression", row{Model: "m"}, loose, one},
		{"other windows", row{Model: "m"}, coarse, nil},
		{"other model", row{Model: "n"}, loose, nil},
		{"other scout", row{Model: "m", Scout: "s"}, loose, nil},
	} {
		if got := all.like(c.r, c.p); got != c.want {
			t.Errorf("%s: shares %v, want %v", c.name, got, c.want)
		}
	}
	img := image.NewRGBA(image.Rect(0, 0, 8, 8))
	one.img, one.scan, one.took = img, &engine.Scan{}, time.Second // so d, which is nil, is not asked
	f := one.finder(loose, nil)
	if _, err := f.find(t.Context(), img); err != nil || f.before() != time.Second {
		t.Errorf("%v before, %v: want the time of the look", f.before(), err)
	}
}

// What was measured before an evaluation is stopped is kept.
func TestInterruptedEvaluation(t *testing.T) {
	t.Chdir(t.TempDir())
	s := truthSet{images: "."}
	for _, name := range []string{"a.png", "b.png", "c.png"} {
		if err := results.WritePNG(name, image.NewRGBA(image.Rect(0, 0, 8, 8))); err != nil {
			t.Fatal(err)
		}
		s.pictures = append(s.pictures, dataset.TruthImage{File: name})
	}
	ctx, cancel := context.WithCancel(t.Context())
	seen := 0
	f := finder{name: "x", find: func(context.Context, *image.RGBA) ([]engine.Detection, error) {
		if seen++; seen == 3 {
			cancel()
		}
		return nil, nil
	}}
	tl := tally{env: &Env{}, what: "picture"}
	if s.look(ctx, []finder{f}, &tl) || len(s.files) != 2 || len(s.results[0]) != 2 {
		t.Errorf("%v with %d results, want the first two", s.files, len(s.results[0]))
	}
	err := tl.ended(ctx)
	if x, ok := err.(*exit); !ok || x.code != exitSome || x.err.Error() != "stopped after 2 pictures" {
		t.Errorf("got %v", err)
	}
}
