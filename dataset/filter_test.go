package dataset

import (
	"image"
	"reflect"
	"slices"
	"testing"
)

// sorted is a project with six samples about which everything is known.
func sorted(t *testing.T) *Project {
	t.Helper()
	p := newProject(t)
	for i, s := range []NewSample{
		{Path: "/a/1.mkv", Title: "Aria", Episode: "01", Proposer: "cascade", Box: image.Rect(0, 0, 30, 20)},
		{Path: "/a/1.mkv", Title: "Aria", Episode: "01", Proposer: "cnn", Box: image.Rect(0, 0, 99, 200), Frame: 5},
		{Path: "/a/1.mkv", Title: "Aria", Episode: "01", Proposer: "cascade+cnn", Frame: 5},
		{Path: "/b/100%_x.png", Title: "Ben-To", Proposer: "hand", Class: Other, Checked: true},
		{Path: "/b/y.png", Title: "Ben-To", Proposer: "random", Class: Other},
		{Path: "/b/z.png", Title: "Ben-To", Proposer: "cnn", Checked: true},
	} {
		s.Crop = numbered(i + 1)
		if _, err := p.Add(t.Context(), []NewSample{s}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.w.Exec(`UPDATE sources SET split = 1 WHERE title = 'Ben-To';
		INSERT INTO frames (source, frame, at, width, height, print, state) VALUES (1, 0, 0, 1, 1, 0, 1), (1, 5, 0, 1, 1, 0, 3);
		INSERT INTO judgements (sample, model, face, suspect, embedding) VALUES
			(1, 'm', 0.95, NULL, x''), (2, 'm', 0.75, NULL, x''), (4, 'm', 0.9, 0.8, x''), (5, 'm', 0.7, NULL, x''), (6, 'm', 0.1, 0.4, x'')`); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFilter(t *testing.T) {
	p := sorted(t)
	for _, c := range []struct {
		name   string
		filter Filter
		want   []int64
	}{
		{"all", Filter{}, []int64{1, 2, 3, 4, 5, 6}},
		{"split", Filter{Split: new(Valid)}, []int64{4, 5, 6}},
		{"proposers", Filter{Proposers: []string{"hand", "random"}}, []int64{4, 5}},
		{"proposers by prefix", Filter{Proposers: []string{"cascade*"}}, []int64{1, 3}},
		{"proposers and proposer", Filter{Proposers: []string{"cascade*", "cnn"}, Proposer: "cnn"}, []int64{2, 6}},
		{"a proposer is no pattern", Filter{Proposers: []string{"c%"}}, nil},
		{"text in title", Filter{Text: "aRI"}, []int64{1, 2, 3}},
		{"text in path", Filter{Text: "y.png"}, []int64{5}},
		{"text in episode", Filter{Text: "01", Title: "Aria"}, []int64{1, 2, 3}},
		{"text is no pattern", Filter{Text: "0%_"}, []int64{4}},
		{"text with a backslash", Filter{Text: `\`}, nil},
		{"at least 30", Filter{MinSide: 30}, []int64{1, 2}},
		{"at most 30, crops of 8 where there is no box", Filter{MaxSide: 30}, []int64{1, 3, 4, 5, 6}},
		{"31 to 200", Filter{MinSide: 31, MaxSide: 200}, []int64{2}},
		{"judged", Filter{Judged: new(true)}, []int64{1, 2, 4, 5, 6}},
		{"not judged", Filter{Judged: new(false)}, []int64{3}},
		{"uncertain", Filter{Uncertain: Doubt}, []int64{2, 5}},
		{"less uncertain", Filter{Uncertain: 0.21}, []int64{5}},
		{"disagreeing: 2 is the network's alone, 5 is a face to it", Filter{Disagreeing: true}, []int64{2, 5}},
		{"suspected: of class Other with 0.8 for a face, of class Face with 0.4", Filter{Suspected: Suspicion}, []int64{4, 6}},
		{"more suspected", Filter{Suspected: 0.7}, []int64{4}},
		{"together", Filter{Disagreeing: true, Split: new(Train), Checked: new(false), Class: new(Face), MinSide: 31}, []int64{2}},
		{"newest", Filter{Order: ByNewest}, []int64{6, 5, 4, 3, 2, 1}},
		{"by uncertainty", Filter{Order: ByUncertainty}, []int64{5, 2, 4, 6, 1, 3}},
		{"by disagreement", Filter{Order: ByDisagreement}, []int64{4, 6, 5, 2, 1, 3}},
		{"by suspicion", Filter{Order: BySuspicion}, []int64{4, 6, 1, 2, 3, 5}},
		{"by place", Filter{Order: ByPlace, Title: "Ben-To"}, []int64{4, 5, 6}},
	} {
		wantIDs(t, p, c.name, c.filter, c.want...)
	}
	if err := p.Remove([]int64{2}, "remove"); err != nil {
		t.Fatal(err)
	}
	wantIDs(t, p, "without one that was removed", Filter{Uncertain: Doubt}, 5)
}

func TestFacets(t *testing.T) {
	p := sorted(t)
	got, err := p.Facets(Filter{Checked: new(false), Title: "Aria"})
	want := Facets{
		Total: 3, Class: map[Class]int{Face: 3}, Checked: map[bool]int{false: 3}, Split: map[Split]int{Train: 3},
		Titles: map[string]int{"Aria": 3, "Ben-To": 1}, Proposers: map[string]int{"cascade": 1, "cnn": 1, "cascade+cnn": 1},
		Uncertain: 1, Disagree: 1,
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v, %v", got, want, err)
	}
	got, err = p.Facets(Filter{Class: new(Other)})
	want = Facets{
		Total: 2, Class: map[Class]int{Face: 4, Other: 2}, Checked: map[bool]int{false: 1, true: 1}, Split: map[Split]int{Valid: 2},
		Titles: map[string]int{"Ben-To": 2}, Proposers: map[string]int{"hand": 1, "random": 1},
		Uncertain: 1, Disagree: 1, Suspicious: 1,
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v, %v", got, want, err)
	}
}

func TestFindings(t *testing.T) {
	p := sorted(t)
	got, err := p.Findings()
	want := Findings{
		Leak: Leak{Valid: 2, Unknown: 2, Titles: []TitleLeak{}}, Model: "m",
		Judged: 5, Uncertain: 2, Disagreeing: 2, Suspects: 2, FramesLooked: 2,
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v, %v", got, want, err)
	}
}

// Who says again what a suspected sample is has answered.
func TestConfirmedIsNotSuspected(t *testing.T) {
	p := sorted(t)
	suspects := func() []int64 {
		t.Helper()
		ids, err := p.IDs(Filter{Suspected: 0.05})
		if err != nil {
			t.Fatal(err)
		}
		return ids
	}
	before := suspects()
	if len(before) == 0 {
		t.Fatal("nothing is suspected")
	}
	samples, err := p.Samples(before[:1])
	if err != nil {
		t.Fatal(err)
	}
	label(t, p, before[0], samples[0].Class)
	if got := suspects(); !slices.Equal(got, before[1:]) {
		t.Errorf("suspected after the confirmation: %v, want %v", got, before[1:])
	}
}
