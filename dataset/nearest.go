package dataset

import (
	"cmp"
	"database/sql"
	"fmt"
	"math"
	"slices"
)

// Neighbour is a sample, and how much it looks to a model like something else: the cosine
// of the angle between their embeddings, 1 for the same.
type Neighbour struct {
	ID    int64
	Class Class
	Like  float64
}

// Nearest are at most n checked samples that look to a model most like an embedding of its
// own, nearest first. Samples that the model of that name has not judged, see Review, are
// left out, so there may be none.
func (p *Project) Nearest(model string, embedding []int8, n int) ([]Neighbour, error) {
	near, err := p.nearest(model, embedding, n)
	if err != nil {
		return nil, fmt.Errorf("find look-alikes: project %q: %w", p.Name(), explain(err))
	}
	return near, nil
}

func (p *Project) nearest(model string, embedding []int8, n int) ([]Neighbour, error) {
	rows, err := p.r.Query(`SELECT s.id, s.class, embedding FROM judgements j JOIN samples s ON s.id = j.sample
		WHERE j.model = ? AND s.gone = 0 AND s.checked = 1`, model)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Neighbour
	for rows.Next() {
		var one Neighbour
		var raw sql.RawBytes
		if err := rows.Scan(&one.ID, &one.Class, &raw); err != nil {
			return nil, err
		}
		if v := vectorOf(raw); len(v) == len(embedding) {
			one.Like = Alike(embedding, v)
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b Neighbour) int { return cmp.Or(cmp.Compare(b.Like, a.Like), cmp.Compare(a.ID, b.ID)) })
	return all[:min(n, len(all))], rows.Err()
}

// Alike is the cosine of the angle between two embeddings of one model; -1 where they
// cannot be compared.
func Alike(a, b []int8) float64 {
	if len(a) == 0 || len(a) != len(b) {
		return -1
	}
	return cosine(a, b) / math.Sqrt(max(1, square(a)))
}

func square(v []int8) float64 {
	sum := 0
	for _, x := range v {
		sum += int(x) * int(x)
	}
	return float64(sum)
}
