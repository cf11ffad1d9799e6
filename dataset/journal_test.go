package dataset

import (
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestLabelUndoRedo(t *testing.T) {
	p := newProject(t)
	ids := addTo(t, p, "a.png", 1, 3)
	before := stateText(t, p)
	if err := p.Label(map[int64]Class{ids[0]: Other, ids[2]: Unsure}, "label page"); err != nil {
		t.Fatal(err)
	}
	after := stateText(t, p)
	want := "1 other true train\n2 face false train\n3 unsure true train\n"
	if after != want {
		t.Errorf("after the label:\n%swant:\n%s", after, want)
	}
	act, err := p.Undo()
	if err != nil || act.What != "label page" || !slices.Equal(act.IDs, []int64{1, 3}) {
		t.Errorf("Undo = %+v, %v", act, err)
	}
	if got := stateText(t, p); got != before {
		t.Errorf("after Undo:\n%swant:\n%s", got, before)
	}
	if _, err := p.Redo(); err != nil {
		t.Fatal(err)
	}
	if got := stateText(t, p); got != after {
		t.Errorf("after Redo:\n%swant:\n%s", got, after)
	}
	_, err = p.Redo()
	wantError(t, err, ErrNothing)
}

func TestNewActDropsRedo(t *testing.T) {
	p := newProject(t)
	ids := addTo(t, p, "a.png", 1, 1)
	label(t, p, ids[0], Other)
	if _, err := p.Undo(); err != nil {
		t.Fatal(err)
	}
	// What changes nothing is no act, and drops nothing.
	if err := p.Label(nil, "nothing"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Redo(); err != nil {
		t.Fatal(err)
	}
	label(t, p, ids[0], Other)
	if act, err := p.Undo(); err != nil || act.What != "label" {
		t.Fatalf("Undo = %v, %v", act, err)
	}
	label(t, p, ids[0], Unsure)
	_, err := p.Redo()
	wantError(t, err, ErrNothing)
}

func TestLabelIsAllOrNothing(t *testing.T) {
	p := newProject(t)
	ids := addTo(t, p, "a.png", 1, 2)
	if err := p.Remove(ids[1:], "remove"); err != nil {
		t.Fatal(err)
	}
	before := stateText(t, p)
	for name, changes := range map[string]map[int64]Class{
		"unknown": {ids[0]: Other, 99: Other},
		"removed": {ids[0]: Other, ids[1]: Other},
		"class":   {ids[0]: 3},
	} {
		t.Run(name, func(t *testing.T) {
			if err := p.Label(changes, "label"); err == nil {
				t.Error("got no error")
			}
			if got := stateText(t, p); got != before {
				t.Errorf("got:\n%swant:\n%s", got, before)
			}
		})
	}
}

func TestUndoOfAddingAndItsEnd(t *testing.T) {
	p := newProject(t)
	addTo(t, p, "a.png", 1, 2)
	if act, err := p.Undo(); err != nil || act.What != "add 2 samples" || len(act.IDs) != 2 {
		t.Fatalf("Undo = %v, %v", act, err)
	}
	if got := stateText(t, p); got != "" {
		t.Errorf("still there:\n%s", got)
	}
	_, err := p.Undo()
	wantError(t, err, ErrNothing)
	// A new act ends them for good: the same crop is a new sample then.
	ids := addTo(t, p, "a.png", 1, 1)
	if ids[0] != 3 {
		t.Errorf("got sample %d, want 3: numbers are not given twice", ids[0])
	}
	var crops int
	if err := p.r.QueryRow("SELECT count(*) FROM crops").Scan(&crops); err != nil || crops != 1 {
		t.Errorf("%d crops are stored, %v, want 1", crops, err)
	}
}

func TestHistory(t *testing.T) {
	p := newProject(t)
	if acts, err := p.History(10); err != nil || len(acts) != 0 {
		t.Errorf("a new project has the history %v, %v", acts, err)
	}
	before := time.Now().Truncate(time.Millisecond)
	ids := addTo(t, p, "a.png", 1, 3)
	if err := p.Label(map[int64]Class{ids[0]: Other, ids[1]: Other}, "label page"); err != nil {
		t.Fatal(err)
	}
	if err := p.AutoSplit(0.5, 1); err != nil { // one source: changes nothing, and is no act
		t.Fatal(err)
	}
	frame, err := p.AddFrame(NewFrame{Path: "a.mp4", Frame: 3, Width: 64, Height: 64})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.CheckFrame(frame, true, "check frame"); err != nil {
		t.Fatal(err)
	}
	label(t, p, ids[2], Unsure)
	for range 2 {
		if _, err := p.Undo(); err != nil {
			t.Fatal(err)
		}
	}
	want := []Act{
		{What: "label", N: 1, Undone: true},
		{What: "check frame", N: 0, Undone: true},
		{What: "label page", N: 2},
		{What: "add 3 samples", N: 3},
	}
	for limit := range len(want) + 2 {
		got, err := p.History(limit)
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range got {
			if a.When.Before(before) || a.When.After(time.Now()) {
				t.Errorf("act %d was at %v, want the time of the test", i, a.When)
			}
			got[i].When = time.Time{}
		}
		if !reflect.DeepEqual(got, want[:min(limit, len(want))]) && limit > 0 {
			t.Errorf("the newest %d are %+v, want %+v", limit, got, want[:min(limit, len(want))])
		}
	}
	act, err := p.Undo()
	if err != nil || act.What != "label page" || act.N != 2 || act.When.Before(before) || !act.Undone {
		t.Errorf("Undo = %+v, %v", act, err)
	}
}

// Boxes keep all their bits on the way through the history.
func TestUndoOfAMovedBox(t *testing.T) {
	p := newProject(t)
	from, to := image.Rect(40_000, 50_000, 40_000+65_000-40_000, 65_000), image.Rect(65_000, 1, 65_535, 65_535)
	ids, err := p.Add(t.Context(), []NewSample{{Path: "a.png", Box: from, Crop: numbered(1)}})
	if err != nil {
		t.Fatal(err)
	}
	if id, err := p.Replace(t.Context(), ids[0], NewSample{Path: "a.png", Box: to, Crop: numbered(1)}, "move"); err != nil || id != ids[0] {
		t.Fatal(id, err)
	}
	for _, want := range []image.Rectangle{to, from, to} {
		s, err := p.Samples(ids)
		if err != nil || s[0].Box != want {
			t.Errorf("the box is %v, %v, want %v", s[0].Box, err, want)
		}
		if want == to {
			p.Undo()
		} else {
			p.Redo()
		}
	}
}

// TestJournalAgainstModel plays random acts, with closing and opening in between, and
// compares with a list of all earlier states.
func TestJournalAgainstModel(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	p := newProject(t)
	path := p.Path()
	var ids []int64
	for i := range 6 {
		ids = append(ids, addTo(t, p, fmt.Sprintf("/show %d/a.png", i%3), 100*i, 3)...)
	}
	var frames []int64
	for i := range 4 {
		id, err := p.AddFrame(NewFrame{Path: "/show 1/a.mp4", Frame: i, Width: 640, Height: 360})
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, id)
	}
	states := []string{fullState(t, p)} // states[at] is now
	at, base := 0, 0
	for step := range 300 {
		var err error
		op := rng.IntN(14)
		id := ids[rng.IntN(len(ids))]
		switch {
		case op < 3:
			if at > base {
				_, err = p.Undo()
				at--
			}
		case op < 5:
			if _, err = p.Redo(); err == nil {
				at++
			} else if at == len(states)-1 && errors.Is(err, ErrNothing) {
				err = nil
			}
		case op == 5:
			if err = p.Close(); err == nil {
				p, err = Open(path)
			}
		default:
			switch op {
			case 6:
				p.Remove([]int64{id}, "remove") // an error where it is removed already
			case 7:
				err = p.AutoSplit(0.3, uint64(step))
			case 8:
				addTo(t, p, "/show 1/a.png", 1000+step, 2)
			case 9:
				err = p.CheckFrame(frames[rng.IntN(len(frames))], rng.IntN(2) == 0, "check frame")
			case 10: // a box that moved: with its crop, or by too little for another one
				box := image.Rect(step, 1, step+64, 65)
				if s, err := p.Samples([]int64{id}); err == nil {
					crop, err := p.Crop(id)
					if err != nil {
						t.Fatal(err)
					}
					if rng.IntN(2) == 0 {
						crop = numbered(5000 + step)
					}
					if _, err := p.Replace(t.Context(), id, NewSample{Source: s[0].Source, Class: s[0].Class, Checked: s[0].Checked, Box: box, Crop: crop}, "move box"); err != nil {
						t.Fatal(err)
					}
				}
			default:
				p.Label(map[int64]Class{id: Class(rng.IntN(3))}, "label")
			}
			if now := fullState(t, p); now != states[at] {
				states = append(states[:at+1], now)
				at++
			}
		}
		if err != nil {
			t.Fatalf("step %d, op %d: %v", step, op, err)
		}
		if got := fullState(t, p); got != states[at] {
			t.Fatalf("step %d, op %d: got\n%swant\n%s", step, op, got, states[at])
		}
	}
	for ; at > base; at-- {
		if _, err := p.Undo(); err != nil {
			t.Fatal(err)
		}
	}
	if got := fullState(t, p); got != states[0] {
		t.Errorf("after all Undos:\n%swant:\n%s", got, states[0])
	}
	p.Close()
}

// fullState is stateText with boxes and frames.
func fullState(t *testing.T, p *Project) string {
	t.Helper()
	var text string
	err := p.r.QueryRow(`SELECT group_concat(line, char(10)) FROM (
		SELECT 'box ' || concat_ws(' ', id, x, y, w, h) AS line FROM samples WHERE gone = 0
		UNION ALL SELECT 'frame ' || concat_ws(' ', id, state) FROM frames)`).Scan(&text)
	if err != nil {
		t.Fatal(err)
	}
	return stateText(t, p) + text
}
