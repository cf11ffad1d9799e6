package cli

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frglab/engine"
)

// FuzzSteer leads a training by these bytes: whatever they are, it knows in the end that
// nobody leads it any more, and waits only where it was told to.
func FuzzSteer(f *testing.F) {
	f.Add([]byte("pause\nresume\npause\npause\n stop \r\nresume"))
	f.Add([]byte("PAUSE\n\n\x00\npause"))
	f.Add(append(bytes.Repeat([]byte("x"), 70_000), "\npause\n"...))
	f.Fuzz(func(t *testing.T, data []byte) {
		var asked []error
		s := &steering{stop: func(cause error) { asked = append(asked, cause) }}
		s.listen(bytes.NewReader(data))
		if len(asked) == 0 {
			t.Fatal("it was never asked to stop")
		}
		for _, cause := range asked {
			if !errors.Is(cause, errAsked) {
				t.Fatalf("asked to stop with %v", cause)
			}
		}
		gate := s.wait()
		if gate != nil && !bytes.Contains(data, []byte(SteerPause)) {
			t.Fatal("it waits, and nobody said so")
		}
		s.obey(SteerResume)
		if s.wait() != nil {
			t.Fatal("it waits though it was told to go on")
		}
		if gate != nil {
			<-gate // open, or this is the end of the test
		}
	})
}

// FuzzJournal goes on behind the records that a file of these bytes holds: a file that is
// not of records stays as it is, of others the whole lines stay, and a record more.
func FuzzJournal(f *testing.F) {
	line := `{"file":"a.png","width":64,"height":48,"detector":"cnn","mode":"scout","ms":1.5,"detections":[{"box":[1,2,3,4],"score":0.5}]}` + "\n"
	f.Add([]byte(line+line), true)
	f.Add([]byte(line+line[:40]), true)
	f.Add([]byte(line+"{}\n"), true)
	f.Add([]byte(line), false)
	f.Add([]byte("\x89PNG\r\n\x1a\n"), false)
	f.Add([]byte(opening[:3]), false)
	path := filepath.Join(f.TempDir(), "out.jsonl")
	f.Fuzz(func(t *testing.T, data []byte, resume bool) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := openJournal(path, nil, resume)
		if err != nil {
			if !strings.Contains(err.Error(), "out.jsonl") {
				t.Fatalf("%v does not name the file", err)
			}
			if now, _ := os.ReadFile(path); !bytes.Equal(now, data) {
				t.Fatalf("%q was changed to %q", data, now)
			}
			return
		}
		if err := errors.Join(j.write([]record{{File: "b.png", Detector: "cnn"}}), j.close()); err != nil {
			t.Fatal(err)
		}
		kept := 0
		if resume {
			kept = bytes.LastIndexByte(data, '\n') + 1
		}
		now, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(now[:min(kept, len(now))], data[:kept]) || !bytes.HasPrefix(now[kept:], []byte(opening)) {
			t.Fatalf("of %q it made %q, %v", data, now, err)
		}
		if again, err := openJournal(path, nil, true); err != nil {
			t.Fatalf("what was written cannot be gone on with: %v", err)
		} else if err := again.close(); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzSmallFiles reads these bytes as each of the small files that commands are given, and
// as one field of --set. What is accepted can be used; what is not is named.
func FuzzSmallFiles(f *testing.F) {
	settings := filepath.Join(f.TempDir(), "settings.json")
	if err := saveSettings(settings); err != nil {
		f.Fatal(err)
	}
	text, err := os.ReadFile(settings)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	for _, seed := range []string{
		tinyArch, tinyArch + "x",
		`[{"name":"a","mode":"windows","params":{"threshold":0.4,"sizes":[{"side":1}]}},{"name":"b","cascade":{"scale_factor":1.2}}]`,
		`{"config":{"batch":3},"mine":{},"source":"a.json","rounds":2}`,
		`batch=3`, `shift=1e309`, `balance=true`, `arch={"layers":[]}`, `seed=-1`, `schedule=cosine`,
	} {
		f.Add([]byte(seed))
	}
	dir := f.TempDir()
	path := filepath.Join(dir, planFile)
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if a, err := openArch(path); err == nil {
			a.Classes()
		} else if !strings.Contains(err.Error(), planFile) {
			t.Fatalf("%v does not name the file", err)
		}
		if c, err := readSettings(path); err == nil && c.Validate() == nil {
			RunSettings{Config: c}.JSON()
		}
		if p, err := readPlan(dir); err == nil {
			mustJSON(p)
		}
		if rows, err := readRows(path); err == nil {
			for _, r := range rows {
				p, err := engine.DefaultDetectParams(engine.ModeScout)
				if err != nil {
					t.Fatal(err)
				}
				if len(r.Params) > 0 && strict(r.Params, &p) == nil {
					_ = p.Validate()
				}
			}
		}
		c, err := engine.Preset("modern")
		if err != nil {
			t.Fatal(err)
		}
		var fields fieldFlags
		if fields.Set(string(data)) == nil && fields.apply(&c) == nil && c.Validate() == nil {
			fieldsOf(c)
		}
	})
}
