package engine

import (
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"frglab/engine/nn"
)

// TestEncodeByHand pins what a pixel becomes: its place, its channel, its value.
func TestEncodeByHand(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 2, 2))
	img.SetRGBA(0, 0, color.RGBA{10, 20, 30, 255})
	img.SetRGBA(1, 0, color.RGBA{11, 21, 31, 255})
	img.SetRGBA(0, 1, color.RGBA{12, 22, 32, 255})
	img.SetRGBA(1, 1, color.RGBA{13, 23, 33, 255})
	big := image.NewRGBA(image.Rect(-3, 5, 9, 9)) // a window of a larger picture
	part := big.SubImage(image.Rect(-1, 6, 1, 8)).(*image.RGBA)
	for y := range 2 {
		for x := range 2 {
			part.SetRGBA(x-1, y+6, img.RGBAAt(x, y))
		}
	}
	tests := []struct {
		name string
		mean []float32
		want []float32
	}{
		{"mean a channel", []float32{10, 20, 34}, []float32{0, .25, .5, .75, 0, .25, .5, .75, -1, -.75, -.5, -.25}},
		{"mean a pixel", []float32{10, 10, 10, 10, 20, 21, 22, 23, 0, 0, 0, 32}, []float32{0, .25, .5, .75, 0, 0, 0, 0, 7.5, 7.75, 8, .25}},
	}
	for _, tt := range tests {
		for name, img := range map[string]*image.RGBA{"picture": img, "window": part} {
			got := make([]float32, 12)
			Encode(got, img, tt.mean, 4)
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s, %s: %v, want %v (red, green, blue planes)", tt.name, name, got, tt.want)
			}
		}
	}
}

