package dataset

import (
	"context"
	"errors"
	"image"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCollectStoresWhatItFinds(t *testing.T) {
	p := newProject(t)
	c := newCollecting(map[string]*film{"Show - 03.mp4": held(24, drawing(1, face), drawing(2), drawing(3, face, image.Rect(200, 20, 260, 80)))})
	r := c.collect(t, p, "Show - 03.mp4")
	if r.Frames != 3 || r.Missed != 1 || r.Added != 3 || r.Proposers["cascade"] != 3 || len(r.Failed) > 0 {
		t.Errorf("report %+v, want 3 frames, 1 without a face, 3 crops of the cascade", r)
	}
	list := all(t, p)
	want := Sample{
		Class: Face, Title: "Show", Episode: "03", Path: "/show/Show - 03.mp4", Box: face,
		Proposer: "cascade", Score: 7, Width: 44, Height: 44,
	}
	if len(list) != 3 || !reflect.DeepEqual(list[0], want) {
		t.Errorf("the first of %d samples is %+v, want %+v", len(list), list[0], want)
	}
	if last := list[2]; last.Frame == 0 || last.At != time.Duration(last.Frame)*time.Second/24 {
		t.Errorf("frame %d is at %v", last.Frame, last.At)
	}
	missed, seen := frames(t, p, FrameFilter{Missed: true}), frames(t, p, FrameFilter{})
	if len(seen) != 3 || len(missed) != 1 || missed[0] != seen[1] {
		t.Errorf("frames %v, without a face %v: want 3, and the second", seen, missed)
	}
	if f, err := p.Frame(1); err != nil || f.State != LookedCascade || f.Width != 320 || f.Height != 180 || f.Kind != KindVideo || f.Faces != 1 {
		t.Errorf("the first frame is %+v, %v", f, err)
	}
}

func TestCollectAgainAddsNothing(t *testing.T) {
	p := newProject(t)
	c := newCollecting(map[string]*film{"a.mp4": held(24, drawing(1, face), drawing(2))})
	c.Negatives = 2
	c.collect(t, p, "a.mp4")
	before, asked := all(t, p), c.cascade.Load()
	acts, _ := p.History(10)
	r := c.collect(t, p, "a.mp4")
	if r.Frames != 0 || r.Known != 2 || r.Added != 0 || c.cascade.Load() != asked {
		t.Errorf("again: %+v, asked %d times more", r, c.cascade.Load()-asked)
	}
	if after := all(t, p); !reflect.DeepEqual(after, before) {
		t.Errorf("again: %d samples, want %d", len(after), len(before))
	}
	if again, _ := p.History(10); len(again) != len(acts) {
		t.Errorf("again: %d acts, want %d", len(again), len(acts))
	}
}

func TestCollectedCropIsRemovedForGood(t *testing.T) {
	p := newProject(t)
	c := newCollecting(map[string]*film{"a.mp4": held(24, drawing(1, face))})
	c.collect(t, p, "a.mp4")
	ids, _ := p.IDs(Filter{})
	if err := p.Remove(ids, "remove"); err != nil {
		t.Fatal(err)
	}
	c.network(3)
	if r := c.collect(t, p, "a.mp4"); r.Added != 0 || r.Skipped != 1 || len(all(t, p)) != 0 {
		t.Errorf("another detector brought the box back: %+v", r)
	}
}

// One undo takes the whole collection back, its frames too: then it can be done again.
func TestUndoUnseesFrames(t *testing.T) {
	p := newProject(t)
	addTo(t, p, "/other.png", 1, 1)
	c := newCollecting(map[string]*film{"a.mp4": held(24, drawing(1, face), drawing(2)), "b.mp4": held(24, drawing(3, face))})
	c.Negatives = 1
	r := c.collect(t, p, "a.mp4", "b.mp4")
	act, err := p.Undo()
	if err != nil || act.What != "collect from 2 files" || act.N != r.Added {
		t.Fatalf("undone: %+v, %v", act, err)
	}
	if n := len(all(t, p)); n != 1 || len(frames(t, p, FrameFilter{})) != 0 {
		t.Errorf("after undo: %d samples, frames %v; want those before", n, frames(t, p, FrameFilter{}))
	}
	if _, err := p.Redo(); err != nil || len(all(t, p)) != 1+r.Added || len(frames(t, p, FrameFilter{})) != 3 {
		t.Errorf("after redo: %d samples, %d frames, %v", len(all(t, p)), len(frames(t, p, FrameFilter{})), err)
	}
	if _, err := p.Undo(); err != nil {
		t.Fatal(err)
	}
	if again := c.collect(t, p, "a.mp4", "b.mp4"); !reflect.DeepEqual(again, r) {
		t.Errorf("collected again after undo: %+v, first %+v", again, r)
	}
}

func TestCollectMergesDetectors(t *testing.T) {
	for name, test := range map[string]struct {
		move int // of the network's box
		want map[string]int
	}{
		"the same face": {5, map[string]int{"cascade+cnn": 2}},
		"apart":         {60, map[string]int{"cascade": 2, "cnn": 2}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			c := newCollecting(map[string]*film{"a.mp4": held(24, drawing(1, face, image.Rect(20, 20, 60, 60)))})
			c.network(test.move)
			r := c.collect(t, p, "a.mp4")
			if !reflect.DeepEqual(r.Proposers, test.want) {
				t.Errorf("proposers %v, want %v", r.Proposers, test.want)
			}
			for _, s := range all(t, p) {
				switch {
				case s.Proposer == "cascade" && s.Score != 7, s.Proposer != "cascade" && s.Score != 0.9:
					t.Errorf("%s: score %v", s.Proposer, s.Score)
				case s.Proposer == "cascade+cnn" && s.Box.Dx() != 40: // the cascade's
					t.Errorf("%s: box %v", s.Proposer, s.Box)
				case s.Proposer == "cnn" && (s.Box.Dx() != 36 || s.Width != 40): // its window is the crop
					t.Errorf("%s: box %v, crop of %d", s.Proposer, s.Box, s.Width)
				}
			}
		})
	}
}

