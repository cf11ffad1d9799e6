package engine

import (
	"bytes"
	"image"
	"image/png"
	"math/rand/v2"
	"testing"
)

// BenchmarkBatch is how many crops a second one goroutine makes ready to be learned from:
//
//	go test -run xxx -bench Batch -cpu 1 ./engine
//
// from crops as PNG files, from decoded ones, and for a device that keeps them. A card of 10,000
// crops a second needs that many of all goroutines together.
func BenchmarkBatch(b *testing.B) {
	for _, preset := range Presets() {
		for _, from := range []string{"png", "memory", "device"} {
			b.Run(preset+"/"+from, func(b *testing.B) {
				c, err := Preset(preset)
				if err != nil {
					b.Fatal(err)
				}
				s := newNoise(c.Arch.Size, from == "png")
				in := input{"training", s, []string{"face", "other"}, c.Arch.Size, make([]float32, 3), float32(c.Scale)}
				f := &feed{input: in, config: c, drawer: newDrawer(c, []int{0, 1}), labels: []int{0, 1}, pixels: true}
				if from == "device" {
					f.kept = &kept{}
				}
				for i := 0; b.Loop(); i++ {
					got, err := f.batch(256*i, 256)
					if err != nil {
						b.Fatal(err)
					}
					f.spare.Put(got)
				}
				b.ReportMetric(256*float64(b.N)/b.Elapsed().Seconds(), "crops/s")
			})
		}
	}
}

// noise is two crops, in memory or as PNG that is decoded each time.
type noise struct {
	img  *image.RGBA
	data []byte
}

func newNoise(size int, packed bool) noise {
	n := noise{img: image.NewRGBA(image.Rect(0, 0, size, size))}
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range n.img.Pix {
		n.img.Pix[i] = uint8(rng.Uint32()) | 255*uint8(i%4/3)
	}
	if packed {
		var buf bytes.Buffer
		if err := png.Encode(&buf, n.img); err != nil {
			panic(err)
		}
		n.data = buf.Bytes()
	}
	return n
}

func (n noise) Len() int { return 2 }

func (n noise) At(i int) (image.Image, int, error) {
	if n.data == nil {
		return n.img, i, nil
	}
	img, err := png.Decode(bytes.NewReader(n.data))
	return img, i, err
}
