package dataset

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"slices"
	"time"
)

// orders are what IDs sorts by, in SQL, and whether that takes judgements j and sources o.
var orders = map[Order]struct {
	sql            string
	judged, placed bool
}{
	ByAdded:        {sql: "s.id"},
	ByPlace:        {sql: "o.title, o.episode, o.path, s.frame, s.id", placed: true},
	ByScore:        {sql: "s.score DESC, s.id"},
	ByNewest:       {sql: "s.id DESC"},
	ByUncertainty:  {sql: "abs(j.face - 0.5) NULLS LAST, s.id", judged: true},
	ByDisagreement: {sql: against + " DESC NULLS LAST, s.id", judged: true},
	BySuspicion:    {sql: suspicion + " DESC NULLS LAST, s.id", judged: true},
	BySimilarity:   {sql: "s.id"},
	ByCluster:      {sql: "s.id"},
}

// IDs are the samples that the filter picks, in its order.
func (p *Project) IDs(f Filter) ([]int64, error) {
	ids, err := p.ids(f)
	if err == nil && f.Order == BySimilarity {
		err = p.sortLike(ids, f.Like)
	} else if err == nil && f.Order == ByCluster {
		var groups [][]int64
		groups, err = p.clusters(ids)
		ids = slices.Concat(groups...)
	}
	if err != nil {
		return nil, fmt.Errorf("list samples: project %q: %w", p.Name(), explain(err))
	}
	return ids, nil
}

func (p *Project) ids(f Filter) ([]int64, error) {
	order := orders[f.Order]
	q := f.sql(order.judged)
	if order.placed {
		q.from += " JOIN sources o ON o.id = s.source"
	}
	return scanIDs(p.r.Query("SELECT s.id FROM "+q.from+" WHERE "+q.where+" ORDER BY "+order.sql, q.args...))
}

// Count is how many samples the filter picks.
func (p *Project) Count(f Filter) (int, error) {
	n, err := p.count(f)
	if err != nil {
		return 0, fmt.Errorf("count samples: project %q: %w", p.Name(), explain(err))
	}
	return n, nil
}

func (p *Project) count(f Filter) (n int, err error) {
	q := f.sql(false)
	return n, p.r.QueryRow("SELECT count(*) FROM "+q.from+" WHERE "+q.where, q.args...).Scan(&n)
}

// scanIDs drains rows of one integer.
func scanIDs(rows *sql.Rows, err error) ([]int64, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// jsonText is v for SQLite's json_each: the way to hand it a list of any length.
func jsonText(v any) (string, error) {
	text, err := json.Marshal(v)
	return string(text), err
}

// Samples are the samples with these ids, in their order. One that was removed, or
// never was, is an error.
func (p *Project) Samples(ids []int64) ([]Sample, error) {
	list, err := p.samples(ids)
	if err != nil {
		return nil, fmt.Errorf("read samples: project %q: %w", p.Name(), explain(err))
	}
	return list, nil
}

func (p *Project) samples(ids []int64) ([]Sample, error) {
	list, err := jsonText(ids)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	rows, err := p.r.Query(`SELECT s.id, s.class, s.checked, o.split, s.source, o.title, o.episode, o.path,
			s.frame, s.at, s.x, s.y, s.w, s.h, s.proposer, s.score, s.width, s.height,
			j.face IS NOT NULL, coalesce(j.face, 0), coalesce(`+suspicion+`, 0),
			coalesce((SELECT l.id FROM twins t CROSS JOIN samples l ON l.id = t.leader WHERE t.sample = s.id AND l.gone = 0), 0),
			(SELECT count(*) FROM twins t CROSS JOIN samples m ON m.id = t.sample WHERE t.leader = s.id AND m.gone = 0)
		FROM json_each(?) c CROSS JOIN samples s ON s.id = c.value JOIN sources o ON o.id = s.source
			LEFT JOIN judgements j ON j.sample = s.id
		WHERE s.gone = 0 ORDER BY c.key`, list)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	samples := make([]Sample, 0, len(ids))
	for rows.Next() {
		var s Sample
		var at int64
		var x, y, w, h int
		if err := rows.Scan(&s.ID, &s.Class, &s.Checked, &s.Split, &s.Source, &s.Title, &s.Episode, &s.Path,
			&s.Frame, &at, &x, &y, &w, &h, &s.Proposer, &s.Score, &s.Width, &s.Height,
			&s.Judged, &s.FaceP, &s.Suspicion, &s.Leader, &s.Twins); err != nil {
			return nil, err
		}
		s.At, s.Box = time.Duration(at), image.Rect(x, y, x+w, y+h)
		samples = append(samples, s)
	}
	for i, id := range ids {
		if rows.Err() == nil && (i >= len(samples) || samples[i].ID != id) {
			return nil, fmt.Errorf("sample %d is not in the project any more: reload the page", id)
		}
	}
	return samples, rows.Err()
}

// Twins are the near-duplicates of a sample, with itself: the one that is shown for the
// others first, then by id.
func (p *Project) Twins(id int64) ([]int64, error) {
	ids, err := scanIDs(p.r.Query(`WITH l (id) AS (SELECT coalesce((SELECT leader FROM twins WHERE sample = ?1), ?1))
		SELECT s.id FROM samples s WHERE s.gone = 0 AND (s.id = (SELECT id FROM l) OR s.id IN (SELECT sample FROM twins WHERE leader = (SELECT id FROM l)))
		ORDER BY s.id <> (SELECT id FROM l), s.id`, id))
	if err != nil {
		return nil, fmt.Errorf("list the near-duplicates of sample %d: project %q: %w", id, p.Name(), explain(err))
	}
	return ids, nil
}

// Crop decodes the crop of a sample, also of one that was removed. The image is the
// caller's.
func (p *Project) Crop(id int64) (*image.RGBA, error) {
	img, err := p.crop(id)
	if err != nil {
		return nil, fmt.Errorf("read the crop of sample %d: project %q: %w", id, p.Name(), explain(err))
	}
	return img, nil
}

func (p *Project) crop(id int64) (*image.RGBA, error) {
	var data []byte
	err := p.r.QueryRow("SELECT png FROM crops WHERE sample = ?", id).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errors.New("it is not in the project any more: reload the page")
	} else if err != nil {
		return nil, err
	}
	return DecodeImage("stored crop", bytes.NewReader(data))
}

// Titles are the titles of the project's samples, sorted.
func (p *Project) Titles() ([]string, error) {
	rows, err := p.r.Query(`SELECT DISTINCT title FROM sources o
		WHERE EXISTS (SELECT 1 FROM samples s WHERE s.source = o.id AND s.gone = 0) ORDER BY title`)
	if err != nil {
		return nil, fmt.Errorf("list titles: project %q: %w", p.Name(), explain(err))
	}
	defer rows.Close()
	var titles []string
	for rows.Next() {
		var title string
		if err := rows.Scan(&title); err != nil {
			return nil, err
		}
		titles = append(titles, title)
	}
	return titles, rows.Err()
}
