package dataset

import (
	"context"
	"image"
	"testing"
)

// A box that is moved away and back is the sample it was, whether a person had checked
// it or not, and Undo walks the same way.
func TestReplaceThereAndBack(t *testing.T) {
	for _, checked := range []bool{false, true} {
		p := newProject(t)
		ctx := context.Background()
		source, err := p.AddSource(SourceInfo{Path: "/show/1.mp4", Kind: KindVideo})
		if err != nil {
			t.Fatal(err)
		}
		sample := func(x, crop int) NewSample {
			return NewSample{Source: source, Frame: 7, Class: Other, Checked: checked, Proposer: "cascade", Box: image.Rect(x, 0, x+8, 8), Crop: numbered(crop)}
		}
		here := func(what string, want int64, x int) {
			t.Helper()
			list, err := p.FrameSamples(source, 7)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) != 1 || list[0].ID != want || list[0].Box.Min.X != x || list[0].Class != Other || list[0].Checked != checked {
				t.Errorf("checked %v, %s: got %+v, want sample %d at %d", checked, what, list, want, x)
			}
		}
		replace := func(old int64, s NewSample) int64 {
			t.Helper()
			id, err := p.Replace(ctx, old, s, "move a box")
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		ids, err := p.Add(ctx, []NewSample{sample(0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		first := ids[0]
		second := replace(first, sample(5, 2))
		here("moved", second, 5)
		if back := replace(second, sample(1, 1)); back != first {
			t.Errorf("moved back: sample %d, want %d", back, first)
		}
		here("moved back, a pixel beside", first, 1)
		for _, step := range []struct {
			what string
			do   func() (Act, error)
			id   int64
			x    int
		}{{"undone", p.Undo, second, 5}, {"undone twice", p.Undo, first, 0}, {"redone", p.Redo, second, 5}, {"redone twice", p.Redo, first, 1}} {
			if _, err := step.do(); err != nil {
				t.Fatal(err)
			}
			here(step.what, step.id, step.x)
		}
	}
}

// Small moves in a row are one act, as if the box had been moved in one go.
func TestAmend(t *testing.T) {
	p := newProject(t)
	ctx := context.Background()
	source, err := p.AddSource(SourceInfo{Path: "/show/1.mp4", Kind: KindVideo})
	if err != nil {
		t.Fatal(err)
	}
	sample := func(x, crop int) NewSample {
		return NewSample{Source: source, Class: Face, Box: image.Rect(x, 0, x+8, 8), Crop: numbered(crop)}
	}
	move := func(do func(context.Context, int64, NewSample, string) (int64, error), old int64, s NewSample) int64 {
		t.Helper()
		id, err := do(ctx, old, s, "move a box")
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	here := func(what string, want int64, x, acts int) {
		t.Helper()
		list, err := p.FrameSamples(source, 0)
		if err != nil {
			t.Fatal(err)
		}
		history, err := p.History(99)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != 1 || list[0].ID != want || list[0].Box.Min.X != x || len(history) != acts {
			t.Errorf("%s: got %+v and %d acts, want sample %d at %d and %d acts", what, list, len(history), want, x, acts)
		}
	}
	ids, err := p.Add(ctx, []NewSample{sample(0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	move(p.Amend, ids[0], sample(1, 1)) // the act that added it goes on: the crop is the same
	here("moved by so little that the crop is the same", ids[0], 1, 1)
	second := move(p.Replace, ids[0], sample(2, 2))
	third := move(p.Amend, second, sample(3, 3))
	here("amended", third, 3, 2)
	third = move(p.Amend, third, sample(4, 3))
	third = move(p.Amend, third, sample(5, 3))
	here("amended twice with the same crop", third, 5, 2)
	if _, err := p.Crop(second); err == nil {
		t.Error("the step between is still stored")
	}
	if _, err := p.Undo(); err != nil {
		t.Fatal(err)
	}
	here("undone at once", ids[0], 1, 2)
	if _, err := p.Redo(); err != nil {
		t.Fatal(err)
	}
	here("redone at once", third, 5, 2)
	back := move(p.Amend, third, sample(0, 1))
	here("amended back to where it began", ids[0], 0, 2)
	label(t, p, back, Other)
	last := move(p.Amend, back, sample(9, 9)) // a label came between: an act of its own
	here("after a label", last, 9, 4)
	if _, err := p.Undo(); err != nil {
		t.Fatal(err)
	}
	here("undone", back, 0, 4)
}