// The cascade came first: the network is asked alone, and the same face stays one sample.
func TestSecondDetectorLater(t *testing.T) {
	p := newProject(t)
	c := newCollecting(map[string]*film{"a.mp4": held(24, drawing(1, face), drawing(2))})
	c.collect(t, p, "a.mp4")
	asked := c.cascade.Load()
	c.network(5)
	r := c.collect(t, p, "a.mp4")
	if r.Frames != 2 || r.Added != 0 || r.Skipped != 1 || c.cnn.Load() != 2 || c.cascade.Load() != asked {
		t.Errorf("report %+v, network asked %d times, cascade %d more", r, c.cnn.Load(), c.cascade.Load()-asked)
	}
	list := all(t, p)
	if len(list) != 1 || list[0].Proposer != "cascade+cnn" || list[0].Score != 0.9 {
		t.Errorf("samples %+v, want one of both with the network's score", list)
	}
	if f, _ := p.Frame(1); f.State != LookedCascade|LookedCNN {
		t.Errorf("state %v, want both", f.State)
	}
}

func TestCancelKeepsWhatIsThere(t *testing.T) {
	p := newProject(t)
	var drawings []*image.RGBA
	for i := range 20 {
		drawings = append(drawings, drawing(i, face))
	}
	c := newCollecting(map[string]*film{"a.mp4": held(24, drawings...)})
	c.Sampling.Every = 24
	whole := newProject(t)
	want := c.collect(t, whole, "a.mp4")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	d := c.Cascade[0].(finds)
	c.cascade.Store(0)
	d.stop = func(n int) error {
		if n == 8 {
			cancel()
		}
		return ctx.Err()
	}
	config := c.CollectConfig
	config.Cascade = []Proposer{d}
	r, err := p.Collect(ctx, []string{"/show/a.mp4"}, config)
	if !errors.Is(err, context.Canceled) || r.Added != 7 || len(all(t, p)) != 7 {
		t.Fatalf("cancelled at the 8th frame: %v, %d crops in the report, %d in the project; want 7", err, r.Added, len(all(t, p)))
	}
	if rest := c.collect(t, p, "a.mp4"); rest.Known != 7 || rest.Added != want.Added-7 {
		t.Errorf("the same again: %+v, want the rest of %+v", rest, want)
	}
	if got, want := all(t, p), all(t, whole); !reflect.DeepEqual(got, want) {
		t.Errorf("in two goes %d samples, in one %d, or not the same", len(got), len(want))
	}
}

