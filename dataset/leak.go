package dataset

import "fmt"

// Leak says how far validation crops have near-duplicates in training, which flatter a
// score. Only crops that a training sees count: checked, face or other. It goes by the
// twins that the last Review found, and by the split as it is now.
type Leak struct {
	Valid   int         `json:"valid"`   // validation crops
	Leaked  int         `json:"leaked"`  // of these, with a near-duplicate in training
	Unknown int         `json:"unknown"` // crops of both sides that no Review has looked at
	Titles  []TitleLeak `json:"titles"`  // titles with leaked crops, the worst first
}

// TitleLeak is the leak of one title of the validation side.
type TitleLeak struct {
	Title  string `json:"title"`
	Valid  int    `json:"valid"`
	Leaked int    `json:"leaked"`
}

// Optimistic says whether scores on the validation crops are better than on new
// pictures: wherever they are shown they are to be marked so.
func (l Leak) Optimistic() bool { return l.Leaked > 0 }

// MostLeak is the share of leaked validation crops above which a training should not be
// started: a network gets near-duplicates right, so that at 5 % they hide as many crops
// as a network of 95 % accuracy gets wrong.
const MostLeak = 0.05

// TooMuch says whether more leaks than a training should be started with.
func (l Leak) TooMuch() bool { return float64(l.Leaked) > MostLeak*float64(l.Valid) }

// Leak compares the two sides of the split.
func (p *Project) Leak() (Leak, error) {
	l, err := p.leak()
	if err != nil {
		return Leak{}, fmt.Errorf("look for leaks: project %q: %w", p.Name(), explain(err))
	}
	return l, nil
}

func (p *Project) leak() (Leak, error) {
	l := Leak{Titles: []TitleLeak{}}
	err := p.r.QueryRow(`SELECT count(*) FROM samples s WHERE gone = 0 AND checked = 1 AND class < 2
		AND NOT EXISTS (SELECT 1 FROM prints WHERE sample = s.id)`).Scan(&l.Unknown)
	if err != nil {
		return l, err
	}
	rows, err := p.r.Query(`
		WITH members (id, leader) AS (SELECT sample, leader FROM twins UNION SELECT leader, leader FROM twins),
		trained (leader) AS (SELECT DISTINCT m.leader FROM members m JOIN samples s ON s.id = m.id JOIN sources o ON o.id = s.source
			WHERE s.gone = 0 AND s.checked = 1 AND s.class < 2 AND o.split = 0),
		leaked (id) AS (SELECT id FROM members WHERE leader IN trained)
		SELECT o.title, count(*), total(s.id IN leaked) AS n FROM samples s JOIN sources o ON o.id = s.source
		WHERE s.gone = 0 AND s.checked = 1 AND s.class < 2 AND o.split = 1 GROUP BY o.title ORDER BY n DESC, o.title`)
	if err != nil {
		return l, err
	}
	defer rows.Close()
	for rows.Next() {
		var t TitleLeak
		if err := rows.Scan(&t.Title, &t.Valid, whole{&t.Leaked}); err != nil {
			return l, err
		}
		l.Valid, l.Leaked = l.Valid+t.Valid, l.Leaked+t.Leaked
		if t.Leaked > 0 {
			l.Titles = append(l.Titles, t)
		}
	}
	return l, rows.Err()
}
