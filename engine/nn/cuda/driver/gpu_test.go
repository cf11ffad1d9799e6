//go:build gpu

package driver

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"frglab/engine/nn"
	"frglab/engine/nn/cuda"
	"frglab/engine/nn/nntest"
	"frglab/engine/nn/ref"
)

// The tests of this file need a card: make gpu-check sets FRGLAB_GPU and runs them from a
// program of their own, on machines that have neither Go nor OpenCV.
func onCard(t *testing.T, p cuda.Precision) nn.Backend {
	t.Helper()
	if os.Getenv("FRGLAB_GPU") == "" {
		t.Skip("needs a card: make gpu-check")
	}
	b, err := Open(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(b.Name())
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// TestCardMatchesReference has two cases like those of package cuda's tests, on the card itself.
func TestCardMatchesReference(t *testing.T) {
	for p, grain := range map[cuda.Precision]float64{cuda.Float32: 0, cuda.TF32: 1.0 / 64} {
		t.Run(string(p), func(t *testing.T) {
			b := onCard(t, p)
			oracle := ref.New(0)
			defer oracle.Close()
			nntest.Match(t, b, oracle, nntest.Layers(), grain, 1e-4)
		})
	}
}

// TestCardTrains follows the reference for 200 steps in float32, as long as two sums in
// another order stay together, and learns in tf32.
func TestCardTrains(t *testing.T) {
	oracle := ref.New(0)
	defer oracle.Close()
	nntest.Follow(t, onCard(t, cuda.Float32), oracle, 50, 1e-3)
	losses := nntest.Losses(t, onCard(t, cuda.TF32), nntest.Small(), 10, 200)
	if last := losses[199]; !(last < 0.1) {
		t.Errorf("the loss after 200 steps is %g: nothing was learned", last)
	}
	again := nntest.Losses(t, onCard(t, cuda.TF32), nntest.Small(), 10, 200)
	for i := range losses {
		if losses[i] != again[i] {
			t.Fatalf("the loss of step %d is %v, and %v the second time", i, losses[i], again[i])
		}
	}
}

// TestCardSpeed prints lines of JSON: crops a second, the best of some rounds.
func TestCardSpeed(t *testing.T) {
	arch := nn.FrgNet64()
	w, err := nn.NewWeights(arch, nn.He, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []cuda.Precision{cuda.TF32, cuda.Float32} {
		b := onCard(t, p)
		net, err := nn.New(b, arch, w)
		if err != nil {
			t.Fatal(err)
		}
		for _, batch := range []int{10, 64, 256} {
			x := nntest.Normal(rand.New(rand.NewPCG(1, 1)), batch*3*64*64)
			targets := make([]float32, 2*batch)
			for i := range batch {
				targets[2*i+i%2] = 1
			}
			speed(t, b, fmt.Sprintf("train/frgnet64/b%d/%s", batch, p), batch, func() error {
				_, _, err := net.Step(x, targets, batch, nn.SGD{Rate: 1e-4, Momentum: 0.9, Decay: 1e-4}, 1)
				return err
			})
			speed(t, b, fmt.Sprintf("infer/frgnet64/b%d/%s", batch, p), batch, func() error {
				_, err := net.Logits(x, batch)
				return err
			})
		}
		if err := net.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func speed(t *testing.T, b nn.Backend, name string, batch int, step func() error) {
	t.Helper()
	best := 0.0
	for range 4 { // the first makes the graph
		start, crops := time.Now(), 0
		for time.Since(start) < time.Second {
			if err := step(); err != nil {
				t.Fatal(err)
			}
			crops += batch
		}
		best = max(best, float64(crops)/time.Since(start).Seconds())
	}
	line, err := json.Marshal(map[string]any{"card": b.Name(), "name": name, "value": best, "unit": "crops/s"})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(string(line))
}
