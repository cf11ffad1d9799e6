package dataset

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// snapshot is a project's files as they are now.
type snapshot struct{ db, wal []byte }

func snap(t *testing.T, path string) (s snapshot) {
	t.Helper()
	var err error
	if s.db, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	s.wal, _ = os.ReadFile(path + "-wal")
	return s
}

// restore opens the files as a project after a power cut.
func (s snapshot) restore(t *testing.T, dir string) string {
	t.Helper()
	path := writeFile(t, filepath.Join(dir, "cut.frglab"), s.db)
	writeFile(t, path+"-wal", s.wal)
	p, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	sound(t, p)
	return everything(t, p)
}

// A power cut leaves of the log what had reached the disk: any part of its beginning.
// The project opens, and holds exactly the acts up to one of them: never half of one.
// What had returned is in the part that was synced, so it is there.
func TestPowerCutInTheLog(t *testing.T) {
	p := newProject(t)
	for i := range 3 {
		addTo(t, p, "/show/a.png", 40*i, 40)
	}
	// The log begins anew, so that it holds the acts that follow and no others.
	if _, err := p.w.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	states, ends := []string{everything(t, p)}, []int{0}
	for n := range 9 {
		if err := play(p, n); err != nil {
			t.Fatal(err)
		}
		states = append(states, everything(t, p))
		ends = append(ends, lastCommit(snap(t, p.Path()).wal))
	}
	whole := snap(t, p.Path())
	const head, frame = 32, 24 + pageSize // https://www.sqlite.org/fileformat2.html#the_write_ahead_log
	rng := rand.New(rand.NewPCG(4, 4))
	cuts := 0
	dir := t.TempDir()
	for at := head; at <= len(whole.wal); at += frame {
		for _, cut := range []int{at, at - 1 - rng.IntN(frame)} {
			cut = max(0, cut)
			s := snapshot{whole.db, whole.wal[:cut]}
			if rng.IntN(2) == 0 { // the file has its length, but not all of its blocks
				s.wal = slices.Concat(s.wal, make([]byte, len(whole.wal)-cut))
			}
			want := 0 // the last act that is in the log as a whole
			for i, end := range ends {
				if end <= cut {
					want = i
				}
			}
			if got := s.restore(t, dir); got != states[want] {
				t.Fatalf("log of %d bytes: the project holds act %d, want %d", cut, slices.Index(states, got), want)
			}
			cuts++
		}
	}
	t.Logf("%d cuts of a log of %d bytes and %d acts", cuts, len(whole.wal), len(states)-1)
}

// lastCommit is where the last transaction in a log ends.
func lastCommit(wal []byte) (end int) {
	const head, frame = 32, 24 + pageSize
	for at := head; at+frame <= len(wal); at += frame {
		if binary.BigEndian.Uint32(wal[at+4:]) > 0 && bytes.Equal(wal[at+8:at+16], wal[16:24]) {
			end = at + frame
		}
	}
	return end
}

// A power cut while the log is brought into the project leaves any mixture of old and
// new pages there. The log is still whole then: it counts.
func TestPowerCutInACheckpoint(t *testing.T) {
	p := newProject(t)
	addTo(t, p, "/show/a.png", 0, 100)
	if _, err := p.w.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	for n := range 48 {
		if err := play(p, n); err != nil {
			t.Fatal(err)
		}
	}
	want := everything(t, p)
	before := snap(t, p.Path())
	if _, err := p.w.Exec("PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
		t.Fatal(err)
	}
	after := snap(t, p.Path())
	if bytes.Equal(before.db, after.db) || !bytes.Equal(before.wal, after.wal) {
		t.Fatal("this test wants a checkpoint that wrote to the project and left the log")
	}
	rng := rand.New(rand.NewPCG(5, 5))
	dir := t.TempDir()
	for range 20 {
		torn := snapshot{slices.Clone(before.db), before.wal}
		if rng.IntN(2) == 0 { // it had grown already
			torn.db = slices.Concat(before.db, make([]byte, len(after.db)-len(before.db)))
		}
		for at := 0; at < len(torn.db); at += 512 { // sectors
			if rng.IntN(2) == 0 {
				copy(torn.db[at:at+512], after.db[at:])
			}
		}
		if got := torn.restore(t, dir); got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	}
}
