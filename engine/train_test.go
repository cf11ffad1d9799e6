package engine

import (
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
