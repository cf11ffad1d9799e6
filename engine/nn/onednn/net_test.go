package onednn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/ref"
)

// small has every kind of layer, and channels that fill no vector.
func small() nn.Arch {
	return nn.Arch{Name: "small", Size: 16, Layers: []nn.Layer{
		{Kind: nn.Conv, Name: "conv1", Out: 12, Kernel: 5, Pad: 2},
		{Kind: nn.BatchNorm, Name: "bn1", Act: nn.ReLU},
		{Kind: nn.MaxPool, Name: "pool1", Kernel: 5, Stride: 2},
		{Kind: nn.Conv, Name: "conv2", Out: 17, Kernel: 3, Pad: 1, Act: nn.ReLU},
		{Kind: nn.MaxPool, Name: "pool2", Kernel: 3, Stride: 2},
		{Kind: nn.Conv, Name: "conv3", Out: 24, Kernel: 3, Pad: 1, Act: nn.Leaky},
		{Kind: nn.Dense, Name: "fc4", Out: 32, Act: nn.Leaky},
		{Kind: nn.Dropout, Name: "drop4", Drop: 0.5},
		{Kind: nn.Dense, Name: "fc5", Out: 2},
	}}
}

// stripes are pictures of two classes: stripes along one axis or the other, in noise.
func stripes(rng *rand.Rand, size, batch int) (x, targets []float32) {
	x = make([]float32, batch*3*size*size)
	targets = make([]float32, batch*2)
	for i := range batch {
		class := rng.IntN(2)
		targets[2*i+class] = 1
		phase := rng.Float64() * 2 * math.Pi
		for j := range 3 * size * size {
			at := []int{j % size, j / size % size}[class]
			x[i*3*size*size+j] = float32(math.Sin(float64(at)*1.2+phase) + 0.7*rng.NormFloat64())
		}
	}
	return x, targets
}

// train returns the losses of some steps.
func train(t *testing.T, b nn.Backend, a nn.Arch, batch, steps int) []float64 {
	t.Helper()
	w, err := nn.NewWeights(a, nn.He, 5)
	if err != nil {
		t.Fatal(err)
	}
	net, err := nn.New(b, a, w)
	if err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	rng := rand.New(rand.NewPCG(1, 1))
	var losses []float64
	for s := range steps {
		x, targets := stripes(rng, a.Size, batch)
		loss, _, err := net.Step(x, targets, batch, nn.SGD{Rate: 0.01, Momentum: 0.9, Decay: 1e-4}, uint64(s))
		if err != nil {
			t.Fatal(err)
		}
		losses = append(losses, loss)
	}
	return losses
}

func TestTrainingFollowsReference(t *testing.T) {
	oracle := ref.New(0)
	defer oracle.Close()
	want := train(t, oracle, small(), 10, 50)
	got := train(t, open(t, 0), small(), 10, 50)
	for i := range want {
		if d := math.Abs(got[i] - want[i]); !(d <= 1e-3) {
			t.Fatalf("loss of step %d is %.6f, the reference has %.6f", i, got[i], want[i])
		}
	}
	if got[49] > 0.5*got[0] {
		t.Errorf("loss went from %.3f to %.3f: nothing was learned", got[0], got[49])
	}
}

func TestSameSeedSameLosses(t *testing.T) {
	for _, threads := range []int{1, 3, 4} {
		t.Run(fmt.Sprint(threads), func(t *testing.T) {
			first := train(t, open(t, threads), small(), 10, 20)
			second := train(t, open(t, threads), small(), 10, 20)
			for i := range first {
				if first[i] != second[i] {
					t.Fatalf("loss of step %d is %v, and %v the second time", i, first[i], second[i])
				}
			}
		})
	}
}
