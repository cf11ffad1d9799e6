package engine

import (
	"image"
	"image/color"
	"math"
	"slices"
	"testing"
)

// numbered is a picture in which each pixel says where it was.
func numbered(s int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, s, s))
	for y := range s {
		for x := range s {
			img.SetRGBA(x, y, color.RGBA{uint8(10 * x), uint8(10 * y), 100, 255})
		}
	}
	return img
}

func TestJitter(t *testing.T) {
	still := jitter{zoom: 1, contrast: 1, colors: 1}
	with := func(change func(*jitter)) jitter { j := still; change(&j); return j }
	// Each case says which pixel of the 8x8 original shows at (2,1).
	tests := []struct {
		name string
		j    jitter
		want color.RGBA
	}{
		{"none", still, color.RGBA{20, 10, 100, 255}},
		{"a quarter turn", with(func(j *jitter) { j.turn = 1 }), color.RGBA{60, 20, 100, 255}},
		{"half a turn", with(func(j *jitter) { j.turn = 2 }), color.RGBA{50, 60, 100, 255}},
		{"three quarters", with(func(j *jitter) { j.turn = 3 }), color.RGBA{10, 50, 100, 255}},
		{"mirrored", with(func(j *jitter) { j.flip = true }), color.RGBA{50, 10, 100, 255}},
		{"turned, then mirrored", with(func(j *jitter) { j.turn, j.flip = 1, true }), color.RGBA{60, 50, 100, 255}},
		{"moved", with(func(j *jitter) { j.dx, j.dy = 2, 3 }), color.RGBA{40, 40, 100, 255}},
		{"moved by half a pixel", with(func(j *jitter) { j.dx = 0.5 }), color.RGBA{25, 10, 100, 255}},
		{"moved beyond the edge", with(func(j *jitter) { j.dx, j.dy = -5, -5 }), color.RGBA{0, 0, 100, 255}},
		{"enlarged", with(func(j *jitter) { j.zoom = 2 }), color.RGBA{28, 23, 100, 255}}, // 3.5 + (2-3.5)/2 = 2.75 and 2.25, rounded up
		{"shrunk", with(func(j *jitter) { j.zoom = 0.5 }), color.RGBA{5, 0, 100, 255}},   // 0.5 and -1.5, where the edge goes on
		{"brighter", with(func(j *jitter) { j.bright = 200 }), color.RGBA{220, 210, 255, 255}},
		{"more contrast", with(func(j *jitter) { j.contrast = 1.2 }), color.RGBA{0, 0, 95, 255}},
		{"without colours", with(func(j *jitter) { j.colors = 0 }), color.RGBA{23, 23, 23, 255}}, // 0.299*20 + 0.587*10 + 0.114*100
		{"half the colours", with(func(j *jitter) { j.colors = 0.5 }), color.RGBA{22, 17, 62, 255}},
		{"opposite colours", with(func(j *jitter) { j.hue = math.Pi }), color.RGBA{27, 36, 0, 255}},
		{"less contrast", with(func(j *jitter) { j.contrast = 0.5 }), color.RGBA{74, 69, 114, 255}},
	}
	for _, tt := range tests {
		img := numbered(8)
		got := tt.j.apply(img)
		if c := got.RGBAAt(2, 1); c != tt.want {
			t.Errorf("%s: pixel (2,1) is %v, want %v", tt.name, c, tt.want)
		}
		if !slices.Equal(img.Pix, numbered(8).Pix) {
			t.Errorf("%s: the original was changed", tt.name)
		}
	}
}

func TestFourTurnsAreNone(t *testing.T) {
	img := numbered(8)
	got := turned(turned(img, 3), 1)
	if !slices.Equal(got.Pix, img.Pix) {
		t.Error("three quarter turns and one more are not the picture itself")
	}
}

