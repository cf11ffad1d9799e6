package engine

import (
	"image"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// overconfident makes detections whose true log-odds are slope times those of their score
// plus bias: half of them claimed near 0 or 1.
func overconfident(n int, slope, bias float64, seed uint64) []FrameResult {
	rng := rand.New(rand.NewPCG(seed, 3))
	var frames []FrameResult
	for range n {
		x := 4 * rng.NormFloat64()
		f := FrameResult{Found: []Detection{found(0, 0, 50, 50, 1/(1+math.Exp(-x)))}}
		if rng.Float64() < 1/(1+math.Exp(-(slope*x+bias))) {
			f.Truth = []Truth{face(0, 0, 50, 50)}
		}
		frames = append(frames, f)
	}
	return frames
}

func calibrated(frames []FrameResult, c Calibration) []FrameResult {
	var out []FrameResult
	for _, f := range frames {
		d := f.Found[0]
		d.Score = c.Apply(d.Score)
		out = append(out, FrameResult{[]Detection{d}, f.Truth})
	}
	return out
}

// The fit finds the temperature and the bias that the detections were made with, and
// then scores are what they say, on other pictures too.
func TestCalibrate(t *testing.T) {
	for _, c := range []struct{ slope, bias float64 }{{1, 0}, {0.5, 1}, {0.25, -2}, {2, 0.5}} {
		c1, err := Calibrate(overconfident(4000, c.slope, c.bias, 1))
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(1/c1.Temperature-c.slope) > 0.1*c.slope || math.Abs(c1.Bias-c.bias) > 0.2 {
			t.Errorf("slope %v, bias %v: got %+v", c.slope, c.bias, c1)
		}
		others := overconfident(4000, c.slope, c.bias, 2)
		if ece := Reliable(calibrated(others, c1)).ECE; ece > 0.025 {
			t.Errorf("slope %v, bias %v: calibration error %.3f after %.3f", c.slope, c.bias, ece, Reliable(others).ECE)
		}
		if before := Reliable(others).ECE; c.slope < 1 && before < 0.05 {
			t.Errorf("slope %v, bias %v: the error before is only %.3f: the test shows nothing", c.slope, c.bias, before)
		}
	}
}

func TestCalibrateRefuses(t *testing.T) {
	upsideDown := overconfident(400, -1, 0, 1)
	for _, c := range []struct {
		name, want string
		frames     []FrameResult
	}{
		{"nothing", "0 right and 0 wrong detections are too few", nil},
		{"only right ones", "too few: use pictures with at least 20 of each", overconfident(100, 0, 40, 1)},
		{"upside down", "higher scores are not more often right", upsideDown},
	} {
		if _, err := Calibrate(c.frames); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func TestCalibrationApply(t *testing.T) {
	c := Calibration{Temperature: 2, Bias: -1}
	for _, v := range []struct{ score, want float64 }{
		{0, 0},
		{1, 1},
		{0.5, 1 / (1 + math.E)},
		{1 / (1 + math.Exp(-2)), 0.5}, // log-odds 2: 2/2 - 1 = 0
	} {
		if got := c.Apply(v.score); math.Abs(got-v.want) > 1e-12 {
			t.Errorf("%v: got %v, want %v", v.score, got, v.want)
		}
	}
	last := -1.0
	for i := range 1001 {
		v := c.Apply(float64(i) / 1000)
		if v <= last {
			t.Fatalf("%v becomes %v, after %v", float64(i)/1000, v, last)
		}
		last = v
		if s := float64(i) / 1000; (Calibration{}).Apply(s) != s {
			t.Errorf("no calibration makes %v of %v", (Calibration{}).Apply(s), s)
		}
	}
}

// Ten detections in two bins: at 0.85 four of five are right, at 0.35 one of five. The
// one at 0.04 does not count.
func TestReliableByHand(t *testing.T) {
	var frames []FrameResult
	add := func(score float64, right ...bool) {
		for _, r := range right {
			f := FrameResult{Found: []Detection{found(0, 0, 50, 50, score)}}
			if r {
				f.Truth = []Truth{face(0, 0, 50, 50)}
			}
			frames = append(frames, f)
		}
	}
	add(0.85, true, true, true, true, false)
	add(0.35, false, false, true, false, false)
	add(0.04, true)
	r := Reliable(frames)
	if want := (5*0.05 + 5*0.15) / 10; math.Abs(r.ECE-want) > 1e-12 {
		t.Errorf("got ECE %v, want %v", r.ECE, want)
	}
	if b := r.Bins[8]; len(r.Bins) != 10 || b.N != 5 || math.Abs(b.Score-0.85) > 1e-12 || b.Precision != 0.8 || b.From != 0.8 || b.To != 0.9 {
		t.Errorf("got %+v", r.Bins)
	}
}

// A detector says what its checkpoint's calibration makes of its scores, in that mode only.
func TestDetectorCalibrates(t *testing.T) {
	d, _ := fakeDetector(brightness)
	img := canvas(image.Rect(0, 0, 200, 150), image.Rect(20, 20, 84, 84), image.Rect(120, 30, 160, 70))
	c := Calibration{Temperature: 3, Bias: 1}
	for _, mode := range []string{ModeWindows, Mode2015} {
		p, err := DefaultDetectParams(mode)
		if err != nil {
			t.Fatal(err)
		}
		p.Threshold = 0
		d.calibration = nil
		plain := detect(t, d, img, p)
		d.calibration = map[string]Calibration{ModeWindows: c}
		got := detect(t, d, img, p)
		if len(plain) == 0 || len(got) != len(plain) {
			t.Fatalf("%s: %d detections without calibration, %d with it", mode, len(plain), len(got))
		}
		for i, w := range plain {
			if mode == ModeWindows {
				w.Score = c.Apply(w.Score)
			}
			if got[i].Box != w.Box || math.Abs(got[i].Score-w.Score) > 1e-12 {
				t.Errorf("%s: got %+v, want %+v", mode, got[i], w)
			}
		}
	}
}

func TestThresholdFor(t *testing.T) {
	c := Checkpoint{Threshold: 0.5, Calibration: map[string]Calibration{
		ModeShared: {Temperature: 1, Threshold: 0.7}, ModeScout: {Temperature: 1},
	}}
	for mode, want := range map[string]float64{ModeShared: 0.7, ModeScout: 0.5, ModeWindows: 0.5} {
		if got := c.ThresholdFor(mode); got != want {
			t.Errorf("mode %s: %v, want %v", mode, got, want)
		}
	}
	for _, bad := range []float64{-0.1, 1.1, math.NaN()} {
		if (Calibration{Temperature: 1, Threshold: bad}).check() == nil {
			t.Errorf("threshold %v is no error", bad)
		}
	}
}
