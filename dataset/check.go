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
		return fmt.Errorf("%w: format %d was never written", ErrDamaged, v)
	}
	return nil
}

// check looks whether db holds what a project of its format holds, and says which
// format that is; with full also whether its pages are sound.
func check(db *sql.DB, full bool) (version int, err error) {
	if err := db.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return 0, err
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
		return 0, fmt.Errorf("%w: its tables are not those of format %d: go back to a copy", ErrDamaged, version)
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
			return fmt.Errorf("%w (%s): go back to a copy, or open it read-only and export what is left", ErrDamaged, verdict)
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