// TestTrainingAndDetectionAgree is the check for a skew: a crop without changes goes
// through the training's feed, the validation and Encode alone, and must come out
// the same in every bit, by each preset.
func TestTrainingAndDetectionAgree(t *testing.T) {
	for _, name := range Presets() {
		c, err := Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		c.Arch = tinyNet()
		c.Batch, c.Turns, c.Flip, c.Shift, c.Zoom, c.Brightness, c.Contrast = 20, false, false, 0, 0, 0, 0
		c.Saturation, c.Hue, c.Gray = 0, 0, 0
		c.Draw, c.Balance = DrawShuffle, false
		in := input{what: "training", source: synthetic{n: 20, size: 8, seed: 4}, classes: []string{"face", "other"}, size: 8, scale: float32(c.Scale)}
		seen, err := in.look(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if in.mean, err = seen.meanOf(c); err != nil {
			t.Fatal(err)
		}
		f := &feed{input: in, config: c, drawer: newDrawer(c, seen.labels), labels: seen.labels}
		trained, err := f.batch(0, f.config.Batch)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := in.plain(0, 20)
		if err != nil {
			t.Fatal(err)
		}
		alone := make([]float32, in.volume())
		for i := range 20 {
			crop, _ := f.drawer.draw(i)
			img, _, _ := in.source.At(crop)
			Encode(alone, img.(*image.RGBA), in.mean, in.scale)
			if got := trained.x[i*len(alone) : (i+1)*len(alone)]; !slices.Equal(got, alone) {
				t.Fatalf("%s: crop %d in training is not what Encode makes of it", name, crop)
			}
			if got := plain.x[crop*len(alone) : (crop+1)*len(alone)]; !slices.Equal(got, alone) {
				t.Fatalf("%s: crop %d in validation is not what Encode makes of it", name, crop)
			}
		}
	}
}

func TestMeanIsOfTheCropsAsTheyAreSeen(t *testing.T) {
	in := input{what: "training", source: synthetic{n: 90, size: 8, seed: 4}, classes: []string{"face", "other"}, size: 8, scale: 255}
	seen, err := in.look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, turns := range []int{1, 4} {
		c := Config{Arch: nn.Arch{Size: 8}, Mean: MeanPixel, Turns: turns == 4}
		pixel, err := seen.meanOf(c)
		if err != nil {
			t.Fatal(err)
		}
		c.Mean = MeanChannel
		channel, err := seen.meanOf(c)
		if err != nil {
			t.Fatal(err)
		}
		// Less the mean, the crops of a training must add up to nothing, each pixel.
		sum := make([]float64, in.volume())
		dst := make([]float32, in.volume())
		for i := range in.source.Len() {
			img, _, err := in.at(i)
			if err != nil {
				t.Fatal(err)
			}
			for turn := range turns {
				Encode(dst, jitter{turn: turn, zoom: 1, contrast: 1, colors: 1}.apply(img), pixel, 1)
				for k, v := range dst {
					sum[k] += float64(v)
				}
			}
		}
		for k, v := range sum {
			if math.Abs(v) > 0.01 {
				t.Fatalf("%d turns: number %d adds up to %g over all crops, want 0", turns, k, v)
			}
		}
		for c := range 3 {
			all := 0.0
			for _, v := range pixel[c*64 : (c+1)*64] {
				all += float64(v)
			}
			if math.Abs(all/64-float64(channel[c])) > 1e-3 {
				t.Errorf("channel %d: mean %v, want %v", c, channel[c], all/64)
			}
		}
	}
}

func TestFit(t *testing.T) {
	red := color.RGBA{200, 10, 20, 255}
	flat := func(b image.Rectangle) *image.RGBA {
		img := image.NewRGBA(b)
		for i := 0; i < len(img.Pix); i += 4 {
			copy(img.Pix[i:], []byte{red.R, red.G, red.B, red.A})
		}
		return img
	}
	whole := flat(image.Rect(0, 0, 64, 64))
	if got, err := fit(whole, 64); err != nil || got != whole {
		t.Errorf("a crop of the right size was copied: %v", err)
	}
	glass := image.NewRGBA(image.Rect(0, 0, 64, 64)) // all transparent
	pane := image.NewNRGBA(image.Rect(0, 0, 80, 80)) // red where the window is
	for y := 16; y < 80; y++ {
		for x := 16; x < 80; x++ {
			pane.SetNRGBA(x, y, color.NRGBA(red))
		}
	}
	for name, tt := range map[string]struct {
		img  image.Image
		want color.RGBA
	}{
		"larger, not square": {flat(image.Rect(3, 4, 203, 94)), red},
		"smaller":            {flat(image.Rect(0, 0, 7, 9)), red},
		"one pixel":          {flat(image.Rect(5, 5, 6, 6)), red},
		"window":             {flat(image.Rect(0, 0, 99, 99)).SubImage(image.Rect(9, 9, 73, 73)), red},
		"window of another":  {pane.SubImage(image.Rect(16, 16, 80, 80)), red},
		"transparent":        {glass, color.RGBA{255, 255, 255, 255}},
		"grey":               {&image.Gray{Pix: []byte{77}, Stride: 1, Rect: image.Rect(0, 0, 1, 1)}, color.RGBA{77, 77, 77, 255}},
	} {
		got, err := fit(tt.img, 64)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if b := got.Bounds(); b.Dx() != 64 || b.Dy() != 64 {
			t.Errorf("%s: %v, want 64x64", name, b)
		}
		for _, p := range []image.Point{{0, 0}, {63, 0}, {31, 32}, {63, 63}} {
			if c := got.RGBAAt(got.Rect.Min.X+p.X, got.Rect.Min.Y+p.Y); c != tt.want {
				t.Errorf("%s: pixel %v is %v, want %v", name, p, c, tt.want)
			}
		}
	}
}

// TestFitKeepsTheWholeCrop: the shape is not kept and nothing is cut off, as in 2015.
func TestFitKeepsTheWholeCrop(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 128, 32)) // left half black, right half white, bottom green
	for y := range 32 {
		for x := range 128 {
			switch {
			case y >= 24:
				img.SetRGBA(x, y, color.RGBA{0, 255, 0, 255})
			case x >= 64:
				img.SetRGBA(x, y, color.RGBA{255, 255, 255, 255})
			default:
				img.SetRGBA(x, y, color.RGBA{0, 0, 0, 255})
			}
		}
	}
	got, err := fit(img, 16)
	if err != nil {
		t.Fatal(err)
	}
	for p, want := range map[image.Point]color.RGBA{
		{2, 4}: {0, 0, 0, 255}, {13, 4}: {255, 255, 255, 255}, {2, 15}: {0, 255, 0, 255}, {13, 15}: {0, 255, 0, 255},
	} {
		c := got.RGBAAt(p.X, p.Y)
		near := func(a, b uint8) bool { return math.Abs(float64(a)-float64(b)) < 12 }
		if !near(c.R, want.R) || !near(c.G, want.G) || !near(c.B, want.B) || c.A != 255 {
			t.Errorf("pixel %v is %v, want about %v", p, c, want)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	img := image.NewRGBA(image.Rect(0, 0, 64, 64))
	dst := make([]float32, 3*64*64)
	for name, mean := range map[string][]float32{"channel": make([]float32, 3), "pixel": make([]float32, 3*64*64)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Encode(dst, img, mean, 64)
			}
		})
	}
}
