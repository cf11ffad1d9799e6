package dataset

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// childEnv makes the test binary do a task in a process of its own, one of children;
// childPath is the project that it is about.
const (
	childEnv  = "FRGLAB_TEST_CHILD"
	childPath = "FRGLAB_TEST_PROJECT"
)

var children = map[string]func(path string) error{"write": writeForEver, "open": openAndHold}

func TestMain(m *testing.M) {
	if do, ok := children[os.Getenv(childEnv)]; ok {
		if err := do(os.Getenv(childPath)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child is this test binary, about to do a task.
func child(task, path string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+task, childPath+"="+path)
	cmd.Stderr = os.Stderr
	return cmd
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

// play does step n of an endless script, in which all kinds of writing come up. It
// depends on nothing but n and what the project holds.
func play(p *Project, n int) error {
	ctx := context.Background()
	changes := map[int64]Class{}
	switch n % 16 {
	case 1, 9:
		_, err := p.Undo()
		return err
	case 2:
		_, err := p.Redo()
		return err
	case 3:
		_, err := p.Add(ctx, []NewSample{
			{Path: fmt.Sprint("/show ", n%5, "/1.mp4"), Frame: n, Crop: numbered(10_000 + n)},
			{Path: fmt.Sprint("/show ", n%7, "/2.mp4"), Frame: n, Crop: numbered(10_000_000 + n)},
		})
		return err
	case 4, 12:
		for id := int64(1); id <= 100; id++ {
			changes[id] = Class((n/8 + int(id)) % 3)
		}
		return p.Label(changes, "label page")
	case 5:
		_, err := p.AddFrame(NewFrame{Path: fmt.Sprint("/show ", n%5, "/1.mp4"), Frame: n, Width: 640, Height: 360})
		return err
	case 6:
		return p.CheckFrame(newest(p, "frames"), n%32 < 16, "check frame")
	case 7, 8: // a new box with a new crop, and one that moved by too little for one
		ids, err := p.IDs(Filter{})
		if err != nil {
			return err
		}
		box := image.Rect(n%1000, 5, n%1000+64, 69)
		_, err = p.Replace(ctx, ids[len(ids)-1], NewSample{Path: "/show 1/1.mp4", Frame: n - n%2, Box: box, Crop: numbered(20_000_000 + n/16)}, "move box")
		return err
	case 10:
		return p.AutoSplit(0.3, uint64(n))
	case 11:
		_, err := p.AddRun(Run{Status: "running", Started: time.UnixMilli(int64(n))})
		return err
	case 13:
		return p.AddPoints(newest(p, "runs"), []Point{{Step: n, Loss: 0.5}, {Split: Valid, Step: n, Loss: math.NaN()}})
	case 14:
		return p.SetSetting("order", strconv.Itoa(n))
	}
	changes[int64(1+n%100)] = Class(n / 16 % 3)
	return p.Label(changes, "label")
}

// newest is the number of a table's last row, 0 where it is empty.
func newest(p *Project, table string) (id int64) {
	_ = p.r.QueryRow("SELECT coalesce(max(id), 0) FROM " + table).Scan(&id)
	return id
}

// kills is how often a test kills: n times in a quick run, or as FRGLAB_KILLS says.
func kills(n int) int {
	if more, err := strconv.Atoi(os.Getenv("FRGLAB_KILLS")); err == nil {
		return more
	}
	return n
}

// TestKilledWriterLosesNothing kills a writing process at points drawn at random. The
// project must open each time, and stand where the last step that was said left it, or
// one further, where the kill came between doing and saying.
func TestKilledWriterLosesNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	dir := t.TempDir()
	begin := func(name string) *Project {
		p, err := Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			addTo(t, p, fmt.Sprint("/show ", i, "/0.mp4"), 20*i, 20)
		}
		return p
	}
	twin := begin("twin.frglab") // plays the same script, unharmed
	defer twin.Close()
	p := begin("killed.frglab")
	path := p.Path()
	step, between := 0, 0
	for round := range kills(20) {
		if err := p.SetSetting("step", strconv.Itoa(step)); err != nil {
			t.Fatal(err)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		said := killAfter(t, path, 1+rng.IntN(30), step-1, time.Duration(rng.IntN(3000))*time.Microsecond)
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
			between++
			if err := play(twin, step); err != nil {
				t.Fatal(err)
			}
			step++
		}
		if want := everything(t, twin); got != want {
			t.Fatalf("round %d: step %d was acknowledged, the project has\n%swant\n%s", round, said, got, want)
		}
		sound(t, p)
	}
	defer p.Close()
	t.Logf("%d kills, %d steps, %d kills between doing and saying", kills(20), step, between)
	for _, q := range []*Project{p, twin} { // back to the very beginning
		for _, err := q.Undo(); !errors.Is(err, ErrNothing); _, err = q.Undo() {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := stateText(t, p); got != "" {
		t.Errorf("after all Undos there are still\n%s", got)
	}
}

// killAfter lets a process write until it has said n steps and a little longer, kills
// it, and returns the last step that it said, or before.
func killAfter(t *testing.T, path string, n, before int, longer time.Duration) (said int) {
	t.Helper()
	cmd := child("write", path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	lines := bufio.NewScanner(out)
	said = before
	for i := 0; lines.Scan(); i++ {
		if said, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatal(err)
		}
		if i == n-1 { // what it says until the kill arrives counts as well
			time.AfterFunc(longer, func() { cmd.Process.Kill() })
		}
	}
	return said
}

// sound is SQLite's own opinion, and that every crop can be read.
func sound(t testing.TB, p *Project) {
	t.Helper()
	var verdict string
	if err := p.r.QueryRow("SELECT group_concat(integrity_check) FROM pragma_integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Fatalf("integrity check: %s, %v", verdict, err)
	}
	var astray int
	if err := p.r.QueryRow("SELECT count(*) FROM pragma_foreign_key_check").Scan(&astray); err != nil || astray > 0 {
		t.Fatalf("%d rows refer to nothing, %v", astray, err)
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

// everything is all that a project holds, in words, but for its pixels, times and the
// step of the script.
func everything(t testing.TB, p *Project) string {
	t.Helper()
	var rest string
	err := p.r.QueryRow(`SELECT group_concat(line, char(10)) FROM (
		SELECT 'act ' || what || ' ' || undone AS line FROM acts
		UNION ALL SELECT 'change ' || concat_ws(' ', act, kind, id, before, after) FROM changes
		UNION ALL SELECT 'sample ' || concat_ws(' ', id, source, class, checked, gone, frame, x, y, w, h) FROM samples
		UNION ALL SELECT 'source ' || concat_ws(' ', id, path, title, episode, split) FROM sources
		UNION ALL SELECT 'frame ' || concat_ws(' ', id, source, frame, state) FROM frames
		UNION ALL SELECT 'run ' || concat_ws(' ', id, started, status) FROM runs
		UNION ALL SELECT 'point ' || concat_ws(' ', run, split, step, loss) FROM points
		UNION ALL SELECT 'setting ' || key || ' ' || value FROM settings WHERE key NOT IN ('step', 'stamp'))`).Scan(&rest)
	if err != nil {
		t.Fatal(err)
	}
	return rest + "\n"
}
