package engine

import (
	"context"
	"encoding/json"
	"errors"
	"image"
	"math"
	"strings"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/ref"
)

// handNet is a network that can be followed by hand: its first logit is the sum
// of the 1x1 picture's channels, its second 0.
func handNet() *Checkpoint {
	return &Checkpoint{
		Arch:    nn.Arch{Name: "bright", Size: 1, Layers: []nn.Layer{{Kind: nn.Dense, Name: "fc", Out: 2}}},
		Classes: []string{"face", "other"}, Mean: []float32{100, 100, 100}, Scale: 100, Threshold: 0.5,
		Weights: nn.Weights{
			{Name: "fc.weight", Shape: []int{2, 3}, Data: []float32{1, 1, 1, 0, 0, 0}},
			{Name: "fc.bias", Shape: []int{2}, Data: []float32{0, 0}},
		},
	}
}

// greys is a source of flat crops: a brightness and a class each.
type greys [][2]int

func (g greys) Len() int { return len(g) }
func (g greys) At(i int) (image.Image, int, error) {
	return &image.Gray{Pix: []byte{uint8(g[i][0])}, Stride: 1, Rect: image.Rect(0, 0, 1, 1)}, g[i][1], nil
}

func TestEvaluateByHand(t *testing.T) {
	dev := ref.New(1)
	defer dev.Close()
	// logits 3, -3, 0 (a tie goes to class 0) and 3: right, right, wrong, wrong
	s := greys{{200, 0}, {0, 1}, {100, 1}, {200, 1}}
	var calls [][2]int
	r, err := Evaluate(t.Context(), handNet(), dev, s, func(done, total int) { calls = append(calls, [2]int{done, total}) })
	if err != nil {
		t.Fatal(err)
	}
	right, wrong := math.Log(1+math.Exp(-3)), math.Log(1+math.Exp(3))
	if want := (2*right + math.Log(2) + wrong) / 4; math.Abs(r.Loss-want) > 1e-6 {
		t.Errorf("loss %v, want %v", r.Loss, want)
	}
	for i, want := range []float64{1 / (1 + math.Exp(-3)), 1 / (1 + math.Exp(3)), 0.5, 1 / (1 + math.Exp(-3))} {
		if math.Abs(r.Scores[i]-want) > 1e-6 {
			t.Errorf("score of crop %d is %v, want %v", i, r.Scores[i], want)
		}
	}
	r.Loss = 0
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"n":4,"loss":0,"accuracy":0.5,"confusion":[[1,0],[2,1]]}`; string(text) != want {
		t.Errorf("%s, want %s", text, want)
	}
	if got, want := r.Predicted, []int{0, 1, 0, 0}; got[0] != want[0] || got[1] != want[1] || got[2] != want[2] || got[3] != want[3] {
		t.Errorf("predicted %v, want %v", got, want)
	}
	if len(calls) != 1 || calls[0] != [2]int{4, 4} {
		t.Errorf("reported %v", calls)
	}
}

func TestEvaluateFails(t *testing.T) {
	dev := ref.New(1)
	defer dev.Close()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	overflow := handNet()
	overflow.Weights[0].Data = []float32{3e38, 3e38, 3e38, -3e38, -3e38, -3e38}
	misfit := handNet()
	misfit.Weights = misfit.Weights[:1]
	tests := []struct {
		name string
		ctx  context.Context
		c    *Checkpoint
		s    Source
		want string
	}{
		{"no crops", t.Context(), handNet(), greys{}, "there are no crops to evaluate"},
		{"unknown class", t.Context(), handNet(), greys{{0, 0}, {0, 7}}, "evaluation crop 1 has class 7"},
		{"cancelled", cancelled, handNet(), greys{{0, 0}}, "context canceled"},
		{"not finite", t.Context(), overflow, greys{{255, 0}}, "not a finite number"},
		{"weights missing", t.Context(), misfit, greys{{255, 0}}, "put bright for 1x1 pictures on the device"},
	}
	for _, tt := range tests {
		if _, err := Evaluate(tt.ctx, tt.c, dev, tt.s, nil); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q in it", tt.name, err, tt.want)
		}
	}
}

func TestOpenDevice(t *testing.T) {
	fails := func(why string) func() (nn.Backend, error) {
		return func() (nn.Backend, error) { return nil, errors.New(why) }
	}
	opens := func() (nn.Backend, error) { return ref.New(1), nil }
	devs := []Device{{Name: "cuda", Open: fails("no driver")}, {Name: "cpu", Open: fails("no library")}, {Name: "ref", Open: opens}}
	tests := []struct {
		name string
		devs []Device
		want string // of the error; "" opens
	}{
		{"auto", devs, ""},
		{"", devs, ""},
		{"ref", devs, ""},
		{"cuda", devs, `open device "cuda": no driver`},
		{"tpu", devs, `unknown device "tpu": use auto or one of cuda, cpu, ref`},
		{"auto", devs[:2], `open device "cuda": no driver; open device "cpu": no library`},
	}
	for _, tt := range tests {
		b, err := OpenDevice(tt.devs, tt.name)
		if tt.want == "" {
			if err != nil {
				t.Errorf("%q: %v", tt.name, err)
				continue
			}
			b.Close()
		} else if err == nil || err.Error() != tt.want {
			t.Errorf("%q: error %v, want %q", tt.name, err, tt.want)
		}
	}
}
