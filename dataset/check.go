package dataset

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// checkHeader reads the first 100 bytes of a file: enough to tell a project from
// anything else before SQLite, which would write beside it, is let near. The file may be
// of an older format.
func checkHeader(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w, nor a file at all: choose a .frglab file", ErrNotProject)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 100)
	if _, err := io.ReadFull(f, head); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w, it has only %d bytes: choose another file", ErrNotProject, info.Size())
	} else if err != nil {
		return err
	}
	// https://www.sqlite.org/fileformat2.html#the_database_header
	if string(head[:16]) != "SQLite format 3\x00" || binary.BigEndian.Uint32(head[68:]) != applicationID {
		return fmt.Errorf("%w: choose another file", ErrNotProject)
	}
	return checkVersion(int(int32(binary.BigEndian.Uint32(head[60:]))))
}

// checkVersion says whether the program knows a file's user_version.
func checkVersion(v int) error {
	switch {
	case v > schemaVersion:
		return fmt.Errorf("%w (its format is %d, this program knows %d): update FrgLab", ErrNewer, v, schemaVersion)
	case v < 1:
		return fmt.Errorf("%w: format %d was never written: %s", ErrDamaged, v, wayOut)
	}
	return nil
}

// inspect checks a project that nobody else writes to. It leaves nothing beside it, but for
// an index (-shm) of changes that are there (-wal).
func inspect(path string) (version int, err error) {
	if info, err := os.Stat(path + "-journal"); err == nil && info.Size() > 0 {
		return 0, fmt.Errorf("%q beside it is not from FrgLab, and SQLite would take it for a part of the project: move that file away", path+"-journal")
	}
	if !hasWAL(path) {
		return inspectBy(path, "immutable=1")
	}
	version, err = inspectBy(path, "mode=ro")
	if err == nil {
		err = checkWAL(path)
	}
	if err == nil {
		return version, nil
	}
	// A -wal that was cut off does no harm: it ends where its checksums do.
	if _, alone := inspectBy(path, "immutable=1"); alone == nil {
		return 0, fmt.Errorf("%w by %q, which belongs to another copy of it: move that file away, and open the project again (%w)", ErrDamaged, path+"-wal", err)
	}
	return 0, err
}

func inspectBy(path, mode string) (version int, err error) {
	db, err := sql.Open("sqlite3", dsn(path, mode))
	if err != nil {
		return 0, err
	}
	defer db.Close()
	return check(db, true)
}

// hasWAL says whether there are changes beside the project that are not in it yet: those
// since the last checkpoint, after a crash or while it is open.
func hasWAL(path string) bool {
	info, err := os.Stat(path + "-wal")
	return err == nil && info.Size() > 0
}

// tidy has SQLite clear the files away that a reader makes beside the project, where it
// was the last one. A reader itself cannot.
func tidy(path string) {
	if hasWAL(path) { // they are not the reader's, or somebody writes
		return
	}
	db, err := sql.Open("sqlite3", dsn(path, "mode=rw"))
	if err != nil {
		return
	}
	defer db.Close()
	var version int
	_ = db.QueryRow("PRAGMA schema_version").Scan(&version) // reads, so that Close has something to clear away
}

// check looks whether db holds what a project of its format holds, and says which
// format that is; with full also whether its pages are sound.
func check(db *sql.DB, full bool) (version int, err error) {
	var id int
	err = db.QueryRow("SELECT (SELECT user_version FROM pragma_user_version), (SELECT application_id FROM pragma_application_id)").Scan(&version, &id)
	if err != nil {
		return 0, err
	}
	if id != applicationID {
		return 0, fmt.Errorf("%w: it does not bear FrgLab's mark: %s", ErrDamaged, wayOut)
	}
	if err := checkVersion(version); err != nil {
		return 0, err
	}
	want, err := wantSchema(version)
	if err != nil {
		return 0, err
	}
	got, err := schemaText(db)
	if err != nil {
		return 0, err
	}
	if got != want {
		return 0, fmt.Errorf("%w: its tables are not those of format %d: %s", ErrDamaged, version, wayOut)
	}
	if !full {
		return version, nil
	}
	return version, checkPages(db)
}

// checkPages looks whether the pages of the tables that matter are sound.
func checkPages(db *sql.DB) error {
	tables, err := tablesOf(db, checkedTables)
	if err != nil {
		return err
	}
	for _, table := range tables {
		var verdict string
		if err := db.QueryRow("PRAGMA quick_check('" + table + "')").Scan(&verdict); err != nil {
			return err
		}
		if verdict != "ok" {
			return fmt.Errorf("%w (%s): %s", ErrDamaged, verdict, wayOut)
		}
	}
	return nil
}

// tablesOf are those of names that db has: an older format has fewer.
func tablesOf(db *sql.DB, names []string) (found []string, err error) {
	for _, name := range names {
		var has bool
		if err := db.QueryRow("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?)", name).Scan(&has); err != nil {
			return nil, err
		}
		if has {
			found = append(found, name)
		}
	}
	return found, nil
}
