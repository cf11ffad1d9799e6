package dataset

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// Many take and leave the lock at once; never do two have it. The file goes with each
// holder, so this is also about those who wait with the old one in hand.
func TestLockIsForOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.frglab")
	var holders, taken atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 400 {
				f, err := lock(path)
				if errors.Is(err, ErrLocked) {
					continue
				} else if err != nil {
					t.Error(err)
					return
				}
				taken.Add(1)
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d have the lock", n)
				}
				holders.Add(-1)
				if err := unlock(f); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if taken.Load() == 0 {
		t.Error("nobody got it")
	}
	if _, err := os.Stat(path + "-lock"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the lock file is left: %v", err)
	}
}

// Of many who create one file at once, one does.
func TestCreateIsForOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.frglab")
	var made atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			switch err := create(path, nil); {
			case err == nil:
				made.Add(1)
			case !errors.Is(err, ErrExists):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if made.Load() != 1 {
		t.Errorf("%d made it", made.Load())
	}
	onlyFile(t, path)
}

// SQLite's locks would be lost if the header of an open project were read.
func TestHeaderOfAnOpenProjectIsLeftAlone(t *testing.T) {
	checks := 0
	check := func(string) error { checks++; return nil }
	for range 2 {
		for range 3 {
			if err := use("x", check); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			disuse("x")
		}
	}
	if checks != 2 {
		t.Errorf("%d checks, want one for each time that nobody had it open", checks)
	}
	failed := errors.New("no project")
	if err := use("x", func(string) error { return failed }); !errors.Is(err, failed) || inUse.n["x"] != 0 {
		t.Errorf("got %v, in use %d times", err, inUse.n["x"])
	}
}