// New crops are in the project while the collection goes on.
func TestCollectWritesAsItGoes(t *testing.T) {
	p := newProject(t)
	var drawings []*image.RGBA
	for i := range 300 {
		drawings = append(drawings, drawing(i, face))
	}
	c := newCollecting(map[string]*film{"a.mp4": held(1, drawings...)})
	c.Sampling.Every = 1
	early, last := 0, CollectProgress{}
	c.Progress = func(now CollectProgress) {
		if now.Share < 1 && now.Stored > 0 && early == 0 {
			early = now.Stored
			if n, err := p.Counts(); err != nil || n.Samples != early {
				t.Errorf("%d samples, %v; the progress says %d", n.Samples, err, early)
			}
		}
		if now.Share < last.Share || now.Frames < last.Frames || now.Stored < last.Stored {
			t.Errorf("progress %+v after %+v", now, last)
		}
		last = now
	}
	r := c.collect(t, p, "a.mp4")
	if early == 0 || early >= r.Added || last.Stored != r.Added || last.Share != 1 || last.Frames != r.Frames || last.PerSecond <= 0 {
		t.Errorf("%d of %d crops were there early, the last progress was %+v", early, r.Added, last)
	}
	if acts, _ := p.History(10); len(acts) != 1 {
		t.Errorf("%d acts, want one", len(acts))
	}
}

func TestWorkersMakeNoDifference(t *testing.T) {
	run := func(workers int) []Sample {
		p := newProject(t)
		var drawings []*image.RGBA
		for i := range 40 {
			drawings = append(drawings, drawing(i, slices.Repeat([]image.Rectangle{face.Add(image.Pt(i, 0))}, i%2)...))
		}
		c := newCollecting(map[string]*film{"a.mp4": held(24, drawings...), "b.mp4": held(24, drawings[:9]...)})
		c.Negatives, c.Seed = 3, 5
		c.network(4)
		c.Cascade = slices.Repeat(c.Cascade, workers)
		c.collect(t, p, "a.mp4", "b.mp4")
		return all(t, p)
	}
	one, four := run(1), run(4)
	if len(one) < 50 || !reflect.DeepEqual(one, four) {
		t.Errorf("one worker makes %d samples, four make %d, or others", len(one), len(four))
	}
}

func TestBrokenFilesAreNamed(t *testing.T) {
	p := newProject(t)
	broken := held(24, drawing(1, face), drawing(2, face))
	broken.broken = true
	c := newCollecting(map[string]*film{"broken.mp4": broken, "whole.mp4": held(24, drawing(3, face)), "empty.mp4": {}})
	text := writeFile(t, filepath.Join(t.TempDir(), "text.png"), []byte("text"))
	r, err := p.Collect(context.Background(), []string{"/broken.mp4", "/gone.mp4", text, "/empty.mp4", "/whole.mp4"}, c.CollectConfig)
	if err != nil {
		t.Fatal(err)
	}
	if r.Added != 3 || len(r.Failed) != 4 {
		t.Errorf("%d crops, want 3; failures %v, want 4", r.Added, r.Failed)
	}
	for i, want := range [][2]string{{"/broken.mp4", "breaks off"}, {"/gone.mp4", "damaged"}, {text, "text"}, {"/empty.mp4", "no frame can be decoded"}} {
		if f := r.Failed[i]; f.Path != want[0] || !strings.Contains(f.Reason, want[1]) {
			t.Errorf("failure %d: %+v, want %v", i, f, want)
		}
	}
}

