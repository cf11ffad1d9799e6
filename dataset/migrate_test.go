package dataset

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// format1Project makes a project as the first FrgLab did, with one face that was
// labelled.
func format1Project(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "old.frglab")
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	marks := fmt.Sprintf("PRAGMA journal_mode=WAL; PRAGMA application_id=%d; PRAGMA user_version=1;", applicationID)
	crop := filled(64, 64, red)
	hash := hashOf(flatten(crop))
	_, err = db.Exec(marks+format1+`
		INSERT INTO sources VALUES (1, '/shows/a - 01.mkv', 'a', '01', 'video', 1);
		INSERT INTO samples VALUES (1, 1, 0, 1, 0, 7, 280000000, 10, 20, 30, 30, 'cascade', 12, 64, 64, ?);
		INSERT INTO crops VALUES (1, ?);
		INSERT INTO acts VALUES (1, 'label', 1, 0);
		INSERT INTO changes VALUES (1, 0, 1, 1, 4);
		INSERT INTO settings VALUES ('k', 'v')`, hash[:], pngOf(t, crop))
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOlderFormatIsBroughtUpToDate(t *testing.T) {
	path := format1Project(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = OpenReadOnly(path)
	wantError(t, err, nil, path, "format 1", "open it in the window once")
	if now, _ := os.ReadFile(path); !bytes.Equal(now, before) {
		t.Error("OpenReadOnly changed the file")
	}

	p, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	samples, err := p.Samples([]int64{1})
	if err != nil || samples[0].Class != Face || !samples[0].Checked || samples[0].Split != Valid || samples[0].Frame != 7 {
		t.Errorf("the sample is %+v, %v after the migration", samples, err)
	}
	if _, err := p.Undo(); err != nil {
		t.Errorf("undo of what was done before the migration: %v", err)
	}
	if _, err := p.AddFrame(NewFrame{Source: 1, Frame: 7, Width: 640, Height: 360}); err != nil {
		t.Error(err)
	}

	db, err := sql.Open("sqlite3", dsn(path+".format1", "mode=ro"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if v, err := check(db, true); v != 1 || err != nil {
		t.Errorf("the copy has format %d, %v, want a sound project of format 1", v, err)
	}
	var class, checked int
	if err := db.QueryRow("SELECT class, checked FROM samples").Scan(&class, &checked); err != nil || class != 0 || checked != 1 {
		t.Errorf("the sample of the copy has class %d, checked %d, %v", class, checked, err)
	}
}

func TestMigrationKeepsEarlierCopies(t *testing.T) {
	path := format1Project(t)
	writeFile(t, path+".format1", []byte("mine"))
	p, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
	if got, _ := os.ReadFile(path + ".format1"); string(got) != "mine" {
		t.Errorf("the file that was there holds %q now", got)
	}
	if _, err := os.Stat(path + ".format1-2"); err != nil {
		t.Error(err)
	}
}

// A kill may come between the two names that a copy has for a moment.
func TestCopyIsKeptOnce(t *testing.T) {
	dir := t.TempDir()
	file, name := writeFile(t, filepath.Join(dir, "copy"), nil), filepath.Join(dir, "p.format1")
	if err := os.Link(file, name); err != nil {
		t.Fatal(err)
	}
	if err := keep(file, name); err != nil {
		t.Fatal(err)
	}
	onlyFile(t, name)
}

// A migration that fails half-way leaves a project of the old format, and no copy.
func TestFailedMigrationChangesNothing(t *testing.T) {
	path := format1Project(t)
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	p := &Project{path: path}
	if p.w, err = sql.Open("sqlite3", path); err != nil {
		t.Fatal(err)
	}
	p.w.SetMaxOpenConns(1)
	// The last statement of the step cannot be done any more.
	if _, err := p.w.Exec("CREATE TABLE judgements (x)"); err != nil {
		t.Fatal(err)
	}
	err = p.migrate(1)
	wantError(t, err, nil, "nothing was changed", "judgements")
	var version, frames int
	p.w.QueryRow("PRAGMA user_version").Scan(&version)
	p.w.QueryRow("SELECT count(*) FROM sqlite_schema WHERE name = 'frames'").Scan(&frames)
	if version != 1 || frames != 0 {
		t.Errorf("the format is %d, and there are %d tables of frames", version, frames)
	}
	p.w.Close()
	entries, _ := filepath.Glob(filepath.Dir(path) + "/*")
	for _, e := range entries {
		if strings.Contains(e, "format1") {
			t.Errorf("%s is left", e)
		}
	}
}
