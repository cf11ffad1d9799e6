package engine

import (
	"bytes"
	"context"
	"errors"
	"image"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"frglab/engine/nn"
)

// TestStopAtIsExact: the training stops after that very iteration, and going on
// gives what one go gives.
func TestStopAtIsExact(t *testing.T) {
	want, all, err := events(t, t.Context(), tinyRun(t))
	if err != nil {
		t.Fatal(err)
	}
	r := tinyRun(t)
	for _, at := range []int{1, 5, 13, 14, 29} { // 13: a step event, 14: a validation
		r.StopAt = at
		c, err := Train(t.Context(), r)
		if !errors.Is(err, ErrEnough) || c == nil || c.Step != at {
			t.Fatalf("stopped at %v with %v, want iteration %d with %v", c, err, at, ErrEnough)
		}
		r.Resume = true
	}
	r.StopAt = 1000
	got, err := Train(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	sameWeights(t, got.Weights, want.Weights)
	sameEvents(t, logged(t, r.Dir), all)
}

// TestPauseSavesAndWaits: a paused training is saved, does nothing until it is told
// to go on, can be cancelled, and learns the same.
func TestPauseSavesAndWaits(t *testing.T) {
	want, err := Train(t.Context(), tinyRun(t))
	if err != nil {
		t.Fatal(err)
	}
	r := tinyRun(t)
	gate := make(chan struct{})
	paused, asked := false, 0
	r.Pause = func() <-chan struct{} {
		asked++
		switch {
		case asked < 8:
			return nil
		case !paused:
			paused = true
			return gate
		}
		return nil
	}
	go func() {
		defer close(gate)
		for limit := time.Now().Add(20 * time.Second); time.Now().Before(limit); { // the state appears before the gate opens
			if c, _, _, _, err := loadState(r.Dir); err == nil && c.Step == 7 {
				return
			}
		}
		t.Error("the state of iteration 7 was not saved")
	}()
	got, err := Train(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	sameWeights(t, got.Weights, want.Weights)

	r = tinyRun(t)
	ctx, cancel := context.WithCancel(t.Context())
	r.Pause = func() <-chan struct{} { cancel(); return make(chan struct{}) }
	if _, err := Train(ctx, r); err != context.Canceled {
		t.Errorf("cancelled while paused: %v", err)
	}
}

// TestPatience: validation that only gets worse ends the training after so many
// validations, also where it is killed and resumed in between.
func TestPatience(t *testing.T) {
	r := tinyRun(t)
	r.Valid = opposite{r.Valid}
	r.Config.Patience, r.Config.ValidEvery, r.Config.Epochs, r.Config.Batch = 3, 2, 100, 10
	c, ps, err := events(t, t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	end := ps[len(ps)-1]
	if end.Event != EventDone || end.Step != c.Step+6 || end.Step >= end.Steps {
		t.Errorf("best at %d, ended with %+v; want done 6 iterations later", c.Step, end)
	}
	cut := r
	cut.Dir, cut.StopAt = t.TempDir(), end.Step-1
	if _, err := Train(t.Context(), cut); !errors.Is(err, ErrEnough) {
		t.Fatal(err)
	}
	cut.StopAt, cut.Resume = 0, true
	if _, err := Train(t.Context(), cut); err != nil {
		t.Fatal(err)
	}
	sameEvents(t, logged(t, cut.Dir), ps)
	if _, err := Train(t.Context(), cut); err != nil { // it is over, and stays so
		t.Fatal(err)
	}
	sameEvents(t, logged(t, cut.Dir), ps)
	r.Dir, r.Config.Patience, r.StopAt = t.TempDir(), 0, end.Step+2
	if _, err := Train(t.Context(), r); !errors.Is(err, ErrEnough) {
		t.Errorf("without patience it ended with %v", err)
	}
}

func TestTooFewCropsAreRefused(t *testing.T) {
	few := func(n int, class int) func(int) (image.Image, int, error, bool) {
		return func(i int) (image.Image, int, error, bool) {
			c := 1 - class
			if i < n {
				c = class
			}
			return image.NewRGBA(image.Rect(0, 0, 8, 8)), c, nil, true
		}
	}
	for _, tt := range []struct {
		train, valid synthetic
		want         string
	}{
		{synthetic{n: 100, at: few(9, 0)}, synthetic{n: 40, size: 8}, `only 9 of the 100 training crops are of class 0, "face", and 10 are the least: label more`},
		{synthetic{n: 100, size: 8}, synthetic{n: 40, at: few(3, 1)}, `only 3 of the 40 validation crops are of class 1, "other", and 4 are the least`},
	} {
		r := tinyRun(t)
		r.Train, r.Valid = tt.train, tt.valid
		if _, err := Train(t.Context(), r); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %v, want %q", err, tt.want)
		}
	}
}

func TestFullDiskIsRefusedBeforeTheStart(t *testing.T) {
	r := tinyRun(t)
	need, err := RunBytes(r.Config.Arch)
	if err != nil {
		t.Fatal(err)
	}
	r.Dir = filepath.Join(r.Dir, "new", "run")
	r.free = func(string) (int64, bool) { return need - 1, true }
	_, err = Train(t.Context(), r)
	if err == nil || !strings.Contains(err.Error(), "has room for 9 MB, but the checkpoints of tiny take up to 9 MB: free 1 MB") {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(filepath.Dir(r.Dir)); err == nil {
		t.Error("it made the folder")
	}
	for _, free := range []func(string) (int64, bool){
		func(string) (int64, bool) { return need, true },
		func(string) (int64, bool) { return 0, false }, // nobody knows
		nil,
	} {
		r := tinyRun(t)
		r.free, r.StopAt = free, 1
		if _, err := Train(t.Context(), r); !errors.Is(err, ErrEnough) {
			t.Error(err)
		}
	}
	if _, ok := freeBytes(filepath.Join(t.TempDir(), "not", "there")); !ok {
		t.Error("the room of a folder to be made is not known")
	}
}

// TestFullDiskInTheMiddle makes writing fail as a full disk does: by a limit on the
// size of files. The run stops with a message, and the state from before is whole.
func TestFullDiskInTheMiddle(t *testing.T) {
	if err := saveError(&os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}); !strings.Contains(err.Error(), "the disk is full: ") {
		t.Errorf("a full disk is told as %q", err)
	}
	whole, err := Train(t.Context(), tinyRun(t))
	if err != nil {
		t.Fatal(err)
	}
	r := tinyRun(t)
	r.SaveEvery = time.Nanosecond
	blocked := false
	r.Report = func(p Progress) {
		if p.Event == EventStep && !blocked { // nothing can be written beside the state any more
			blocked = true
			block(t, r.Dir)
		}
	}
	c, err := Train(t.Context(), r)
	if err == nil || !strings.Contains(err.Error(), "check the disk, then resume") {
		t.Fatalf("error %v", err)
	}
	if c == nil || c.Step != 12 {
		t.Fatalf("kept %v, want the state of iteration 12", c)
	}
	unblock(t, r.Dir)
	r.Resume, r.Report = true, nil
	got, err := Train(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	sameWeights(t, got.Weights, whole.Weights)
}

// block puts a folder where a file is to be replaced, which no rename can.
func block(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, StateFile)
	if err := os.Rename(path, filepath.Join(dir, "aside")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(path, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
}

func unblock(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, StateFile)
	if err := errors.Join(os.RemoveAll(path), os.Rename(filepath.Join(dir, "aside"), path)); err != nil {
		t.Fatal(err)
	}
}

// TestExplosionStops: a loss beyond all bounds, though still a number, stops the
// training, and no state from after it is kept.
func TestExplosionStops(t *testing.T) {
	r := tinyRun(t)
	r.Config.Arch = nn.Arch{Name: "line", Size: 8, Layers: []nn.Layer{{Kind: nn.Dense, Name: "fc", Out: 2}}}
	r.Config.Rate, r.Config.WarmUp, r.Config.ValidEvery, r.Config.Scale = 2, 0, 1000, 1
	r.SaveEvery = time.Nanosecond
	_, err := Train(t.Context(), r)
	if err == nil || !strings.Contains(err.Error(), "iteration 13: the loss has exploded to") || !strings.Contains(err.Error(), "(0.7 is worth a try)") {
		t.Fatalf("error %v, want advice", err)
	}
	if c, _, _, at, err := loadState(r.Dir); err != nil || at.Window.Crops > 0 && at.Window.Loss/float64(at.Window.Crops) > 20*math.Ln2 {
		t.Errorf("kept %v at %+v, %v: a state from after the explosion", c, at, err)
	}
}

// TestLastThreeAndBestAreKept looks at the folder after many saves.
func TestLastThreeAndBestAreKept(t *testing.T) {
	r := tinyRun(t)
	r.SaveEvery = time.Nanosecond
	if _, err := Train(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	for name, step := range map[string]int{LastFile: 30, "last-1.safetensors": 29, "last-2.safetensors": 28} {
		c, err := LoadCheckpoint(filepath.Join(r.Dir, name))
		if err != nil || c.Step != step {
			t.Errorf("%s: %v, %v; want iteration %d", name, c, err, step)
		}
	}
	var names []string
	entries, err := os.ReadDir(r.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	want := slices.Sorted(slices.Values(runFiles))
	if !slices.Equal(names, want) {
		t.Errorf("the folder holds %q, want %q", names, want)
	}
}

// TestOneTrainingAFolder: the folder of a run under way is known, and not used twice.
func TestOneTrainingAFolder(t *testing.T) {
	r := tinyRun(t)
	if Running(r.Dir) {
		t.Error("nobody trains there yet")
	}
	var once sync.Once
	r.Report = func(Progress) {
		once.Do(func() {
			if !Running(r.Dir) {
				t.Error("the training is not noticed")
			}
			second := r
			second.Resume, second.Report = true, nil
			if _, err := Train(t.Context(), second); err == nil || !strings.Contains(err.Error(), "another process trains in") {
				t.Errorf("a second training there: %v", err)
			}
		})
	}
	if _, err := Train(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if Running(r.Dir) {
		t.Error("the folder is still locked")
	}

	// Whoever trains there may be saving: what is in the folder is not looked at before.
	lock, err := lockRun(r.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := os.WriteFile(filepath.Join(r.Dir, StateFile), []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	r.Resume, r.Report = true, nil
	if _, err := Train(t.Context(), r); err == nil || !strings.Contains(err.Error(), "another process trains in") {
		t.Errorf("while another one saves: %v", err)
	}
}

// named gives the crops of a source numbers.
type named struct{ Source }

func (named) ID(i int) int64 { return int64(1000 + i) }

// TestProbesAndVerdicts: the same hard crops are watched at each validation, and what
// the best network says of all crops is kept beside it.
func TestProbesAndVerdicts(t *testing.T) {
	r := tinyRun(t)
	r.Valid = named{r.Valid}
	var told []Probes
	r.OnProbes = func(p Probes) { told = append(told, p) }
	c, err := Train(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	logged, err := ReadProbes(filepath.Join(r.Dir, LogFile))
	if err != nil || len(logged) != len(told) || len(told) != 5 {
		t.Fatalf("%d validations told of probes, %d in the log, %v; want 5", len(told), len(logged), err)
	}
	for i, p := range told {
		if len(p.Crops) != 2*probesAClass || !slices.Equal(p.Crops, told[0].Crops) || !slices.Equal(logged[i].Scores, p.Scores) {
			t.Errorf("validation %d: probes %+v, logged %+v", i, p, logged[i])
		}
		if p.IDs[3] != int64(1000+p.Crops[3]) || p.Truth[0] != 0 || p.Truth[probesAClass] != 1 {
			t.Errorf("validation %d: numbers %v and classes %v of crops %v", i, p.IDs, p.Truth, p.Crops)
		}
	}
	v, err := ReadVerdicts(r.Dir)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Evaluate(t.Context(), c, r.Device, r.Valid, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := v.At(0.5)
	if m[0] != [2]int(want.Confusion[0]) || m[1] != [2]int(want.Confusion[1]) || v.Step != c.Step || v.Accuracy != want.Accuracy || v.IDs[7] != 1007 {
		t.Errorf("kept %v of iteration %d; evaluating says %v of %d", m, v.Step, want.Confusion, c.Step)
	}
}

func TestVerdictsByHand(t *testing.T) {
	v := Verdicts{Classes: []string{"face", "other"}, Truth: []int{0, 0, 0, 1, 1}, Scores: []float64{0.9, 0.2, 0.6, 0.7, 0.1}}
	if m := v.At(0.5); m != [2][2]int{{2, 1}, {1, 1}} {
		t.Errorf("confusion %v", m)
	}
	if got := v.Mistakes(0.5); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("mistakes %v, want the worst first", got)
	}
	if got := v.Cell(0, 0, 0.5); !slices.Equal(got, []int{2, 0}) {
		t.Errorf("right faces %v, want the least sure first", got)
	}
	want := []Operating{{0.9, 1, 1. / 3}, {0.7, 0.5, 1. / 3}, {0.6, 2. / 3, 2. / 3}, {0.2, 0.75, 1}, {0.1, 0.6, 1}}
	if got := v.Curve(); !slices.Equal(got, want) {
		t.Errorf("curve %v, want %v", got, want)
	}
	if got := AveragePrecision(want); math.Abs(got-(1./3+0.75*2/3)) > 1e-12 {
		t.Errorf("average precision %v", got)
	}
	for _, bad := range []string{
		``, `{}`, `{"classes":["a","b"],"truth":[0],"scores":[]}`, `{"classes":["a","b"],"truth":[2],"scores":[0.5]}`,
		`{"classes":["a","b"],"truth":[0],"scores":[1.5]}`, `{"classes":["a","b"],"truth":[0],"scores":[0.5],"ids":[]}`,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, ValidFile), []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadVerdicts(dir); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
	if _, ok := ParseProbes(bytes.TrimSpace([]byte(`{"event":"probe","crops":[1],"truth":[],"scores":[0.5]}`))); ok {
		t.Error("probes of unequal lengths were taken")
	}
}
