package imageview

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"
)

// noise is a picture of random opaque pixels.
func noise(w, h int) *image.RGBA {
	r := rand.New(rand.NewPCG(1, 2))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = uint8(r.Uint32())
	}
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 255
	}
	return m
}

func TestScaleIsExactAtFullSize(t *testing.T) {
	src := noise(37, 211)
	for _, smooth := range []bool{true, false} {
		dst := image.NewRGBA(image.Rect(0, 0, 50, 230))
		scale(dst, src, mapping{-3, -5, 1}, smooth, 0x7f)
		for y := range 230 {
			for x := range 50 {
				want := color.RGBA{0x7f, 0, 0, 0}
				if p := image.Pt(x-3, y-5); p.In(src.Rect) {
					want = src.RGBAAt(p.X, p.Y)
				}
				if got := dst.RGBAAt(x, y); got != want {
					t.Fatalf("smooth %v, pixel %d, %d: got %v, want %v", smooth, x, y, got, want)
				}
			}
		}
	}
}

// The fast paths must give what the plain formula gives.
func TestScaleMatchesTheFormula(t *testing.T) {
	src := noise(40, 30)
	for _, step := range []float64{0.13, 0.37, 0.9, 1.7} {
		for _, smooth := range []bool{true, false} {
			m := mapping{-2.3, 4.1, step}
			dst := image.NewRGBA(image.Rect(0, 0, 70, 90))
			scale(dst, src, m, smooth, 0)
			for y := range 90 {
				for x := range 70 {
					vx, vy := m.fromX+(float64(x)+0.5)*step, m.fromY+(float64(y)+0.5)*step
					want := sample(src, vx, vy, smooth)
					got := dst.RGBAAt(x, y)
					for i, d := range []int{int(got.R) - int(want[0]), int(got.G) - int(want[1]), int(got.B) - int(want[2]), int(got.A) - int(want[3])} {
						if d < -3 || d > 3 { // weights have 8 bits
							t.Fatalf("step %v, smooth %v, pixel %d, %d, channel %d: got %v, want %v", step, smooth, x, y, i, got, want)
						}
					}
				}
			}
		}
	}
}

// sample is bilinear sampling written plainly.
func sample(src *image.RGBA, x, y float64, smooth bool) (out [4]float64) {
	w, h := float64(src.Rect.Dx()), float64(src.Rect.Dy())
	if x < 0 || y < 0 || x >= w || y >= h {
		return out
	}
	get := func(x, y float64, k int) float64 {
		return float64(src.Pix[src.PixOffset(int(min(x, w-1)), int(min(y, h-1)))+k])
	}
	for k := range out {
		if !smooth {
			out[k] = get(math.Floor(x), math.Floor(y), k)
			continue
		}
		cx, cy := min(max(x-0.5, 0), w-1), min(max(y-0.5, 0), h-1)
		fx, fy := math.Floor(cx), math.Floor(cy)
		a, b := cx-fx, cy-fy
		out[k] = (get(fx, fy, k)*(1-a)+get(fx+1, fy, k)*a)*(1-b) + (get(fx, fy+1, k)*(1-a)+get(fx+1, fy+1, k)*a)*b
	}
	return out
}

func TestHalveAverages(t *testing.T) {
	src := noise(131, 77) // odd: last row and column are left out
	got := halve(src)
	if got.Rect != image.Rect(0, 0, 65, 38) {
		t.Fatalf("size %v", got.Rect)
	}
	for y := range 38 {
		for x := range 65 {
			for k := range 4 {
				sum := 0
				for _, p := range []image.Point{{2 * x, 2 * y}, {2*x + 1, 2 * y}, {2 * x, 2*y + 1}, {2*x + 1, 2*y + 1}} {
					sum += int(src.Pix[src.PixOffset(p.X, p.Y)+k])
				}
				if want := uint8((sum + 2) / 4); got.Pix[got.PixOffset(x, y)+k] != want {
					t.Fatalf("pixel %d, %d, channel %d: got %d, want %d", x, y, k, got.Pix[got.PixOffset(x, y)+k], want)
				}
			}
		}
	}
}

func TestPyramidLevels(t *testing.T) {
	p := newPyramid(noise(400, 100))
	for _, c := range []struct {
		zoom  float64
		level int
	}{{3, 0}, {1, 0}, {0.51, 0}, {0.5, 1}, {0.26, 1}, {0.25, 2}, {0.001, 6}} {
		m, k := p.at(c.zoom)
		if k != c.level || m.Rect.Dx() != 400>>c.level {
			t.Errorf("zoom %v: level %d of width %d, want level %d", c.zoom, k, m.Rect.Dx(), c.level)
		}
	}
}

func TestPictureKinds(t *testing.T) {
	base := noise(60, 40)
	sub := base.SubImage(image.Rect(10, 5, 50, 35)).(*image.RGBA)
	gray := image.NewGray(image.Rect(-5, -5, 5, 5))
	gray.SetGray(-5, -5, color.Gray{200})
	for _, c := range []struct {
		name string
		img  image.Image
	}{{"part of a picture", sub}, {"gray, off the origin", gray}} {
		m, _ := newPyramid(c.img).at(1)
		b := c.img.Bounds()
		want := color.RGBAModel.Convert(c.img.At(b.Min.X, b.Min.Y))
		if got := m.At(0, 0); m.Rect.Size() != b.Size() || got != want {
			t.Errorf("%s: first pixel %v of %v, want %v of %v", c.name, got, m.Rect.Size(), want, b.Size())
		}
	}
}

func TestTinyPictures(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {1, 9}, {9, 1}, {2, 2}} {
		m := noise(size.X, size.Y)
		for _, zoom := range []float64{0.01, 0.4, 1, 30} {
			level, k := newPyramid(m).at(zoom)
			dst := image.NewRGBA(image.Rect(0, 0, 100, 100))
			scale(dst, level, mapping{0, 0, 1 / (zoom * float64(int(1)<<k))}, true, 0)
		}
	}
}
