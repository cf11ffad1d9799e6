package nn_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/nntest"
	"frglab/engine/nn/ref"
)

// A network in bytes says nearly what the network says: pictures whose colours drift, as
// those of real ones do, and a border of the mean's colour for padding.
func TestInBytes(t *testing.T) {
	const w, h, scale = 40, 32, 64
	mean := []float32{120, 128, 140}
	for pad := range 2 {
		arch := nntest.ByteArch(pad)
		weights, err := nn.NewWeights(arch, nn.He, 4)
		if err != nil {
			t.Fatal(err)
		}
		nntest.Uneven(weights, 5)
		net, err := nn.InBytes(arch, weights, mean, scale)
		if err != nil {
			t.Fatal(err)
		}
		if net.Border != pad || net.Size != 20 {
			t.Fatalf("pad %d: border %d, size %d", pad, net.Border, net.Size)
		}
		for _, l := range net.Layers {
			for _, v := range l.Weight {
				if v < -nn.ByteWeight || v > nn.ByteWeight {
					t.Fatalf("%s has a weight of %d", l.Name, v)
				}
			}
		}
		tw, th := w+2*pad, h+2*pad
		pix, x := make([]byte, 4*tw*th), make([]float32, 3*w*h)
		rng := rand.New(rand.NewPCG(1, 2))
		for i := range tw * th {
			px, py := i%tw-pad, i/tw-pad
			inside := px >= 0 && px < w && py >= 0 && py < h
			for c := range 3 {
				v := mean[c]
				if inside {
					v = float32(math.Round(128 + 90*math.Sin(float64(px+c*py)/7) + 30*rng.Float64()))
					x[(c*h+py)*w+px] = (v - mean[c]) / scale
				}
				pix[4*i+c] = byte(v)
			}
			pix[4*i+3] = byte(rng.IntN(256)) // must not matter
		}
		want := floats(t, arch, weights, x, w, h)
		got := nntest.Bytes(net, pix, 1, tw, th)
		if len(got) != len(want) {
			t.Fatalf("pad %d: %d numbers, want %d", pad, len(got), len(want))
		}
		if apart := nntest.Apart(got, want); apart > 0.12 { // the normalisations of a network that learned nothing say little of its numbers
			t.Errorf("pad %d: %.3f apart", pad, apart)
		}
	}
}

// floats is the network itself.
func floats(t *testing.T, arch nn.Arch, weights nn.Weights, x []float32, w, h int) []float32 {
	t.Helper()
	arch, weights, err := nn.Fold(arch, weights)
	if err == nil {
		arch, weights, err = nn.Convolutional(arch, weights)
	}
	if err != nil {
		t.Fatal(err)
	}
	b := ref.New(2)
	defer b.Close()
	net, err := nn.New(b, arch, weights)
	if err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	want, err := net.Map(x, w, h)
	if err != nil {
		t.Fatal(err)
	}
	return want
}

func TestInBytesUnsupported(t *testing.T) {
	conv := nn.Layer{Kind: nn.Conv, Name: "conv1", Out: 4, Kernel: 3, Act: nn.ReLU}
	norm := nn.Layer{Kind: nn.BatchNorm, Name: "bn1", Act: nn.ReLU}
	pool := nn.Layer{Kind: nn.MaxPool, Name: "pool1", Kernel: 2, Stride: 2}
	last := nn.Layer{Kind: nn.Dense, Name: "fc2", Out: 2}
	plain, leaky := conv, norm
	plain.Act, leaky.Act = nn.Linear, nn.Leaky
	for _, c := range []struct {
		name   string
		layers []nn.Layer
		mean   int
		fine   bool
	}{
		{"normalised", []nn.Layer{plain, norm, pool, last}, 3, true},
		{"a mean picture", []nn.Layer{plain, norm, pool, last}, 3 * 64, false},
		{"not normalised", []nn.Layer{conv, pool, last}, 3, false},
		{"normalised after its activation", []nn.Layer{conv, norm, last}, 3, false},
		{"leaky", []nn.Layer{plain, leaky, last}, 3, false},
		{"pooled first", []nn.Layer{pool, plain, norm, last}, 3, false},
		{"dense first", []nn.Layer{last}, 3, false},
	} {
		a := nn.Arch{Name: "a", Size: 8, Layers: c.layers}
		w, err := nn.NewWeights(a, nn.He, 1)
		if err != nil {
			t.Fatal(err)
		}
		_, err = nn.InBytes(a, w, make([]float32, c.mean), 64)
		if c.fine != (err == nil) || err != nil && !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
