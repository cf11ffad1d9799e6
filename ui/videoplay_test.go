package ui

import (
	"context"
	"errors"
	"image"
	"image/color"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// slowFilm is footage of so many frames, on a clock that only it moves: decoding a frame takes
// its time, passing over one half of it.
type slowFilm struct {
	frames, at int
	decode     time.Duration
	clock      time.Time
}

func (f *slowFilm) Next() (*image.RGBA, time.Duration, error) {
	f.clock = f.clock.Add(f.decode)
	if f.at >= f.frames {
		return nil, 0, io.EOF
	}
	f.at++
	return image.NewRGBA(image.Rect(0, 0, 1, 1)), 0, nil
}

func (f *slowFilm) Skip(n int) error {
	f.clock = f.clock.Add(time.Duration(n) * f.decode / 2)
	if f.at += n; f.at >= f.frames {
		return io.EOF
	}
	return nil
}

func TestPlaybackKeepsTheRate(t *testing.T) {
	const fps = 20.0
	frame := time.Second / fps
	for _, c := range []struct {
		name        string
		decode      time.Duration
		least, most int // frames shown of 100
	}{
		{"quick enough: every frame, when it is due", 10 * time.Millisecond, 100, 100},
		{"too slow: fewer frames, at the same pace", 70 * time.Millisecond, 30, 70},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &slowFilm{frames: 100, decode: c.decode, clock: time.Unix(0, 0)}
			began, shown, last := f.clock, 0, -1
			p := playback{
				fps: fps, last: 99, now: func() time.Time { return f.clock },
				sleep: func(_ context.Context, d time.Duration) { f.clock = f.clock.Add(d) },
				show: func(n int, _ *image.RGBA) {
					if late := f.clock.Sub(began) - time.Duration(n)*frame; late < -time.Microsecond || late > frame+2*c.decode {
						t.Errorf("frame %d is shown %v late", n, late)
					}
					if n <= last {
						t.Errorf("frame %d after %d", n, last)
					}
					shown, last = shown+1, n
				},
			}
			if err := p.run(context.Background(), f, 0); err != nil {
				t.Fatal(err)
			}
			if shown < c.least || shown > c.most || last != 99 {
				t.Errorf("%d frames shown, the last is %d; want %d to %d, to the end", shown, last, c.least, c.most)
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	f := &slowFilm{frames: 100}
	n := 0
	err := playback{fps: fps, last: 99, now: func() time.Time { return f.clock }, sleep: func(context.Context, time.Duration) { cancel() }, show: func(int, *image.RGBA) { n++ }}.run(ctx, f, 0)
	if !errors.Is(err, context.Canceled) || n > 1 {
		t.Errorf("stopped: %v, after %d frames", err, n)
	}
}

// While a detector looks at one frame, those that come are dropped but for the last one.
func TestStaleFramesAreDropped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	frames := newSlot[detectShot]()
	began, goOn := make(chan bool), make(chan bool)
	var looked []int
	ended := make(chan error)
	go func() {
		ended <- watch(ctx, frames, func(context.Context, *image.RGBA) (finding, error) {
			began <- true
			<-goOn
			return finding{}, nil
		}, func(s detectShot, _ finding) {
			if looked = append(looked, s.frame); len(looked) == 3 {
				cancel()
			}
		})
	}()
	frames.put(detectShot{frame: 0})
	<-began
	for n := 1; n <= 5; n++ {
		frames.put(detectShot{frame: n})
	}
	goOn <- true
	<-began
	frames.put(detectShot{frame: 6})
	frames.put(detectShot{frame: 7})
	goOn <- true
	<-began
	goOn <- true
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if want := []int{0, 5, 7}; !slices.Equal(looked, want) {
		t.Errorf("looked at frames %v, want %v", looked, want)
	}
}

// What waits for the UI goroutine is only ever the newest.
func TestLatest(t *testing.T) {
	var later []func()
	js := &jobs{onUI: func(f func()) { later = append(later, f) }}
	var got []int
	put := latest(js, func(n int) { got = append(got, n) })
	for n := range 4 {
		put(n)
	}
	for _, f := range later {
		f()
	}
	later = nil
	put(4)
	later[0]()
	if want := []int{3, 4}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Boxes go at a cut, and stay while somebody moves.
func TestSketch(t *testing.T) {
	noise := func(seed uint64) *image.RGBA {
		r, img := rand.New(rand.NewPCG(seed, 1)), image.NewRGBA(image.Rect(10, 20, 170, 110))
		for i := range img.Pix {
			img.Pix[i] = uint8(r.Uint32())
		}
		return img
	}
	a, moved := noise(1), noise(1)
	for y := 30; y < 90; y++ { // somebody, over a quarter of the picture
		for x := 40; x < 100; x++ {
			moved.SetRGBA(x, y, color.RGBA{A: 255})
		}
	}
	if !sketchOf(a).like(sketchOf(moved)) {
		t.Error("somebody moves, and it is another shot")
	}
	if sketchOf(a).like(sketchOf(noise(2))) {
		t.Error("a cut is not noticed")
	}
	sketchOf(image.NewRGBA(image.Rect(0, 0, 1, 1)))
}

// A running video shows the boxes of the last frame that was looked at, also before, until
// the picture is another one; and only of frames that nobody knows is the watcher told.
func TestBoxesOfARunningVideo(t *testing.T) {
	w, _ := openWindow(t)
	w.tabs.SelectIndex(tabDetect)
	dropOn(w, shortVideo(t, 6))
	v, img := w.detect.video, w.detect.img
	mine := &job{cancel: func() {}}
	v.playing = playing{player: mine, watcher: mine, frames: newSlot[detectShot](), latestAt: -1, boxesAt: -1}
	stream := func(frame int, img *image.RGBA) {
		shot := v.shot
		shot.frame, shot.img = frame, img
		v.stream(shot)
	}
	dark := image.NewRGBA(img.Rect)
	for _, c := range []struct {
		name  string
		frame int
		img   *image.RGBA
		boxes bool
		told  bool
	}{
		{"known", 0, img, true, false},
		{"the next one", 1, img, true, true},
		{"after a cut", 2, dark, false, true},
		{"back in the shot", 3, img, true, true},
		{"much later", 90, img, false, true},
	} {
		stream(c.frame, c.img)
		if got := w.detect.cascade.took > 0; got != c.boxes || w.detect.frame != c.frame {
			t.Errorf("%s: boxes %v, want %v; frame %d", c.name, got, c.boxes, w.detect.frame)
		}
		select {
		case shot := <-v.frames:
			if !c.told || shot.frame != c.frame {
				t.Errorf("%s: the watcher is told of frame %d", c.name, shot.frame)
			}
		default:
			if c.told {
				t.Errorf("%s: the watcher is not told", c.name)
			}
		}
	}
	v.halt()
	if v.player != nil {
		t.Error("it still plays")
	}
}