// TestJitterKeepsToItsConfig draws many and looks at their range and at that the
// changes that are off stay off, and do not move the others.
func TestJitterKeepsToItsConfig(t *testing.T) {
	c := presetModern()
	c.Saturation, c.Hue, c.Gray = 0.5, 20, 0.25
	only := Config{Arch: c.Arch, Zoom: c.Zoom}
	flips, grays := 0, 0
	var most jitter
	for draw := range 2000 {
		j := newJitter(c, 0, random(1, streamAugment, draw))
		if j.flip {
			flips++
		}
		most.zoom = max(most.zoom, math.Abs(j.zoom-1))
		most.dx = max(most.dx, math.Abs(j.dx))
		most.dy = max(most.dy, math.Abs(j.dy))
		most.bright = max(most.bright, math.Abs(j.bright))
		most.contrast = max(most.contrast, math.Abs(j.contrast-1))
		most.hue = max(most.hue, math.Abs(j.hue))
		if j.colors == 0 {
			grays++
		} else {
			most.colors = max(most.colors, math.Abs(j.colors-1))
		}
		want := jitter{turn: 3, zoom: j.zoom, contrast: 1, colors: 1}
		if got := newJitter(only, 3, random(1, streamAugment, draw)); got != want {
			t.Fatalf("draw %d with nothing but zoom: %+v, want %+v", draw, got, want)
		}
	}
	if flips < 900 || flips > 1100 {
		t.Errorf("%d of 2000 are mirrored", flips)
	}
	if grays < 430 || grays > 570 {
		t.Errorf("%d of 2000 are grey, want about 500", grays)
	}
	for name, v := range map[string][2]float64{
		"zoom": {most.zoom, c.Zoom}, "dx": {most.dx, 64 * c.Shift}, "dy": {most.dy, 64 * c.Shift},
		"bright": {most.bright, 255 * c.Brightness}, "contrast": {most.contrast, c.Contrast},
		"colors": {most.colors, c.Saturation}, "hue": {most.hue, c.Hue * math.Pi / 180},
	} {
		if v[0] > v[1] || v[0] < 0.98*v[1] {
			t.Errorf("%s goes up to %g, want close to %g", name, v[0], v[1])
		}
	}
}

// TestPlainAtTheEnd: a share of the draws, the last ones, comes as it is, in whatever
// batches, and those before come as without it.
func TestPlainAtTheEnd(t *testing.T) {
	const n, batch = 40, 8
	var crops greys
	for i := range n {
		crops = append(crops, [2]int{100 + i, 0})
	}
	in := input{what: "training", source: crops, classes: []string{"a", "b"}, size: 1, mean: make([]float32, 3), scale: 1}
	shades := func(plain float64, size int) (x []float32) {
		c := Config{Seed: 5, Epochs: 2, Batch: batch, Draw: DrawShuffle, Flip: true, Brightness: 0.3, Plain: plain}
		f := &feed{input: in, config: c, drawer: newDrawer(c, make([]int, n)), labels: make([]int, n)}
		for first := 0; first < 2*n; first += size {
			b, err := f.batch(first, size)
			if err != nil {
				t.Fatal(err)
			}
			for i := range size {
				crop, _ := f.drawer.draw(first + i)
				x = append(x, b.x[3*i]-float32(crops[crop][0]))
			}
		}
		return x
	}
	always := shades(0, batch)
	if at := slices.Index(always, 0); at >= 0 {
		t.Fatalf("draw %d is not changed at all: the test sees nothing", at)
	}
	for _, size := range []int{batch, batch / 2} { // whole, and halved where memory lacked
		got := shades(0.25, size)
		if !slices.Equal(got[:60], always[:60]) {
			t.Errorf("batches of %d: the first 60 of 80 draws are changed by %v, want %v", size, got[:60], always[:60])
		}
		if !slices.Equal(got[60:], make([]float32, 20)) {
			t.Errorf("batches of %d: the last 20 draws are changed by %v, want 0", size, got[60:])
		}
	}
}

func BenchmarkJitter(b *testing.B) {
	img := numbered(64)
	c := presetModern()
	for i := 0; b.Loop(); i++ {
		newJitter(c, 0, random(1, streamAugment, i)).apply(img)
	}
}
