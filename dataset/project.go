package dataset

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/mattn/go-sqlite3"
)

// What Create and Open report, for callers that offer a way out of it.
var (
	ErrExists     = errors.New("there is a file of that name")
	ErrLocked     = errors.New("the project is open in another window")
	ErrNotProject = errors.New("not a FrgLab project")
	ErrNewer      = errors.New("the project was written by a newer FrgLab")
	ErrDamaged    = errors.New("the project is damaged")
	ErrReadOnly   = errors.New("the project is open for reading only")
)

// Project is an open project file. Its methods may be called from several
// goroutines; those that write take turns.
type Project struct {
	path string
	r    *sql.DB  // readers; they see what was committed, also while w writes
	w    *sql.DB  // the one writer, nil after OpenReadOnly
	lock *os.File // nil after OpenReadOnly

	closing sync.Once
	closed  error
}

// Create makes a new, empty project file and opens it. It never touches a file
// that is there already: that is ErrExists.
func Create(path string) (*Project, error) {
	if err := create(path); err != nil {
		return nil, fmt.Errorf("create project %q: %w", path, err)
	}
	return Open(path)
}

// create builds the file in a folder beside path and links it into place, so that
// path is either whole or not there.
func create(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%w: open it, or choose another name", ErrExists)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(path), ".frglab-new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	file := filepath.Join(tmp, "project")
	db, err := sql.Open("sqlite3", dsn(file, "mode=rwc&_synchronous=FULL"))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	marks := fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d;", applicationID, schemaVersion)
	_, err = db.Exec("BEGIN;" + strings.Join(steps[:], "\n") + marks + "COMMIT; PRAGMA journal_mode=WAL")
	if err := errors.Join(err, db.Close()); err != nil {
		return explain(err)
	}
	err = os.Link(file, path) // unlike a rename it never replaces
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: open it, or choose another name", ErrExists)
	} else if err != nil { // a file system without links, as on memory cards
		err = os.Rename(file, path)
	}
	return errors.Join(err, syncDir(filepath.Dir(path)))
}

// syncDir makes the names in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open opens the project file at path for reading and writing. One process at a
// time can: another gets ErrLocked. A file that is not a project (ErrNotProject),
// is damaged (ErrDamaged) or comes from a newer program (ErrNewer) is left as it is.
// One of an older program is copied to path.format1 (or whichever format it has) and
// then brought up to date: as a whole, or not at all.
func Open(path string) (*Project, error) { return open(path, true) }

// OpenReadOnly opens the project for reading, also while a window writes to it:
// each call sees what was committed by then. Methods that write return
// ErrReadOnly. It skips the check for damage, so that it can rescue what is readable.
// A project of an older format has to be opened for writing once.
func OpenReadOnly(path string) (*Project, error) { return open(path, false) }

func open(path string, write bool) (*Project, error) {
	p := &Project{}
	if err := p.open(path, write); err != nil {
		return nil, fmt.Errorf("open project %q: %w", path, errors.Join(err, p.Close()))
	}
	return p, nil
}

func (p *Project) open(path string, write bool) error {
	path, err := resolve(path)
	if err != nil {
		return err
	}
	if write {
		if p.lock, err = lock(path); err != nil {
			return err
		}
	}
	if err := use(path, checkHeader); err != nil {
		return err
	}
	p.path = path
	if p.r, err = sql.Open("sqlite3", dsn(path, "mode=ro&_busy_timeout=5000")); err != nil {
		return err
	}
	p.r.SetMaxOpenConns(4)
	p.r.SetMaxIdleConns(4)
	// All that may be wrong is found by reading: a file that we refuse stays as it is.
	version, err := check(p.r, write)
	if err != nil {
		return explain(err)
	}
	if !write && version < schemaVersion {
		return fmt.Errorf("it has format %d of an older FrgLab: open it in the window once, which keeps a copy and brings it up to date", version)
	} else if !write {
		return nil
	}
	p.w, err = sql.Open("sqlite3", dsn(path, "mode=rw&_busy_timeout=5000&_synchronous=FULL&_foreign_keys=1&_txlock=immediate"))
	if err != nil {
		return err
	}
	p.w.SetMaxOpenConns(1)
	if version < schemaVersion {
		return explain(p.migrate(version))
	}
	return explain(p.w.Ping())
}

// resolve is the one true name of path, so that a link to a project meets its lock.
func resolve(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	abs, err = filepath.EvalSymlinks(abs)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("no such file: %w", fs.ErrNotExist)
	}
	return abs, err
}

// dsn is what the driver wants to hear: a file: address, in which any path is safe.
func dsn(path, query string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + query
}

// Path is the file's absolute path, with links resolved.
func (p *Project) Path() string { return p.path }

// Name is the file's name without folder and extension, for titles of windows.
func (p *Project) Name() string {
	base := filepath.Base(p.path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// ReadOnly says whether the project was opened by OpenReadOnly.
func (p *Project) ReadOnly() bool { return p.w == nil }

// Close lets go of the file. All labels are in it already. A second Close does
// nothing; other methods fail after the first.
func (p *Project) Close() error {
	p.closing.Do(func() {
		var errs []error
		if p.r != nil {
			errs = append(errs, p.r.Close())
		}
		if p.w != nil { // last, so that SQLite can clear its -wal and -shm files away
			errs = append(errs, p.w.Close())
		}
		if p.path != "" {
			disuse(p.path)
		}
		if p.lock != nil {
			errs = append(errs, unlock(p.lock))
		}
		p.closed = errors.Join(errs...)
	})
	return p.closed
}

// explain adds what to do to SQLite's commonest failures.
func explain(err error) error {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case sqlite3.ErrFull:
		return fmt.Errorf("the disk is full: free some space and try again; nothing else was lost: %w", err)
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB, sqlite3.ErrFormat:
		return fmt.Errorf("%w: go back to a copy, or open it read-only and export what is left (%w)", ErrDamaged, err)
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrCantOpen:
		return fmt.Errorf("the file or its folder cannot be written: copy the project to a folder of your own (%w)", err)
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return fmt.Errorf("another program is writing to the file: close it (%w)", err)
	}
	return err
}
