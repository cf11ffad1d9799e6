package engine

import (
	"encoding/json"
	"image"
	"math"
	"math/rand/v2"
	"testing"
)

func TestIoU(t *testing.T) {
	r := image.Rect
	for _, c := range []struct {
		name string
		a, b image.Rectangle
		want float64
	}{
		{"touching corners", r(0, 0, 50, 50), r(50, 50, 100, 100), 0},
		{"equal", r(10, 10, 60, 60), r(10, 10, 60, 60), 1},
		{"a corner inside", r(10, 10, 60, 60), r(30, 40, 60, 70), 600.0 / 2800},
		{"one in the other", r(0, 0, 60, 60), r(20, 20, 50, 50), 900.0 / 3600},
		{"touching sides", r(144, 108, 240, 204), r(96, 144, 144, 192), 0},
		{"half", r(0, 0, 20, 10), r(10, 0, 30, 10), 100.0 / 300},
		{"empty", r(5, 5, 5, 5), r(0, 0, 10, 10), 0},
		{"both empty", r(5, 5, 5, 5), r(5, 5, 5, 5), 0},
		{"left of the origin", r(-10, -10, 0, 0), r(-5, -10, 5, 0), 50.0 / 150},
	} {
		if got := IoU(c.a, c.b); got != c.want {
			t.Errorf("%s: IoU(%v, %v) = %v, want %v", c.name, c.a, c.b, got, c.want)
		}
		if got := IoU(c.b, c.a); got != c.want {
			t.Errorf("%s: IoU(%v, %v) = %v, want %v", c.name, c.b, c.a, got, c.want)
		}
	}
}

// A box's IoU with another is what counting their common pixels gives.
func TestIoUCountsPixels(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		a, b := randomBox(rng, 20), randomBox(rng, 20)
		both, either := 0, 0
		for y := range 40 {
			for x := range 40 {
				p := image.Pt(x, y)
				if p.In(a) && p.In(b) {
					both++
				}
				if p.In(a) || p.In(b) {
					either++
				}
			}
		}
		if got, want := IoU(a, b), float64(both)/float64(either); math.Abs(got-want) > 1e-12 {
			t.Fatalf("IoU(%v, %v) = %v, want %d/%d", a, b, got, both, either)
		}
	}
}

func TestDetectionJSON(t *testing.T) {
	d := Detection{image.Rect(10, 20, 40, 60), 0.75}
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(data), `{"box":[10,20,30,40],"score":0.75}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var back Detection
	if err := json.Unmarshal(data, &back); err != nil || back != d {
		t.Errorf("got %v, %v back, want %v", back, err, d)
	}
	for _, bad := range []string{`{"box":[0,0,-1,5],"score":1}`, `{"box":[9223372036854775807,0,9,9],"score":1}`, `{"box":"x"}`} {
		if err := json.Unmarshal([]byte(bad), &back); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}

// randomBox is a box of 1 to side pixels each way, within 2*side.
func randomBox(rng *rand.Rand, side int) image.Rectangle {
	x, y := rng.IntN(side), rng.IntN(side)
	return image.Rect(x, y, x+1+rng.IntN(side), y+1+rng.IntN(side))
}
