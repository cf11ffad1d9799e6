package engine

import (
	"bytes"
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"frglab/engine/nn"
)

// TestResumeIsBitExact stops a training at one event after the other, resumes it,
// and compares with one that was never stopped.
func TestResumeIsBitExact(t *testing.T) {
	for name, make := range map[string]func(*testing.T) Run{"modern": tinyRun, "2015": run2015} {
		t.Run(name, func(t *testing.T) {
			whole := make(t)
			want, all, err := events(t, t.Context(), whole)
			if err != nil {
				t.Fatal(err)
			}
			every := 1
			if name == "2015" {
				every = 4 // each save waits for the disk
			}
			for stopAt := 1; stopAt < len(all)-1; stopAt += every {
				r := make(t)
				ctx, cancel := context.WithCancel(t.Context())
				left := stopAt
				r.Report = func(Progress) {
					if left--; left == 0 {
						cancel()
					}
				}
				if _, err := Train(ctx, r); !errors.Is(err, context.Canceled) {
					t.Fatalf("stopped at event %d: %v, want canceled", stopAt, err)
				}
				r.Resume, r.Report = true, nil
				got, err := Train(t.Context(), r)
				if err != nil {
					t.Fatalf("resumed at event %d: %v", stopAt, err)
				}
				sameWeights(t, got.Weights, want.Weights)
				sameEvents(t, logged(t, r.Dir), all)
				last, err := LoadCheckpoint(filepath.Join(r.Dir, LastFile))
				if err != nil {
					t.Fatal(err)
				}
				wantLast, err := LoadCheckpoint(filepath.Join(whole.Dir, LastFile))
				if err != nil {
					t.Fatal(err)
				}
				sameWeights(t, last.Weights, wantLast.Weights)
			}
		})
	}
}

