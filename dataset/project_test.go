package dataset

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"testing"
)

// Both ways to read crops are what the engine trains from.
var _, _ interface {
	Len() int
	At(i int) (image.Image, int, error)
} = (*View)(nil), (*List)(nil)

func TestCreateNeverOverwrites(t *testing.T) {
	path := writeFile(t, filepath.Join(t.TempDir(), "mine.frglab"), []byte("my diary"))
	_, err := Create(path)
	wantError(t, err, ErrExists, path, "another name")
	if got, _ := os.ReadFile(path); string(got) != "my diary" {
		t.Errorf("the file holds %q now", got)
	}
	onlyFile(t, path)
}

// onlyFile checks that nothing was left beside path.
func onlyFile(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != filepath.Base(path) {
			t.Errorf("%q was left beside %q", e.Name(), path)
		}
	}
}

func TestCreateBesideTheLogOfAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.frglab")
	wal := writeFile(t, path+"-wal", []byte("newest labels"))
	_, err := Create(path)
	wantError(t, err, nil, wal, "move it away")
	onlyFile(t, wal)
}

func TestCreateWhereNoFolderIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "p.frglab")
	_, err := Create(path)
	wantError(t, err, os.ErrNotExist, path)
	_, err = Open(path)
	wantError(t, err, os.ErrNotExist, path)
}

func TestAnyPath(t *testing.T) {
	for _, name := range []string{
		"plain.frglab", "with space.frglab", "50%20off.frglab", "what?.frglab", "a#b&c=d.frglab", "日本語の顔.frglab",
		"quote'\".frglab", "new\nline.frglab", "-dash.frglab", "no extension",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			p, err := Create(path)
			if err != nil {
				t.Fatal(err)
			}
			id := addTo(t, p, "a.png", 1, 1)[0]
			if err := p.Close(); err != nil {
				t.Fatal(err)
			}
			onlyFile(t, path)
			if p, err = Open(path); err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			if _, err := p.Crop(id); err != nil || p.Path() != path {
				t.Errorf("got path %q and error %v, want path %q", p.Path(), err, path)
			}
		})
	}
}

