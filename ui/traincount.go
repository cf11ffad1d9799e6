package ui

import (
	"context"
	"time"

	"frglab/dataset"
	"frglab/ui/cli"
)

// count says how many crops a training would have.
func (t *trainTab) count() { t.recount(nil) }

// recount does so, and calls then, if it is not nil, once the numbers are there.
func (t *trainTab) recount(then func()) {
	p := t.s.project
	if p == nil {
		t.form.data.SetText(tr("No project is open: File › New project."))
		return
	}
	type found struct {
		n    [2]dataset.Counts
		leak dataset.Leak
	}
	start(t.s.jobs, &job{name: tr("Count crops"), quiet: true, of: p}, func(context.Context, *job) (f found, err error) {
		if f.n, err = splitCounts(p); err == nil {
			f.leak, err = p.Leak()
		}
		return f, err
	}, func(f found, err error) {
		if err == nil && p == t.s.project {
			t.counted, t.leak = f.n, f.leak
			text := describeSplit(f.n)
			if f.leak.Optimistic() {
				text += "\n" + describeLeak(f.leak)
			}
			t.form.data.SetText(text)
			t.form.guess()
			if then != nil {
				then()
			}
		}
	})
}

// splitCounts counts what a training on each side of the split would see.
func splitCounts(p *dataset.Project) (n [2]dataset.Counts, err error) {
	for _, split := range []dataset.Split{dataset.Train, dataset.Valid} {
		for _, class := range []dataset.Class{dataset.Face, dataset.Other} {
			checked := true
			ids, err := p.IDs(dataset.Filter{Split: &split, Class: &class, Checked: &checked})
			if err != nil {
				return n, err
			}
			if class == dataset.Face {
				n[split].Face = len(ids)
			} else {
				n[split].Other = len(ids)
			}
		}
	}
	return n, nil
}

func describeSides(n [2]dataset.Counts) string {
	return tr("To learn from: %d faces, %d others", n[dataset.Train].Face, n[dataset.Train].Other) +
		"\n" + tr("To check with: %d faces, %d others", n[dataset.Valid].Face, n[dataset.Valid].Other)
}

// describeSplit says it in words, and what to do where it is not enough.
func describeSplit(n [2]dataset.Counts) string {
	text := describeSides(n)
	if lacks(n) {
		text += "\n" + tr("Both need faces and others: label more, or split anew.")
	}
	return text
}

func describeLeak(l dataset.Leak) string {
	return tr("%d of %d crops to check with have a near-duplicate among those to learn from: the figures will be optimistic. Split anew.", l.Leaked, l.Valid)
}

// split decides anew which titles are for validation.
func (t *trainTab) split() {
	p := t.s.project
	if p == nil {
		return
	}
	start(t.s.jobs, &job{name: tr("Split"), of: p}, func(context.Context, *job) (struct{}, error) {
		return struct{}{}, autoSplit(p)
	}, func(struct{}, error) { call(t.s.onSamples) })
}

func autoSplit(p *dataset.Project) error {
	return p.AutoSplit(cli.ValidShare, uint64(time.Now().UnixNano()))
}
