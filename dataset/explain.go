package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// explained is an error that says what to do already.
type explained struct{ error }

// Unwrap gives the cause to package errors.
func (e explained) Unwrap() error { return e.error }

// explain adds what to do to the commonest failures of SQLite and of the disk.
func explain(err error) error {
	if err == nil || errors.As(err, new(explained)) {
		return err
	}
	if full(err) {
		return explained{fmt.Errorf("the disk is full: free some space and try again; what was stored before is safe: %w", err)}
	}
	if unwritable(err) && !errors.Is(err, ErrUnwritable) {
		return explained{fmt.Errorf("%w: open it read-only, or copy it to a folder of your own (%w)", ErrUnwritable, err)}
	}
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB, sqlite3.ErrFormat:
		return explained{fmt.Errorf("%w: %s (%w)", ErrDamaged, wayOut, err)}
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return explained{fmt.Errorf("another program is writing to the file: close it (%w)", err)}
	}
	return err
}

// wayOut is what to do with a damaged project.
const wayOut = "go back to a copy, or rescue what is left into a new project"

// full says whether a disk, a quota, or the largest file that a file system can hold, is
// used up.
func full(err error) bool {
	var e sqlite3.Error
	if errors.As(err, &e) && (e.Code == sqlite3.ErrFull || fullNumber(e.SystemErrno)) {
		return true
	}
	var n syscall.Errno
	return errors.As(err, &n) && fullNumber(n)
}

func fullNumber(n syscall.Errno) bool {
	return n == syscall.ENOSPC || n == syscall.EDQUOT || n == syscall.EFBIG
}

// unwritable says whether a file could not be written for want of permission.
func unwritable(err error) bool {
	var e sqlite3.Error
	if errors.As(err, &e) {
		return e.Code == sqlite3.ErrReadonly || e.Code == sqlite3.ErrPerm || e.Code == sqlite3.ErrCantOpen
	}
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}
