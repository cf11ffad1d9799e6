package dataset

import (
	"context"
	"errors"
	"image"
	"reflect"
	"slices"
	"testing"
	"time"
)

// seen makes frames 0 to n-1 of a video known, as if the cascade had looked at them.
func seen(t testing.TB, p *Project, f NewFrame, n int) (ids []int64) {
	t.Helper()
	for i := range n {
		f.Frame, f.At = i, time.Duration(i)*time.Second
		f.Width, f.Height = 640, 360
		id, err := p.AddFrame(f)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	_, err := p.w.Exec("UPDATE frames SET state = ? WHERE source = (SELECT source FROM frames WHERE id = ?)", LookedCascade, ids[0])
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// list is Frames, and fails the test.
func list(t testing.TB, p *Project, f FrameFilter) []int64 {
	t.Helper()
	ids, err := p.Frames(f)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// sampleIn adds a sample of a frame.
func sampleIn(t testing.TB, p *Project, path string, frame, n int, c Class) int64 {
	t.Helper()
	ids, err := p.Add(context.Background(), []NewSample{{
		Class: c, Path: path, Frame: frame, Box: image.Rect(n, 0, n+8, 8), Proposer: "hand", Crop: numbered(n),
	}})
	if err != nil {
		t.Fatal(err)
	}
	return ids[0]
}

func TestAddFrame(t *testing.T) {
	p := newProject(t)
	id, err := p.AddFrame(NewFrame{Path: "/show/Show - 02.mp4", Frame: 7, At: time.Second, Width: 640, Height: 360})
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.Frame(id)
	want := Frame{ID: id, Source: f.Source, Title: "Show", Episode: "02", Path: "/show/Show - 02.mp4", Kind: KindVideo, Frame: 7, At: time.Second, Width: 640, Height: 360}
	if err != nil || f != want {
		t.Errorf("got %+v, %v; want %+v", f, err, want)
	}
	again, err := p.AddFrame(NewFrame{Source: f.Source, Frame: 7, Width: 1280, Height: 720, Print: 5})
	if g, _ := p.Frame(again); err != nil || again != id || g.Width != 1280 || g.At != time.Second {
		t.Errorf("the same frame again: number %d, %+v, %v", again, g, err)
	}
	if g, ok, err := p.FrameAt(f.Source, 7); !ok || err != nil || g.ID != id {
		t.Errorf("frame at its place: %+v, %v, %v", g, ok, err)
	}
	if _, ok, err := p.FrameAt(f.Source, 8); ok || err != nil {
		t.Errorf("a frame that nobody looked at: %v, %v", ok, err)
	}
	picture, _ := p.AddFrame(NewFrame{Path: "/p.png", Title: "T", Width: 1, Height: 1})
	if g, _ := p.Frame(picture); g.Kind != KindPicture || g.Title != "T" {
		t.Errorf("a picture: %+v", g)
	}
	if len(list(t, p, FrameFilter{})) != 0 {
		t.Error("a frame that nobody looked at is listed")
	}
	_, err = p.Frame(99)
	wantError(t, err, nil, "frame 99")
	_, err = p.AddFrame(NewFrame{Frame: 3})
	wantError(t, err, nil, "path")
}

func TestFrames(t *testing.T) {
	p := newProject(t)
	b := seen(t, p, NewFrame{Path: "/b.mp4", Title: "B", Episode: "02"}, 3)
	a := seen(t, p, NewFrame{Path: "/a.mp4", Title: "A", Episode: "01"}, 4)
	sampleIn(t, p, "/a.mp4", 0, 1, Face)
	other := sampleIn(t, p, "/a.mp4", 1, 2, Other)
	gone := sampleIn(t, p, "/a.mp4", 2, 3, Face)
	if err := p.Remove([]int64{gone}, "remove"); err != nil {
		t.Fatal(err)
	}
	if err := p.CheckFrame(b[1], true, "no face here"); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		f    FrameFilter
		want []int64
	}{
		"all, by title":  {FrameFilter{}, slices.Concat(a, b)},
		"of a title":     {FrameFilter{Title: "B"}, b},
		"of an episode":  {FrameFilter{Episode: "01"}, a},
		"of a file":      {FrameFilter{Path: "/b.mp4"}, b},
		"missed":         {FrameFilter{Missed: true}, []int64{a[1], a[2], a[3], b[0], b[2]}}, // one face is, one was removed, one frame is checked
		"missed, of one": {FrameFilter{Missed: true, Title: "B"}, []int64{b[0], b[2]}},
		"of nothing":     {FrameFilter{Title: "C"}, nil},
	} {
		if got := list(t, p, test.f); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
	label(t, p, other, Face)
	if got := list(t, p, FrameFilter{Missed: true, Title: "A"}); !slices.Equal(got, a[2:]) {
		t.Errorf("missed after one was called a face: %v, want %v", got, a[2:])
	}
	if f, _ := p.Frame(a[1]); f.Faces != 1 || f.Samples != 1 {
		t.Errorf("frame %+v, want one face", f)
	}
	if f, _ := p.Frame(a[2]); f.Faces != 0 || f.Samples != 0 {
		t.Errorf("a removed sample counts: %+v", f)
	}
}

func TestCheckFrame(t *testing.T) {
	p := newProject(t)
	id := seen(t, p, NewFrame{Path: "/a.mp4"}, 1)[0]
	state := func() FrameState {
		f, err := p.Frame(id)
		if err != nil {
			t.Fatal(err)
		}
		return f.State
	}
	check := func(done bool) {
		if err := p.CheckFrame(id, done, "frame checked"); err != nil {
			t.Fatal(err)
		}
	}
	check(true)
	if got := state(); got != LookedCascade|FrameChecked {
		t.Errorf("checked: state %d", got)
	}
	check(true) // changes nothing, so it is no act
	check(false)
	if got := state(); got != LookedCascade {
		t.Errorf("taken back: state %d", got)
	}
	for i, want := range []FrameState{LookedCascade | FrameChecked, LookedCascade} {
		if act, err := p.Undo(); err != nil || act.What != "frame checked" || state() != want {
			t.Errorf("undo %d: %+v, %v, state %d, want %d", i+1, act, err, state(), want)
		}
	}
	if _, err := p.Undo(); !errors.Is(err, ErrNothing) {
		t.Errorf("a third undo: %v", err)
	}
	if _, err := p.Redo(); err != nil || state() != LookedCascade|FrameChecked {
		t.Errorf("redo: %v, state %d", err, state())
	}
}

func TestFrameSamples(t *testing.T) {
	p := newProject(t)
	first := sampleIn(t, p, "/a.mp4", 5, 1, Face)
	sampleIn(t, p, "/a.mp4", 6, 2, Face)
	gone := sampleIn(t, p, "/a.mp4", 5, 3, Face)
	last := sampleIn(t, p, "/a.mp4", 5, 4, Other)
	if err := p.Remove([]int64{gone}, "remove"); err != nil {
		t.Fatal(err)
	}
	list, err := p.FrameSamples(1, 5)
	if err != nil || len(list) != 2 || list[0].ID != first || list[1].ID != last || list[0].Box != image.Rect(1, 0, 9, 8) {
		t.Errorf("got %+v, %v; want samples %d and %d", list, err, first, last)
	}
	if list, err := p.FrameSamples(1, 7); err != nil || len(list) != 0 {
		t.Errorf("another frame: %+v, %v", list, err)
	}
}

// Moving a box makes another sample of it, or the same with another box; one undo
// brings the old one back.
func TestReplace(t *testing.T) {
	for name, test := range map[string]struct {
		crop  int // numbered
		fresh bool
	}{
		"another crop":  {9, true},
		"the same crop": {1, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			old := sampleIn(t, p, "/a.mp4", 5, 1, Face)
			other := sampleIn(t, p, "/a.mp4", 5, 2, Face)
			before, _ := p.FrameSamples(1, 5)
			box := image.Rect(30, 40, 50, 60)
			id, err := p.Replace(context.Background(), old, NewSample{
				Class: Face, Checked: !test.fresh, Path: "/a.mp4", Frame: 5, Box: box, Proposer: "hand", Crop: numbered(test.crop),
			}, "move box")
			if err != nil || test.fresh != (id != old) {
				t.Fatalf("got number %d of %d, %v", id, old, err)
			}
			after, err := p.FrameSamples(1, 5)
			if err != nil || len(after) != 2 || !slices.ContainsFunc(after, func(s Sample) bool { return s.ID == id && s.Box == box }) ||
				!slices.ContainsFunc(after, func(s Sample) bool { return s.ID == other && s.Box == before[1].Box }) {
				t.Errorf("samples %+v, %v; want %d with box %v, and %d as it was", after, err, id, box, other)
			}
			act, err := p.Undo()
			if undone, _ := p.FrameSamples(1, 5); err != nil || act.What != "move box" || !reflect.DeepEqual(undone, before) {
				t.Errorf("undone %+v, %v: samples %+v, want %+v", act, err, undone, before)
			}
			if _, err := p.Redo(); err != nil {
				t.Fatal(err)
			}
			if again, _ := p.FrameSamples(1, 5); !reflect.DeepEqual(again, after) {
				t.Errorf("redone: samples %+v, want %+v", again, after)
			}
		})
	}
}

func TestReplaceRefuses(t *testing.T) {
	p := newProject(t)
	old := sampleIn(t, p, "/a.mp4", 5, 1, Face)
	before := all(t, p)
	_, err := p.Replace(context.Background(), old, NewSample{Path: "/a.mp4"}, "move box")
	wantError(t, err, nil, "move box", "empty")
	_, err = p.Replace(context.Background(), old, NewSample{Path: "/a.mp4", Box: image.Rect(0, 0, 70000, 8), Crop: numbered(1)}, "move box")
	wantError(t, err, nil, "65535")
	if after := all(t, p); !reflect.DeepEqual(after, before) {
		t.Errorf("a refused move changed %+v to %+v", before, after)
	}
}
