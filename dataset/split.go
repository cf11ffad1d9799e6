package dataset

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// group is what goes to one side of a split as a whole.
type group struct {
	sources []int64
	samples int
	faces   int
}

// AutoSplit decides anew which sources are for validation, until about validShare
// (between 0 and 1) of all faces and other things that are labelled are; of all samples
// where none is labelled. Whole titles go to one side; with one title
// only, whole episodes; with one episode only, whole sources, of which those with near-duplicates
// of each other (see Review) stay together. A single source stays in training. Of some such choices it takes one that has about its share of the faces
// too. The same samples and seed give the same split. It is one act for Undo.
func (p *Project) AutoSplit(validShare float64, seed uint64) error {
	if !(validShare > 0 && validShare < 1) {
		return fmt.Errorf("split project %q: the share for validation is %g: choose one between 0 and 1, such as 0.2", p.Name(), validShare)
	}
	_, err := p.act(context.Background(), 0, "split", func(tx *sql.Tx, act int64) error {
		groups, err := groupSources(tx)
		if err != nil {
			return err
		}
		valid, err := jsonText(pickBalanced(groups, validShare, rand.New(rand.NewPCG(seed, 1))))
		if err != nil {
			return err
		}
		_, err = tx.Exec(`WITH new AS (SELECT id, split, id IN (SELECT value FROM json_each(?)) AS want FROM sources)
			INSERT INTO changes (act, kind, id, before, after) SELECT ?, ?, id, split, want FROM new WHERE split <> want`, valid, act, ofSource)
		return errors.Join(err, apply(tx, act, "after"))
	})
	if err != nil {
		return fmt.Errorf("split project %q: %w", p.Name(), err)
	}
	return nil
}

// groupSources puts the sources together by title, or else by episode, or else each for
// itself, in the order of names and paths. Sources without samples that count go along.
func groupSources(tx *sql.Tx) ([]group, error) {
	sources, err := readSources(tx)
	if err != nil {
		return nil, err
	}
	distinct := [3]map[string]bool{{}, {}, {}}
	for _, s := range sources {
		for level := range distinct {
			if s.samples > 0 {
				distinct[level][s.keys[level]] = true
			}
		}
	}
	level := 0
	for level < 2 && len(distinct[level]) < 2 {
		level++
	}
	kin := map[int64]string{}
	if level == 2 {
		if kin, err = kinOfTwins(tx); err != nil {
			return nil, err
		}
	}
	var groups []group
	at := map[string]int{}
	for _, s := range sources {
		id := s.sources[0]
		key := s.keys[level]
		if k, ok := kin[id]; ok {
			key = k
		}
		i, ok := at[key]
		if !ok {
			i = len(groups)
			at[key] = i
			groups = append(groups, group{})
		}
		groups[i].sources = append(groups[i].sources, id)
		groups[i].samples += s.samples
		groups[i].faces += s.faces
	}
	return groups, nil
}

// source is a group of one, and how it may be put together with others.
type source struct {
	group
	keys [3]string // by title, by episode, by path
}

// readSources counts what is labelled of each source, or all where nothing is.
func readSources(tx *sql.Tx) ([]source, error) {
	rows, err := tx.Query(`
		WITH counted AS (SELECT source, class, checked AND class < 2 AS labelled FROM samples WHERE gone = 0)
		SELECT o.id, o.title, o.episode, o.path, count(c.source), count(*) FILTER (WHERE c.labelled AND c.class = 0)
		FROM sources o LEFT JOIN counted c ON c.source = o.id AND (c.labelled OR NOT EXISTS (SELECT 1 FROM counted WHERE labelled))
		GROUP BY o.id ORDER BY o.title, o.episode, o.path`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var sources []source
	for rows.Next() {
		var id int64
		var title, episode, path string
		var s source
		if err := rows.Scan(&id, &title, &episode, &path, &s.samples, &s.faces); err != nil {
			return nil, err
		}
		s.sources = []int64{id}
		s.keys = [3]string{title, title + "\x00" + episode, path}
		sources = append(sources, s)
	}
	return sources, rows.Err()
}

// kinOfTwins gives the sources that near-duplicates tie together, directly or through
// others, a key in common. Sources without such ties have none.
func kinOfTwins(tx *sql.Tx) (map[int64]string, error) {
	rows, err := tx.Query(`SELECT DISTINCT a.source, b.source FROM twins t
		JOIN samples a ON a.id = t.sample JOIN samples b ON b.id = t.leader WHERE a.source <> b.source`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	parent := map[int64]int64{}
	root := func(id int64) int64 {
		for parent[id] != 0 && parent[id] != id {
			id = parent[id]
		}
		return id
	}
	for rows.Next() {
		var a, b int64
		if err := rows.Scan(&a, &b); err != nil {
			return nil, err
		}
		a, b = root(a), root(b)
		parent[a], parent[b] = min(a, b), min(a, b)
	}
	kin := map[int64]string{}
	for id := range parent {
		kin[id] = fmt.Sprint("\x00", root(id)) // no path begins like this
	}
	return kin, rows.Err()
}

// draws is how many choices pickBalanced compares: with 30 single crops for validation,
// the best of so many misses the share of faces by less than one crop.
const draws = 16

// pickBalanced draws some choices, and returns the sources of the one whose shares of
// the samples and of the faces are nearest to share.
func pickBalanced(groups []group, share float64, rng *rand.Rand) []int64 {
	var all group
	for _, g := range groups {
		all.samples += g.samples
		all.faces += g.faces
	}
	off := func(part, all int) float64 { return math.Abs(float64(part)/float64(max(all, 1)) - share) }
	var best group
	least := math.Inf(1)
	for range draws {
		v := pickValid(groups, share, rng)
		if o := off(v.samples, all.samples) + off(v.faces, all.faces); o < least {
			best, least = v, o
		}
	}
	return best.sources
}

// pickValid draws groups in random order, and takes each that brings validation
// nearer to its share. Where all are too large it takes the smallest; it never takes
// all that have samples.
func pickValid(groups []group, share float64, rng *rand.Rand) group {
	total, filled, smallest := 0, 0, -1
	for i, g := range groups {
		total += g.samples
		if g.samples == 0 {
			continue
		}
		filled++
		if smallest < 0 || g.samples < groups[smallest].samples {
			smallest = i
		}
	}
	picked, taken := group{sources: []int64{}}, 0
	take := func(g group) {
		picked.sources = append(picked.sources, g.sources...)
		picked.samples += g.samples
		picked.faces += g.faces
		taken++
	}
	if filled < 2 {
		return picked
	}
	want := share * float64(total)
	for _, i := range rng.Perm(len(groups)) {
		n := groups[i].samples
		if n == 0 || taken == filled-1 || 2*float64(picked.samples)+float64(n) > 2*want {
			continue
		}
		take(groups[i])
	}
	if taken == 0 {
		take(groups[smallest])
	}
	return picked
}
