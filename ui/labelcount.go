package ui

import (
	"context"
	"maps"
	"slices"
	"time"

	"frglab/dataset"
)

// facets are how many crops each choice of the sidebar would show, with the other
// choices as they are.
type facets struct {
	all       dataset.Counts // of the whole project
	verdicts  [5]int         // by the show constants
	finds     [4]int         // by the find constants
	splits    [3]int         // as labelFilter.split
	twins     int
	titles    []facet
	episodes  []facet
	proposers []facet
}

// facet is one of the values there are, with its count.
type facet struct {
	value string
	n     int
}

// counter counts in a job beside the window. While one runs, wishes add up to one more;
// it takes a tenth of one core at most.
type counter struct {
	t       *labelTab
	running bool
	again   bool
	of      labelFilter   // whose numbers are on screen or on their way
	took    time.Duration // the last time
}

type counted struct {
	n    facets
	err  error
	took time.Duration
}

// soon counts as things are now.
func (c *counter) soon() {
	p := c.t.s.project
	if p == nil {
		return
	}
	if c.running {
		c.again = true
		return
	}
	c.running, c.again = true, false
	f, pause := c.t.filter.state, 9*c.took
	if f != c.of {
		pause = 0 // the numbers on screen are those of another filter
	}
	c.of = f
	start(c.t.s.jobs, &job{name: tr("Count crops"), quiet: true, of: p}, func(ctx context.Context, _ *job) (counted, error) {
		select {
		case <-ctx.Done():
			return counted{}, ctx.Err()
		case <-time.After(pause):
		}
		began := time.Now()
		n, err := countFacets(p, f)
		return counted{n, err, time.Since(began)}, nil // a project that was closed meanwhile is no failure
	}, func(r counted, err error) {
		c.running, c.took = false, r.took
		if err == nil && p == c.t.s.project && f == c.t.filter.state && !c.again { // else the numbers are old already
			c.t.s.show(r.err)
			c.t.filter.facets = r.n
			c.t.filter.refresh()
			if len(c.t.l.ids) == 0 {
				c.t.modes[c.t.at].update(nil) // it may say now why
			}
		}
		if c.again {
			c.soon()
		}
	})
}

// move counts a verdict at once; the next count makes sure.
func (n *facets) move(from, to dataset.Sample) {
	for _, m := range []struct {
		s  dataset.Sample
		by int
	}{{from, -1}, {to, 1}} {
		n.verdicts[shownAs(m.s)] += m.by
		switch shownAs(m.s) {
		case showUnchecked:
			n.all.Unchecked += m.by
		case showFaces:
			n.all.Face += m.by
		case showOthers:
			n.all.Other += m.by
		case showUnsure:
			n.all.Unsure += m.by
		}
	}
}

// shownAs is the show constant that picks a sample.
func shownAs(s dataset.Sample) int {
	if !s.Checked {
		return showUnchecked
	}
	return showFaces + int(s.Class)
}

// countFacets asks the project for all numbers of the sidebar.
func countFacets(p *dataset.Project, f labelFilter) (n facets, err error) {
	if n.all, err = p.Counts(); err != nil {
		return n, err
	}
	c, err := p.Facets(f.query())
	if err != nil {
		return n, err
	}
	n.titles, n.proposers, n.twins = byName(c.Titles), byName(c.Proposers), c.Twins
	n.splits = [3]int{0, c.Split[dataset.Train], c.Split[dataset.Valid]}
	if n.episodes, err = countEpisodes(p, f); err != nil {
		return n, err
	}
	for show := showUnchecked; show <= showUnsure; show++ {
		of := f
		of.verdict = show
		if n.verdicts[show], err = p.Count(of.query()); err != nil {
			return n, err
		}
		n.verdicts[showAll] += n.verdicts[show]
	}
	for find := findUncertain; find <= findSuspected; find++ {
		of := f
		of.find, of.verdict = find, showAll
		if find == findUncertain {
			of.verdict = showUnchecked
		}
		if n.finds[find], err = p.Count(of.query()); err != nil {
			return n, err
		}
	}
	return n, nil
}

// countEpisodes counts those of the title that is chosen.
func countEpisodes(p *dataset.Project, f labelFilter) ([]facet, error) {
	if f.title == "" {
		return nil, nil
	}
	f.episode = ""
	n, err := p.Episodes(f.query())
	return byName(n), err
}

// byName sorts values by name.
func byName(n map[string]int) []facet {
	list := make([]facet, 0, len(n))
	for _, v := range slices.Sorted(maps.Keys(n)) {
		if v != "" {
			list = append(list, facet{v, n[v]})
		}
	}
	return list
}
