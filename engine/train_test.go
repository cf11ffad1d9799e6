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
	"sync/atomic"
	"testing"
	"time"

	"frglab/engine/nn"
)

func TestTrainLearns(t *testing.T) {
	for name, r := range map[string]Run{"modern": tinyRun(t), "2015": run2015(t)} {
		t.Run(name, func(t *testing.T) {
			r.Config.Epochs *= 8
			r.Train = synthetic{n: 400, size: 8, seed: 1}
			if name == "2015" {
				r.Config.Epochs = 2
			}
			c, err := Train(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Evaluate(t.Context(), c, r.Device, synthetic{n: 300, size: 8, seed: 9}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got.Accuracy <= 0.95 {
				t.Errorf("accuracy on new crops is %.3f (loss %.3f), want above 0.95; confusion %v", got.Accuracy, got.Loss, got.Confusion)
			}
		})
	}
}

// events trains and returns what was reported, without the speed.
func events(t *testing.T, ctx context.Context, r Run) (*Checkpoint, []Progress, error) {
	t.Helper()
	var ps []Progress
	inner := r.Report
	r.Report = func(p Progress) {
		q := p
		q.PerSecond = 0
		ps = append(ps, q)
		if inner != nil {
			inner(p)
		}
	}
	c, err := Train(ctx, r)
	return c, ps, err
}

// logged is what log.jsonl holds, without the speed.
func logged(t *testing.T, dir string) []Progress {
	t.Helper()
	ps, err := ReadLog(filepath.Join(dir, LogFile))
	if err != nil {
		t.Fatal(err)
	}
	for i := range ps {
		ps[i].PerSecond = 0
	}
	return ps
}

func sameEvents(t *testing.T, got, want []Progress) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) {
			t.Fatalf("%d events, want %d", len(got), len(want))
		}
		if got[i] != want[i] {
			t.Fatalf("event %d is\n%+v, want\n%+v", i, got[i], want[i])
		}
	}
}

func TestSameSeedSameTraining(t *testing.T) {
	for name, make := range map[string]func(*testing.T) Run{"modern": tinyRun, "2015": run2015} {
		t.Run(name, func(t *testing.T) {
			a, pa, err := events(t, t.Context(), make(t))
			if err != nil {
				t.Fatal(err)
			}
			b, pb, err := events(t, t.Context(), make(t))
			if err != nil {
				t.Fatal(err)
			}
			sameEvents(t, pb, pa)
			sameWeights(t, b.Weights, a.Weights)
			other := make(t)
			other.Config.Seed++
			_, pc, err := events(t, t.Context(), other)
			if err != nil {
				t.Fatal(err)
			}
			if pc[0].Loss == pa[0].Loss {
				t.Errorf("another seed gave the same loss %v", pc[0].Loss)
			}
		})
	}
}

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

func TestDivergingStopsWithAdvice(t *testing.T) {
	for name, every := range map[string]time.Duration{"saved each iteration": time.Nanosecond, "saved at the start": time.Hour} {
		t.Run(name, func(t *testing.T) {
			r := tinyRun(t)
			r.Config.Rate, r.Config.Scale, r.Config.WarmUp, r.Config.ValidEvery = 10, 0.001, 0, 1000
			r.SaveEvery = every
			const want = "iteration 6: the network's loss is not a finite number: lower the learning rate"
			c, err := Train(t.Context(), r)
			if err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Fatalf("error %v, want %q", err, want)
			}
			if c == nil {
				t.Fatal("no checkpoint from before")
			}
			kept, _, _, _, err := loadState(r.Dir)
			if err != nil {
				t.Fatalf("the state from before: %v", err)
			}
			sameWeights(t, kept.Weights, c.Weights)
		})
	}
}

