package dataset

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// disk is one that can be made to be full.
type disk interface {
	squeeze(t *testing.T, room int64) // leaves so many bytes
	release(t *testing.T)
}

// shortFiles is a limit for how long files may be: its error is another one than that of
// a full disk, like that of a memory card on which files end at 4 GB.
type shortFiles struct{ project string }

func (d shortFiles) squeeze(t *testing.T, room int64) {
	var size int64
	for _, end := range []string{"", "-wal"} {
		if info, err := os.Stat(d.project + end); err == nil {
			size = max(size, info.Size())
		}
	}
	d.limit(t, uint64(size+room))
}

func (d shortFiles) release(t *testing.T) { d.limit(t, 1<<40) }

func (shortFiles) limit(t *testing.T, n uint64) {
	t.Helper()
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: 1 << 62}); err != nil {
		t.Fatal(err)
	}
}

// smallDisk is one that a file fills.
type smallDisk struct{ dir string }

func (d smallDisk) squeeze(t *testing.T, room int64) {
	t.Helper()
	var fs syscall.Statfs_t
	if err := syscall.Statfs(d.dir, &fs); err != nil {
		t.Fatal(err)
	}
	writeFile(t, d.filler(), make([]byte, max(0, int64(fs.Bavail)*fs.Bsize-room)))
}

func (d smallDisk) release(t *testing.T) {
	t.Helper()
	if err := os.Remove(d.filler()); err != nil {
		t.Fatal(err)
	}
}

func (d smallDisk) filler() string { return filepath.Join(d.dir, "filler") }

// On a full disk each act says so, is not there, and can be done again on the same
// Project when there is room.
func TestFullDisk(t *testing.T) {
	if !elsewhere(t, t.TempDir(), `mount -t tmpfs -o size=6m none "$FRGLAB_TEST_PROJECT"`) {
		dir := os.Getenv(childPath)
		onFullDisk(t, dir, smallDisk{dir})
	}
}

func TestFilesAtTheirLimit(t *testing.T) {
	if os.Getenv(childEnv) == "" {
		cmd := exec.Command(os.Args[0], "-test.v", "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), childEnv+"=test", childPath+"="+t.TempDir())
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%v", err)
		}
		t.Logf("%s", out)
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	dir := os.Getenv(childPath)
	onFullDisk(t, dir, shortFiles{filepath.Join(dir, "p.frglab")})
}

func onFullDisk(t *testing.T, dir string, d disk) {
	path := filepath.Join(dir, "p.frglab")
	old, err := os.ReadFile(largerFormat1(t, 100))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("migration", func(t *testing.T) {
		refused, room := 0, int64(0)
		if _, ok := d.(shortFiles); ok { // below what the project has
			room = -int64(len(old))
		}
		for ; ; room += 5000 {
			writeFile(t, path, old)
			d.squeeze(t, room)
			p, err := Open(path)
			if err == nil {
				d.release(t)
				if err := p.Close(); err != nil {
					t.Error(err)
				}
				break
			}
			refused++
			wantError(t, err, nil, path, "the disk is full")
			if got, _ := os.ReadFile(path); !bytes.Equal(got, old) {
				t.Fatalf("%d bytes of room: the project was changed, after %v", room, err)
			}
			if got := strings.TrimSpace(strings.ReplaceAll(beside(t, path), "filler", "")); got != "" {
				t.Fatalf("%d bytes of room: left behind are %s, after %v", room, got, err)
			}
			d.release(t)
			if room > 10<<20 {
				t.Fatal("it never succeeds")
			}
		}
		t.Logf("refused %d times, for want of room, before it was brought up to date", refused)
		os.Remove(path + ".format1")
		os.Remove(path)
	})
	p, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	twin := newProject(t)
	for _, q := range []*Project{p, twin} {
		for i := range 5 {
			addTo(t, q, fmt.Sprint("/show ", i, "/0.mp4"), 20*i, 20)
		}
	}
	t.Run("acts", func(t *testing.T) {
		step := 0
		kinds := map[int]bool{}
		for round := range 20 {
			d.squeeze(t, int64(round*7919%60_000))
			begin := step
			var err error
			for ; err == nil; step++ {
				if err = play(p, step); err != nil {
					break
				} else if step > begin+1000 {
					t.Fatal("the disk is never full")
				}
			}
			kinds[step%16] = true
			wantError(t, err, nil, "the disk is full: free some space and try again")
			if strings.Count(err.Error(), "the disk is full") != 1 {
				t.Errorf("it says so more than once: %v", err)
			}
			d.release(t)
			for n := begin; n < step; n++ {
				if err := play(twin, n); err != nil {
					t.Fatal(err)
				}
			}
			if got, want := everything(t, p), everything(t, twin); got != want {
				t.Fatalf("after %v: got\n%s\nwant\n%s", err, got, want)
			}
			if err := play(p, step); err != nil { // again
				t.Fatalf("there is room again, and: %v", err)
			}
			if err := play(twin, step); err != nil {
				t.Fatal(err)
			}
			step++
		}
		t.Logf("full 20 times, at %d of 16 kinds of step", len(kinds))
	})
	t.Run("import", func(t *testing.T) {
		crops := folders(t, 40)
		before, err := p.Counts()
		if err != nil {
			t.Fatal(err)
		}
		want, err := twin.ImportFolders(t.Context(), crops, nil)
		if err != nil {
			t.Fatal(err)
		}
		failed := 0
		for room := int64(0); ; room += 20_000 {
			d.squeeze(t, room)
			_, err := p.ImportFolders(t.Context(), crops, nil)
			d.release(t)
			if err == nil {
				break
			}
			failed++
			wantError(t, err, nil, "the disk is full")
			if room > 4<<20 {
				t.Fatal("it never succeeds")
			}
		}
		after, err := p.Counts()
		if err != nil || after.Samples-before.Samples != want.Added {
			t.Errorf("%d samples came, %v, want %d", after.Samples-before.Samples, err, want.Added)
		}
		t.Logf("full %d times", failed)
	})
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if p, err = Open(path); err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	sound(t, p)
}
