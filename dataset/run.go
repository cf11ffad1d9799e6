package dataset

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// What a project says about how a run ended. Interrupted runs were cut off, by a power
// cut for one; they and stopped ones can go on.
const (
	RunRunning     = "running"
	RunDone        = "done"
	RunStopped     = "stopped"
	RunInterrupted = "interrupted"
	RunFailed      = "failed"
)

// Run is one training, as the project remembers it.
type Run struct {
	ID         int64           `json:"id"`
	Started    time.Time       `json:"started"`
	Ended      time.Time       `json:"ended"`      // zero while it runs
	Status     string          `json:"status"`     // RunRunning, ...
	Note       string          `json:"note"`       // the user's
	Checkpoint string          `json:"checkpoint"` // path of its best checkpoint
	Settings   json.RawMessage `json:"settings"`   // any JSON; nil is {}
}

// Point is one point of a run's curves. NaN is kept.
type Point struct {
	Split     Split // Train: of a step; Valid: of a validation
	Step      int
	Epoch     int
	Loss      float64
	Accuracy  float64 // 0 to 1
	Rate      float64 // learning rate
	PerSecond float64 // crops per second
}

// AddRun stores a run and returns its number. Runs are no acts: Undo passes them by.
func (p *Project) AddRun(r Run) (int64, error) {
	var id int64
	err := p.putRun(r, func(tx *sql.Tx, columns []any) error {
		return tx.QueryRow(`INSERT INTO runs (started, ended, status, note, checkpoint, settings)
			VALUES (?, ?, ?, ?, ?, ?) RETURNING id`, columns...).Scan(&id)
	})
	if err != nil {
		return 0, fmt.Errorf("add run: project %q: %w", p.Name(), err)
	}
	return id, nil
}

// UpdateRun replaces what is stored of the run with r.ID. Its points stay.
func (p *Project) UpdateRun(r Run) error {
	err := p.putRun(r, func(tx *sql.Tx, columns []any) error {
		res, err := tx.Exec(`UPDATE runs SET started = ?, ended = ?, status = ?, note = ?, checkpoint = ?, settings = ?
			WHERE id = ?`, append(columns, r.ID)...)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, errors.New("there is no such run: add it first"))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("update run %d: project %q: %w", r.ID, p.Name(), err)
	}
	return nil
}

// StartRun says that a run with that best checkpoint runs: a new one, or one that
// goes on and keeps its number, start, note and points.
func (p *Project) StartRun(checkpoint string, settings json.RawMessage) (Run, error) {
	runs, err := p.Runs()
	if err != nil {
		return Run{}, err
	}
	if i := slices.IndexFunc(runs, func(r Run) bool { return r.Checkpoint == checkpoint }); i >= 0 {
		r := runs[i]
		r.Status, r.Ended, r.Settings = RunRunning, time.Time{}, settings
		return r, p.UpdateRun(r)
	}
	r := Run{Started: time.Now(), Status: RunRunning, Checkpoint: checkpoint, Settings: settings}
	r.ID, err = p.AddRun(r)
	return r, err
}