func TestRefusedStarts(t *testing.T) {
	oneClass := func(class int) func(int) (image.Image, int, error, bool) {
		return func(int) (image.Image, int, error, bool) {
			return image.NewRGBA(image.Rect(0, 0, 8, 8)), class, nil, true
		}
	}
	tests := []struct {
		name   string
		change func(*Run)
		want   string
	}{
		{"no training crops", func(r *Run) { r.Train = synthetic{} }, "there are no training crops: label some"},
		{"no training source", func(r *Run) { r.Train = nil }, "there are no training crops"},
		{"no validation crops", func(r *Run) { r.Valid = synthetic{} }, "there are no validation crops: set some titles aside"},
		{"no other in training", func(r *Run) { r.Train = synthetic{n: 50, at: oneClass(0)} }, `none of the 50 training crops is of class 1, "other"`},
		{"no face in validation", func(r *Run) { r.Valid = synthetic{n: 9, at: oneClass(1)} }, `none of the 9 validation crops is of class 0, "face"`},
		{"class out of range", func(r *Run) { r.Train = synthetic{n: 50, at: oneClass(2)} }, "training crop 0 has class 2, but the classes are 0 to 1"},
		{"class below zero", func(r *Run) { r.Train = synthetic{n: 50, at: oneClass(-1)} }, "training crop 0 has class -1"},
		{"batch too large", func(r *Run) { r.Config.Batch = 121 }, "a batch of 121 is larger than the 120 training crops"},
		{"class without name", func(r *Run) { r.Classes = []string{"face", ""} }, "each needs a name of its own"},
		{"too many classes", func(r *Run) { r.Classes = []string{"a", "b", "c"} }, "tiny has 2 outputs, but there are 3 classes"},
		{"bad config", func(r *Run) { r.Config.Rate = math.NaN() }, "config: rate is NaN: use 0 to 10"},
		{"no device", func(r *Run) { r.Device = nil }, "no device is open"},
		{"no folder", func(r *Run) { r.Dir = "" }, "no folder to write to"},
		{"folder is a file", func(r *Run) {
			r.Dir = filepath.Join(r.Dir, "file")
			os.WriteFile(r.Dir, []byte("mine"), 0o600)
		}, "make the folder of the run"},
		{"nothing to resume", func(r *Run) { r.Resume = true }, "there is no state.safetensors: start a new run without resume"},
		{"broken crop", func(r *Run) {
			r.Valid = synthetic{n: 40, size: 8, at: func(i int) (image.Image, int, error, bool) {
				return nil, 0, errors.New(`decode "a.png": broken`), i == 33
			}}
		}, `validation crop 33: decode "a.png": broken`},
		{"crop without picture", func(r *Run) {
			r.Valid = synthetic{n: 40, size: 8, at: func(i int) (image.Image, int, error, bool) { return nil, 0, nil, i == 3 }}
		}, "validation crop 3 has no picture"},
		{"crop without pixels", func(r *Run) {
			r.Valid = synthetic{n: 40, size: 8, at: func(i int) (image.Image, int, error, bool) { return &image.RGBA{}, 0, nil, i == 3 }}
		}, "validation crop 3: the picture has no pixels"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := tinyRun(t)
			tt.change(&r)
			c, err := Train(t.Context(), r)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
			if c != nil {
				t.Error("a checkpoint beside the refusal")
			}
			if names, _ := os.ReadDir(r.Dir); len(names) > 0 {
				t.Errorf("it left %v in the folder", names)
			}
		})
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
}

// TestCropBreaksLater: a crop that could be read at the start and cannot any more
// stops the training, names itself, and costs nothing.
func TestCropBreaksLater(t *testing.T) {
	r := tinyRun(t)
	var reads atomic.Int32
	r.Train = synthetic{n: 120, size: 8, seed: 1, at: func(i int) (image.Image, int, error, bool) {
		return nil, 0, errors.New(`read "b.png": gone`), i == 5 && reads.Add(1) > 1
	}}
	c, err := Train(t.Context(), r)
	if err == nil || !strings.Contains(err.Error(), `training crop 5: read "b.png": gone`) {
		t.Fatalf("error %v", err)
	}
	if c == nil {
		t.Fatal("nothing was saved")
	}
	r.Train, r.Resume = synthetic{n: 120, size: 8, seed: 1}, true
	if _, err := Train(t.Context(), r); err != nil {
		t.Errorf("resume with the crop mended: %v", err)
	}
}

// opposite has the classes of a source the wrong way round: the more is learned, the
// worse it looks.
type opposite struct{ Source }

func (o opposite) At(i int) (image.Image, int, error) {
	img, class, err := o.Source.At(i)
	return img, 1 - class, err
}

func TestEventsOfATraining(t *testing.T) {
	for name, change := range map[string]func(*Run){
		"better each time": func(*Run) {},
		"worse each time":  func(r *Run) { r.Valid = opposite{r.Valid} },
	} {
		t.Run(name, func(t *testing.T) {
			r := tinyRun(t)
			change(&r)
			c, ps, err := events(t, t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			sameEvents(t, logged(t, r.Dir), ps)
			best := Progress{Loss: math.Inf(1)}
			at := map[string][]int{}
			for i, p := range ps {
				if p.Steps != 30 { // 4 epochs of 120 in batches of 16
					t.Errorf("%+v: want 30 iterations in all", p)
				}
				at[p.Event] = append(at[p.Event], p.Step)
				if p.Event != EventValid {
					continue
				}
				better := p.Loss < best.Loss
				if better {
					best = p
				}
				if next := ps[i+1]; (next.Event == EventCheckpoint && next.Loss == p.Loss) != better {
					t.Errorf("%+v is better than before: %v; but %+v follows", p, better, next)
				}
			}
			if want := []int{13, 26, 30}; !slices.Equal(at[EventStep], want) { // 13 batches of 16 are the first 200 crops
				t.Errorf("steps reported at %v, want %v", at[EventStep], want)
			}
			if want := []int{7, 14, 21, 28, 30}; !slices.Equal(at[EventValid], want) {
				t.Errorf("validations at %v, want %v", at[EventValid], want)
			}
			end := ps[len(ps)-1]
			if end.Event != EventDone || end.Step != 30 || end.Epoch != 4 || end.Loss != best.Loss || end.Accuracy != best.Accuracy {
				t.Errorf("the last event is %+v, want done with the best, %+v", end, best)
			}
			if c.Step != best.Step || c.Preset != "modern" || len(c.Mean) != 3 || c.Scale != 64 {
				t.Errorf("returned %v of iteration %d with mean %v, want that of %d", c, c.Step, c.Mean, best.Step)
			}
			got, err := Evaluate(t.Context(), c, r.Device, r.Valid, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got.Loss != best.Loss || got.Accuracy != best.Accuracy {
				t.Errorf("Evaluate says %v, %v; the validation said %v, %v", got.Loss, got.Accuracy, best.Loss, best.Accuracy)
			}
		})
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
