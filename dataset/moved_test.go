package dataset

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestRenamedWhileOpen: who renames an open project is told at the next act, has all acts
// before it in the renamed file even if the program ends there and then, and goes on once
// it has its old name back.
func TestRenamedWhileOpen(t *testing.T) {
	p := newProject(t)
	ids := addTo(t, p, "/show/01.mp4", 0, 3)
	old, renamed := p.Path(), filepath.Join(t.TempDir(), "renamed.frglab")
	verdict := func(id int64) error { return p.Label(map[int64]Class{id: Face}, "label") }
	if err := errors.Join(verdict(ids[0]), os.Rename(old, renamed)); err != nil {
		t.Fatal(err)
	}
	if err := verdict(ids[1]); !errors.Is(err, ErrMoved) {
		t.Fatalf("a label of a file that is gone: %v", err)
	}
	if hasWAL(old) {
		t.Error("what was done before is not in the file")
	}
	data, err := os.ReadFile(renamed)
	if err != nil {
		t.Fatal(err)
	}
	killed := filepath.Join(t.TempDir(), "copy.frglab")
	if err := os.WriteFile(killed, data, 0o600); err != nil {
		t.Fatal(err)
	}
	q, err := Open(killed)
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	if n, err := q.Counts(); err != nil || n.Face != 1 {
		t.Errorf("the renamed file has %+v, %v; want 1 face", n, err)
	}
	if err := errors.Join(os.Rename(renamed, old), verdict(ids[1])); err != nil {
		t.Fatal(err)
	}
	if n, err := p.Counts(); err != nil || n.Face != 2 {
		t.Errorf("with its name back it has %+v, %v; want 2 faces", n, err)
	}
}
