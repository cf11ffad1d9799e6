package engine

import (
	"errors"
	"fmt"
	"image"
	"math"
	"sync/atomic"
	"testing"

	"frglab/engine/nn"
)

// keeping is a device that keeps crops.
type keeping struct {
	encoding
	full  bool // has no memory for them
	tight int  // takes crops, but has no memory for so many of their batches
	kept  *kept
}

type kept struct {
	d      *keeping
	pixels []byte
	side   int
	closed bool
}

func (d *keeping) Keep(count, side int) (nn.Crops, error) {
	if d.full {
		return nil, fmt.Errorf("no room: %w", nn.ErrMemory)
	}
	d.kept = &kept{d: d, pixels: make([]byte, count*side*side*3), side: side}
	return d.kept, nil
}

func (k *kept) Write(first int, pixels []byte) error {
	copy(k.pixels[first*k.side*k.side*3:], pixels)
	return nil
}

func (k *kept) Encode(dst nn.Buffer, changes []nn.Change, mean []float32, scale float32) error {
	if k.d.tight > 0 {
		k.d.tight--
		return nn.ErrMemory
	}
	*k.d.used++
	s := k.side
	var x []float32
	for _, c := range changes {
		img := image.NewRGBA(image.Rect(0, 0, s, s))
		for i := range s * s {
			img.Pix[4*i+3] = 255
			copy(img.Pix[4*i:], k.pixels[(c.Crop*s*s+i)*3:][:3])
		}
		img = jitter{turn: c.Turn, flip: c.Flip, zoom: c.Zoom, dx: c.DX, dy: c.DY, bright: c.Bright, contrast: c.Contrast, colors: 1}.apply(img)
		if c.Recolor {
			recolor(img, c.SinColor, c.CosColor)
		}
		part := make([]float32, 3*s*s)
		Encode(part, img, mean, scale)
		x = append(x, part...)
	}
	return dst.Write(x)
}

func (k *kept) Close() error {
	k.closed = true
	return nil
}

// TestKeptCropsTrainAlike has a device that keeps the crops learn the same as one that is sent
// them, also where it has no room for them, or none for a batch beside them. Then it is the crops
// that go, and not half of the batch.
func TestKeptCropsTrainAlike(t *testing.T) {
	for name, make := range map[string]func(*testing.T) Run{"modern": tinyRun, "2015": run2015} {
		want, err := Train(t.Context(), make(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			what  string
			full  bool
			tight int
		}{{"keeps", false, 0}, {"is full", true, 0}, {"is tight", false, 1}} {
			r, used := make(t), 0
			var asked atomic.Int32
			r.Train = synthetic{n: 120, size: 10, seed: 1, at: func(int) (image.Image, int, error, bool) { asked.Add(1); return nil, 0, nil, false }}
			d := &keeping{encoding: encoding{r.Device, &used}, full: c.full, tight: c.tight}
			r.Device = d
			r.Report = func(p Progress) {
				if p.Event == EventBatch {
					t.Errorf("%s, %s: the batch shrinks to %d", name, c.what, p.Batch)
				}
			}
			got, err := Train(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			sameWeights(t, got.Weights, want.Weights)
			if used < got.Step {
				t.Errorf("%s, %s: %d batches were made on the device, want one a step", name, c.what, used)
			}
			if !c.full && !d.kept.closed {
				t.Errorf("%s, %s: the crops were not given back", name, c.what)
			}
			if !c.full && c.tight == 0 && asked.Load() != 240 {
				t.Errorf("%s: a crop was asked for %d times in all, want 240: once to look, once to send", name, asked.Load())
			}
		}
	}
}

func TestKeptCropsFail(t *testing.T) {
	r, used := tinyRun(t), 0
	boom := errors.New("boom")
	var asked atomic.Int32
	r.Train = synthetic{n: 120, size: 10, seed: 1, at: func(i int) (image.Image, int, error, bool) {
		if asked.Add(1) > 120 && i == 70 {
			return nil, 0, boom, true
		}
		return nil, 0, nil, false
	}}
	d := &keeping{encoding: encoding{r.Device, &used}}
	r.Device = d
	if _, err := Train(t.Context(), r); !errors.Is(err, boom) || !d.kept.closed {
		t.Errorf("error %v, crops given back: %v", err, d.kept.closed)
	}
}

// TestChange is what a device is told: angles as they are turned by, and no colours to change where
// there are none.
func TestChange(t *testing.T) {
	c := jitter{zoom: 1, contrast: 1, colors: 2, hue: math.Pi / 2}.change(7)
	if c.Crop != 7 || !c.Recolor || c.SinColor != 2 || math.Abs(c.CosColor) > 1e-15 {
		t.Errorf("change %+v", c)
	}
	if c = (jitter{zoom: 1, contrast: 1, colors: 1}).change(0); c.Recolor {
		t.Errorf("change %+v", c)
	}
}
