package dataset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// busyProject is the closed file of a project in which each table has rows, on several
// pages where that is much; and what each sample is.
func busyProject(t testing.TB) (path string, data []byte, samples map[int64]Sample) {
	t.Helper()
	p, err := Create(filepath.Join(t.TempDir(), "busy.frglab"))
	if err != nil {
		t.Fatal(err)
	}
	samples = map[int64]Sample{}
	for i := range 8 {
		addTo(t, p, fmt.Sprintf("/show %d/a.png", i), 100*i, 40)
	}
	run, err := p.AddRun(Run{})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 60 {
		if err := play(p, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.AddPoints(run, make([]Point, 200)); err != nil {
		t.Fatal(err)
	}
	ids, err := p.IDs(Filter{})
	if err != nil {
		t.Fatal(err)
	}
	list, err := p.Samples(ids)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		samples[s.ID] = s
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if data, err = os.ReadFile(p.Path()); err != nil {
		t.Fatal(err)
	}
	return p.Path(), data, samples
}

const pageSize = 4096 // SQLite's

// A page that is lost costs at most what is on it, and nothing that is brought over is
// another thing than it was.
func TestRescueAfterEachLostPage(t *testing.T) {
	path, data, samples := busyProject(t)
	rescued, fine, worst := 0, 0, 0
	step := 4 * pageSize
	if os.Getenv("FRGLAB_KILLS") != "" {
		step = pageSize
	}
	for at := 0; at < len(data); at += step {
		harmed := bytes.Clone(data)
		clear(harmed[at : at+pageSize])
		writeFile(t, path, harmed)
		if p, err := Open(path); err == nil {
			fine++ // the page holds crops or what can be made again
			p.Close()
		} else if at > 0 { // without its first page it is not even known for a project
			wantError(t, err, ErrDamaged, path)
		}
		if got, _ := os.ReadFile(path); !bytes.Equal(got, harmed) {
			t.Fatalf("page %d: the damaged file was changed", at/pageSize)
		}
		out := filepath.Join(t.TempDir(), "out.frglab")
		r, err := Rescue(t.Context(), path, out)
		if err != nil {
			if at > 0 && !errors.Is(err, ErrDamaged) && r.Samples > 0 {
				t.Errorf("page %d: %v", at/pageSize, err)
			}
			onlyFile(t, path)
			continue
		}
		rescued++
		lost := len(samples) - matching(t, out, samples)
		worst = max(worst, lost)
		if len(r.Unread) == 0 && lost > 0 {
			t.Errorf("page %d: %d samples are lost, and the report does not say so", at/pageSize, lost)
		}
	}
	t.Logf("%d pages: %d opened all the same, %d rescued, at most %d of %d samples lost", len(data)/step, fine, rescued, worst, len(samples))
	if rescued < len(data)/step*9/10 {
		t.Errorf("only %d of %d were rescued", rescued, len(data)/step)
	}
}

// matching checks that the project at path is sound, and counts samples that it has.
func matching(t *testing.T, path string, samples map[int64]Sample) (n int) {
	t.Helper()
	p, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	ids, err := p.IDs(Filter{})
	if err != nil {
		t.Fatal(err)
	}
	list, err := p.Samples(ids)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		if _, err := p.Crop(s.ID); err != nil {
			t.Error(err)
		}
		if s.Title == "rescued" {
			continue
		}
		if want := samples[s.ID]; s != want {
			t.Errorf("sample %d is %+v, was %+v", s.ID, s, want)
		}
		n++
	}
	return n
}

// What is left of a file that was cut off, such as by a copy that did not end.
func TestRescueOfTheFirstHalf(t *testing.T) {
	p := newProject(t)
	samples := map[int64]Sample{}
	rng := rand.New(rand.NewPCG(9, 9))
	for i := range 10 {
		var list []NewSample
		for range 100 {
			img := numbered(0)
			for j := range img.Pix { // noise, which fills pages
				img.Pix[j] = byte(rng.Uint32())
			}
			list = append(list, NewSample{Path: fmt.Sprintf("/show %d/a.png", i), Class: Class(i % 3), Checked: i%2 == 0, Crop: img})
		}
		ids, err := p.Add(t.Context(), list)
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Samples(ids)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range got {
			samples[s.ID] = s
		}
	}
	path := p.Path()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, data[:len(data)/2])
	_, err = Open(path)
	wantError(t, err, ErrDamaged, "rescue what is left")
	out := filepath.Join(t.TempDir(), "out.frglab")
	r, err := Rescue(t.Context(), path, out)
	if err != nil {
		t.Fatal(err)
	}
	onlyFile(t, path)
	n := matching(t, out, samples)
	onlyFile(t, out)
	sound(t, readProject(t, out))
	t.Logf("%+v; %d of %d samples", r, n, len(samples))
	if n < len(samples)/4 || r.Samples != n {
		t.Errorf("%d of %d samples are there; the report says %d", n, len(samples), r.Samples)
	}
}

