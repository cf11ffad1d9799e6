package dataset

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
)

// group is what goes to one side of a split as a whole.
type group struct {
	sources []int64
	samples int
}

// AutoSplit decides anew which sources are for validation, until about validShare
// (between 0 and 1) of all samples are. Whole titles go to one side; with one title
// only, whole episodes; with one episode only, whole sources. A single source stays in
// training. The same samples and seed give the same split. It is one act for Undo.
func (p *Project) AutoSplit(validShare float64, seed uint64) error {
	if !(validShare > 0 && validShare < 1) {
		return fmt.Errorf("split project %q: the share for validation is %g: choose one between 0 and 1, such as 0.2", p.Name(), validShare)
	}
	_, err := p.act(context.Background(), 0, "split", func(tx *sql.Tx, act int64) error {
		groups, err := groupSources(tx)
		if err != nil {
			return err
		}
		valid, err := jsonText(pickValid(groups, validShare, rand.New(rand.NewPCG(seed, 1))))
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
// itself, in the order of names and paths. Sources without samples go along.
func groupSources(tx *sql.Tx) ([]group, error) {
	rows, err := tx.Query(`SELECT o.id, o.title, o.episode, o.path, count(s.id) FROM sources o
		LEFT JOIN samples s ON s.source = o.id AND s.gone = 0 GROUP BY o.id ORDER BY o.title, o.episode, o.path`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	type source struct {
		id   int64
		keys [3]string // by title, by episode, by path
		n    int
	}
	var sources []source
	distinct := [3]map[string]bool{{}, {}, {}}
	for rows.Next() {
		var s source
		var title, episode, path string
		if err := rows.Scan(&s.id, &title, &episode, &path, &s.n); err != nil {
			return nil, err
		}
		s.keys = [3]string{title, title + "\x00" + episode, path}
		for level := range distinct {
			if s.n > 0 {
				distinct[level][s.keys[level]] = true
			}
		}
		sources = append(sources, s)
	}
	level := 0
	for level < 2 && len(distinct[level]) < 2 {
		level++
	}
	var groups []group
	at := map[string]int{}
	for _, s := range sources {
		i, ok := at[s.keys[level]]
		if !ok {
			i = len(groups)
			at[s.keys[level]] = i
			groups = append(groups, group{})
		}
		groups[i].sources = append(groups[i].sources, s.id)
		groups[i].samples += s.n
	}
	return groups, rows.Err()
}

// pickValid draws groups in random order, and takes each that brings validation
// nearer to its share. Where all are too large it takes the smallest; it never takes
// all that have samples.
func pickValid(groups []group, share float64, rng *rand.Rand) []int64 {
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
	picked, taken := []int64{}, 0
	if filled < 2 {
		return picked
	}
	want := share * float64(total)
	have := 0
	for _, i := range rng.Perm(len(groups)) {
		n := groups[i].samples
		if n == 0 || taken == filled-1 || 2*float64(have)+float64(n) > 2*want {
			continue
		}
		picked, have, taken = append(picked, groups[i].sources...), have+n, taken+1
	}
	if taken == 0 {
		picked = append(picked, groups[smallest].sources...)
	}
	return picked
}
