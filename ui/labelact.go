package ui

import (
	"context"
	"errors"
	"maps"

	"frglab/dataset"
)

// manyIDs is from how many samples on the screen is brought up to date in a job.
const manyIDs = 4000

// verdict labels what the mode is about: by itself, the current crop.
func (t *labelTab) verdict(c dataset.Class) {
	if m, ok := t.modes[t.at].(verdictMode); ok {
		m.verdict(c)
	} else if t.current != 0 {
		t.label(map[int64]dataset.Class{t.current: c}, whatLabel(c))
	}
}

// label makes verdicts durable and shows them; what is the English name of the act,
// see actName. Crops stay where they are until the filter is chosen anew.
func (t *labelTab) label(changes map[int64]dataset.Class, what string) bool {
	changes = t.withTwins(changes)
	ids := make([]int64, 0, len(changes))
	for id := range changes {
		ids = append(ids, id)
	}
	return t.do(ids, what, func(p *dataset.Project) error { return p.Label(changes, what) })
}

// withTwins adds to verdicts those on the unchecked duplicates that are folded away: what
// is shown for them speaks for them.
func (t *labelTab) withTwins(changes map[int64]dataset.Class) map[int64]dataset.Class {
	if t.filter.state.twins != twinsFolded {
		return changes
	}
	all := maps.Clone(changes)
	for id, class := range changes {
		if s, ok := t.rows.get(id); !ok || s.Twins == 0 {
			continue
		}
		twins, err := t.s.project.Twins(id)
		samples, err2 := t.s.project.Samples(twins)
		if err := errors.Join(err, err2); err != nil {
			t.s.show(err)
			continue
		}
		for _, s := range samples {
			if _, given := changes[s.ID]; !given && !s.Checked {
				all[s.ID] = class
			}
		}
	}
	return all
}

// remove takes the selection, or the current crop, out of the project.
func (t *labelTab) remove() {
	ids := []int64{t.current}
	if m, ok := t.modes[t.at].(interface{ chosen() []int64 }); ok {
		ids = m.chosen()
	}
	if len(ids) == 0 || ids[0] == 0 {
		return
	}
	what := whatRemove
	t.do(ids, what, func(p *dataset.Project) error { return p.Remove(ids, what) })
}

// do runs an act, counts it and shows what it did.
func (t *labelTab) do(ids []int64, what string, act func(p *dataset.Project) error) bool {
	if t.s.project == nil || len(ids) == 0 {
		return false
	}
	if err := act(t.s.project); err != nil {
		t.s.show(err)
		return false
	}
	t.speed.add(len(ids))
	t.s.notify(actText(what, len(ids)))
	t.update(ids)
	return true
}

// update shows samples that an act changed, or that came or left by it.
func (t *labelTab) update(ids []int64) {
	unknown := len(ids) > manyIDs
	for _, id := range ids {
		if _, ok := t.l.index[id]; ok {
			t.touched[id] = true
		} else if t.filter.state.twins != twinsFolded {
			unknown = true
		}
	}
	if !unknown {
		samples, err := t.s.project.Samples(ids)
		for _, s := range samples {
			if old, ok := t.rows.have[s.ID]; ok {
				t.filter.facets.move(old, s)
			}
		}
		t.rows.put(samples)
		t.l.note(samples)
		unknown = err != nil // some are gone
	}
	if unknown {
		t.rows.forget(ids...)
		t.load()
		return
	}
	t.modes[t.at].update(ids)
	t.look.show(t.current)
	t.filter.refresh()
	t.counter.soon()
}

func (t *labelTab) undo() {
	if act, ok := t.walk((*dataset.Project).Undo); ok {
		t.s.notify(tr("Undone: %s", actText(act.What, act.N)))
	}
}

func (t *labelTab) redo() {
	if act, ok := t.walk((*dataset.Project).Redo); ok {
		t.s.notify(tr("Done again: %s", actText(act.What, act.N)))
	}
}

// walk goes one step through the history and shows what changed.
func (t *labelTab) walk(step func(*dataset.Project) (dataset.Act, error)) (act dataset.Act, ok bool) {
	if t.s.project == nil {
		return act, false
	}
	act, err := step(t.s.project)
	if errors.Is(err, dataset.ErrNothing) {
		t.s.notify(tr("Nothing more in the history."))
		return act, false
	}
	if err != nil {
		t.s.show(err)
		return act, false
	}
	t.walked(act.IDs)
	return act, true
}

// walked shows what steps through the history changed, and looks at the first.
func (t *labelTab) walked(ids []int64) {
	if len(ids) > 0 {
		t.wanted = ids[0]
		if _, ok := t.l.index[t.wanted]; ok {
			t.current = t.wanted
		}
	}
	t.update(ids)
}

// walkBy goes n steps back, or forth where n is negative, in a job, and then calls done.
func (t *labelTab) walkBy(n int, done func()) {
	p, step := t.s.project, (*dataset.Project).Undo
	if n < 0 {
		n, step = -n, (*dataset.Project).Redo
	}
	start(t.s.jobs, &job{name: tr("History"), of: p}, func(ctx context.Context, j *job) (ids []int64, err error) {
		for i := range n {
			act, err := step(p)
			if err != nil {
				return ids, err
			}
			ids = append(ids, act.IDs...)
			j.tell(float64(i+1)/float64(n), "")
			if ctx.Err() != nil {
				return ids, ctx.Err()
			}
		}
		return ids, nil
	}, func(ids []int64, _ error) {
		if p == t.s.project {
			t.walked(ids)
			t.s.notify(tr("%d steps through the history.", n))
			done()
		}
	})
}
