package vision

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gocv.io/x/gocv"

	"frglab/assets"
	"frglab/engine"
	"frglab/engine/nn"
	"frglab/engine/nn/nntest"
	"frglab/engine/nn/ref"
)

// TestONNXAgainstOpenCV lets OpenCV's reader and kernels, which share nothing with this
// program, judge what it exports.
func TestONNXAgainstOpenCV(t *testing.T) {
	for _, name := range nn.Names() {
		arch, err := nn.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { sameInOpenCV(t, randomCheckpoint(t, arch, false)) })
	}
	t.Run("mean per pixel, as in 2015", func(t *testing.T) { sameInOpenCV(t, randomCheckpoint(t, nn.FrgNet64(), true)) })
	// A layer of every kind where folding leaves a normalisation of its own.
	odd := nn.Arch{Name: "odd", Size: 11, Layers: []nn.Layer{
		{Kind: nn.BatchNorm, Name: "bn0"},
		{Kind: nn.Conv, Name: "conv1", Out: 5, Kernel: 3, Act: nn.Leaky}, // 9x9
		{Kind: nn.BatchNorm, Name: "bn1", Act: nn.ReLU},
		{Kind: nn.MaxPool, Name: "pool1", Kernel: 4, Stride: 3}, // 3x3, one pixel over the edge
		{Kind: nn.Dropout, Name: "drop1", Drop: 0.5},
		{Kind: nn.Dense, Name: "fc2", Out: 7, Act: nn.Leaky},
		{Kind: nn.Dense, Name: "fc3", Out: 3},
	}}
	t.Run("odd", func(t *testing.T) { sameInOpenCV(t, randomCheckpoint(t, odd, false)) })
	for name, data := range map[string][]byte{"bundled model": assets.Model(), "bundled scout": assets.Scout()} {
		t.Run(name, func(t *testing.T) {
			c, err := engine.ParseCheckpoint(data)
			if err != nil {
				t.Fatal(err)
			}
			sameInOpenCV(t, c)
		})
	}
}

// randomCheckpoint has random numbers in all places that count.
func randomCheckpoint(t *testing.T, arch nn.Arch, perPixel bool) *engine.Checkpoint {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, uint64(arch.Size)))
	w, err := nn.NewWeights(arch, nn.He, 5)
	if err != nil {
		t.Fatal(err)
	}
	for _, tensor := range w {
		if len(tensor.Shape) == 1 { // biases, scales, running averages
			for i := range tensor.Data {
				tensor.Data[i] += 0.5 * rng.Float32()
			}
		}
	}
	c := &engine.Checkpoint{Arch: arch, Mean: make([]float32, 3), Scale: 64, Threshold: 0.5, Weights: w}
	for i := range arch.Classes() {
		c.Classes = append(c.Classes, fmt.Sprint("class", i))
	}
	if perPixel {
		c.Mean = make([]float32, 3*arch.Size*arch.Size)
	}
	for i := range c.Mean {
		c.Mean[i] = 90 + 70*rng.Float32()
	}
	return c
}

// most is the largest batch that is compared.
const most = 3

// sameInOpenCV compares the probabilities of random pictures, alone and in batches.
func sameInOpenCV(t *testing.T, c *engine.Checkpoint) {
	t.Helper()
	size, classes := c.Arch.Size, c.Arch.Classes()
	pixels := make([]float32, most*3*size*size) // as ONNX wants them
	encoded := make([]float32, len(pixels))     // as the engine does
	n := len(pixels) / most
	for i := range most {
		img := noise(uint64(i), size, size)
		for k := range img.Pix { // and not only grey on average
			img.Pix[k] = uint8(int(img.Pix[k]) * (i + 1) / most)
		}
		engine.Encode(pixels[i*n:(i+1)*n], img, make([]float32, 3), 1)
		engine.Encode(encoded[i*n:(i+1)*n], img, c.Mean, c.Scale)
	}
	want := spread(c, logits(t, c, encoded))
	nntest.Softmax(want, classes)

	var file bytes.Buffer
	if err := c.WriteONNX(&file); err != nil {
		t.Fatal(err)
	}
	net, err := gocv.ReadNetFromONNXBytes(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	if net.Empty() {
		t.Fatal("OpenCV cannot read the file")
	}
	worst := 0.0
	for _, count := range []int{1, most, 2} {
		got := forward(t, &net, []int{count, 3, size, size}, pixels[:count*n])
		if len(got) != count*classes {
			t.Fatalf("%d numbers for a batch of %d", len(got), count)
		}
		for i, v := range got {
			worst = max(worst, math.Abs(float64(v-want[i])))
		}
	}
	t.Logf("the largest difference is %.2g", worst)
	if !(worst <= 1e-4) {
		t.Errorf("OpenCV's probabilities differ by up to %v from %.3g", worst, want)
	}
}

// logits are the engine's.
func logits(t *testing.T, c *engine.Checkpoint, x []float32) []float32 {
	t.Helper()
	dev := ref.New(2)
	defer dev.Close()
	net, err := nn.New(dev, c.Arch, c.Weights)
	if err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	l, err := net.Logits(x, most)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// spread scales and moves the last layer, and the logits with it, so that no picture's
// answer is sure: small differences within the network must show in it.
func spread(c *engine.Checkpoint, logits []float32) []float32 {
	c.Weights = c.Weights.Clone()
	weight, bias := c.Weights[len(c.Weights)-2].Data, c.Weights[len(c.Weights)-1].Data
	for k := range bias {
		var own []float32
		for i := k; i < len(logits); i += len(bias) {
			own = append(own, logits[i])
		}
		lo, hi := slices.Min(own), slices.Max(own)
		gain := 2 / (hi - lo)
		for i := k; i < len(logits); i += len(bias) {
			logits[i] = (logits[i] - (lo+hi)/2) * gain
		}
		row := weight[k*len(weight)/len(bias):][:len(weight)/len(bias)]
		for i := range row {
			row[i] *= gain
		}
		bias[k] = (bias[k] - (lo+hi)/2) * gain
	}
	return logits
}

// forward runs OpenCV's network on one batch.
func forward(t *testing.T, net *gocv.Net, shape []int, x []float32) []float32 {
	t.Helper()
	in := gocv.NewMatWithSizes(shape, gocv.MatTypeCV32F)
	defer in.Close()
	data, err := in.DataPtrFloat32()
	if err != nil {
		t.Fatal(err)
	}
	copy(data, x)
	net.SetInput(in, "pixels")
	out := net.Forward("probabilities")
	defer out.Close()
	got, err := out.DataPtrFloat32()
	if err != nil {
		t.Fatal(err)
	}
	return append([]float32(nil), got...)
}
