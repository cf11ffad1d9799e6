package dataset

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"image"
)

// Replace puts s in the place of a sample, as one act: for a box that was moved, whose
// crop is another one now. It returns the number of the sample that has the crop.
func (p *Project) Replace(ctx context.Context, old int64, s NewSample, what string) (int64, error) {
	return p.replace(ctx, 0, old, s, what)
}

// Amend is Replace for a sample that the newest act made: it goes on with that act, as if
// the box had been moved in one go, and nothing is left of the step between. Where a
// newer act came it is Replace.
func (p *Project) Amend(ctx context.Context, old int64, s NewSample, what string) (int64, error) {
	var act int64
	err := p.r.QueryRow(`SELECT act FROM changes WHERE kind = ? AND id = ? AND before >> 3 = ? AND after >> 3 = ?
		AND act = (SELECT max(id) FROM acts)`, ofSample, old, unadded, there).Scan(&act)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("%s: sample %d: project %q: %w", what, old, p.Name(), explain(err))
	}
	return p.replace(ctx, act, old, s, what)
}

// replace goes on with an act that made old; 0 begins one.
func (p *Project) replace(ctx context.Context, goOn, old int64, s NewSample, what string) (int64, error) {
	c, err := prepare(s)
	if err != nil {
		return 0, fmt.Errorf("%s: sample %d: project %q: %w", what, old, p.Name(), err)
	}
	var id int64
	_, err = p.act(ctx, goOn, what, func(tx *sql.Tx, act int64) error {
		a, err := newAdder(tx, act)
		if err != nil {
			return err
		}
		if id, err = a.add(c); err != nil {
			return err
		}
		if id == old { // so small a step that the crop is the same
			return moveBox(tx, act, id, s.Box)
		}
		if err := bringBack(tx, act, id, s); err != nil {
			return err
		}
		if act == goOn {
			return forget(tx, act, old)
		}
		_, err = tx.Exec(`INSERT INTO changes (act, kind, id, before, after) SELECT ?, 0, s.id, `+sampleState+`, (`+sampleState+` & 7) | 8
			FROM samples s WHERE s.id = ? AND s.gone = 0`, act, old)
		if err != nil {
			return err
		}
		_, err = tx.Exec("UPDATE samples SET gone = ? WHERE id = ? AND gone = ?", removed, old, there)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("%s: sample %d: project %q: %w", what, old, p.Name(), err)
	}
	return id, nil
}

// forget takes a sample that an act made out of that act and out of the project.
func forget(tx *sql.Tx, act, id int64) error {
	if _, err := tx.Exec("DELETE FROM changes WHERE act = ? AND id = ? AND kind IN (?, ?)", act, id, ofSample, ofBox); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM samples WHERE id = ?", id)
	return err
}

// bringBack makes a sample that was removed there again, as s says: Replace wants its
// crop, such as that of a box that is moved back to where it was. A sample at the same
// place takes the box too. For one that is there, or new, nothing changes but the box.
func bringBack(tx *sql.Tx, act, id int64, s NewSample) error {
	state := stateOf(s.Class, s.Checked, there)
	_, err := tx.Exec(`INSERT INTO changes (act, kind, id, before, after) SELECT ?, 0, s.id, `+sampleState+`, ?
		FROM samples s WHERE s.id = ? AND s.gone = ? ON CONFLICT DO UPDATE SET after = excluded.after`, act, state, id, removed)
	if err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE samples SET class = ?, checked = ?, gone = ? WHERE id = ? AND gone = ?", s.Class, s.Checked, there, id, removed)
	if err != nil {
		return err
	}
	var here bool
	err = tx.QueryRow("SELECT EXISTS (SELECT 1 FROM samples WHERE id = ? AND source = ? AND frame = ?)", id, s.Source, s.Frame).Scan(&here)
	if err != nil || !here {
		return err
	}
	return moveBox(tx, act, id, s.Box)
}

// moveBox changes the box of a sample and nothing else.
func moveBox(tx *sql.Tx, act, id int64, box image.Rectangle) error {
	if box.Min.X < 0 || box.Min.Y < 0 || box.Max.X > 1<<16-1 || box.Max.Y > 1<<16-1 {
		return fmt.Errorf("the box %v is outside of what the history can hold: keep it within 65535 pixels", box)
	}
	// In SQL, << binds no stronger than |.
	_, err := tx.Exec(`INSERT INTO changes (act, kind, id, before, after)
		SELECT ?1, ?2, id, (x<<48) | (y<<32) | (w<<16) | h, (?3<<48) | (?4<<32) | (?5<<16) | ?6 FROM samples WHERE id = ?7
		AND (x, y, w, h) <> (?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET after = excluded.after`,
		act, ofBox, box.Min.X, box.Min.Y, box.Dx(), box.Dy(), id)
	return errors.Join(err, apply(tx, act, "after"))
}
