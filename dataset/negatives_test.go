package dataset

import (
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"reflect"
	"testing"
)

// landscape is flat sky above busy ground.
func landscape() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 640, 360))
	for y := range 360 {
		for x := range 640 {
			c := color.RGBA{120, 180, 255, 255}
			if y >= 180 && (x/5+y/5)%2 == 0 {
				c = color.RGBA{40, 90, 20, 255}
			} else if y >= 180 {
				c = color.RGBA{90, 140, 60, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func TestWindowsPreferWhatIsThere(t *testing.T) {
	img := landscape()
	ground := image.Rect(0, 175, 640, 360)
	small, inGround, sizes := 0, 0, map[int]bool{}
	for seed := range uint64(40) {
		list := windows(img, 6, nil, rand.New(rand.NewPCG(seed, 1)))
		if len(list) < 5 {
			t.Errorf("seed %d: %d windows, want 6 or nearly", seed, len(list))
		}
		for i, w := range list {
			if !w.In(img.Rect) || w.Dx() != w.Dy() || w.Dx() < 24 {
				t.Fatalf("window %v", w)
			}
			for _, o := range list[:i] {
				if iou(w, o) > 0.2 {
					t.Errorf("windows %v and %v are nearly one", w, o)
				}
			}
			sizes[int(4*float64(w.Dx())/360)] = true
			if w.Dx() > 100 {
				continue
			}
			small++
			if w.In(ground) {
				inGround++
			}
		}
	}
	if small == 0 || float64(inGround) < 0.95*float64(small) {
		t.Errorf("%d of %d small windows are in the ground, want nearly all", inGround, small)
	}
	if len(sizes) < 4 {
		t.Errorf("sizes, in quarters of the height: %v; want all", sizes)
	}
}

func TestWindowsAvoid(t *testing.T) {
	img := landscape()
	avoid := []image.Rectangle{image.Rect(0, 200, 500, 300), image.Rect(600, 0, 640, 360)}
	for seed := range uint64(40) {
		for _, w := range windows(img, 5, avoid, rand.New(rand.NewPCG(seed, 1))) {
			for _, a := range avoid {
				if w.Overlaps(a) {
					t.Fatalf("window %v touches %v", w, a)
				}
			}
		}
	}
}

func TestNoWindows(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	sky := image.NewRGBA(image.Rect(0, 0, 640, 360))
	draw.Draw(sky, sky.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	for name, list := range map[string][]image.Rectangle{
		"flat":       windows(sky, 5, nil, rng),
		"none asked": windows(landscape(), 0, nil, rng),
		"too small":  windows(image.NewRGBA(image.Rect(0, 0, 23, 500)), 5, nil, rng),
		"no room":    windows(landscape(), 5, []image.Rectangle{image.Rect(0, 0, 640, 360)}, rng),
	} {
		if len(list) > 0 {
			t.Errorf("%s: got %v", name, list)
		}
	}
	if list := windows(drawing(1).SubImage(image.Rect(20, 20, 44, 44)).(*image.RGBA), 1, nil, rng); len(list) != 1 || list[0] != image.Rect(20, 20, 44, 44) {
		t.Errorf("a part of a picture that just fits: got %v", list)
	}
}

func TestWindowsAreRepeatable(t *testing.T) {
	img := landscape()
	of := func(seed uint64) []image.Rectangle { return windows(img, 5, nil, rand.New(rand.NewPCG(seed, 1))) }
	if a, b := of(3), of(3); !reflect.DeepEqual(a, b) {
		t.Errorf("the same seed: %v and %v", a, b)
	}
	if a, b := of(3), of(4); reflect.DeepEqual(a, b) {
		t.Errorf("another seed: the same %v", a)
	}
}

func BenchmarkWindows(b *testing.B) {
	img := image.NewRGBA(image.Rect(0, 0, 1280, 720))
	draw.Draw(img, img.Rect, landscape(), image.Point{}, draw.Src)
	rng := rand.New(rand.NewPCG(1, 1))
	for b.Loop() {
		windows(img, 5, nil, rng)
	}
}
