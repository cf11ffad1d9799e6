package dataset

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// killEnv makes the test binary a writer to be killed; its value is the project.
const killEnv = "FRGLAB_TEST_WRITER"

func TestMain(m *testing.M) {
	if path := os.Getenv(killEnv); path != "" {
		if err := writeForEver(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writeForEver plays the script from the step that the project stands at, and says
// each step once it is done.
func writeForEver(path string) error {
	p, err := Open(path)
	if err != nil {
		return err
	}
	text, err := p.Setting("step")
	if err != nil {
		return err
	}
	step, err := strconv.Atoi(text)
	if err != nil {
		return err
	}
	for ; ; step++ {
		if err := play(p, step); err != nil {
			return fmt.Errorf("step %d: %w", step, err)
		}
		fmt.Println(step)
	}
}

// play does step n of an endless script: labels of one and of several samples, undo,
// redo and adding.
func play(p *Project, n int) error {
	switch n % 8 {
	case 3:
		_, err := p.Undo()
		return err
	case 4:
		_, err := p.Redo()
		return err
	case 6:
		_, err := p.Add(context.Background(), []NewSample{{Path: fmt.Sprint("/show/", n%5), Crop: numbered(1000 + n)}})
		return err
	case 7:
		changes := map[int64]Class{}
		for id := int64(1); id <= 20; id++ {
			changes[id] = Class((n/8 + int(id)) % 3)
		}
		return p.Label(changes, "label page")
	}
	return p.Label(map[int64]Class{int64(1 + n%20): Class((n / 8) % 3)}, "label")
}

// TestKilledWriterLosesNothing kills a writing process 20 times at points drawn at
// random. The project must open each time, and stand where the last step that was
// said left it, or one further, where the kill came between doing and saying.
func TestKilledWriterLosesNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	dir := t.TempDir()
	open := func(name string) *Project {
		p, err := Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 20 {
			addTo(t, p, "/show/a", i, 1)
		}
		return p
	}
	twin := open("twin.frglab") // plays the same script, unharmed
	defer twin.Close()
	p := open("killed.frglab")
	path := p.Path()
	step := 0
	for round := range 20 {
		if err := p.SetSetting("step", strconv.Itoa(step)); err != nil {
			t.Fatal(err)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		said := killAfter(t, path, 1+rng.IntN(30))
		var err error
		if p, err = Open(path); err != nil {
			t.Fatalf("round %d: after the kill: %v", round, err)
		}
		for ; step <= said; step++ {
			if err := play(twin, step); err != nil {
				t.Fatal(err)
			}
		}
		got := everything(t, p)
		if got != everything(t, twin) {
			if err := play(twin, step); err != nil {
				t.Fatal(err)
			}
			step++
		}
		if want := everything(t, twin); got != want {
			t.Fatalf("round %d: step %d was acknowledged, the project has\n%swant\n%s", round, said, got, want)
		}
	}
	defer p.Close()
	var verdict string
	if err := p.r.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity check: %s, %v", verdict, err)
	}
	ids, err := p.IDs(Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if _, err := p.Crop(id); err != nil {
			t.Error(err)
		}
	}
}

// killAfter lets a process write until it has said n steps, kills it, and returns the
// last step that it said.
func killAfter(t *testing.T, path string, n int) (said int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killEnv+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	lines := bufio.NewScanner(out)
	for i := 0; lines.Scan(); i++ {
		if said, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatal(err)
		}
		if i == n-1 { // what it says until the kill arrives counts as well
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return said
}

// everything is the state with the history.
func everything(t *testing.T, p *Project) string {
	t.Helper()
	var acts string
	err := p.r.QueryRow("SELECT group_concat(what || ' ' || undone, char(10)) FROM (SELECT * FROM acts ORDER BY id)").Scan(&acts)
	if err != nil {
		t.Fatal(err)
	}
	return stateText(t, p) + acts + "\n"
}
