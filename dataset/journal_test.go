package dataset

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
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
	states := []string{stateText(t, p)} // states[at] is now
	at, base := 0, 0
	for step := range 300 {
		var err error
		op := rng.IntN(12)
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
			default:
				p.Label(map[int64]Class{id: Class(rng.IntN(3))}, "label")
			}
			if now := stateText(t, p); now != states[at] {
				states = append(states[:at+1], now)
				at++
			}
		}
		if err != nil {
			t.Fatalf("step %d, op %d: %v", step, op, err)
		}
		if got := stateText(t, p); got != states[at] {
			t.Fatalf("step %d, op %d: got\n%swant\n%s", step, op, got, states[at])
		}
	}
	for ; at > base; at-- {
		if _, err := p.Undo(); err != nil {
			t.Fatal(err)
		}
	}
	if got := stateText(t, p); got != states[0] {
		t.Errorf("after all Undos:\n%swant:\n%s", got, states[0])
	}
	p.Close()
}
