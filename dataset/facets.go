package dataset

import (
	"fmt"
	"strings"
)

// Facets are how many samples there would be with another value in one field of a
// filter, and the others as they are: what stands beside the choices.
type Facets struct {
	Total      int // what the filter picks as it is
	Class      map[Class]int
	Checked    map[bool]int
	Split      map[Split]int
	Titles     map[string]int
	Proposers  map[string]int // each by itself, without Proposers
	Twins      int            // with OnlyTwins; and so below
	Uncertain  int            // with Uncertain of Doubt
	Disagree   int
	Suspicious int // with Suspected of Suspicion
}

// Facets counts. It takes a dozen queries of a few hundredths of a second each at
// 100,000 samples: do it beside the window's work.
func (p *Project) Facets(f Filter) (Facets, error) {
	c, err := p.facets(f)
	if err != nil {
		return Facets{}, fmt.Errorf("count samples: project %q: %w", p.Name(), explain(err))
	}
	return c, nil
}

func (p *Project) facets(f Filter) (c Facets, err error) {
	any := f
	any.Class = nil
	if c.Class, err = countBy[Class](p, any, "s.class"); err != nil {
		return c, err
	}
	any = f
	any.Checked = nil
	if c.Checked, err = countBy[bool](p, any, "s.checked"); err != nil {
		return c, err
	}
	any = f
	any.Split = nil
	if c.Split, err = countBy[Split](p, any, "o.split"); err != nil {
		return c, err
	}
	any = f
	any.Title, any.Episode = "", ""
	if c.Titles, err = countBy[string](p, any, "o.title"); err != nil {
		return c, err
	}
	any = f
	any.Proposer, any.Proposers = "", nil
	if c.Proposers, err = countBy[string](p, any, "s.proposer"); err != nil {
		return c, err
	}
	for _, one := range []struct {
		n   *int
		set func(*Filter)
	}{
		{&c.Total, func(*Filter) {}},
		{&c.Twins, func(f *Filter) { f.OnlyTwins = true }},
		{&c.Uncertain, func(f *Filter) { f.Uncertain = Doubt }},
		{&c.Disagree, func(f *Filter) { f.Disagreeing = true }},
		{&c.Suspicious, func(f *Filter) { f.Suspected = Suspicion }},
	} {
		with := f
		one.set(&with)
		if *one.n, err = p.count(with); err != nil {
			return c, err
		}
	}
	return c, nil
}

// countBy counts the samples that the filter picks by the value of a column of samples
// s or sources o.
func countBy[K comparable](p *Project, f Filter, column string) (map[K]int, error) {
	q := f.sql(false)
	if strings.HasPrefix(column, "o.") {
		q.from += " JOIN sources o ON o.id = s.source"
	}
	return pairs[K](p, "SELECT "+column+", count(*) FROM "+q.from+" WHERE "+q.where+" GROUP BY "+column, q.args...)
}

// pairs reads rows of a value and a number.
func pairs[K comparable](p *Project, query string, args ...any) (map[K]int, error) {
	rows, err := p.r.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	counts := map[K]int{}
	for rows.Next() {
		var k K
		var n int
		if err := rows.Scan(&k, &n); err != nil {
			return nil, err
		}
		counts[k] = n
	}
	return counts, rows.Err()
}
