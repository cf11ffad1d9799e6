package cuda

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"frglab/engine/nn"
)

// trial has every kind of layer; its first one takes the larger tiles.
func trial() nn.Arch {
	return nn.Arch{Name: "trial", Size: 32, Layers: []nn.Layer{
		{Kind: nn.Conv, Name: "conv1", Out: 32, Kernel: 5, Pad: 2},
		{Kind: nn.BatchNorm, Name: "bn1", Act: nn.ReLU},
		{Kind: nn.MaxPool, Name: "pool1", Kernel: 5, Stride: 2},
		{Kind: nn.Conv, Name: "conv2", Out: 48, Kernel: 3, Pad: 1, Act: nn.ReLU},
		{Kind: nn.MaxPool, Name: "pool2", Kernel: 3, Stride: 2},
		{Kind: nn.Conv, Name: "conv3", Out: 40, Kernel: 3, Pad: 1, Act: nn.Leaky},
		{Kind: nn.Dense, Name: "fc4", Out: 64, Act: nn.Leaky},
		{Kind: nn.Dropout, Name: "drop4", Drop: 0.5},
		{Kind: nn.Dense, Name: "fc5", Out: 2},
	}}
}

// lesson is what came of a few steps of training.
type lesson struct {
	losses   []float64
	logits   []float32
	velocity nn.Weights
}

// Check trains a small network for a few steps on the backend and on another one that is
// known to be right, and fails where they do not agree. A machine of 132 processors takes
// well below a second for it, the other backend a few GFLOP.
func Check(b *Backend, oracle nn.Backend) error {
	batch := max(2, b.m.Processors()*128/(32*32)+2) // enough for the larger tiles
	got, err1 := learn(b, batch)
	want, err2 := learn(oracle, batch)
	if err := errors.Join(err1, err2, checkPixels(b), checkZoom(b)); err != nil {
		return err
	}
	// Of a gradient: numbers on the edge of an activation may fall to either side.
	loss, share := 1e-3, 0.02
	if b.kernels != "f32" {
		loss, share = 1e-2, 0.2
	}
	for i, v := range want.losses {
		if d := math.Abs(got.losses[i] - v); !(d <= loss*max(1, v)) {
			return fmt.Errorf("the loss of step %d is %.5f and not %.5f", i+1, got.losses[i], v)
		}
	}
	if d := apart(got.logits, want.logits, 1e-3); !(d <= share) {
		return fmt.Errorf("the logits are %.2g apart", d)
	}
	for i, v := range want.velocity {
		if d := apart(got.velocity[i].Data, v.Data, 1e-3); !(d <= share) {
			return fmt.Errorf("the gradients of %s are %.2g apart", v.Name, d)
		}
	}
	return nil
}

// learn takes as many steps as it needs to have launched one by one, recorded and repeated.
func learn(b nn.Backend, batch int) (l lesson, err error) {
	a := trial()
	w, err := nn.NewWeights(a, nn.He, 1)
	if err != nil {
		return l, err
	}
	net, err := nn.New(b, a, w)
	if err != nil {
		return l, err
	}
	defer func() { err = errors.Join(err, net.Close()) }()
	rng := rand.New(rand.NewPCG(1, 2))
	x, targets := make([]float32, batch*3*a.Size*a.Size), make([]float32, 2*batch)
	for step := range 3 {
		for i := range x {
			x[i] = float32(rng.NormFloat64())
		}
		clear(targets)
		for i := range batch {
			targets[2*i+rng.IntN(2)] = 1
		}
		loss, _, err := net.Step(x, targets, batch, nn.SGD{Rate: 3e-3, Momentum: 0.9, Decay: 1e-3}, uint64(step))
		if err != nil {
			return l, err
		}
		l.losses = append(l.losses, loss)
	}
	if l.velocity, err = net.Velocity(); err != nil {
		return l, err
	}
	l.logits, err = net.Logits(x, batch)
	return l, err
}

// apart is the largest difference in shares of the largest number, but of at least least.
func apart(got, want []float32, least float64) float64 {
	difference, top := 0.0, least
	for i, w := range want {
		d := math.Abs(float64(got[i]) - float64(w))
		if d != d {
			return math.Inf(1)
		}
		difference, top = max(difference, d), max(top, math.Abs(float64(w)))
	}
	return difference / top
}
