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
// anything else before SQLite, which would write beside it, is let near.
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
	return checkVersion(int64(int32(binary.BigEndian.Uint32(head[60:]))))
}

// checkVersion compares a file's user_version with the program's.
func checkVersion(v int64) error {
	switch {
	case v > schemaVersion:
		return fmt.Errorf("%w (its format is %d, this program knows %d): update FrgLab", ErrNewer, v, schemaVersion)
	case v < 1:
		return fmt.Errorf("%w: format %d was never written", ErrDamaged, v)
	}
	return nil
}

// check looks whether db holds what a project holds; with full also whether its
// pages are sound.
func check(db *sql.DB, full bool) error {
	var version int64
	if err := db.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if err := checkVersion(version); err != nil {
		return err
	}
	want, err := wantSchema()
	if err != nil {
		return err
	}
	got, err := schemaText(db)
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%w: its tables are not those of format %d: go back to a copy", ErrDamaged, version)
	}
	if !full {
		return nil
	}
	for _, table := range checkedTables {
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
