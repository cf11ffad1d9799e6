package ui

import (
	"context"
	"maps"
	"slices"

	"frglab/dataset"
)

// loaded is what was chosen: which samples, in which order.
type loaded struct {
	project *dataset.Project
	ids     []int64
	index   map[int64]int // where an id stands in ids
	open    []bool        // those of ids that nobody has checked; kept up to date by labelTab.update
	left    int           // how many of open are true
	failed  error         // why there are no ids
	anew    bool          // by another filter, not because samples came or left
}

// choose shows what the filter asks for.
func (t *labelTab) choose() {
	clear(t.touched)
	t.anew = true
	t.load()
}

// reload shows what came to the project or left it meanwhile. Crops that were
// labelled since the filter was chosen stay where they are, whether it still picks
// them or not: nothing jumps under the hand.
func (t *labelTab) reload() {
	t.rows.forget()
	t.load()
}

// load asks the project for the samples to show. The latest wish wins.
func (t *labelTab) load() {
	p := t.s.project
	if p == nil {
		return
	}
	if t.loading != nil {
		t.loading.cancel()
	}
	f, old := t.filter.state.query(), t.l.ids
	var only []int64
	if t.filter.state.only != "" {
		only = t.only
	}
	touched, anew := maps.Clone(t.touched), t.anew
	var mine *job
	mine = start(t.s.jobs, &job{name: tr("Show crops"), quiet: true, of: p}, func(ctx context.Context, _ *job) (loaded, error) {
		l, err := load(ctx, p, f, only, old, touched)
		if err != nil && ctx.Err() == nil {
			l.failed, err = err, nil // a project that was closed meanwhile is no failure
		}
		return l, err
	}, func(l loaded, err error) {
		if err != nil || l.project != t.s.project || t.loading != mine {
			return
		}
		if l.failed != nil {
			t.s.show(l.failed)
			return
		}
		l.anew, t.anew = anew, false
		t.show(l)
	})
	t.loading = mine
	t.counter.soon()
}

func load(ctx context.Context, p *dataset.Project, f dataset.Filter, only, old []int64, touched map[int64]bool) (loaded, error) {
	l := loaded{project: p}
	ids, err := p.IDs(f)
	if err != nil {
		return l, err
	}
	if only != nil {
		ids = among(only, ids)
	}
	l.ids = keepTouched(ids, old, stillThere(p, ids, touched))
	l.index = make(map[int64]int, len(l.ids))
	for i, id := range l.ids {
		l.index[id] = i
	}
	if err := ctx.Err(); err != nil {
		return l, err
	}
	return l, l.findOpen()
}

// among are those of list that are in ids, in the order of list.
func among(list, ids []int64) []int64 {
	in := make(map[int64]bool, len(ids))
	for _, id := range ids {
		in[id] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(id int64) bool { return !in[id] })
}

// showOnly shows a list of crops in its order, until the filter is reset, and looks at current,
// or where that is 0 at the first. What says which they are.
func (t *labelTab) showOnly(ids []int64, current int64, what string) {
	t.only = ids
	if t.wanted = current; current == 0 && len(ids) > 0 {
		t.wanted = ids[0]
	}
	t.filter.change(func(f *labelFilter) { *f = labelFilter{} })
	t.filter.change(func(f *labelFilter) { f.only = what })
}

// findOpen fills open and left.
func (l *loaded) findOpen() error {
	no := false
	unchecked, err := l.project.IDs(dataset.Filter{Checked: &no})
	l.open = make([]bool, len(l.ids))
	for _, id := range unchecked {
		if i, ok := l.index[id]; ok {
			l.open[i] = true
			l.left++
		}
	}
	return err
}

// note brings open and left up to date with samples as they are now.
func (l *loaded) note(samples []dataset.Sample) {
	for _, s := range samples {
		if i, ok := l.index[s.ID]; ok && l.open[i] == s.Checked {
			l.open[i] = !s.Checked
			if s.Checked {
				l.left--
			} else {
				l.left++
			}
		}
	}
}

// nextOpen is the first unchecked crop behind id, or else from the front; id itself comes last.
func (l *loaded) nextOpen(id int64) (int64, bool) {
	at, ok := l.index[id]
	if !ok {
		at = -1
	}
	for i := range l.ids {
		if j := (at + 1 + i) % len(l.ids); l.open[j] {
			return l.ids[j], true
		}
	}
	return 0, false
}

// stillThere drops from touched what is among the ids, or not in the project any more.
func stillThere(p *dataset.Project, ids []int64, touched map[int64]bool) map[int64]bool {
	for _, id := range ids {
		delete(touched, id)
	}
	list := slices.Collect(maps.Keys(touched))
	if _, err := p.Samples(list); err == nil {
		return touched
	}
	for _, id := range list {
		if _, err := p.Samples([]int64{id}); err != nil {
			delete(touched, id)
		}
	}
	return touched
}

// keepTouched puts those of old that were touched and are no longer among the new
// ids back behind the one they followed.
func keepTouched(ids, old []int64, touched map[int64]bool) []int64 {
	if len(touched) == 0 {
		return ids
	}
	picked := make(map[int64]bool, len(ids))
	for _, id := range ids {
		picked[id] = true
	}
	after := map[int64][]int64{} // by the last one before that stays; 0 for none
	last, kept := int64(0), 0
	for _, id := range old {
		if picked[id] {
			last = id
		} else if touched[id] {
			after[last] = append(after[last], id)
			kept++
		}
	}
	out := append(make([]int64, 0, len(ids)+kept), after[0]...)
	for _, id := range ids {
		out = append(append(out, id), after[id]...)
	}
	return out
}

// show puts what was loaded on screen.
func (t *labelTab) show(l loaded) {
	t.current = survivor(t.current, t.l, l)
	if _, ok := l.index[t.wanted]; ok {
		t.current = t.wanted
	}
	t.wanted = 0
	t.l = l
	t.rows.choose(l)
	t.modes[t.at].show(l)
	t.look.show(t.current)
	t.filter.refresh()
}

// survivor is the crop to look at when others were chosen: the same, else the next
// one of the old ones that is still there, else the first; 0 where there are none.
func survivor(id int64, old, now loaded) int64 {
	if i, ok := old.index[id]; ok {
		for _, id := range old.ids[i:] {
			if _, ok := now.index[id]; ok {
				return id
			}
		}
	}
	if _, ok := now.index[id]; ok {
		return id
	}
	if len(now.ids) == 0 {
		return 0
	}
	return now.ids[0]
}
