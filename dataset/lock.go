package dataset

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
)

// lock takes the writer's lock of the project at path: a file beside it, held by
// flock, so the kernel frees it however the process ends. It names the holder's
// process where another has it.
func lock(path string) (*os.File, error) {
	name := path + "-lock"
	for {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o644)
		if err != nil {
			return nil, fmt.Errorf("make the lock file: %w", err)
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			defer f.Close()
			if !errors.Is(err, syscall.EWOULDBLOCK) {
				return nil, fmt.Errorf("lock %q: %w", name, err)
			}
			pid, _ := io.ReadAll(io.LimitReader(f, 20))
			return nil, fmt.Errorf("%w (process %s): close it there first, or open it read-only", ErrLocked, strings.TrimSpace(string(pid)))
		}
		// The holder removes the file before it lets go: what was just locked may
		// be that old one, and the next comer would make a new one.
		held, err1 := f.Stat()
		there, err2 := os.Stat(name)
		if err1 != nil || err2 != nil || !os.SameFile(held, there) {
			f.Close()
			continue
		}
		if err := f.Truncate(0); err == nil {
			fmt.Fprintln(f, os.Getpid())
		}
		return f, nil
	}
}

// unlock lets go of what lock took.
func unlock(f *os.File) error {
	err := os.Remove(f.Name())
	return errors.Join(err, f.Close())
}

// inUse counts the projects that this process has open, by path. SQLite's own
// locks on Unix are lost when the process closes any descriptor of the file, so a
// file that is in use must not be opened again to look at its header.
var inUse = struct {
	sync.Mutex
	n map[string]int
}{n: map[string]int{}}

// use runs check unless path is in use, and then counts it as in use.
func use(path string, check func(string) error) error {
	inUse.Lock()
	defer inUse.Unlock()
	if inUse.n[path] == 0 {
		if err := check(path); err != nil {
			return err
		}
	}
	inUse.n[path]++
	return nil
}

// disuse takes one use back.
func disuse(path string) {
	inUse.Lock()
	defer inUse.Unlock()
	if inUse.n[path]--; inUse.n[path] == 0 {
		delete(inUse.n, path)
	}
}
