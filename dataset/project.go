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
)

// What Create and Open report, for callers that offer a way out of it.
var (
	ErrExists     = errors.New("there is a file of that name")
	ErrLocked     = errors.New("the project is open in another window")
	ErrNotProject = errors.New("not a FrgLab project")
	ErrNewer      = errors.New("the project was written by a newer FrgLab")
	ErrDamaged    = errors.New("the project is damaged")
	ErrUnwritable = errors.New("the project or its folder cannot be written")
	ErrReadOnly   = errors.New("the project is open for reading only")
	ErrMoved      = errors.New("the project file was moved, renamed or deleted while it is open, or its disk is gone")
)

// Project is an open project file. Its methods may be called from several
// goroutines; those that write take turns.
type Project struct {
	path string
	r    *sql.DB  // readers; they see what was committed, also while w writes
	w    *sql.DB  // the one writer, nil after OpenReadOnly
	lock *os.File // nil after OpenReadOnly
	tidy bool     // the readers may leave files beside the project

	litter []string // what SQLite may make beside the project while it opens

	closing sync.Once
	closed  error
}

// Create makes a new, empty project file and opens it. It never touches a file
// that is there already: that is ErrExists.
func Create(path string) (*Project, error) {
	if err := create(path, nil); err != nil {
		return nil, fmt.Errorf("create project %q: %w", path, err)
	}
	return Open(path)
}

// create builds the file in a folder beside path and links it into place, so that
// path is either whole or not there. fill, where it is not nil, puts in what it begins with.
func create(path string, fill func(db *sql.DB) error) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%w: open it, or choose another name", ErrExists)
	}
	if hasWAL(path) { // SQLite would take it for a part of the new one
		return fmt.Errorf("%q is left from another project of that name: move it away, or choose another name", path+"-wal")
	}
	tmp, err := os.MkdirTemp(filepath.Dir(path), ".frglab-new-")
	if err != nil {
		return explain(err)
	}
	defer os.RemoveAll(tmp)
	file := filepath.Join(tmp, "project")
	db, err := sql.Open("sqlite3", dsn(file, "mode=rwc&_synchronous=FULL"))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	marks := fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d;", applicationID, schemaVersion)
	_, err = db.Exec("BEGIN;" + strings.Join(steps[:], "\n") + marks + "COMMIT")
	if err == nil && fill != nil {
		err = fill(db)
	}
	if err == nil {
		_, err = db.Exec("PRAGMA journal_mode=WAL")
	}
	if err := errors.Join(err, db.Close()); err != nil {
		return explain(err)
	}
	err = place(file, path)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: open it, or choose another name", ErrExists)
	}
	return explain(err)
}