// RemoveRun removes a run and its points for good; its files stay.
func (p *Project) RemoveRun(id int64) error {
	err := p.write(context.Background(), func(tx *sql.Tx) error {
		if _, err := tx.Exec("DELETE FROM points WHERE run = ?", id); err != nil {
			return err
		}
		res, err := tx.Exec("DELETE FROM runs WHERE id = ?", id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, errors.New("there is no such run"))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove run %d: project %q: %w", id, p.Name(), err)
	}
	return nil
}

func (p *Project) putRun(r Run, put func(tx *sql.Tx, columns []any) error) error {
	if r.Settings == nil {
		r.Settings = json.RawMessage("{}")
	}
	if !json.Valid(r.Settings) {
		return errors.New("the settings are not JSON")
	}
	columns := []any{millis(r.Started), millis(r.Ended), r.Status, r.Note, r.Checkpoint, string(r.Settings)}
	return p.write(context.Background(), func(tx *sql.Tx) error { return put(tx, columns) })
}

// Runs are all runs, in the order in which they were added.
func (p *Project) Runs() ([]Run, error) {
	runs, err := p.runs()
	if err != nil {
		return nil, fmt.Errorf("list runs: project %q: %w", p.Name(), explain(err))
	}
	return runs, nil
}

func (p *Project) runs() ([]Run, error) {
	rows, err := p.r.Query("SELECT id, started, ended, status, note, checkpoint, settings FROM runs ORDER BY id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var runs []Run
	for rows.Next() {
		var r Run
		var started, ended int64
		var settings string
		if err := rows.Scan(&r.ID, &started, &ended, &r.Status, &r.Note, &r.Checkpoint, &settings); err != nil {
			return nil, err
		}
		r.Started, r.Ended, r.Settings = moment(started), moment(ended), json.RawMessage(settings)
		runs = append(runs, r)
	}
	return runs, rows.Err()
}

// AddPoints appends to the curves of a run.
func (p *Project) AddPoints(run int64, points []Point) error {
	err := p.write(context.Background(), func(tx *sql.Tx) error {
		add, err := tx.Prepare("INSERT INTO points (run, split, step, epoch, loss, accuracy, rate, per_s) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
		if err != nil {
			return err
		}
		for _, q := range points {
			if _, err := add.Exec(run, q.Split, q.Step, q.Epoch, real{&q.Loss}.value(), real{&q.Accuracy}.value(),
				real{&q.Rate}.value(), real{&q.PerSecond}.value()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("add points to run %d: project %q: %w", run, p.Name(), err)
	}
	return nil
}

// ExtendPoints appends the points, ordered by step, that lie behind those that the
// project has of the run on their side of the split. A run that goes on from before
// its last points says the same ones again.
func (p *Project) ExtendPoints(run int64, points []Point) error {
	last := map[Split]int{}
	rows, err := p.r.Query("SELECT split, max(step) FROM points WHERE run = ? GROUP BY split", run)
	if err != nil {
		return fmt.Errorf("read points of run %d: project %q: %w", run, p.Name(), explain(err))
	}
	for rows.Next() {
		var s Split
		var step int
		if err := rows.Scan(&s, &step); err != nil {
			return errors.Join(err, rows.Close())
		}
		last[s] = step
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("read points of run %d: project %q: %w", run, p.Name(), explain(err))
	}
	var fresh []Point
	for _, q := range points {
		if step, any := last[q.Split]; !any || q.Step > step {
			fresh = append(fresh, q)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return p.AddPoints(run, fresh)
}

// Points are the curves of a run, in the order in which they were added.
func (p *Project) Points(run int64) ([]Point, error) {
	points, err := p.points(run)
	if err != nil {
		return nil, fmt.Errorf("read points of run %d: project %q: %w", run, p.Name(), explain(err))
	}
	return points, nil
}

func (p *Project) points(run int64) ([]Point, error) {
	rows, err := p.r.Query("SELECT split, step, epoch, loss, accuracy, rate, per_s FROM points WHERE run = ? ORDER BY id", run)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var points []Point
	for rows.Next() {
		var q Point
		if err := rows.Scan(&q.Split, &q.Step, &q.Epoch, real{&q.Loss}, real{&q.Accuracy}, real{&q.Rate}, real{&q.PerSecond}); err != nil {
			return nil, err
		}
		points = append(points, q)
	}
	return points, rows.Err()
}

// real carries a float to and from a column in which NULL is NaN: SQLite has no NaN.
type real struct{ f *float64 }

func (r real) value() any {
	if math.IsNaN(*r.f) {
		return nil
	}
	return *r.f
}

// Scan implements sql.Scanner.
func (r real) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*r.f = math.NaN()
	case float64:
		*r.f = v
	default:
		return fmt.Errorf("%T is not a number", v)
	}
	return nil
}

// millis is t for a column, 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// moment is the time of a column.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