func TestRescueOfASoundProject(t *testing.T) {
	path, _, samples := busyProject(t)
	before := stateOfFile(t, path)
	out := filepath.Join(t.TempDir(), "out.frglab")
	r, err := Rescue(t.Context(), path, out)
	if err != nil || !r.History || r.Lost+r.Unlabelled+len(r.Unread) > 0 || r.Samples != len(samples) {
		t.Errorf("the report is %+v, %v", r, err)
	}
	if got := stateOfFile(t, out); got != before {
		t.Errorf("got\n%s\nwant\n%s", got, before)
	}
	_, err = Rescue(t.Context(), path, out)
	wantError(t, err, ErrExists, "another name")
}

// A damaged project of an older format can be rescued too: nothing else helps there.
func TestRescueOfAnOlderFormat(t *testing.T) {
	path := format1Project(t)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, data[:len(data)-pageSize])
	_, err = Open(path)
	wantError(t, err, ErrDamaged, path)
	out := filepath.Join(t.TempDir(), "out.frglab")
	r, err := Rescue(t.Context(), path, out)
	if err != nil || r.Samples != 1 || r.Checked != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	sound(t, readProject(t, out))
}

// failingDisk cannot be read between two places.
type failingDisk struct {
	*bytes.Reader
	from, to int64
}

func (d failingDisk) ReadAt(b []byte, at int64) (int, error) {
	if at < d.to && at+int64(len(b)) > d.from {
		return 0, syscall.EIO
	}
	return d.Reader.ReadAt(b, at)
}

func TestSalvage(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 200_000)
	want := bytes.Clone(data)
	clear(want[40*4096 : 43*4096])
	var got bytes.Buffer
	r := rescuer{ctx: t.Context()}
	if err := r.salvage(&got, failingDisk{bytes.NewReader(data), 40*4096 + 7, 43*4096 - 7}, int64(len(data))); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Error("more is lost than the blocks that cannot be read")
	}
}

// readProject opens a project for reading until the test ends.
func readProject(t testing.TB, path string) *Project {
	t.Helper()
	p, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestRescueStops(t *testing.T) {
	path, _, _ := busyProject(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	out := filepath.Join(t.TempDir(), "out.frglab")
	_, err := Rescue(ctx, path, out)
	wantError(t, err, context.Canceled)
	if _, err := os.Stat(out); err == nil {
		t.Error("there is a file")
	}
	onlyFile(t, filepath.Join(filepath.Dir(out), "nothing"))
}

// Bytes that flipped: whatever Open says, it ends, and a refused file is as it was.
func TestFlippedBytes(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	path, data, _ := busyProject(t)
	refused := 0
	for range 60 {
		harmed := bytes.Clone(data)
		for range 1 + rng.IntN(8) {
			harmed[rng.IntN(len(harmed))] ^= byte(1 << rng.IntN(8))
		}
		if !openOrRefuse(t, path, harmed) {
			refused++
		}
	}
	for cut := 0; cut < len(data); cut += pageSize {
		if openOrRefuse(t, path, data[:cut]) {
			t.Errorf("a file cut off at %d of %d bytes was opened", cut, len(data))
		}
	}
	t.Logf("%d of 60 with flipped bits refused, all of %d that were cut off", refused, len(data)/pageSize)
}

// openOrRefuse opens the bytes as a project and reads it all, or checks the refusal.
func openOrRefuse(t *testing.T, path string, data []byte) bool {
	t.Helper()
	writeFile(t, path, data)
	p, err := Open(path)
	if err != nil {
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotProject) && !errors.Is(err, ErrNewer) {
			t.Errorf("got error %v, want one that says what the file is", err)
		}
		if got, _ := os.ReadFile(path); !bytes.Equal(got, data) {
			t.Error("the file was changed")
		}
		onlyFile(t, path)
		return false
	}
	defer p.Close()
	ids, err := p.IDs(Filter{})
	if err == nil {
		_, err = p.Samples(ids)
	}
	_, err2 := p.Stats()
	_, err3 := p.History(100)
	if err := errors.Join(err, err2, err3); err != nil {
		t.Errorf("it opened, and then: %v", err)
	}
	for _, id := range ids {
		p.Crop(id) // those have checksums of their own
	}
	return true
}

// stateOfFile is everything about the project at path, read only.
func stateOfFile(t *testing.T, path string) string {
	t.Helper()
	p, err := OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	return everything(t, p)
}
