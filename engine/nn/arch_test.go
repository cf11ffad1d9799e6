package nn

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestSpecs(t *testing.T) {
	for _, tt := range []struct {
		arch   Arch
		shapes string // of pool outputs and dense layers
		params int
	}{
		{FrgNet64(), "pool1[96 31 31] pool2[128 14 14] pool3[256 7 7] fc5[2048] fc6[2]", 40_036_674},
		{FrgNet64S(), "pool1[96 31 31] pool2[128 14 14] pool3[256 7 7] fc5low[128] fc5[2048] fc6[2]", 4_172_226},
		{FrgNet128(), "pool1[128 42 42] pool2[256 14 14] pool3[256 7 7] pool4[512 3 3] fc6[4096] fc7[4096] fc8[2]", 41_685_762},
	} {
		outs, params, err := tt.arch.Specs()
		if err != nil {
			t.Fatal(err)
		}
		var shapes []string
		for i, l := range tt.arch.Layers {
			if l.Kind == MaxPool || l.Kind == Dense {
				shapes = append(shapes, l.Name+fmt.Sprint(outs[i]))
			}
		}
		if got := strings.Join(shapes, " "); got != tt.shapes {
			t.Errorf("%s: got %s, want %s", tt.arch.Name, got, tt.shapes)
		}
		trained := 0
		for _, layer := range params {
			for _, p := range layer {
				if !p.State {
					trained += volume(p.Shape)
				}
			}
		}
		if trained != tt.params {
			t.Errorf("%s: got %d parameters, want %d", tt.arch.Name, trained, tt.params)
		}
	}
}

func TestSpecsRefusesWhatCannotBeBuilt(t *testing.T) {
	conv := Layer{Kind: Conv, Name: "c", Out: 4, Kernel: 3}
	for name, a := range map[string]Arch{
		"no layers":             {Size: 8},
		"no size":               {Layers: []Layer{conv}},
		"kernel too large":      {Size: 2, Layers: []Layer{conv}},
		"name twice":            {Size: 8, Layers: []Layer{conv, conv}},
		"no name":               {Size: 8, Layers: []Layer{{Kind: Conv, Out: 4, Kernel: 3}}},
		"unknown kind":          {Size: 8, Layers: []Layer{{Kind: "magic", Name: "m"}}},
		"unknown activation":    {Size: 8, Layers: []Layer{{Kind: Conv, Name: "c", Out: 1, Kernel: 1, Act: "tanh"}}},
		"convolution of a list": {Size: 8, Layers: []Layer{{Kind: Dense, Name: "d", Out: 3}, conv}},
		"pool skips pixels":     {Size: 8, Layers: []Layer{{Kind: MaxPool, Name: "p", Kernel: 2, Stride: 3}}},
		"drops everything":      {Size: 8, Layers: []Layer{{Kind: Dropout, Name: "d", Drop: 1}}},
		"negative":              {Size: 8, Layers: []Layer{{Kind: Conv, Name: "c", Out: -1, Kernel: 3}}},
		"huge":                  {Size: 8, Layers: []Layer{{Kind: Dense, Name: "d", Out: 1 << 40}}},
	} {
		if _, _, err := a.Specs(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestNewWeights(t *testing.T) {
	a := Arch{Name: "tiny", Size: 8, Layers: []Layer{
		{Kind: Conv, Name: "c", Out: 64, Kernel: 5, Pad: 2},
		{Kind: BatchNorm, Name: "b"},
		{Kind: Dense, Name: "d", Out: 2},
	}}
	he, err := NewWeights(a, He, 7)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Check(he); err != nil {
		t.Error(err)
	}
	sum := 0.0
	for _, v := range he[0].Data {
		sum += float64(v) * float64(v)
	}
	if got, want := sum/float64(len(he[0].Data)), 2.0/75; got < want*0.9 || got > want*1.1 {
		t.Errorf("variance of %s: got %v, want %v", he[0].Name, got, want)
	}
	if again, _ := NewWeights(a, He, 7); !reflect.DeepEqual(he, again) {
		t.Error("the same seed gave other weights")
	}
	if other, _ := NewWeights(a, He, 8); reflect.DeepEqual(he, other) {
		t.Error("another seed gave the same weights")
	}
	if _, err := NewWeights(a, "magic", 7); err == nil {
		t.Error("unknown rule: no error")
	}
	he[0].Shape = []int{5, 5, 3, 64}
	if err := a.Check(he); err == nil {
		t.Error("a wrong shape passed Check")
	}
}

// TestWork holds the counts against those of DESIGN for FrgNet64, which were done
// by hand.
func TestWork(t *testing.T) {
	forward, training := FrgNet64().Work()
	if math.Abs(forward-0.9288) > 1e-4 || math.Abs(training-2.7274) > 1e-4 {
		t.Errorf("forward %.4f GFLOP, training %.4f", forward, training)
	}
}
