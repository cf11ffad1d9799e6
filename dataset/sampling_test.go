package dataset

import (
	"image"
	"image/color"
	"image/draw"
	"slices"
	"testing"
	"time"
)

// chosen are the frames that a collection of the film looks at.
func chosen(t *testing.T, f *film, s Sampling) []int {
	t.Helper()
	p := newProject(t)
	c := newCollecting(map[string]*film{"a.mp4": f})
	c.Sampling = s
	c.collect(t, p, "a.mp4")
	return frames(t, p, FrameFilter{})
}

func TestSampling(t *testing.T) {
	gray := func(v uint8) *image.RGBA {
		img := image.NewRGBA(image.Rect(0, 0, 320, 180))
		draw.Draw(img, img.Rect, image.NewUniform(color.Gray{v}), image.Point{}, draw.Src)
		return img
	}
	a, b := drawing(1), drawing(40)
	mouth := drawing(1, image.Rect(150, 90, 160, 95))
	guest := drawing(1, image.Rect(20, 40, 70, 90))
	var fade, pan film // half a second from black to a; two seconds of something new in each frame
	for i := range 48 {
		fade.frames = append(fade.frames, fadeTo(a, min(255, i*20)))
		pan.frames = append(pan.frames, drawing(i))
	}
	for _, test := range []struct {
		name string
		film *film
		s    Sampling
		want []int
	}{
		{"one drawing held", held(480, a), Sampling{}, []int{0}},
		{"scene change, once it holds", held(48, a, b), Sampling{}, []int{0, 52}},
		{"slides of half a second", held(12, drawing(1), drawing(30), drawing(60), drawing(90)), Sampling{}, []int{0, 16, 28, 40}},
		{"a mouth that opens", held(30, a, mouth, a, mouth), Sampling{}, []int{0}},
		{"shot and answer", held(48, a, b, a, b, a), Sampling{}, []int{0, 52}},
		{"someone comes in: at the longest gap", held(24, a, guest, guest, guest), Sampling{}, []int{0, 49}},
		{"nothing to see", held(48, gray(0), gray(255)), Sampling{}, nil},
		{"fade in: not in the middle", &fade, Sampling{}, []int{16}},
		{"no rest: twice a second", &pan, Sampling{}, []int{0, 16, 31, 46}},
		{"every 10th", held(15, a, b), Sampling{Every: 10}, []int{0, 20}},
		{"every frame, near-equal ones skipped", held(4, a, mouth, b, a), Sampling{Every: 1}, []int{0, 8}},
	} {
		if got := chosen(t, test.film, test.s); !slices.Equal(got, test.want) {
			t.Errorf("%s: looked at frames %v, want %v", test.name, got, test.want)
		}
	}
}

// fadeTo is a picture under so much of its brightness.
func fadeTo(img *image.RGBA, v int) *image.RGBA {
	out := image.NewRGBA(img.Rect)
	for i, p := range img.Pix {
		out.Pix[i] = uint8(int(p) * v / 255)
		if i%4 == 3 {
			out.Pix[i] = 255
		}
	}
	return out
}

// What is not looked at is passed over without decoding most of it.
func TestSamplingSkips(t *testing.T) {
	f := held(480, drawing(1))
	chosen(t, f, Sampling{})
	if f.read > 200 {
		t.Errorf("%d of 480 frames were decoded, want every third", f.read)
	}
	if s := (Sampling{}).step(time.Second / 60); s != 8 {
		t.Errorf("at 60 frames a second every %d. is compared, want every 8th", s)
	}
	if s := (Sampling{}).step(0); s != 1 {
		t.Errorf("without times every %d. is compared, want each", s)
	}
}

func BenchmarkMosaic(b *testing.B) {
	img := image.NewRGBA(image.Rect(0, 0, 1280, 720))
	for b.Loop() {
		mosaicOf(img)
	}
}
