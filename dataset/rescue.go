package dataset

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// RescueReport says what Rescue found.
type RescueReport struct {
	Samples    int      // in the new project, without those of Unlabelled
	Checked    int      // of them, those that a person had labelled
	Unlabelled int      // crops whose labels are lost: in the new project, under the title "rescued"
	Lost       int      // samples whose crops are lost, or broken: not in the new project
	Unread     []string // the tables of which some could not be read
	History    bool     // what was done can be undone in the new project as well
}

// Rescue copies all that can still be read of a damaged project into a new one at out,
// which is whole or not there. The damaged one is only read; it may be of an older
// format, or have been cut off. What can be made again, such as judgements, is left out.
// For a while it takes as much room beside out as the damaged project has.
func Rescue(ctx context.Context, damaged, out string) (RescueReport, error) {
	r := rescuer{ctx: ctx}
	err := r.rescue(damaged, out)
	if err != nil {
		return RescueReport{}, fmt.Errorf("rescue project %q into %q: %w", damaged, out, explain(err))
	}
	return r.RescueReport, nil
}

type rescuer struct {
	RescueReport
	ctx  context.Context
	from *sql.DB // a copy of the damaged project
	size int64   // of that, in bytes
	tx   *sql.Tx // of the new project, which has no foreign keys yet
}

