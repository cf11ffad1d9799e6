package dataset

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// openAndHold opens the project, says so, and keeps it until its input ends.
func openAndHold(path string) error {
	p, err := Open(path)
	if err != nil {
		return err
	}
	fmt.Println("open")
	_, err = io.Copy(io.Discard, os.Stdin)
	return errors.Join(err, p.Close())
}

// largerFormat1 is format1Project with n more samples.
func largerFormat1(t testing.TB, n int) string {
	t.Helper()
	path := format1Project(t)
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`WITH RECURSIVE n (i) AS (VALUES (2) UNION ALL SELECT i + 1 FROM n WHERE i <= ?)
		INSERT INTO samples SELECT i, 1, i % 3, 1, 0, i, 0, 0, 0, 64, 64, 'cascade', 0, 64, 64, randomblob(16) FROM n;
		INSERT INTO crops SELECT id, randomblob(1000) FROM samples WHERE id > 1`, n); err != nil {
		t.Fatal(err)
	}
	return path
}

// A kill while a project is brought up to date leaves it old or new, and the next Open
// ends what was begun: with one copy of the old one, and nothing else beside it.
func TestKilledMigration(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	old, err := os.ReadFile(largerFormat1(t, 2000))
	if err != nil {
		t.Fatal(err)
	}
	left := map[string]int{}
	for round := range kills(6) {
		path := writeFile(t, filepath.Join(t.TempDir(), "old.frglab"), old)
		for range 1 + rng.IntN(3) { // times that it is begun in vain
			cmd := child("open", path)
			if _, err := cmd.StdinPipe(); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(rng.IntN(90)) * time.Millisecond) // the kill comes at any time
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			cmd.Wait()
		}
		left[beside(t, path)]++
		p, err := Open(path)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		if got := beside(t, path); got != "old.frglab.format1" {
			t.Fatalf("round %d: beside the project are %s", round, got)
		}
		for file, want := range map[string]int{path: schemaVersion, path + ".format1": 1} {
			db, err := sql.Open("sqlite3", dsn(file, "immutable=1"))
			if err != nil {
				t.Fatal(err)
			}
			version, err := check(db, true)
			var n int
			err = errors.Join(err, db.QueryRow("SELECT count(*) FROM samples JOIN crops ON sample = id").Scan(&n), db.Close())
			if version != want || n != 2001 || err != nil {
				t.Fatalf("round %d: %s has format %d and %d samples, %v; want %d, 2001", round, file, version, n, err, want)
			}
		}
	}
	t.Logf("beside the project after the kills: %v", left)
}

// beside names what is in the folder of path but for path.
func beside(t *testing.T, path string) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.Name() != filepath.Base(path) {
			names = append(names, e.Name())
		}
	}
	return strings.Join(names, " ")
}

