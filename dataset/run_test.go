package dataset

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestRunGoesOn follows a run through its start, its points and a second start.
func TestRunGoesOn(t *testing.T) {
	p, err := Create(filepath.Join(t.TempDir(), "p.frglab"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	r, err := p.StartRun("/runs/1/best", json.RawMessage(`{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	both := func(step int) []Point { return []Point{{Step: step}, {Split: Valid, Step: step}} }
	first := append(both(10), Point{Step: 20})
	if err := p.ExtendPoints(r.ID, first); err != nil {
		t.Fatal(err)
	}
	r.Status, r.Note, r.Ended = RunInterrupted, "mine", time.UnixMilli(5)
	if err := p.UpdateRun(r); err != nil {
		t.Fatal(err)
	}
	again, err := p.StartRun("/runs/1/best", json.RawMessage(`{"a":2}`))
	if err != nil || again.ID != r.ID || again.Status != RunRunning || again.Note != "mine" || !again.Ended.IsZero() || string(again.Settings) != `{"a":2}` {
		t.Fatalf("got %+v, %v", again, err)
	}
	// It went on from before its last point: step 20 comes again, its validation is new.
	if err := p.ExtendPoints(r.ID, slices.Concat(both(20), both(30))); err != nil {
		t.Fatal(err)
	}
	points, err := p.Points(r.ID)
	if err != nil {
		t.Fatal(err)
	}
	var steps [2][]int
	for _, q := range points {
		steps[q.Split] = append(steps[q.Split], q.Step)
	}
	want := []int{10, 20, 30}
	if !slices.Equal(steps[Train], want) || !slices.Equal(steps[Valid], want) {
		t.Errorf("steps %v, want %v of each", steps, want)
	}
}

func TestRemoveRun(t *testing.T) {
	p, err := Create(filepath.Join(t.TempDir(), "p.frglab"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	var ids []int64
	for _, name := range []string{"a", "b"} {
		r, err := p.StartRun(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.ExtendPoints(r.ID, []Point{{Step: 1}}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	if err := p.RemoveRun(ids[0]); err != nil {
		t.Fatal(err)
	}
	runs, err := p.Runs()
	if err != nil || len(runs) != 1 || runs[0].ID != ids[1] {
		t.Errorf("left: %+v, %v", runs, err)
	}
	for i, want := range []int{0, 1} {
		if points, err := p.Points(ids[i]); err != nil || len(points) != want {
			t.Errorf("run %d has %d points, want %d (%v)", i, len(points), want, err)
		}
	}
	if err := p.RemoveRun(ids[0]); err == nil {
		t.Error("removed twice")
	}
}
