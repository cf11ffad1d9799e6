package dataset

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// migrate brings a project of an older format up to date, in one transaction, after a
// copy of the file was made and synced beside it. p.w is open, and nobody else writes.
func (p *Project) migrate(from int) error {
	backup, err := p.backup(fmt.Sprintf("%s.format%d", p.path, from))
	if err != nil {
		return fmt.Errorf("make a copy of the project before it is brought up to date (nothing was changed): %w", err)
	}
	err = p.write(context.Background(), func(tx *sql.Tx) error {
		_, err := tx.Exec(strings.Join(steps[from:], "\n") + fmt.Sprintf("PRAGMA user_version=%d", schemaVersion))
		return err
	})
	if err != nil { // the file is as it was: the copy would only take room
		return fmt.Errorf("bring the project from format %d to %d (nothing was changed): %w", from, schemaVersion, errors.Join(err, os.Remove(backup)))
	}
	return nil
}

// backup writes all that is committed into a new file, which is whole or not there:
// name, or name-2 and so on where there is one. It returns the name taken.
func (p *Project) backup(name string) (string, error) {
	tmp, err := os.MkdirTemp(filepath.Dir(p.path), ".frglab-backup-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	file := filepath.Join(tmp, "project")
	if _, err := p.w.Exec("VACUUM INTO ?", file); err != nil {
		return "", explain(err)
	}
	if err := syncFile(file); err != nil {
		return "", err
	}
	for n, free := 2, name; ; n++ {
		_, err := os.Lstat(free)
		if errors.Is(err, fs.ErrNotExist) {
			return free, errors.Join(os.Rename(file, free), syncDir(filepath.Dir(free)))
		} else if err != nil {
			return "", err
		}
		free = fmt.Sprintf("%s-%d", name, n)
	}
}

// syncFile makes what is in a file durable.
func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