func TestSecondWriterIsLocked(t *testing.T) {
	p := newProject(t)
	link := filepath.Join(t.TempDir(), "link.frglab")
	if err := os.Symlink(p.Path(), link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{p.Path(), link} {
		_, err := Open(path)
		wantError(t, err, ErrLocked, path, "process")
	}
	// The refused ones did not take the lock away.
	_, err := Open(p.Path())
	wantError(t, err, ErrLocked)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	q, err := Open(link)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	onlyFile(t, p.Path())
}

func TestReadOnlyBesideAWriter(t *testing.T) {
	p := newProject(t)
	id := addTo(t, p, "a.png", 1, 1)[0]
	r, err := OpenReadOnly(p.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	label(t, p, id, Other)
	if got, err := r.Samples([]int64{id}); err != nil || got[0].Class != Other || !got[0].Checked {
		t.Errorf("the reader sees %+v, %v, want the label", got, err)
	}
	if _, err := r.Crop(id); err != nil {
		t.Error(err)
	}
	_, undo := r.Undo()
	_, run := r.AddRun(Run{})
	_, imported := r.ImportFolders(t.Context(), folders(t, 1), nil)
	for what, err := range map[string]error{
		"Label": r.Label(map[int64]Class{id: Face}, "label"), "Undo": undo, "AddRun": run,
		"Remove": r.Remove([]int64{id}, "x"), "AutoSplit": r.AutoSplit(0.2, 1), "ImportFolders": imported,
	} {
		t.Run(what, func(t *testing.T) { wantError(t, err, ErrReadOnly) })
	}
}

func TestWhatIsNoProjectStaysAsItIs(t *testing.T) {
	other := filepath.Join(t.TempDir(), "other.db")
	db, err := sql.Open("sqlite3", other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE t (x); PRAGMA journal_mode=WAL"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	database, _ := os.ReadFile(other)
	for name, data := range map[string][]byte{
		"empty": {}, "text": []byte("hello"), "long text": bytes.Repeat([]byte("hello "), 1000),
		"picture": pngOf(t, numbered(1)), "another database": database,
	} {
		t.Run(name, func(t *testing.T) {
			path := writeFile(t, filepath.Join(t.TempDir(), "x.frglab"), data)
			for _, open := range []func(string) (*Project, error){Open, OpenReadOnly} {
				_, err := open(path)
				wantError(t, err, ErrNotProject, path, "choose another file")
			}
			if got, _ := os.ReadFile(path); !bytes.Equal(got, data) {
				t.Error("the file was changed")
			}
			onlyFile(t, path)
		})
	}
	_, err = Open(t.TempDir())
	wantError(t, err, ErrNotProject)
}

// closedProject is the file of a project with some samples in it.
func closedProject(t testing.TB) (path string, data []byte) {
	t.Helper()
	p, err := Create(filepath.Join(t.TempDir(), "p.frglab"))
	if err != nil {
		t.Fatal(err)
	}
	ids := addTo(t, p, "a.png", 1, 3)
	label(t, p, ids[0], Other)
	if _, err := p.AddFrame(NewFrame{Path: "a.png", Width: 8, Height: 8}); err != nil {
		t.Fatal(err)
	}
	run, err := p.AddRun(Run{})
	if err := errors.Join(err, p.AddPoints(run, make([]Point, 3))); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	data, err = os.ReadFile(p.Path())
	if err != nil {
		t.Fatal(err)
	}
	return p.Path(), data
}

func TestNewerIsRefused(t *testing.T) {
	path, data := closedProject(t)
	binary.BigEndian.PutUint32(data[60:], uint32(schemaVersion+1))
	writeFile(t, path, data)
	for _, open := range []func(string) (*Project, error){Open, OpenReadOnly} {
		_, err := open(path)
		wantError(t, err, ErrNewer, path, "update FrgLab")
	}
	if got, _ := os.ReadFile(path); !bytes.Equal(got, data) {
		t.Error("the file was changed")
	}
	onlyFile(t, path)
}

func TestDamageIsFound(t *testing.T) {
	path, data := closedProject(t)
	exec := func(statement string) func([]byte) []byte {
		return func(data []byte) []byte {
			path := writeFile(t, filepath.Join(t.TempDir(), "x"), data)
			db, err := sql.Open("sqlite3", path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec("PRAGMA journal_mode=DELETE; " + statement); err != nil {
				t.Fatal(err)
			}
			data, err = os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			return data
		}
	}
	for name, harm := range map[string]func([]byte) []byte{
		"cut in half":      func(b []byte) []byte { return b[:len(b)/2] },
		"cut to 200 bytes": func(b []byte) []byte { return b[:200] },
		"no format number": func(b []byte) []byte { binary.BigEndian.PutUint32(b[60:], 0); return b },
		"pages of noise":   func(b []byte) []byte { copy(b[4096:], bytes.Repeat([]byte("noise"), 8000)); return b },
		"a trigger":        exec("CREATE TRIGGER t AFTER UPDATE ON samples BEGIN DELETE FROM crops; END"),
		"a lost table":     exec("DROP TABLE points"),
	} {
		t.Run(name, func(t *testing.T) {
			harmed := harm(bytes.Clone(data))
			writeFile(t, path, harmed)
			_, err := Open(path)
			wantError(t, err, ErrDamaged, path)
			if got, _ := os.ReadFile(path); !bytes.Equal(got, harmed) {
				t.Error("the file was changed")
			}
		})
	}
}

// A broken crop costs that crop, not the project.
func TestDamagedCrop(t *testing.T) {
	path, data := closedProject(t)
	at := bytes.Index(data, []byte("IDAT"))
	data[at+6] ^= 0xff
	writeFile(t, path, data)
	p, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	broken := 0
	for id := int64(1); id <= 3; id++ {
		if _, err := p.Crop(id); err != nil {
			broken++
			wantError(t, err, nil, "crop of sample", `project "p"`)
		}
	}
	if broken != 1 {
		t.Errorf("%d crops are broken, want 1", broken)
	}
}

func TestLabelsAreDurable(t *testing.T) {
	p := newProject(t)
	for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1"} {
		var got string
		if err := p.w.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", pragma, got, err, want)
		}
	}
}

var update = flag.Bool("update", false, "write the golden files")

// The schema of a version is a promise to files that exist: a change needs the next
// version and a migration, and then -update.
func TestSchemasAreTheGoldenOnes(t *testing.T) {
	for v := 1; v <= schemaVersion; v++ {
		got, err := wantSchema(v)
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", fmt.Sprintf("schema-v%d.sql", v))
		if *update {
			writeFile(t, golden, []byte(got))
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("the schema of version %d differs from %s:\n%s", v, golden, got)
		}
	}
}

// FuzzOpen opens a project of either format over which bytes were written, or the bytes
// alone.
func FuzzOpen(f *testing.F) {
	_, project := closedProject(f)
	old, err := os.ReadFile(format1Project(f))
	if err != nil {
		f.Fatal(err)
	}
	const alone = 2
	bases := [][]byte{project, old}
	used := make([][]int, len(bases)) // where there is something: most of a small database is room
	for base, data := range bases {
		for at, b := range data {
			if b != 0 {
				used[base] = append(used[base], at)
			}
		}
	}
	f.Add([]byte{}, uint16(0), byte(alone))
	f.Add(project[:100], uint16(0), byte(alone))
	for base := range bases {
		f.Add([]byte{}, uint16(0), byte(base))
		for at := 0; at < len(used[base]); at += 300 {
			f.Add([]byte{5, 0, 0, 0, 0, 0, 0, 1}, uint16(at), byte(base))
		}
	}
	dir := memoryDir(f)
	path, out := filepath.Join(dir, "f.frglab"), filepath.Join(dir, "out.frglab")
	f.Fuzz(func(t *testing.T, data []byte, at uint16, base byte) {
		if base %= 3; base != alone {
			patched := bytes.Clone(bases[base])
			copy(patched[used[base][int(at)%len(used[base])]:], data)
			data = patched
		}
		old, err := filepath.Glob(filepath.Join(dir, "*")) // the copy of an older format, and what is left after a failure
		for _, name := range old {
			err = errors.Join(err, os.RemoveAll(name))
		}
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, path, data)
		p, err := Open(path)
		if err != nil {
			if got, _ := os.ReadFile(path); !bytes.Equal(got, data) {
				t.Error("a file that is refused was changed")
			}
			onlyFile(t, path)
			if _, err := Rescue(t.Context(), path, out); err == nil {
				rescued, err := OpenReadOnly(out)
				if err != nil {
					t.Fatal(err)
				}
				sound(t, rescued)
				rescued.Close()
			}
			return
		}
		ids, err := p.IDs(Filter{})
		if err == nil && len(ids) > 0 {
			p.Samples(ids)
			p.Crop(ids[0])
			p.Label(map[int64]Class{ids[0]: Other}, "label")
			p.Undo()
		}
		p.Stats()
		p.View(Train)
		p.Close()
	})
}
