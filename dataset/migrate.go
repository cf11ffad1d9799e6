package dataset

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// migrate brings a project of an older format up to date, in one transaction, after a
// copy was made beside it and synced. p.w is open, and nobody else writes.
//
// The copy gets its name only after the transaction: so however often the program is
// killed on the way, there is one copy in the end, and no litter.
func (p *Project) migrate(from int) error {
	if err := p.backup(from); err != nil {
		return fmt.Errorf("make a copy of the project before it is brought up to date (nothing was changed): %w", errors.Join(explain(err), p.dropBackups()))
	}
	err := p.write(context.Background(), func(tx *sql.Tx) error {
		_, err := tx.Exec(strings.Join(steps[from:], "\n") + fmt.Sprintf("PRAGMA user_version=%d", schemaVersion))
		return err
	})
	if err != nil { // the file is as it was: the copy would only take room
		return fmt.Errorf("bring the project from format %d to %d (nothing was changed): %w", from, schemaVersion, errors.Join(err, p.dropBackups()))
	}
	return nil
}

// backups is a folder beside the project for copies that are being made. It is the same
// one each time, so that what a killed program left is found; only the holder of the lock
// uses it. (The project's own name in it could be too long for a file.)
func (p *Project) backups() string {
	sum := sha256.Sum256([]byte(filepath.Base(p.path)))
	return filepath.Join(filepath.Dir(p.path), fmt.Sprintf(".frglab-backup-%x", sum[:6]))
}

// backup writes all that is committed into a new file in backups, durably.
func (p *Project) backup(format int) error {
	if err := errors.Join(p.dropBackups(), os.Mkdir(p.backups(), 0o700)); err != nil {
		return err
	}
	file := filepath.Join(p.backups(), fmt.Sprintf("format%d", format))
	if _, err := p.w.Exec("VACUUM INTO ?", file); err != nil {
		return err
	}
	db, err := sql.Open("sqlite3", dsn(file, "mode=rw&_synchronous=FULL&_journal_mode=WAL")) // VACUUM does not copy this mark
	if err != nil {
		return err
	}
	if err := errors.Join(db.Ping(), db.Close()); err != nil {
		return err
	}
	info, err := os.Stat(p.path)
	if err != nil {
		return err
	}
	return errors.Join(os.Chmod(file, info.Mode().Perm()), syncFile(file), syncDir(p.backups()), syncDir(filepath.Dir(p.path)))
}

// dropBackups removes what an earlier backup left: files that only it makes.
func (p *Project) dropBackups() error {
	files, err := os.ReadDir(p.backups())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, f := range files {
		if strings.HasPrefix(f.Name(), "format") {
			err = errors.Join(err, os.Remove(filepath.Join(p.backups(), f.Name())))
		}
	}
	return errors.Join(err, os.Remove(p.backups()))
}

// keepBackups gives the copy of a migration that is done its name: path.format1, or
// path.format1-2 and so on where there is one. It is whole: else nothing was migrated.
func (p *Project) keepBackups() error {
	files, err := os.ReadDir(p.backups())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	for _, f := range files {
		if err := keep(filepath.Join(p.backups(), f.Name()), p.path+"."+f.Name()); err != nil {
			return fmt.Errorf("keep the copy of the project as it was before: %w", err)
		}
	}
	return os.Remove(p.backups())
}

// keep places a copy at name, or at name-2 and so on.
func keep(file, name string) error {
	for n, free := 2, name; ; n++ {
		if sameFile(file, free) { // placed, when the kill came
			return os.Remove(file)
		}
		if err := place(file, free); !errors.Is(err, fs.ErrExist) {
			return err
		}
		free = fmt.Sprintf("%s-%d", name, n)
	}
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	y, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(x, y)
}

// syncFile makes what is in a file durable.
func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
