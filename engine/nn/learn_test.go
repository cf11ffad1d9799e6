package nn_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/ref"
)

// tinyArch has every kind of layer in FrgNet64.
func tinyArch() nn.Arch {
	return nn.Arch{Name: "tiny", Size: 13, Layers: []nn.Layer{
		{Kind: nn.Conv, Name: "conv1", Out: 8, Kernel: 5, Pad: 2},
		{Kind: nn.BatchNorm, Name: "bn1", Act: nn.ReLU},
		{Kind: nn.MaxPool, Name: "pool1", Kernel: 5, Stride: 2},
		{Kind: nn.Conv, Name: "conv2", Out: 12, Kernel: 3, Pad: 1, Act: nn.Leaky},
		{Kind: nn.MaxPool, Name: "pool2", Kernel: 3, Stride: 2},
		{Kind: nn.Dense, Name: "fc3", Out: 24, Act: nn.Leaky},
		{Kind: nn.Dropout, Name: "drop3", Drop: 0.5},
		{Kind: nn.Dense, Name: "fc4", Out: 2},
	}}
}

// batch is noise with labels that have nothing to do with it.
func batch(a nn.Arch, n int) (x, targets []float32) {
	rng := rand.New(rand.NewPCG(8, 9))
	x = random(rng, n*3*a.Size*a.Size)
	targets = make([]float32, n*a.Classes())
	for i := range n {
		targets[i*a.Classes()+i%2] = 1
	}
	return x, targets
}

func newTiny(t *testing.T, threads int) *nn.Net {
	t.Helper()
	a := tinyArch()
	w, err := nn.NewWeights(a, nn.He, 3)
	if err != nil {
		t.Fatal(err)
	}
	b := ref.New(threads)
	t.Cleanup(func() { b.Close() })
	return newNet(t, b, a, w)
}

// train makes steps and returns their losses.
func train(t *testing.T, net *nn.Net, steps int, seed uint64) (losses []float64) {
	t.Helper()
	x, targets := batch(net.Arch(), 8)
	for i := range steps {
		loss, _, err := net.Step(x, targets, 8, nn.SGD{Rate: 0.02, Momentum: 0.9, Decay: 1e-4}, seed+uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		losses = append(losses, loss)
	}
	return losses
}

func TestOneBatchIsLearned(t *testing.T) {
	net := newTiny(t, 0)
	losses := train(t, net, 100, 1)
	if last := losses[len(losses)-1]; losses[0] < 0.3 || last > 0.1 {
		t.Errorf("loss went from %v to %v, want below 0.1", losses[0], last)
	}
	x, targets := batch(net.Arch(), 8)
	logits, err := net.Logits(x, 8)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 8 {
		if (logits[2*i] > logits[2*i+1]) != (targets[2*i] > targets[2*i+1]) {
			t.Errorf("crop %d: logits %v, targets %v", i, logits[2*i:2*i+2], targets[2*i:2*i+2])
		}
	}
}

// Bit for bit: the number of threads does not matter, another seed does.
func TestSameSeedSameTraining(t *testing.T) {
	net := newTiny(t, 1)
	losses, weights := train(t, net, 6, 1), weightsOf(t, net)
	for _, threads := range []int{1, 2, 3, 8} {
		again := newTiny(t, threads)
		if got := train(t, again, 6, 1); !slices.Equal(got, losses) {
			t.Errorf("%d threads: losses %v, want %v", threads, got, losses)
		}
		for i, w := range weightsOf(t, again) {
			if !slices.Equal(w.Data, weights[i].Data) {
				t.Errorf("%d threads: other weights in %s", threads, w.Name)
			}
		}
	}
	if got := train(t, newTiny(t, 1), 6, 2); slices.Equal(got, losses) {
		t.Error("another seed dropped the same")
	}
}

// The graph that Step uses and the graphs of Logits compute the same function. With
// running averages set to the batch's own statistics, and nothing dropped, they
// put out the same logits; the size of the batches does not matter.
func TestTrainAndInferAgree(t *testing.T) {
	a := tinyArch()
	a.Layers[6].Drop = 0
	w, err := nn.NewWeights(a, nn.He, 3)
	if err != nil {
		t.Fatal(err)
	}
	b := ref.New(0)
	defer b.Close()
	const n = 6
	x, targets := batch(a, n)
	net := newNet(t, b, a, w)
	var want []float32
	for range 150 { // 0.9^150 is 1e-7: the averages are those of the batch
		_, logits, err := net.Step(x, targets, n, nn.SGD{}, 0)
		if err != nil {
			t.Fatal(err)
		}
		want = logits
	}
	// The running variance is the unbiased estimate; the batch was divided by the biased.
	averaged := weightsOf(t, net)
	for _, p := range averaged {
		if p.Name == "bn1.running_var" {
			for i := range p.Data {
				p.Data[i] *= 1 - 1.0/(n*13*13)
			}
		}
	}
	got, err := newNet(t, b, a, averaged).Logits(x, n)
	if err != nil {
		t.Fatal(err)
	}
	nearTo(t, "logits", got, float64s(want), 1e-5)
}

func TestFoldedAgrees(t *testing.T) {
	net := newTiny(t, 0)
	train(t, net, 5, 1) // gives the batch normalisation something to fold
	a, w, err := nn.Fold(net.Arch(), weightsOf(t, net))
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Layers) >= len(tinyArch().Layers) {
		t.Errorf("folding left %d layers", len(a.Layers))
	}
	b := ref.New(0)
	defer b.Close()
	x, _ := batch(a, 7)
	want, err := net.Logits(x, 7)
	if err != nil {
		t.Fatal(err)
	}
	got, err := newNet(t, b, a, w).Logits(x, 7)
	if err != nil {
		t.Fatal(err)
	}
	nearTo(t, "logits", got, float64s(want), 1e-5)
}

// Logits of a crop do not depend on what it is batched with.
func TestLogitsOfAnyCount(t *testing.T) {
	net := newTiny(t, 0)
	const n = 23 // 16 + 4 + 4, of which one is padded
	x, _ := batch(net.Arch(), n)
	all, err := net.Logits(x, n)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2*n {
		t.Fatalf("%d logits for %d crops", len(all), n)
	}
	crop := len(x) / n
	for i := range n {
		one, err := net.Logits(x[i*crop:(i+1)*crop], 1)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(one, all[2*i:2*i+2]) {
			t.Errorf("crop %d: alone %v, among others %v", i, one, all[2*i:2*i+2])
		}
	}
}
