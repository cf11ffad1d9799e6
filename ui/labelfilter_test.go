package ui

import (
	"reflect"
	"slices"
	"testing"

	"frglab/dataset"
)

func TestFilterQuery(t *testing.T) {
	for _, tt := range []struct {
		name string
		f    labelFilter
		want dataset.Filter
	}{
		{"all", labelFilter{}, dataset.Filter{}},
		{"unchecked", labelFilter{verdict: showUnchecked}, dataset.Filter{Checked: new(false)}},
		{"faces", labelFilter{verdict: showFaces}, dataset.Filter{Checked: new(true), Class: new(dataset.Face)}},
		{"others", labelFilter{verdict: showOthers}, dataset.Filter{Checked: new(true), Class: new(dataset.Other)}},
		{"unsure", labelFilter{verdict: showUnsure}, dataset.Filter{Checked: new(true), Class: new(dataset.Unsure)}},
		{"train", labelFilter{split: 1}, dataset.Filter{Split: new(dataset.Train)}},
		{"valid", labelFilter{split: 2}, dataset.Filter{Split: new(dataset.Valid)}},
		{"place", labelFilter{title: "A", episode: "2"}, dataset.Filter{Title: "A", Episode: "2"}},
		{"proposer", labelFilter{proposer: "cnn"}, dataset.Filter{Proposer: "cnn"}},
		{"size and text", labelFilter{minSide: 64, text: "x"}, dataset.Filter{MinSide: 64, Text: "x"}},
		{"folded", labelFilter{twins: twinsFolded}, dataset.Filter{FoldTwins: true}},
		{"only duplicates", labelFilter{twins: twinsOnly}, dataset.Filter{OnlyTwins: true}},
		{"uncertain", labelFilter{find: findUncertain}, dataset.Filter{Uncertain: dataset.Doubt}},
		{"disagreeing", labelFilter{find: findDisagreeing}, dataset.Filter{Disagreeing: true}},
		{"suspected", labelFilter{find: findSuspected}, dataset.Filter{Suspected: dataset.Suspicion}},
		{"newest", labelFilter{order: orderNewest}, dataset.Filter{Order: dataset.ByNewest}},
		{"by place", labelFilter{order: orderPlace}, dataset.Filter{Order: dataset.ByPlace}},
		{"score", labelFilter{order: orderScore}, dataset.Filter{Order: dataset.ByScore}},
		{"uncertain first", labelFilter{order: orderUncertain}, dataset.Filter{Order: dataset.ByUncertainty}},
		{"disagreement first", labelFilter{order: orderDisagree}, dataset.Filter{Order: dataset.ByDisagreement}},
		{"suspected first", labelFilter{order: orderSuspect}, dataset.Filter{Order: dataset.BySuspicion}},
		{"alike first", labelFilter{order: orderLike, like: 7}, dataset.Filter{Order: dataset.BySimilarity, Like: 7}},
		{
			"together",
			labelFilter{verdict: showUnchecked, find: findUncertain, title: "A", split: 2, twins: twinsFolded, order: orderUncertain},
			dataset.Filter{Checked: new(false), Uncertain: dataset.Doubt, Title: "A", Split: new(dataset.Valid), FoldTwins: true, Order: dataset.ByUncertainty},
		},
	} {
		if got := tt.f.query(); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestFindTogglesOrderAndVerdict(t *testing.T) {
	var f labelFilter
	f.toggle(findSuspected)
	if f.find != findSuspected || f.order != orderSuspect || f.verdict != showAll {
		t.Errorf("suspected: %+v", f)
	}
	f.toggle(findUncertain)
	if f.find != findUncertain || f.order != orderUncertain || f.verdict != showUnchecked {
		t.Errorf("uncertain: %+v", f)
	}
	f.toggle(findUncertain)
	if f != (labelFilter{}) {
		t.Errorf("off again: %+v", f)
	}
}

// TestEveryChoiceCountsWhatItShows takes each choice of the sidebar and compares its
// count with the crops on screen.
func TestEveryChoiceCountsWhatItShows(t *testing.T) {
	w, _, failures := openReviewed(t)
	b := w.label.filter
	ids := slices.Clone(w.label.l.ids)
	w.label.label(map[int64]dataset.Class{ids[0]: dataset.Face, ids[1]: dataset.Other, ids[30]: dataset.Face}, whatLabel(dataset.Face))
	settle(w)
	check := func(name string, count int, choose func()) {
		choose()
		settle(w)
		if got := len(w.label.l.ids); got != count {
			t.Errorf("%s: %d crops on screen, the count said %d", name, got, count)
		}
		test := b.state
		b.clear.OnTapped()
		settle(w)
		if b.state != (labelFilter{}) || len(w.label.l.ids) != len(ids) {
			t.Errorf("%s: after the reset of %+v there are %d crops", name, test, len(w.label.l.ids))
		}
	}
	for _, r := range append(slices.Clone(b.verdicts), b.finds...) {
		check(r.text, r.count, func() { r.Tapped(nil) })
	}
	for _, p := range b.picks {
		for i, c := range p.choices(b) {
			if c.count >= 0 {
				check(c.text, c.count, func() { p.content.SetSelectedIndex(i) })
			}
		}
	}
	for i := range b.picks[len(b.picks)-1].choices(b) {
		check("an order", len(ids), func() { b.picks[len(b.picks)-1].content.SetSelectedIndex(i) })
	}
	b.entry.SetText("two")
	settle(w)
	if got := len(w.label.l.ids); got != 20 {
		t.Errorf("a search finds %d crops, want 20", got)
	}
	if len(*failures) > 0 {
		t.Errorf("failures: %v", *failures)
	}
}

// TestCountsMoveAtOnce shows a verdict in the counts before they are counted again.
func TestCountsMoveAtOnce(t *testing.T) {
	w, _, _ := open(t, 5)
	w.label.act(actFace)
	got := w.label.filter.facets
	if got.verdicts != [5]int{5, 4, 1, 0, 0} || got.all.Face != 1 || got.all.Unchecked != 4 {
		t.Errorf("after one face: %+v", got)
	}
	settle(w)
	if w.label.filter.facets.verdicts != got.verdicts {
		t.Errorf("counted again: %v", w.label.filter.facets.verdicts)
	}
}

func TestEpisodesOfTheTitle(t *testing.T) {
	w, _, _ := openReviewed(t)
	b := w.label.filter
	if len(b.facets.episodes) != 0 {
		t.Errorf("episodes without a title: %v", b.facets.episodes)
	}
	title := b.facets.titles[0]
	b.change(func(f *labelFilter) { f.title = title.value })
	settle(w)
	if len(b.facets.episodes) != 1 || b.facets.episodes[0].n != 20 {
		t.Fatalf("the episodes of %s are %v, want one with 20 crops", title.value, b.facets.episodes)
	}
	b.change(func(f *labelFilter) { f.episode = b.facets.episodes[0].value })
	settle(w)
	if len(w.label.l.ids) != 20 {
		t.Errorf("%d crops of the episode, want 20", len(w.label.l.ids))
	}
}