func (r *rescuer) rescue(damaged, out string) error {
	if _, err := os.Lstat(out); err == nil {
		return fmt.Errorf("%w: choose another name", ErrExists)
	}
	path, err := resolve(damaged)
	if err != nil {
		return err
	}
	if l, err := lock(path); err == nil {
		defer unlock(l)
	} else if !unwritable(err) { // where nobody can write there is nobody to wait for
		return err
	}
	if err := checkHeader(path); err != nil && !errors.Is(err, ErrDamaged) {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(out), ".frglab-rescue-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	file := filepath.Join(tmp, "damaged")
	if err := r.copyFiles(path, file); err != nil {
		return err
	}
	if checkWAL(file) != nil { // another project's changes would only do more harm
		if err := os.Remove(file + "-wal"); err != nil {
			return err
		}
	}
	if r.from, err = sql.Open("sqlite3", dsn(file, "mode=rw")); err != nil {
		return err
	}
	defer r.from.Close()
	if err := r.from.Ping(); err != nil {
		return err
	}
	return create(out, r.fill)
}

// fill fills the new project.
func (r *rescuer) fill(db *sql.DB) (err error) {
	if r.tx, err = db.BeginTx(r.ctx, nil); err != nil {
		return err
	}
	defer r.tx.Rollback()
	if err := r.copyAll(); err != nil {
		return err
	}
	return r.tx.Commit()
}

func (r *rescuer) copyAll() error {
	whole := map[string]bool{}
	for _, t := range []struct{ table, key string }{
		{"sources", "id"},
		{"samples", "id"},
		{"crops", "sample"},
		{"frames", "id"},
		{"acts", "id"},
		{"changes", ""},
		{"runs", "id"},
		{"points", "id"},
		{"settings", ""},
	} {
		var err error
		if whole[t.table], err = r.copyTable(t.table, t.key); err != nil {
			return err
		}
		if !whole[t.table] {
			r.Unread = append(r.Unread, t.table)
		}
	}
	if err := r.mend(); err != nil {
		return err
	}
	var astray bool // a page that counts no rows reads as a whole one
	if err := r.tx.QueryRow("SELECT EXISTS (SELECT 1 FROM changes WHERE act NOT IN (SELECT id FROM acts))").Scan(&astray); err != nil {
		return err
	}
	if astray && whole["acts"] {
		whole["acts"], r.Unread = false, append(r.Unread, "acts")
	}
	r.History = whole["sources"] && whole["samples"] && whole["frames"] && whole["acts"] && whole["changes"] && r.Lost == 0
	if !r.History {
		if err := r.exec("DELETE FROM acts; DELETE FROM changes; DELETE FROM samples WHERE gone = 2; DELETE FROM crops WHERE sample NOT IN (SELECT id FROM samples)"); err != nil {
			return err
		}
	}
	err := r.tx.QueryRow("SELECT count(*), coalesce(sum(checked), 0) FROM samples WHERE gone = 0").Scan(&r.Samples, &r.Checked)
	r.Samples -= r.Unlabelled
	if err == nil && len(r.Unread) > 0 && r.Samples+r.Unlabelled == 0 {
		return errors.New("nothing of it can be read: go back to a copy")
	}
	return err
}

func (r *rescuer) exec(statements string) error {
	_, err := r.tx.Exec(statements)
	return err
}

// most is the highest number of a row that is believed: more than one a microsecond
// for a week.
const most = 1 << 40

// copyTable copies the rows that can be read, and says whether those were all. Without
// a key it stops at the first that cannot. Numbers are given densely, so behind a damaged
// page the rows can be asked for one by one.
func (r *rescuer) copyTable(table, key string) (whole bool, err error) {
	if r.older(table) {
		return true, nil
	}
	columns, err := r.columns(table)
	if err != nil {
		return false, err
	}
	into, err := r.tx.Prepare("INSERT OR IGNORE INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(columns)-1) + ")")
	if err != nil {
		return false, err
	}
	all := "SELECT " + strings.Join(columns, ", ") + " FROM " + table + " "
	if key == "" {
		return r.copyRows(into, len(columns), all, func([]any) bool { return true })
	}
	last, first := int64(0), int64(most)
	whole, err = r.copyRows(into, len(columns), all+"NOT INDEXED ORDER BY "+key, func(row []any) bool {
		id, ok := row[0].(int64)
		if !ok || id <= last || id >= most {
			return false
		}
		last = id
		return true
	})
	if whole || err != nil {
		return whole, err
	}
	if _, err = r.copyRows(into, len(columns), all+"NOT INDEXED WHERE "+key+" > ? ORDER BY "+key+" DESC", func(row []any) bool {
		id, ok := row[0].(int64)
		if !ok || id <= last || id >= first {
			return false
		}
		first = id
		return true
	}, last); err != nil {
		return false, err
	}
	gap := min(200_000, r.size/32) // so many rows have room; and no more than some seconds
	if first == most {             // nobody knows how far they go
		_ = r.from.QueryRow("SELECT seq FROM sqlite_sequence WHERE name = iif(? = 'crops', 'samples', ?)", table, table).Scan(&first)
	}
	for id := last + 1; id < min(first+1, last+gap); id++ {
		if _, err = r.copyRows(into, len(columns), all+"NOT INDEXED WHERE "+key+" = ?", func([]any) bool { return true }, id); err != nil {
			return false, err
		}
	}
	return false, nil
}

// older says whether the damaged project is of a format that had no such table.
func (r *rescuer) older(table string) bool {
	var version int
	if r.from.QueryRow("PRAGMA user_version").Scan(&version) != nil || version < 1 || version >= schemaVersion {
		return false
	}
	schema, err := wantSchema(version)
	return err == nil && !strings.Contains(schema, "CREATE TABLE "+table+" (")
}

// columns of a table of the new project. An older format has all of them, or has not
// the table.
func (r *rescuer) columns(table string) (names []string, err error) {
	rows, err := r.tx.Query("SELECT name FROM pragma_table_info(?)", table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// copyRows copies what a query gives, as far as it gives, and where the row is good. The error
// is one of the new project, or ctx's.
func (r *rescuer) copyRows(into *sql.Stmt, columns int, query string, good func(row []any) bool, args ...any) (whole bool, err error) {
	rows, err := r.from.QueryContext(r.ctx, query, args...)
	if err != nil {
		return false, r.ctx.Err()
	}
	defer rows.Close()
	row, fields := make([]any, columns), make([]any, columns)
	for i := range row {
		fields[i] = &row[i]
	}
	whole = true
	for rows.Next() {
		if rows.Scan(fields...) != nil || !good(row) {
			whole = false
			continue
		}
		res, err := into.Exec(row...)
		var e sqlite3.Error
		if errors.As(err, &e) && (e.Code == sqlite3.ErrConstraint || e.Code == sqlite3.ErrMismatch) {
			whole = false
			continue
		} else if err != nil {
			return false, err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			whole = false
		}
	}
	if rows.Err() != nil {
		return false, r.ctx.Err()
	}
	return whole, nil
}

// mend makes rows fit together whose partners are lost.
func (r *rescuer) mend() error {
	const named = "INSERT OR IGNORE INTO sources (id, path, title, episode, kind, split) "
	err := r.exec(named + `SELECT DISTINCT source, '/rescued/source ' || source, 'rescued', '', 'video', 0
			FROM (SELECT source FROM samples UNION SELECT source FROM frames) WHERE source NOT IN (SELECT id FROM sources);
		DELETE FROM points WHERE run NOT IN (SELECT id FROM runs)`)
	if err != nil {
		return err
	}
	var after int64
	for {
		var id int64
		var data []byte
		var labelled bool
		err := r.tx.QueryRow(`SELECT c.sample, c.png, EXISTS (SELECT 1 FROM samples s WHERE s.id = c.sample)
			FROM crops c WHERE c.sample > ? ORDER BY c.sample LIMIT 1`, after).Scan(&id, &data, &labelled)
		if errors.Is(err, sql.ErrNoRows) {
			break
		} else if err != nil {
			return err
		}
		after = id
		if err := r.mendCrop(id, data, labelled); err != nil {
			return err
		}
	}
	if err := r.tx.QueryRow("SELECT count(*) FROM samples WHERE id NOT IN (SELECT sample FROM crops)").Scan(&r.Lost); err != nil {
		return err
	}
	return r.exec("DELETE FROM samples WHERE id NOT IN (SELECT sample FROM crops)")
}

// mendCrop drops a crop that is broken, and makes a sample for one that has none.
func (r *rescuer) mendCrop(id int64, data []byte, labelled bool) error {
	img, err := DecodeImage("stored crop", bytes.NewReader(data))
	if err != nil {
		_, err = r.tx.Exec("DELETE FROM crops WHERE sample = ?", id)
		return err
	}
	if labelled {
		return nil
	}
	return r.adopt(id, img)
}

func (r *rescuer) adopt(id int64, img *image.RGBA) error {
	var source int64
	err := r.tx.QueryRow(`INSERT INTO sources (path, title, episode, kind, split) VALUES ('/rescued', 'rescued', '', 'crop', 0)
		ON CONFLICT DO UPDATE SET kind = kind RETURNING id`).Scan(&source)
	if err != nil {
		return err
	}
	hash := hashOf(img)
	res, err := r.tx.Exec(`INSERT OR IGNORE INTO samples (id, source, class, checked, gone, frame, at, x, y, w, h, proposer, score, width, height, hash)
		VALUES (?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0, 'rescue', 0, ?, ?, ?)`, id, source, Face, img.Rect.Dx(), img.Rect.Dy(), hash[:])
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if n == 0 { // its twin is there
		_, err = r.tx.Exec("DELETE FROM crops WHERE sample = ?", id)
	}
	r.Unlabelled += int(n)
	return err
}
