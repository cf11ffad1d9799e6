package engine

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"frglab/engine/nn/ref"
)

// killEnv makes the test binary a training to be killed; its value is the folder.
const killEnv = "FRGLAB_TEST_TRAINING"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killEnv); dir != "" {
		if err := trainHere(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// killedRun is the training that is killed, in its folder and on a device of its own.
func killedRun(dir string) Run {
	c := presetModern()
	c.Arch = tinyNet()
	c.Batch, c.Epochs, c.MinSteps, c.ValidEvery = 16, 30, 0, 7
	return Run{
		Config: c, Device: ref.New(1), Dir: dir,
		Train: synthetic{n: 120, size: 10, seed: 1},
		Valid: synthetic{n: 40, size: 8, seed: 2},
	}
}

// trainHere starts the training, or goes on with it, and says each iteration.
func trainHere(dir string) error {
	r := killedRun(dir)
	defer r.Device.Close()
	r.SaveEvery = 3 * time.Millisecond
	_, err := os.Stat(filepath.Join(dir, StateFile))
	r.Resume = err == nil
	r.Pause = func() <-chan struct{} { fmt.Println("iteration"); return nil }
	_, err = Train(context.Background(), r)
	return err
}

// TestKillNineIsBitExact kills a training process 12 times, each time after a number
// of iterations drawn at random and so anywhere in an iteration, a validation or a
// save, and lets the last one end. Weights, log and figures must be those of a
// training that nobody killed, bit for bit.
func TestKillNineIsBitExact(t *testing.T) {
	whole := killedRun(t.TempDir())
	defer whole.Device.Close()
	want, err := Train(t.Context(), whole)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(9, 9))
	killed := 0
	for range 12 {
		if _, ended := trainAndKill(t, dir, 1+rng.IntN(25), time.Duration(rng.IntN(3000))*time.Microsecond); !ended {
			killed++
		}
	}
	if killed < 8 {
		t.Errorf("only %d of 12 were killed on their way", killed)
	}
	if out, ended := trainAndKill(t, dir, 1<<30, 0); !ended {
		t.Fatalf("the last one did not end: %s", out)
	}
	got, err := LoadCheckpoint(filepath.Join(dir, BestFile))
	if err != nil {
		t.Fatal(err)
	}
	sameWeights(t, got.Weights, want.Weights)
	for _, name := range []string{LastFile, StateFile} {
		format := map[string]string{LastFile: formatCheckpoint, StateFile: formatState}[name]
		a, va, err1 := loadModel(filepath.Join(dir, name), format)
		b, vb, err2 := loadModel(filepath.Join(whole.Dir, name), format)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		sameWeights(t, a.Weights, b.Weights)
		sameWeights(t, va, vb)
	}
	sameEvents(t, logged(t, dir), logged(t, whole.Dir))
	if a, b := probesAndVerdicts(t, dir), probesAndVerdicts(t, whole.Dir); a != b {
		t.Errorf("probes and figures are\n%s, want\n%s", a, b)
	}
}

// trainAndKill lets a training go on for some iterations and a little longer, and
// kills it. It says whether the training had ended before.
func trainAndKill(t *testing.T, dir string, iterations int, longer time.Duration) (said string, ended bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killEnv+"="+dir)
	var stderr bufferLines
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for range iterations {
		if !lines.Scan() {
			return stderr.text, cmd.Wait() == nil
		}
	}
	for start := time.Now(); time.Since(start) < longer; { // no sleep is as short
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	return stderr.text, cmd.Wait() == nil
}

type bufferLines struct{ text string }

func (b *bufferLines) Write(p []byte) (int, error) { b.text += string(p); return len(p), nil }

func probesAndVerdicts(t *testing.T, dir string) string {
	t.Helper()
	p, err1 := ReadProbes(filepath.Join(dir, LogFile))
	v, err2 := ReadVerdicts(dir)
	text, err3 := json.Marshal([]any{p, v})
	if err1 != nil || err2 != nil || err3 != nil {
		t.Fatal(err1, err2, err3)
	}
	return string(text)
}
