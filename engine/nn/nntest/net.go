package nntest

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"frglab/engine/nn"
)

// Small has every kind of layer, and channels that fill no vector.
func Small() nn.Arch {
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

// Stripes are pictures of two classes: stripes along one axis or the other, in noise.
func Stripes(rng *rand.Rand, size, batch int) (x, targets []float32) {
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

// Train returns the losses of some steps of training.
func Train(b nn.Backend, a nn.Arch, batch, steps int) (losses []float64, err error) {
	w, err := nn.NewWeights(a, nn.He, 5)
	if err != nil {
		return nil, err
	}
	net, err := nn.New(b, a, w)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, net.Close()) }()
	rng := rand.New(rand.NewPCG(1, 1))
	for s := range steps {
		x, targets := Stripes(rng, a.Size, batch)
		loss, _, err := net.Step(x, targets, batch, nn.SGD{Rate: 0.01, Momentum: 0.9, Decay: 1e-4}, uint64(s))
		if err != nil {
			return nil, err
		}
		losses = append(losses, loss)
	}
	return losses, nil
}

// Losses is Train in a test that fails where it does.
func Losses(t *testing.T, b nn.Backend, a nn.Arch, batch, steps int) []float64 {
	t.Helper()
	losses, err := Train(b, a, batch, steps)
	if err != nil {
		t.Fatal(err)
	}
	return losses
}

// Follow trains a small network on both backends, and fails where a loss is further from
// the oracle's than the tolerance allows, or nothing is learned.
func Follow(t *testing.T, ours, oracle nn.Backend, steps int, tolerance float64) {
	want := Losses(t, oracle, Small(), 10, steps)
	got := Losses(t, ours, Small(), 10, steps)
	for i := range want {
		if d := math.Abs(got[i] - want[i]); !(d <= tolerance) {
			t.Fatalf("loss of step %d is %.6f, the reference has %.6f", i, got[i], want[i])
		}
	}
	if got[steps-1] > 0.5*got[0] {
		t.Errorf("loss went from %.3f to %.3f: nothing was learned", got[0], got[steps-1])
	}
}
