package dataset

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Act is one step of the history: what Undo takes back and Redo does again.
type Act struct {
	What   string  // as given to Label and the like
	IDs    []int64 // the samples it changed, ascending; nil from History
	N      int     // how many samples it changed
	When   time.Time
	Undone bool // Redo would do it again
}

// ErrNothing is what Undo and Redo return at the end of the history.
var ErrNothing = errors.New("nothing to undo or redo")

// The kinds of change in the journal.
const (
	ofSample = 0 // its class, checked and gone
	ofSource = 1 // its split
	ofFrame  = 2 // its state
	ofBox    = 3 // of a sample
)

// What samples.gone says.
const (
	there   = 0
	removed = 1
	unadded = 2 // its adding was undone; it goes with the redo tail
)

// stateOf packs what of a sample an act can change, as the journal keeps it.
func stateOf(class Class, checked bool, gone int) int {
	s := int(class) | gone<<3
	if checked {
		s |= 4
	}
	return s
}

// sampleState is stateOf in SQL, for a table or alias s.
const sampleState = "(s.class | (s.checked << 2) | (s.gone << 3))"

// write runs fn as one transaction, durable when write returns nil.
func (p *Project) write(ctx context.Context, fn func(*sql.Tx) error) error {
	if p.w == nil {
		return fmt.Errorf("%w: open it for writing to change it", ErrReadOnly)
	}
	if err := p.gone(); err != nil {
		return err
	}
	tx, err := p.w.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	defer tx.Rollback() // does nothing after a commit
	if err := fn(tx); err != nil {
		return explain(err)
	}
	if err := stamp(tx); err != nil {
		return explain(err)
	}
	return explain(tx.Commit())
}

// errUnchanged leaves a transaction that would change nothing.
var errUnchanged = errors.New("nothing changes")

// act runs fn as one undoable act. fn brings samples and sources to their new state,
// and writes rows of changes for it. An act without changes leaves no trace, and is 0.
// With an id other than 0 it goes on with that act, as long as that is the newest; so
// the history is a line, also where labels come while an import runs. It returns the
// act's id.
func (p *Project) act(ctx context.Context, id int64, what string, fn func(tx *sql.Tx, act int64) error) (int64, error) {
	err := p.write(ctx, func(tx *sql.Tx) error {
		if err := dropRedo(tx); err != nil {
			return err
		}
		err := tx.QueryRow("SELECT id FROM acts WHERE id = ? AND id = (SELECT max(id) FROM acts)", id).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			err = tx.QueryRow("INSERT INTO acts (what, at) VALUES (?, ?) RETURNING id", what, time.Now().UnixMilli()).Scan(&id)
		}
		if err != nil {
			return err
		}
		if err := fn(tx, id); err != nil {
			return err
		}
		var any bool
		if err := tx.QueryRow("SELECT EXISTS (SELECT 1 FROM changes WHERE act = ?)", id).Scan(&any); err != nil {
			return err
		}
		if !any {
			return errUnchanged
		}
		return nil
	})
	if errors.Is(err, errUnchanged) {
		return 0, nil
	}
	return id, err
}

// apply brings what the act changed to the state on one side of it, "before" or "after".
func apply(tx *sql.Tx, act int64, side string) error {
	_, err := tx.Exec(`UPDATE samples SET class = c.`+side+` & 3, checked = (c.`+side+` >> 2) & 1, gone = c.`+side+` >> 3
		FROM changes c WHERE c.act = ? AND c.kind = 0 AND samples.id = c.id`, act)
	if err != nil {
		return err
	}
	for _, what := range []string{
		`UPDATE sources SET split = c.%s FROM changes c WHERE c.act = ? AND c.kind = 1 AND sources.id = c.id`,
		`UPDATE frames SET state = c.%s FROM changes c WHERE c.act = ? AND c.kind = 2 AND frames.id = c.id`,
		`UPDATE samples SET x = (c.%[1]s >> 48) & 65535, y = (c.%[1]s >> 32) & 65535, w = (c.%[1]s >> 16) & 65535, h = c.%[1]s & 65535
			FROM changes c WHERE c.act = ? AND c.kind = 3 AND samples.id = c.id`,
	} {
		if _, err := tx.Exec(fmt.Sprintf(what, side), act); err != nil {
			return err
		}
	}
	return nil
}

// dropRedo forgets the acts that were undone, and the samples whose adding was
// among them: nothing leads to those any more.
func dropRedo(tx *sql.Tx) error {
	res, err := tx.Exec("DELETE FROM acts WHERE undone")
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	_, err = tx.Exec("DELETE FROM samples WHERE gone = ?", unadded)
	return err
}

// Label sets the class of samples and marks them checked, as one act that Undo
// takes back. It is on the disk when Label returns nil; on an error no sample has
// changed. What names the act for the history, such as "label page".
//
// A class that a checked sample has already is no change, but an answer to a
// suspicion: the sample is no longer suspected of it.
func (p *Project) Label(changes map[int64]Class, what string) error {
	pairs := make([][2]int64, 0, len(changes))
	for id, class := range changes {
		if class < Face || class > Unsure {
			return fmt.Errorf("label sample %d: class %d does not exist", id, class)
		}
		pairs = append(pairs, [2]int64{id, int64(class)})
	}
	if err := p.confirm(pairs); err != nil {
		return fmt.Errorf("%s: project %q: %w", what, p.Name(), err)
	}
	return p.change(what, pairs, "4 | (c.value ->> 1)")
}

