package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"frglab/engine/nn"
)

// freeBytes is how much the file system of a folder, or of the nearest one above it
// that is there, has room for; ok is false where nobody knows.
func freeBytes(dir string) (free int64, ok bool) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return 0, false
	}
	for {
		var s syscall.Statfs_t
		err := syscall.Statfs(dir, &s)
		if err == nil {
			return int64(s.Bavail) * int64(s.Bsize), true
		}
		if above := filepath.Dir(dir); errors.Is(err, os.ErrNotExist) && above != dir {
			dir = above
			continue
		}
		return 0, false
	}
}

// RunBytes is how much room a run of that network takes at most: best, the last
// three, the state, which holds the velocity as well, and the one that is being
// written.
func RunBytes(a nn.Arch) (int64, error) {
	_, params, err := a.Specs()
	if err != nil {
		return 0, err
	}
	var weights int64
	for _, layer := range params {
		for _, p := range layer {
			weights += 4 * int64(volume(p.Shape))
		}
	}
	const (
		files = 1 + keptLast + 2 + 2
		log   = 8 << 20 // log, figures, and what the file system wants for itself
	)
	return files*weights + log, nil
}

// checkRoom refuses a training whose checkpoints would not fit.
func (r Run) checkRoom() error {
	need, err := RunBytes(r.Config.Arch)
	if err != nil {
		return err
	}
	free, ok := r.free(r.Dir)
	for _, name := range runFiles { // those will be replaced
		if info, err := os.Stat(filepath.Join(r.Dir, name)); err == nil {
			free += info.Size()
		}
	}
	if ok && free < need {
		return fmt.Errorf("the disk of %q has room for %s, but the checkpoints of %s take up to %s: free %s, or choose another folder",
			r.Dir, megabytes(free), r.Config.Arch.Name, megabytes(need), megabytes(need-free))
	}
	return nil
}

func megabytes(n int64) string { return fmt.Sprintf("%d MB", (n+1<<20-1)>>20) }

// lockRun takes the folder of a run for this process, by flock, so that the kernel
// frees it however the process ends. The file returned is closed to let go; it is nil
// where the file system knows no such locks.
func lockRun(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("lock the folder of the run: %w", err)
	}
	switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		f.Close()
		return nil, fmt.Errorf("another process trains in %q: wait for it, or stop it first", dir)
	case err != nil:
		f.Close()
		return nil, nil
	}
	return f, nil
}

// Running says whether a process, this one included, trains in that folder now.
func Running(dir string) bool {
	f, err := os.Open(dir)
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}