func TestCollectPictures(t *testing.T) {
	p := newProject(t)
	dir := t.TempDir()
	a := writeFile(t, filepath.Join(dir, "Title", "a.png"), pngOf(t, drawing(1, face)))
	b := writeFile(t, filepath.Join(dir, "Title", "b.png"), pngOf(t, drawing(1))) // like a, but chosen by hand
	c := newCollecting(nil)
	c.Title = "Mine"
	for _, want := range []CollectReport{{Frames: 2, Added: 1, Missed: 1}, {Known: 2}} {
		r, err := p.Collect(context.Background(), []string{a, b}, c.CollectConfig)
		if err != nil || r.Frames != want.Frames || r.Added != want.Added || r.Missed != want.Missed || r.Known != want.Known {
			t.Errorf("report %+v, %v; want %+v", r, err, want)
		}
	}
	s := all(t, p)[0]
	if s.Title != "Mine" || s.Path != a || s.Frame != 0 {
		t.Errorf("sample %+v", s)
	}
	if f, _ := p.Frame(1); f.Kind != KindPicture {
		t.Errorf("kind %q", f.Kind)
	}
}

func TestFailingDetectorEndsTheCollection(t *testing.T) {
	p := newProject(t)
	c := newCollecting(map[string]*film{"a.mp4": held(24, drawing(1, face), drawing(2, face), drawing(3, face))})
	for name, stop := range map[string]func(int) error{
		"error": func(n int) error {
			if n%2 == 0 {
				return errors.New("no number")
			}
			return nil
		},
		"panic": func(n int) error {
			if n%2 == 0 {
				panic("no number")
			}
			return nil
		},
	} {
		d := c.Cascade[0].(finds)
		d.stop = stop
		config := c.CollectConfig
		config.Cascade = []Proposer{d}
		c.cascade.Store(0)
		_, err := p.Collect(context.Background(), []string{"/show/" + name + "/a.mp4"}, config)
		wantError(t, err, nil, "no number", "collect from a.mp4")
		if n := len(frames(t, p, FrameFilter{Path: "/show/" + name + "/a.mp4"})); n != 1 {
			t.Errorf("%s: %d frames stay, want the one before", name, n)
		}
	}
	_, err := p.Collect(context.Background(), nil, CollectConfig{})
	wantError(t, err, nil, "no detector")
}

func TestCollectNegativesLater(t *testing.T) {
	p := newProject(t)
	c := newCollecting(map[string]*film{"a.mp4": held(24, drawing(1, face), drawing(2), drawing(3, face), drawing(4))})
	c.collect(t, p, "a.mp4")
	ids, err := p.Frames(FrameFilter{})
	if err != nil || len(ids) != 4 {
		t.Fatalf("frames %v, %v", ids, err)
	}
	// A person says that what is in the third frame is no face, and that there is none.
	list, _ := p.IDs(Filter{})
	label(t, p, list[1], Other)
	if err := p.CheckFrame(ids[2], true, "checked"); err != nil {
		t.Fatal(err)
	}
	config := c.CollectConfig
	config.Negatives = 3
	r, err := p.CollectNegatives(context.Background(), config)
	if err != nil || r.Frames != 3 || r.Proposers["random"] != r.Added || r.Added < 6 {
		t.Fatalf("report %+v, %v; want windows from 3 frames", r, err)
	}
	first, _ := p.Frame(ids[0])
	third, _ := p.Frame(ids[2])
	for _, s := range all(t, p) {
		if s.Proposer != "random" {
			continue
		}
		if s.Class != Other || s.Checked || s.Frame == first.Frame || s.Frame == third.Frame && s.Box.Overlaps(face) {
			t.Errorf("window %+v", s)
		}
	}
	if r, err := p.CollectNegatives(context.Background(), config); err != nil || r.Added != 0 {
		t.Errorf("again: %+v, %v", r, err)
	}
	_, err = p.CollectNegatives(context.Background(), CollectConfig{})
	wantError(t, err, nil, "1 or more")
}

// A face that only a person saw is no place for random windows.
func TestNoNegativesWhereSomebodySawAFace(t *testing.T) {
	p := newProject(t)
	c := newCollecting(map[string]*film{"a.mp4": held(24, drawing(1))})
	c.Negatives = 3
	sampleIn(t, p, "/show/a.mp4", 0, 50, Face)
	if r := c.collect(t, p, "a.mp4"); r.Frames != 1 || r.Added != 0 {
		t.Errorf("report %+v, want one frame and nothing added", r)
	}
	if r, err := p.CollectNegatives(context.Background(), c.CollectConfig); err != nil || r.Added != 0 {
		t.Errorf("later: %+v, %v; want nothing added", r, err)
	}
}
