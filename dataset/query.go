package dataset

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"strings"
	"time"
)

// IDs are the samples that the filter picks, in its order.
func (p *Project) IDs(f Filter) ([]int64, error) {
	where, args := f.where()
	from := "samples s"
	if f.Split != nil || f.Title != "" || f.Episode != "" || f.Order == ByPlace {
		from += " JOIN sources o ON o.id = s.source"
	}
	order := map[Order]string{
		ByAdded: "s.id",
		ByPlace: "o.title, o.episode, o.path, s.frame, s.id",
		ByScore: "s.score DESC, s.id",
	}[f.Order]
	ids, err := scanIDs(p.r.Query("SELECT s.id FROM "+from+" WHERE "+where+" ORDER BY "+order, args...))
	if err != nil {
		return nil, fmt.Errorf("list samples: project %q: %w", p.Name(), explain(err))
	}
	return ids, nil
}

// where is the filter as a condition on s (samples) and o (sources).
func (f Filter) where() (string, []any) {
	conds, args := []string{"s.gone = 0"}, []any{}
	add := func(cond string, arg any) {
		conds, args = append(conds, cond), append(args, arg)
	}
	if f.Checked != nil {
		add("s.checked = ?", *f.Checked)
	}
	if f.Class != nil {
		add("s.class = ?", *f.Class)
	}
	if f.Split != nil {
		add("o.split = ?", *f.Split)
	}
	if f.Title != "" {
		add("o.title = ?", f.Title)
	}
	if f.Episode != "" {
		add("o.episode = ?", f.Episode)
	}
	if f.Proposer != "" {
		add("s.proposer = ?", f.Proposer)
	}
	return strings.Join(conds, " AND "), args
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
			s.frame, s.at, s.x, s.y, s.w, s.h, s.proposer, s.score, s.width, s.height
		FROM json_each(?) c CROSS JOIN samples s ON s.id = c.value JOIN sources o ON o.id = s.source
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
			&s.Frame, &at, &x, &y, &w, &h, &s.Proposer, &s.Score, &s.Width, &s.Height); err != nil {
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