// place moves a finished file to path, durably, where nothing is: else it is fs.ErrExist.
func place(file, path string) error {
	err := os.Link(file, path) // unlike a rename it never replaces
	if err == nil {
		err = os.Remove(file)
	} else if !errors.Is(err, fs.ErrExist) { // a file system without links, as on memory cards
		if _, there := os.Lstat(path); there == nil {
			return fs.ErrExist
		}
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
// is damaged (ErrDamaged), comes from a newer program (ErrNewer), or cannot be written
// (ErrUnwritable) is left as it is, and nothing stays beside it.
// One of an older program is copied to path.format1 (or whichever format it has) and
// then brought up to date: as a whole, or not at all.
func Open(path string) (*Project, error) { return open(path, (*Project).openWriter) }

// OpenReadOnly opens the project for reading, also while a window writes to it:
// each call sees what was committed by then. Methods that write return
// ErrReadOnly. It skips the check for damage, so that what is readable can be read: see
// Rescue. A project of an older format has to be opened for writing once.
func OpenReadOnly(path string) (*Project, error) { return open(path, (*Project).openReader) }

func open(path string, how func(p *Project, path string) error) (*Project, error) {
	p := &Project{}
	real, err := resolve(path)
	if err == nil {
		err = how(p, real)
	}
	if err == nil {
		p.litter = nil
	} else {
		return nil, fmt.Errorf("open project %q: %w", path, errors.Join(explain(err), p.Close()))
	}
	return p, nil
}

func (p *Project) openWriter(path string) (err error) {
	if p.lock, err = lock(path); err != nil {
		return err
	}
	if err := use(path, checkHeader); err != nil {
		return err
	}
	p.path = path
	for _, end := range []string{"-shm", "-wal"} {
		if _, err := os.Lstat(path + end); err != nil {
			p.litter = append(p.litter, path+end)
		}
	}
	// All that may be wrong is found by reading: a file that we refuse stays as it is.
	version, err := inspect(path)
	if err != nil {
		return err
	}
	if err := p.openR("mode=ro"); err != nil {
		return err
	}
	p.w, err = sql.Open("sqlite3", dsn(path, "mode=rw&_busy_timeout=5000&_synchronous=FULL&_foreign_keys=1&_txlock=immediate&_journal_mode=WAL"))
	if err != nil {
		return err
	}
	p.w.SetMaxOpenConns(1)
	if version < schemaVersion {
		if err := p.migrate(version); err != nil {
			return err
		}
	}
	if err := p.keepBackups(); err != nil {
		return err
	}
	tx, err := p.w.Begin() // fails where the file cannot be written
	if err != nil {
		return err
	}
	return tx.Rollback()
}

func (p *Project) openReader(path string) error {
	if err := use(path, checkHeader); err != nil {
		return err
	}
	p.path, p.tidy = path, true
	err := p.openR("mode=ro")
	switch {
	case unwritable(err) && hasWAL(path):
		return fmt.Errorf("the newest changes are in %q, and %w: copy both files to a folder of your own, and open the project there (%w)",
			path+"-wal", ErrUnwritable, err)
	case unwritable(err): // so nobody else will write it
		p.tidy = false
		err = errors.Join(p.r.Close(), p.openR("immutable=1"))
	}
	if err != nil {
		return err
	}
	version, err := check(p.r, false)
	if err == nil && version < schemaVersion {
		return fmt.Errorf("it has format %d of an older FrgLab: open it in the window once (or a copy, where its folder cannot be written), which keeps a copy and brings it up to date", version)
	}
	return err
}

// openR opens p.r, and reads a little.
func (p *Project) openR(mode string) (err error) {
	if p.r, err = sql.Open("sqlite3", dsn(p.path, mode+"&_busy_timeout=5000")); err != nil {
		return err
	}
	p.r.SetMaxOpenConns(4)
	p.r.SetMaxIdleConns(4)
	return p.r.QueryRow("PRAGMA schema_version").Scan(new(int))
}

// resolve is the one true name of path, so that a link to a project meets its lock.
func resolve(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	abs, err = filepath.EvalSymlinks(abs)
	if errors.Is(err, fs.ErrNotExist) {
		return "", errNoFile
	}
	return abs, err
}

// errNoFile is fs.ErrNotExist in better words.
var errNoFile = reworded{errors.New("there is no such file: check the name"), fs.ErrNotExist}

// reworded is an error that is another one too, without saying so.
type reworded struct {
	error
	is error
}

// Is tells package errors.
func (e reworded) Is(target error) bool { return target == e.is }

// dsn is what the driver wants to hear: a file: address, in which any path is safe.
func dsn(path, query string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + query
}

// gone is ErrMoved where there is no file at the project's path any more. SQLite would
// write on, with the newest changes in a file beside the old name: a crash would lose them,
// and who opens the file under its new name would not be told that it is open. Another file
// in its place is not looked for: not every file system tells two files apart reliably.
func (p *Project) gone() error {
	if _, err := os.Lstat(p.path); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	// All that was done so far goes into the file, wherever it is.
	_, _ = p.w.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	return fmt.Errorf("%w: nothing more is stored; what you did before is in the file. Put it back to %q, or open it where it is now", ErrMoved, p.path)
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
		if p.w != nil { // what a reader in another process would keep SQLite from doing below
			_, _ = p.w.Exec("PRAGMA busy_timeout=0; PRAGMA wal_checkpoint(TRUNCATE)")
		}
		if p.r != nil {
			errs = append(errs, p.r.Close())
		}
		if p.w != nil { // last, so that SQLite can clear its -wal and -shm files away
			errs = append(errs, p.w.Close())
		}
		if p.tidy {
			tidy(p.path)
		}
		for _, name := range p.litter {
			if !strings.HasSuffix(name, "-wal") || !hasWAL(p.path) {
				_ = os.Remove(name)
			}
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
