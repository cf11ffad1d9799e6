package dataset

import (
	"fmt"
	"slices"
)

// Counts are numbers of samples; removed ones are not in any. A sample counts under
// Face, Other or Unsure once it is checked.
type Counts struct {
	Samples   int `json:"samples"`
	Face      int `json:"face"`
	Other     int `json:"other"`
	Unsure    int `json:"unsure"`
	Unchecked int `json:"unchecked"`
	Train     int `json:"train"` // of Face and Other, what a training sees
	Valid     int `json:"valid"`
}

// TitleStats are the counts of one title.
type TitleStats struct {
	Title    string `json:"title"`
	Episodes int    `json:"episodes"`
	Counts
}

// Stats describe a project.
type Stats struct {
	Project string `json:"project"`
	Counts
	Sources   int            `json:"sources"`
	Titles    []TitleStats   `json:"titles"`    // by name
	Proposers map[string]int `json:"proposers"` // samples by who cut them
	Sizes     []SizeStats    `json:"sizes"`     // smallest first
	Runs      int            `json:"runs"`
	Findings
}

// SizeStats are the counts of the samples from one size up to the next: of the longer
// side of the box, of the crop where there is no box.
type SizeStats struct {
	From int `json:"from"` // pixels
	Counts
}

// sizes are where SizeStats begin.
var sizes = []int{0, 24, 48, 96, 192, 384}

const countColumns = `count(*), total(s.checked AND s.class = 0), total(s.checked AND s.class = 1), total(s.checked AND s.class = 2),
	total(NOT s.checked), total(s.checked AND s.class < 2 AND o.split = 0), total(s.checked AND s.class < 2 AND o.split = 1)`

// fields are where countColumns go.
func (c *Counts) fields() []any {
	return []any{
		&c.Samples,
		whole{&c.Face},
		whole{&c.Other},
		whole{&c.Unsure},
		whole{&c.Unchecked},
		whole{&c.Train},
		whole{&c.Valid},
	}
}

// whole scans what total() gives, a float, into an int.
type whole struct{ n *int }

// Scan implements sql.Scanner.
func (w whole) Scan(v any) error {
	f, ok := v.(float64)
	if !ok {
		return fmt.Errorf("%T is not a number", v)
	}
	*w.n = int(f)
	return nil
}

// Counts are the numbers of the whole project.
func (p *Project) Counts() (Counts, error) {
	var c Counts
	err := p.r.QueryRow("SELECT " + countColumns + " FROM samples s JOIN sources o ON o.id = s.source WHERE s.gone = 0").Scan(c.fields()...)
	if err != nil {
		return c, fmt.Errorf("count samples: project %q: %w", p.Name(), explain(err))
	}
	return c, nil
}

// Stats are the numbers of the whole project, and by title and proposer.
func (p *Project) Stats() (Stats, error) {
	s, err := p.stats()
	if err != nil {
		return Stats{}, fmt.Errorf("statistics: project %q: %w", p.Name(), explain(err))
	}
	return s, nil
}

func (p *Project) stats() (s Stats, err error) {
	s = Stats{Project: p.path, Titles: []TitleStats{}, Proposers: map[string]int{}}
	if s.Counts, err = p.Counts(); err != nil {
		return s, err
	}
	if err = p.r.QueryRow("SELECT (SELECT count(*) FROM sources), (SELECT count(*) FROM runs)").Scan(&s.Sources, &s.Runs); err != nil {
		return s, err
	}
	rows, err := p.r.Query("SELECT o.title, count(DISTINCT o.episode), " + countColumns + `
		FROM samples s JOIN sources o ON o.id = s.source WHERE s.gone = 0 GROUP BY o.title ORDER BY o.title`)
	if err != nil {
		return s, err
	}
	defer rows.Close()
	for rows.Next() {
		var t TitleStats
		if err := rows.Scan(append([]any{&t.Title, &t.Episodes}, t.fields()...)...); err != nil {
			return s, err
		}
		s.Titles = append(s.Titles, t)
	}
	if err := rows.Err(); err != nil {
		return s, err
	}
	if s.Proposers, err = countBy[string](p, Filter{}, "s.proposer"); err != nil {
		return s, err
	}
	if s.Sizes, err = p.sizes(); err != nil {
		return s, err
	}
	s.Findings, err = p.findings()
	return s, err
}

// sizes leaves out sizes that no sample has.
func (p *Project) sizes() ([]SizeStats, error) {
	from := "CASE"
	for _, size := range slices.Backward(sizes) {
		from += fmt.Sprintf(" WHEN %s >= %d THEN %d", side, size, size)
	}
	rows, err := p.r.Query("SELECT " + from + " END AS size, " + countColumns + `
		FROM samples s JOIN sources o ON o.id = s.source WHERE s.gone = 0 GROUP BY size ORDER BY size`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []SizeStats{}
	for rows.Next() {
		var s SizeStats
		if err := rows.Scan(append([]any{&s.From}, s.fields()...)...); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}
