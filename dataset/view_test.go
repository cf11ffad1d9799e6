package dataset

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"
)

// mixed is a project of two titles with every kind of sample.
func mixed(t *testing.T) *Project {
	t.Helper()
	p := newProject(t)
	add := func(path, proposer string, n int, class Class, checked bool, score float64) {
		_, err := p.Add(context.Background(), []NewSample{{
			Path: path, Proposer: proposer, Class: class, Checked: checked, Score: score, Crop: numbered(n),
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	add("/anime/B/B - 01.mkv", "cascade", 1, Face, true, 5)
	add("/anime/B/B - 02.mkv", "cascade", 2, Other, true, 9)
	add("/anime/A/A - 01.mkv", "cnn", 3, Unsure, true, 0.5)
	add("/anime/A/A - 01.mkv", "cnn", 4, Face, false, 0.7)
	add("/anime/A/A - 01.mkv", "hand", 5, Face, true, 0)
	add("/anime/A/A - 01.mkv", "hand", 6, Other, true, 0)
	if err := p.Remove([]int64{6}, "remove"); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestIDs(t *testing.T) {
	p := mixed(t)
	if _, err := p.w.Exec("UPDATE sources SET split = 1 WHERE title = 'A'"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		filter Filter
		want   []int64
	}{
		{"all", Filter{}, []int64{1, 2, 3, 4, 5}},
		{"faces", Filter{Class: new(Face)}, []int64{1, 4, 5}},
		{"checked", Filter{Checked: new(true)}, []int64{1, 2, 3, 5}},
		{"unchecked", Filter{Checked: new(false)}, []int64{4}},
		{"valid", Filter{Split: new(Valid)}, []int64{3, 4, 5}},
		{"title", Filter{Title: "B"}, []int64{1, 2}},
		{"episode", Filter{Title: "B", Episode: "02"}, []int64{2}},
		{"proposer", Filter{Proposer: "hand"}, []int64{5}},
		{"together", Filter{Class: new(Face), Checked: new(true), Split: new(Valid), Title: "A", Proposer: "hand"}, []int64{5}},
		{"none", Filter{Title: "C"}, nil},
		{"by place", Filter{Order: ByPlace}, []int64{3, 4, 5, 1, 2}},
		{"by score", Filter{Order: ByScore}, []int64{2, 1, 4, 3, 5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := p.IDs(c.filter)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("got %v, %v, want %v", got, err, c.want)
			}
		})
	}
}

func TestSamplesKeepTheOrderAsked(t *testing.T) {
	p := mixed(t)
	got, err := p.Samples([]int64{5, 1, 3})
	if err != nil || got[0].ID != 5 || got[1].ID != 1 || got[2].ID != 3 {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := p.Samples(nil); err != nil || len(got) != 0 {
		t.Errorf("Samples(nil) = %v, %v", got, err)
	}
	for _, ids := range [][]int64{{6}, {1, 99}, {99, 1}, {0}} {
		_, err := p.Samples(ids)
		wantError(t, err, nil, "not in the project any more")
	}
}

func TestView(t *testing.T) {
	p := mixed(t)
	v, err := p.View(Train)
	if err != nil {
		t.Fatal(err)
	}
	label(t, p, 1, Other) // later labels change nothing
	var ids []int64
	for i := range v.Len() {
		img, class, err := v.At(i)
		if err != nil {
			t.Fatal(err)
		}
		n := int(v.ID(i))
		if !bytes.Equal(img.(*image.RGBA).Pix, numbered(n).Pix) || class != map[int]int{1: 0, 2: 1, 5: 0}[n] {
			t.Errorf("sample %d: class %d, or another crop", n, class)
		}
		ids = append(ids, v.ID(i))
	}
	if want := []int64{1, 2, 5}; !slices.Equal(ids, want) {
		t.Errorf("got samples %v, want %v: checked, face or other", ids, want)
	}
	if v, err := p.View(Valid); err != nil || v.Len() != 0 {
		t.Errorf("Valid has %d, %v", v.Len(), err)
	}
}

func TestStats(t *testing.T) {
	p := mixed(t)
	if _, err := p.w.Exec("UPDATE sources SET split = 1 WHERE title = 'A'"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.AddRun(Run{}); err != nil {
		t.Fatal(err)
	}
	got, err := p.Stats()
	if err != nil {
		t.Fatal(err)
	}
	got.Project = filepath.Base(got.Project)
	text, err := json.MarshalIndent(got, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "stats.json")
	if *update {
		writeFile(t, golden, append(text, '\n'))
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(want) != string(text)+"\n" {
		t.Errorf("got %s, want %s, %v", text, want, err)
	}
	if c, err := p.Counts(); err != nil || c != got.Counts {
		t.Errorf("Counts = %+v, %v, want %+v", c, err, got.Counts)
	}
	if s, err := newProject(t).Stats(); err != nil || s.Samples != 0 {
		t.Errorf("of an empty project: %+v, %v", s, err)
	}
}

func TestRuns(t *testing.T) {
	p := newProject(t)
	run := Run{Started: time.UnixMilli(1234567), Status: "running", Settings: json.RawMessage(`{"preset":"2015"}`)}
	id, err := p.AddRun(run)
	if err != nil {
		t.Fatal(err)
	}
	points := []Point{
		{Train, 10, 0, 0.7, 0.5, 0.001, 40},
		{Valid, 10, 0, math.NaN(), 0.25, math.Inf(1), 0},
	}
	for i := range points {
		if err := p.AddPoints(id, points[i:i+1]); err != nil {
			t.Fatal(err)
		}
	}
	run.ID, run.Ended, run.Status, run.Note, run.Checkpoint = id, time.UnixMilli(7654321), "done", "the good one", "/out/best.safetensors"
	if err := p.UpdateRun(run); err != nil {
		t.Fatal(err)
	}
	if got, err := p.Runs(); err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], run) {
		t.Errorf("Runs = %+v, %v, want %+v", got, err, run)
	}
	got, err := p.Points(id)
	if err != nil || len(got) != 2 || got[0] != points[0] || !math.IsNaN(got[1].Loss) || got[1].Rate != math.Inf(1) {
		t.Errorf("Points = %v, %v, want %v", got, err, points)
	}
	wantError(t, p.UpdateRun(Run{ID: 99}), nil, "run 99", "no such run")
	_, err = p.AddRun(Run{Settings: json.RawMessage("{")})
	wantError(t, err, nil, "not JSON")
	if err := p.AddPoints(99, points); err == nil {
		t.Error("points of no run were stored")
	}
}

func TestSettings(t *testing.T) {
	p := newProject(t)
	for _, want := range []string{"", "by score", "by place"} {
		if want != "" {
			if err := p.SetSetting("order", want); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := p.Setting("order"); err != nil || got != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
}