func TestTwoProcesses(t *testing.T) {
	p := newProject(t)
	ids := addTo(t, p, "a.png", 1, 3)
	path := p.Path()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := child("open", path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	_, err = Open(path)
	wantError(t, err, ErrLocked, fmt.Sprintf("process %d", cmd.Process.Pid), "open it read-only")
	r := readProject(t, path)
	if _, err := r.Crop(ids[0]); err != nil {
		t.Error(err)
	}
	// A lock that outlives its holder is none.
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	cmd.Wait()
	if _, err := os.Stat(path + "-lock"); err != nil {
		t.Fatalf("this test wants a stale lock: %v", err)
	}
	q, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	label(t, q, ids[0], Other)
	if s, err := r.Samples(ids[:1]); err != nil || s[0].Class != Other {
		t.Errorf("the reader sees %+v, %v", s, err)
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err := r.Samples(ids[:1]); err != nil || s[0].Class != Other {
		t.Errorf("after the writer the reader sees %+v, %v", s, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	onlyFile(t, path)
}

// elsewhere runs the test again in a process of its own, where the folder dir has been
// mounted as the options say. It returns false there.
func elsewhere(t *testing.T, dir, mount string) bool {
	t.Helper()
	if os.Getenv(childEnv) != "" {
		return false
	}
	if err := exec.Command("unshare", "-rm", "mount", "-t", "tmpfs", "none", dir).Run(); err != nil {
		t.Skipf("a file system cannot be mounted here: %v", err)
	}
	cmd := exec.Command("unshare", "-rm", "sh", "-ec", mount+`; exec "$@"`, "sh", os.Args[0], "-test.v", "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), childEnv+"=test", childPath+"="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
	return true
}

func TestReadOnlyFileSystem(t *testing.T) {
	dir := t.TempDir()
	if os.Getenv(childEnv) == "" {
		path, data, _ := busyProject(t)
		writeFile(t, filepath.Join(dir, "p.frglab"), data)
		// Another that was not closed: its newest changes are beside it.
		p, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		label(t, p, 1, Unsure)
		for _, end := range []string{"", "-wal"} {
			data, err := os.ReadFile(path + end)
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(dir, "crashed.frglab"+end), data)
		}
		data, err = os.ReadFile(format1Project(t))
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, "old.frglab"), data)
	}
	if elsewhere(t, dir, `mount --bind "$FRGLAB_TEST_PROJECT" "$FRGLAB_TEST_PROJECT"; mount -o remount,ro,bind "$FRGLAB_TEST_PROJECT"`) {
		return
	}
	dir = os.Getenv(childPath)
	path, crashed := filepath.Join(dir, "p.frglab"), filepath.Join(dir, "crashed.frglab")
	for _, path := range []string{path, crashed, filepath.Join(dir, "old.frglab")} {
		_, err := Open(path)
		wantError(t, err, ErrUnwritable, path, "folder of your own")
	}
	p, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if got := everything(t, p); !strings.Contains(got, "sample 1 ") {
		t.Errorf("the project holds %s", got)
	}
	_, err = OpenReadOnly(crashed)
	wantError(t, err, ErrUnwritable, crashed+"-wal", "copy both files")
	_, err = Create(filepath.Join(dir, "new.frglab"))
	wantError(t, err, ErrUnwritable)
	out := filepath.Join(t.TempDir(), "out.frglab")
	r, err := Rescue(t.Context(), crashed, out)
	if err != nil || !r.History {
		t.Errorf("%+v, %v", r, err)
	}
	if s, err := readProject(t, out).Samples([]int64{1}); err != nil || s[0].Class != Unsure {
		t.Errorf("the newest label is not in the rescued one: %+v, %v", s, err)
	}
}

// Files beside a project that are not its own do it no harm.
func TestForeignFilesBeside(t *testing.T) {
	path, data := closedProject(t)
	t.Run("wal of another", func(t *testing.T) {
		p := newProject(t)
		addTo(t, p, "b.png", 100, 200)
		wal, err := os.ReadFile(p.Path() + "-wal")
		if err != nil || len(wal) == 0 {
			t.Fatal(err)
		}
		path := writeFile(t, filepath.Join(t.TempDir(), "p.frglab"), data)
		writeFile(t, path+"-wal", wal)
		for range 2 {
			_, err = Open(path)
			wantError(t, err, ErrDamaged, path+"-wal", "move that file away")
		}
		if got := beside(t, path); got != "p.frglab-wal" {
			t.Errorf("there are %s", got)
		}
		out := filepath.Join(t.TempDir(), "out.frglab")
		if r, err := Rescue(t.Context(), path, out); err != nil || r.Samples != 3 {
			t.Errorf("rescued are %+v, %v, want the 3 samples of the project alone", r, err)
		}
		if err := os.Remove(path + "-wal"); err != nil {
			t.Fatal(err)
		}
		openAndCompare(t, path, data)
	})
	t.Run("wal of another day", func(t *testing.T) {
		path, _, _ := busyProject(t)
		early := snap(t, path)
		p, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		var late snapshot
		for i := range 3 {
			if err := p.SetSetting("day", fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
			late = snap(t, path)
			if _, err := p.w.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		for name, s := range map[string]snapshot{"older": {early.db, late.wal}, "newer": {snap(t, path).db, late.wal}} {
			path := writeFile(t, filepath.Join(t.TempDir(), "p.frglab"), s.db)
			writeFile(t, path+"-wal", s.wal)
			_, err = Open(path)
			if name == "newer" { // it is the same as the log's last: no harm
				if err != nil {
					t.Error(err)
				}
				continue
			}
			wantError(t, err, ErrDamaged, path+"-wal", "move that file away")
		}
	})
	t.Run("wal of noise", func(t *testing.T) {
		path := writeFile(t, filepath.Join(t.TempDir(), "p.frglab"), data)
		writeFile(t, path+"-wal", bytes.Repeat([]byte("noise"), 1000))
		openAndCompare(t, path, data)
	})
	t.Run("journal", func(t *testing.T) {
		path := writeFile(t, filepath.Join(t.TempDir(), "p.frglab"), data)
		writeFile(t, path+"-journal", []byte("mine"))
		_, err := Open(path)
		wantError(t, err, nil, path+"-journal", "move that file away")
		if got, _ := os.ReadFile(path + "-journal"); string(got) != "mine" {
			t.Errorf("the journal is now %q", got)
		}
	})
	t.Run("lock that is a link", func(t *testing.T) {
		path := writeFile(t, filepath.Join(t.TempDir(), "p.frglab"), data)
		diary := writeFile(t, filepath.Join(t.TempDir(), "diary"), []byte("mine"))
		if err := os.Symlink(diary, path+"-lock"); err != nil {
			t.Fatal(err)
		}
		_, err := Open(path)
		wantError(t, err, nil, path+"-lock")
		if got, _ := os.ReadFile(diary); string(got) != "mine" {
			t.Errorf("the file behind the link holds %q", got)
		}
	})
	t.Run("folder in the place of copies", func(t *testing.T) {
		path := format1Project(t)
		p := &Project{path: path}
		mine := writeFile(t, filepath.Join(p.backups(), "mine"), []byte("mine"))
		_, err := Open(path)
		wantError(t, err, nil, "nothing was changed")
		if _, err := os.Stat(mine); err != nil {
			t.Error(err)
		}
	})
	openAndCompare(t, path, data)
}

// openAndCompare opens what should be a sound project of these bytes.
func openAndCompare(t *testing.T, path string, data []byte) {
	t.Helper()
	whole := writeFile(t, filepath.Join(t.TempDir(), "whole.frglab"), data)
	want := stateOfFile(t, whole)
	p, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if got := everything(t, p); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Each way of opening leaves nothing beside the project.
func TestNothingStaysBeside(t *testing.T) {
	path, data := closedProject(t)
	for name, open := range map[string]func(string) (*Project, error){"Open": Open, "OpenReadOnly": OpenReadOnly} {
		p, err := open(path)
		if err != nil {
			t.Fatal(err)
		}
		everything(t, p)
		if err := p.Close(); err != nil {
			t.Fatal(name, err)
		}
		onlyFile(t, path)
	}
	if got, _ := os.ReadFile(path); !bytes.Equal(got, data) {
		t.Error("reading changed the file")
	}
	damaged := bytes.Clone(data)
	clear(damaged[pageSize : 2*pageSize])
	writeFile(t, path, damaged)
	if p, err := OpenReadOnly(path); err == nil {
		p.IDs(Filter{})
		p.Close()
	}
	onlyFile(t, path)
	if got, _ := os.ReadFile(path); !bytes.Equal(got, damaged) {
		t.Error("reading changed the damaged file")
	}
}