// TestKilledRunResumes copies the folder in the middle of things, as a power cut
// leaves it, and goes on from the copy.
func TestKilledRunResumes(t *testing.T) {
	r := tinyRun(t)
	r.SaveEvery = time.Nanosecond // after every iteration
	var copies []string
	r.Report = func(Progress) {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(r.Dir)); err != nil {
			t.Fatal(err)
		}
		copies = append(copies, dir)
	}
	want, all, err := events(t, t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for i, dir := range copies {
		log, err := os.OpenFile(filepath.Join(dir, LogFile), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := log.WriteString(`{"event":"step","step":3,"st`); err != nil {
			t.Fatal(err)
		}
		log.Close()
		leftover := filepath.Join(dir, "."+StateFile+"123")
		if err := os.WriteFile(leftover, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		again := r
		again.Dir, again.Resume, again.Report, again.SaveEvery = dir, true, nil, 0
		got, err := Train(t.Context(), again)
		if err != nil {
			t.Fatalf("copy %d: %v", i, err)
		}
		sameWeights(t, got.Weights, want.Weights)
		sameEvents(t, logged(t, dir), all)
		if _, err := os.Stat(leftover); err == nil {
			t.Errorf("copy %d: the half-written file is still there", i)
		}
	}
}

func TestCancelKeepsState(t *testing.T) {
	r := tinyRun(t)
	ctx, cancel := context.WithCancel(t.Context())
	var at Progress
	r.Report = func(p Progress) {
		if at = p; p.Step >= 9 {
			cancel()
		}
	}
	c, err := Train(ctx, r)
	if err != context.Canceled {
		t.Fatalf("error %v, want %v itself", err, context.Canceled)
	}
	if c == nil || c.Step != at.Step || c.Step < 9 {
		t.Fatalf("returned %v, want the checkpoint of iteration %d", c, at.Step)
	}
	last, err := LoadCheckpoint(filepath.Join(r.Dir, LastFile))
	if err != nil {
		t.Fatal(err)
	}
	sameWeights(t, last.Weights, c.Weights)
	conf, err := ResumeConfig(r.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := sameRun(conf, r.Config); err != nil {
		t.Error(err)
	}
}

func TestCancelBeforeTheStart(t *testing.T) {
	r := tinyRun(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Train(ctx, r); err != context.Canceled {
		t.Fatal(err)
	}
	if names, _ := os.ReadDir(r.Dir); len(names) > 0 {
		t.Errorf("it left %v", names)
	}
}

func TestFolderOfAnotherRun(t *testing.T) {
	for _, name := range []string{StateFile, LastFile, BestFile, LogFile} {
		r := tinyRun(t)
		path := filepath.Join(r.Dir, name)
		if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Train(t.Context(), r); err == nil || !strings.Contains(err.Error(), "holds a run already") {
			t.Errorf("%s: error %v, want a refusal", name, err)
		}
		if data, _ := os.ReadFile(path); string(data) != "mine" {
			t.Errorf("%s was overwritten", name)
		}
	}
}

func TestRefusedResumes(t *testing.T) {
	done := run2015(t)
	if _, err := Train(t.Context(), done); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(*Run)
		want   string
	}{
		{"other batch", func(r *Run) { r.Config.Batch = 20 }, "it was started with batch 10, not 20"},
		{"other seed", func(r *Run) { r.Config.Seed = 7 }, "it was started with seed 1, not 7"},
		{"other network", func(r *Run) { r.Config.Arch = nn.FrgNet64() }, "checkpoint is tiny for 8x8 pictures, but frgnet64 for 64x64 pictures was asked for"},
		{"other layers", func(r *Run) { r.Config.Arch.Layers[0].Out = 9 }, "it was started with arch"},
		{"other classes", func(r *Run) { r.Classes = []string{"other", "face"} }, `it was started with classes ["face" "other"], not ["other" "face"]`},
		{"other crops", func(r *Run) { r.Train = synthetic{n: 120, size: 10, seed: 3} }, "crops are not those it was started with"},
		{"other validation", func(r *Run) { r.Valid = synthetic{n: 42, size: 8, seed: 2} }, "crops are not those it was started with"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := done
			r.Resume = true
			r.Config.Arch = tinyNet()
			tt.change(&r)
			if _, err := Train(t.Context(), r); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
		})
	}
}

// TestMoreEpochs: where the learning rate does not depend on their number, epochs
// can be added, and the result is that of a longer training.
func TestMoreEpochs(t *testing.T) {
	long := run2015(t)
	long.Config.Epochs = 2
	want, err := Train(t.Context(), long)
	if err != nil {
		t.Fatal(err)
	}
	r := run2015(t)
	r.Config.ValidEvery, long.Config.ValidEvery = 11, 11
	if _, err := Train(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	r.Config.Epochs, r.Resume = 2, true
	if _, err := Train(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	got, err := LoadCheckpoint(filepath.Join(r.Dir, LastFile))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := LoadCheckpoint(filepath.Join(long.Dir, LastFile))
	if err != nil {
		t.Fatal(err)
	}
	sameWeights(t, got.Weights, whole.Weights)
	if want.Step > got.Step {
		t.Errorf("best of %d after the last of %d", want.Step, got.Step)
	}
	was, now := r.Config, r.Config
	was.Plain, now.Plain, now.Epochs = 0.1, 0.1, 3
	if err := sameRun(was, now); err == nil || !strings.Contains(err.Error(), "started with epochs 2, not 3") {
		t.Errorf("more epochs move the crops that come as they are, and the answer is %v", err)
	}
}

// TestStoppedInAValidation: it is begun anew, and once in the log, even if the power
// then fails before the next save.
func TestStoppedInAValidation(t *testing.T) {
	want, all, err := events(t, t.Context(), tinyRun(t))
	if err != nil {
		t.Fatal(err)
	}
	r := tinyRun(t)
	ctx, cancel := context.WithCancel(t.Context())
	source := r.Valid
	var reads atomic.Int32
	r.Valid = synthetic{n: source.Len(), at: func(i int) (image.Image, int, error, bool) {
		if reads.Add(1) > 60 { // 40 before the start: this is in the first validation
			cancel()
		}
		img, class, err := source.At(i)
		return img, class, err, true
	}}
	if _, err := Train(ctx, r); err != context.Canceled {
		t.Fatal(err)
	}
	r.Valid, r.Resume = source, true
	dir := t.TempDir()
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	r.Report = func(p Progress) {
		if p.Event == EventValid {
			if err := os.CopyFS(dir, os.DirFS(r.Dir)); err != nil {
				t.Fatal(err)
			}
			cancel()
		}
	}
	if _, err := Train(ctx, r); err != context.Canceled {
		t.Fatal(err)
	}
	r.Dir, r.Report = dir, nil
	got, err := Train(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	sameWeights(t, got.Weights, want.Weights)
	sameEvents(t, logged(t, dir), all)
}

// TestBrokenState: a state that was damaged is refused, and stays for whoever wants to look.
func TestBrokenState(t *testing.T) {
	done := tinyRun(t)
	done.Config.Epochs = 1
	if _, err := Train(t.Context(), done); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(done.Dir, StateFile)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"cut short", good[:len(good)-4], "cut short"},
		{"empty", nil, "shorter than 8 bytes"},
		{"velocity is NaN", append(slices.Clone(good[:len(good)-4]), 0, 0, 0xc0, 0x7f), `tensor "velocity.fc3.bias": number 1 is NaN`},
		{"no position", bytes.Replace(good, []byte(`"position"`), []byte(`"POSITION"`), 1), "EOF"},
		{"no config", bytes.Replace(good, []byte(`"config"`), []byte(`"confog"`), 1), `metadata "config"`},
		{"bad config", bytes.Replace(good, []byte(`\"momentum\":0.9`), []byte(`\"momentum\":9.9`), 1), "momentum is 9.9"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := os.WriteFile(path, tt.data, 0o600); err != nil {
				t.Fatal(err)
			}
			r := done
			r.Resume = true
			if _, err := Train(t.Context(), r); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want the path and %q in it", err, tt.want)
			}
			if left, _ := os.ReadFile(path); !bytes.Equal(left, tt.data) {
				t.Error("the file was changed")
			}
		})
	}
}
