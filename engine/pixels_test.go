package engine

import (
	"image"
	"testing"

	"frglab/engine/nn"
)

// encoding is a device that takes pixels.
type encoding struct {
	nn.Backend
	used *int
}

func (e encoding) Encode(dst nn.Buffer, p nn.Pixels) error {
	*e.used++
	s := dst.Shape()
	n := 3 * s[2] * s[3]
	x := make([]float32, s[0]*n)
	for i := range s[0] {
		img := &image.RGBA{Pix: p.Data[i*n/3*4 : (i+1)*n/3*4], Stride: 4 * s[3], Rect: image.Rect(0, 0, s[3], s[2])}
		Encode(x[i*n:(i+1)*n], img, p.Mean, p.Scale)
	}
	return dst.Write(x)
}

// TestPixelsTrainAlike has a device that takes pixels learn the same as one that takes
// numbers.
func TestPixelsTrainAlike(t *testing.T) {
	for name, make := range map[string]func(*testing.T) Run{"modern": tinyRun, "2015": run2015} {
		want, err := Train(t.Context(), make(t))
		if err != nil {
			t.Fatal(err)
		}
		r, used := make(t), 0
		r.Device = encoding{r.Device, &used}
		got, err := Train(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		sameWeights(t, got.Weights, want.Weights)
		if used < got.Step {
			t.Errorf("%s: %d batches were pixels, want one a step", name, used)
		}
	}
}
