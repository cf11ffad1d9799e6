package nn_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/onednn"
	"frglab/engine/nn/ref"
)

// unpadded is a small network whose windows see nothing but themselves.
var unpadded = nn.Arch{Name: "unpadded", Size: 20, Layers: []nn.Layer{
	{Kind: nn.Conv, Name: "conv1", Out: 8, Kernel: 5, Act: nn.ReLU},   // 16
	{Kind: nn.MaxPool, Name: "pool1", Kernel: 2, Stride: 2},           // 8
	{Kind: nn.Conv, Name: "conv2", Out: 12, Kernel: 3, Act: nn.Leaky}, // 6
	{Kind: nn.MaxPool, Name: "pool2", Kernel: 2, Stride: 2},           // 3
	{Kind: nn.Dense, Name: "fc3", Out: 10, Act: nn.ReLU},
	{Kind: nn.Dense, Name: "fc4", Out: 2},
}}

// Map must give each window what Logits gives the crop at its place.
func TestMapIsLogitsOfEachWindow(t *testing.T) {
	one, err := onednn.New(2)
	if err != nil {
		t.Fatal(err)
	}
	weights, err := nn.NewWeights(unpadded, nn.He, 3)
	if err != nil {
		t.Fatal(err)
	}
	whole, shared, err := nn.Convolutional(unpadded, weights)
	if err != nil {
		t.Fatal(err)
	}
	const w, h = 47, 30 // 7.75 and 3.5 windows
	rng := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, 3*w*h)
	for i := range x {
		x[i] = rng.Float32()*2 - 1
	}
	for _, b := range []nn.Backend{ref.New(2), one} {
		t.Run(b.Name(), func(t *testing.T) {
			defer b.Close()
			net, err := nn.New(b, unpadded, weights)
			if err != nil {
				t.Fatal(err)
			}
			defer net.Close()
			mapper, err := nn.New(b, whole, shared)
			if err != nil {
				t.Fatal(err)
			}
			defer mapper.Close()
			got, err := mapper.Map(x, w, h)
			if err != nil {
				t.Fatal(err)
			}
			size := whole.MapSize(w, h)
			if size.X != 7 || size.Y != 3 || len(got) != 2*7*3 {
				t.Fatalf("the map is %v with %d numbers, want 7x3 and 42", size, len(got))
			}
			s, crop := unpadded.Size, make([]float32, 3*unpadded.Size*unpadded.Size)
			for j := range size.Y {
				for i := range size.X {
					for c := range 3 {
						for y := range s {
							at := (c*h+j*4+y)*w + i*4
							copy(crop[(c*s+y)*s:], x[at:at+s])
						}
					}
					want, err := net.Logits(crop, 1)
					if err != nil {
						t.Fatal(err)
					}
					for k := range 2 {
						if v := got[(k*size.Y+j)*size.X+i]; math.Abs(float64(v-want[k])) > 1e-4 {
							t.Fatalf("logit %d of window %d,%d is %v, want %v", k, i, j, v, want[k])
						}
					}
				}
			}
		})
	}
}

func TestMapKeepsFewGraphs(t *testing.T) {
	b := ref.New(1)
	defer b.Close()
	weights, err := nn.NewWeights(unpadded, nn.He, 3)
	if err != nil {
		t.Fatal(err)
	}
	whole, shared, err := nn.Convolutional(unpadded, weights)
	if err != nil {
		t.Fatal(err)
	}
	net, err := nn.New(b, whole, shared)
	if err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	for w := 20; w < 60; w++ {
		if _, err := net.Map(make([]float32, 3*w*20), w, 20); err != nil {
			t.Fatalf("width %d: %v", w, err)
		}
	}
	if _, err := net.Map(make([]float32, 3*19*20), 19, 20); err == nil {
		t.Error("a picture smaller than a window was mapped")
	}
}

func TestReach(t *testing.T) {
	for _, c := range []struct {
		arch nn.Arch
		want int
	}{
		{nn.FrgNet64(), 23}, // its right side: 86 pixels from the corner, of which 63 are in the window
		{nn.Scout32(), 0},
		{unpadded, 0},
	} {
		if got, err := c.arch.Reach(); err != nil || got != c.want {
			t.Errorf("%s: reach %d, %v, want %d", c.arch.Name, got, err, c.want)
		}
	}
}

// What graphs of different sizes share shows nowhere, nor that it grows and moves.
func TestMapsShareMemory(t *testing.T) {
	weights, err := nn.NewWeights(unpadded, nn.He, 3)
	if err != nil {
		t.Fatal(err)
	}
	whole, shared, err := nn.Convolutional(unpadded, weights)
	if err != nil {
		t.Fatal(err)
	}
	one, err := onednn.New(2)
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	rng := rand.New(rand.NewPCG(1, 2))
	pictures := map[int][]float32{}
	for _, side := range []int{24, 400, 90} {
		for range 3 * side * side {
			pictures[side] = append(pictures[side], rng.Float32()*2-1)
		}
	}
	alone := map[int][]float32{}
	for round, sides := range [][]int{{24}, {400}, {90}, {24, 400, 24, 90, 400, 24}} {
		net, err := nn.New(one, whole, shared)
		if err != nil {
			t.Fatal(err)
		}
		for _, side := range sides {
			got, err := net.Map(pictures[side], side, side)
			if err != nil {
				t.Fatal(err)
			}
			if round < 3 {
				alone[side] = got
			} else if !slices.Equal(got, alone[side]) {
				t.Errorf("%d pixels: another answer after other sizes", side)
			}
		}
		if err := net.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