// confirm notes which of the pairs of id and class say what a suspected sample is already.
func (p *Project) confirm(pairs [][2]int64) error {
	list, err := jsonText(pairs)
	if err != nil {
		return err
	}
	ids, err := scanIDs(p.r.Query(`SELECT s.id FROM json_each(?) c CROSS JOIN samples s ON s.id = c.value ->> 0
		JOIN judgements j ON j.sample = s.id
		WHERE s.checked = 1 AND s.class = c.value ->> 1 AND j.suspect IS NOT NULL AND j.confirmed <> s.class + 1`, list))
	if err != nil || len(ids) == 0 {
		return explain(err)
	}
	return p.write(context.Background(), func(tx *sql.Tx) error {
		for _, id := range ids {
			if _, err := tx.Exec("UPDATE judgements SET confirmed = 1 + (SELECT class FROM samples WHERE id = sample) WHERE sample = ?", id); err != nil {
				return err
			}
		}
		return nil
	})
}

// Remove takes samples out of the project, as one act that Undo takes back.
// An import of the same crops later leaves them removed.
func (p *Project) Remove(ids []int64, what string) error {
	pairs := make([][2]int64, len(ids))
	for i, id := range ids {
		pairs[i] = [2]int64{id, 0}
	}
	return p.change(what, pairs, "("+sampleState+" & 7) | 8")
}

// change is an act on samples that are there. The pairs hold an id and what the
// SQL expression after makes the new state of.
func (p *Project) change(what string, pairs [][2]int64, after string) error {
	if len(pairs) == 0 {
		return nil
	}
	slices.SortFunc(pairs, func(a, b [2]int64) int { return cmp.Compare(a[0], b[0]) }) // as the tables are
	list, err := jsonText(pairs)
	if err != nil {
		return err
	}
	_, err = p.act(context.Background(), 0, what, func(tx *sql.Tx, act int64) error {
		var missing, example sql.NullInt64
		err := tx.QueryRow(`SELECT count(*), min(c.value ->> 0) FROM json_each(?) c
			WHERE NOT EXISTS (SELECT 1 FROM samples s WHERE s.id = c.value ->> 0 AND s.gone = 0)`, list).Scan(&missing, &example)
		if err != nil {
			return err
		}
		if missing.Int64 > 0 {
			return fmt.Errorf("%d of %d samples are not in the project any more, such as %d: reload the page", missing.Int64, len(pairs), example.Int64)
		}
		_, err = tx.Exec(`INSERT OR IGNORE INTO changes (act, kind, id, before, after)
			SELECT ?, 0, s.id, `+sampleState+`, `+after+` FROM json_each(?) c CROSS JOIN samples s ON s.id = c.value ->> 0
			WHERE `+sampleState+` <> `+after, act, list)
		return errors.Join(err, apply(tx, act, "after"))
	})
	if err != nil {
		return fmt.Errorf("%s: project %q: %w", what, p.Name(), err)
	}
	return nil
}

// Undo takes the last act back that was not undone, and says what it was. Where
// there is none it returns ErrNothing. The history outlives the program.
func (p *Project) Undo() (Act, error) {
	return p.step("undo", "SELECT id, what, at FROM acts WHERE NOT undone ORDER BY id DESC LIMIT 1", "before", true)
}

// Redo does again what the last Undo took back. A new act drops what could be redone.
func (p *Project) Redo() (Act, error) {
	return p.step("redo", "SELECT id, what, at FROM acts WHERE undone ORDER BY id LIMIT 1", "after", false)
}

// step moves over the act that query finds.
func (p *Project) step(verb, query, side string, undone bool) (Act, error) {
	a := Act{Undone: undone}
	err := p.write(context.Background(), func(tx *sql.Tx) error {
		var id, at int64
		err := tx.QueryRow(query).Scan(&id, &a.What, &at)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNothing
		} else if err != nil {
			return err
		}
		if err := apply(tx, id, side); err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE acts SET undone = ? WHERE id = ?", undone, id); err != nil {
			return err
		}
		a.IDs, err = scanIDs(tx.Query("SELECT DISTINCT id FROM changes WHERE act = ? AND kind IN (?, ?) ORDER BY id", id, ofSample, ofBox))
		a.N, a.When = len(a.IDs), time.UnixMilli(at)
		return err
	})
	if err != nil {
		return Act{}, fmt.Errorf("%s: project %q: %w", verb, p.Name(), err)
	}
	return a, nil
}

// History are the newest acts, newest first, those first that Redo would do again.
func (p *Project) History(limit int) ([]Act, error) {
	acts, err := p.history(limit)
	if err != nil {
		return nil, fmt.Errorf("read the history: project %q: %w", p.Name(), explain(err))
	}
	return acts, nil
}

func (p *Project) history(limit int) ([]Act, error) {
	rows, err := p.r.Query(`SELECT what, at, undone, (SELECT count(DISTINCT id) FROM changes c WHERE c.act = a.id AND c.kind IN (0, 3))
		FROM acts a ORDER BY id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var acts []Act
	for rows.Next() {
		var a Act
		var at int64
		if err := rows.Scan(&a.What, &at, &a.Undone, &a.N); err != nil {
			return nil, err
		}
		a.When = time.UnixMilli(at)
		acts = append(acts, a)
	}
	return acts, rows.Err()
}
