package dataset

import (
	"slices"
	"testing"
)

func TestSimilar(t *testing.T) {
	p := newProject(t)
	ids := reds(t, p, false, append(spread(40, 0.9, 1), spread(40, 0, 0.1)...)...)
	if _, err := p.Review(t.Context(), &redness{name: "a"}, nil); err != nil {
		t.Fatal(err)
	}
	late := reds(t, p, false, 0.5)[0] // nobody judges it

	got, err := p.IDs(Filter{Order: BySimilarity, Like: ids[50]})
	if err != nil || len(got) != 81 || got[0] != ids[50] || got[80] != late {
		t.Fatalf("like %d: got %v, %v", ids[50], got, err)
	}
	for i, id := range got[:40] {
		if id < ids[40] {
			t.Errorf("like the %d., which is not red: sample %d, which is, in place %d", ids[50], id, i)
		}
	}
	if _, err := p.IDs(Filter{Order: BySimilarity, Like: late}); err == nil {
		t.Error("sorted by likeness to a sample that nobody judged")
	}

	groups, err := p.Clusters(Filter{})
	if err != nil || len(groups) < 3 || !slices.Equal(groups[len(groups)-1], []int64{late}) {
		t.Fatalf("got %v, %v", groups, err)
	}
	seen := map[int64]bool{}
	for i, g := range groups {
		if i > 0 && i < len(groups)-1 && len(g) > len(groups[i-1]) {
			t.Errorf("group %d is larger than the one before", i)
		}
		for _, id := range g {
			if seen[id] {
				t.Errorf("sample %d is in two groups", id)
			}
			seen[id] = true
			if id != late && (id < ids[40]) != (g[0] < ids[40]) {
				t.Errorf("group %v holds red ones and others", g)
			}
		}
	}
	if len(seen) != 81 {
		t.Errorf("%d samples are in groups, want 81", len(seen))
	}
	again, err := p.IDs(Filter{Order: ByCluster})
	if err != nil || !slices.Equal(again, slices.Concat(groups...)) {
		t.Errorf("IDs by cluster are %v, want %v, %v", again, slices.Concat(groups...), err)
	}
	if g, err := p.Clusters(Filter{Title: "no such"}); err != nil || len(g) != 0 {
		t.Errorf("of nothing: %v, %v", g, err)
	}
}
