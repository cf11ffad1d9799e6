package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"frglab/engine/nn"
	"frglab/engine/nn/ref"
)

// scarce is a device with memory for batches of so many crops at most.
type scarce struct {
	nn.Backend
	most, infer int // in training and outside it; 0: any number
}

func (s scarce) Layer(l nn.Layer, x *nn.Var, params []*nn.Var, train bool) (nn.Kernel, error) {
	n, most := x.Value.Shape()[0], s.infer
	if train {
		most = s.most
	}
	if most > 0 && n > most {
		return nil, fmt.Errorf("%d crops: %w", n, nn.ErrMemory)
	}
	return s.Backend.Layer(l, x, params, train)
}

// scarceRun is a tinyRun on a device with memory for so many of its 16 crops.
func scarceRun(t *testing.T, most int) Run {
	r := tinyRun(t)
	r.Device = scarce{r.Device, most, 0}
	return r
}

// TestMemoryHalvesTheBatch: where memory lacks, the training goes through the same
// crops in smaller batches, at a rate that is smaller likewise, and says so.
func TestMemoryHalvesTheBatch(t *testing.T) {
	_, whole, err := events(t, t.Context(), tinyRun(t))
	if err != nil {
		t.Fatal(err)
	}
	r := scarceRun(t, 5)
	c, all, err := events(t, t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for i, batch := range []int{8, 4} {
		if p := all[i]; p.Event != EventBatch || p.Batch != batch || p.Step != 0 || p.Steps != 30*16/batch {
			t.Errorf("event %d is %+v, want a batch of %d", i, p, batch)
		}
	}
	pick := func(ps []Progress, event string) (out []Progress) {
		for _, p := range ps {
			if p.Event == event {
				out = append(out, p)
			}
		}
		return out
	}
	a, b := pick(whole, EventValid), pick(all, EventValid)
	if len(a) != len(b) {
		t.Fatalf("%d validations, want %d", len(b), len(a))
	}
	for i, p := range a {
		if b[i].Step != 4*p.Step || b[i].Epoch != p.Epoch || b[i].LR != float64(float32(p.LR)/4) {
			t.Errorf("validation %d is %+v, want it after as many crops as %+v", i, b[i], p)
		}
	}
	if p := all[len(all)-1]; p.Event != EventDone || p.Step != 120 || p.Epoch != 4 || c.Step > 120 {
		t.Errorf("the end is %+v, of %v", p, c)
	}
}

// TestHalvedRunResumesBitExact: what memory did to a run belongs to it, on whatever
// device it goes on, and wherever it was stopped or killed.
func TestHalvedRunResumesBitExact(t *testing.T) {
	start := scarceRun(t, 16)
	start.StopAt = 9
	if _, err := Train(t.Context(), start); !errors.Is(err, ErrEnough) {
		t.Fatal(err)
	}
	begun := func(t *testing.T, most int) Run { // another program took memory meanwhile
		r := scarceRun(t, most)
		r.Resume = true
		if err := os.CopyFS(r.Dir, os.DirFS(start.Dir)); err != nil {
			t.Fatal(err)
		}
		return r
	}
	whole := begun(t, 10)
	whole.SaveEvery = time.Nanosecond
	var copies []string
	whole.Report = func(p Progress) {
		copies = append(copies, t.TempDir())
		if err := os.CopyFS(copies[len(copies)-1], os.DirFS(whole.Dir)); err != nil {
			t.Fatal(err)
		}
	}
	want, err := Train(t.Context(), whole)
	if err != nil {
		t.Fatal(err)
	}
	all := logged(t, whole.Dir)
	if n := len(all); all[n-1].Step != 9+(30-9)*2 || all[n-1].Batch != 8 {
		t.Fatalf("the end is %+v", all[n-1])
	}
	for i, dir := range copies {
		r := scarceRun(t, 10)
		r.Dir, r.Resume = dir, true
		got, err := Train(t.Context(), r)
		if err != nil {
			t.Fatalf("killed at event %d: %v", i, err)
		}
		sameWeights(t, got.Weights, want.Weights)
		sameEvents(t, logged(t, dir), all)
	}
	for stopAt := range len(copies) - 1 {
		r := begun(t, 10)
		ctx, cancel := context.WithCancel(t.Context())
		told := 0
		r.Report = func(Progress) {
			if told++; told > stopAt {
				cancel()
			}
		}
		if _, err := Train(ctx, r); !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped at event %d: %v", stopAt, err)
		}
		plenty := ref.New(2)
		r.Device, r.Report = plenty, nil
		got, err := Train(t.Context(), r)
		plenty.Close()
		if err != nil {
			t.Fatal(err)
		}
		sameWeights(t, got.Weights, want.Weights)
		sameEvents(t, logged(t, r.Dir), all)
	}
}

// TestFewerCropsAtATime: where memory lacks to evaluate many crops at a time it is done
// with fewer.
func TestFewerCropsAtATime(t *testing.T) {
	c, dev := untrained(t, tinyNet(), 1), ref.New(1)
	defer dev.Close()
	crops := synthetic{n: 100, size: 8, seed: 2}
	want, err1 := Evaluate(t.Context(), c, dev, crops, nil)
	got, err2 := Evaluate(t.Context(), c, scarce{dev, 0, 4}, crops, nil)
	if err1 != nil || err2 != nil || got.N != 100 || math.Abs(got.Loss-want.Loss) > 1e-6 {
		t.Errorf("got %+v, %v; want %+v, %v", got, err2, want, err1)
	}
	if _, err := Evaluate(t.Context(), c, broke{dev}, crops, nil); !errors.Is(err, nn.ErrMemory) {
		t.Errorf("without any memory: %v", err)
	}
}

// broke has no memory for any layer.
type broke struct{ nn.Backend }

func (broke) Layer(nn.Layer, *nn.Var, []*nn.Var, bool) (nn.Kernel, error) { return nil, nn.ErrMemory }

// TestNoMemoryAtAll: a batch of one crop is the end, and the run can go on elsewhere.
func TestNoMemoryAtAll(t *testing.T) {
	r := scarceRun(t, 0)
	r.Device = broke{r.Device}
	_, err := Train(t.Context(), r)
	if !errors.Is(err, nn.ErrMemory) || !strings.Contains(err.Error(), "this is a batch of 1 already: close other programs") {
		t.Fatalf("error %v", err)
	}
	r.Device, r.Resume = scarce{r.Device.(broke).Backend, 1, 0}, true
	r.StopAt = 3
	if _, err := Train(t.Context(), r); !errors.Is(err, ErrEnough) {
		t.Error(err)
	}
}
