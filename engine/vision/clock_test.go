package vision

import (
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	const ms = time.Millisecond
	for _, test := range []struct {
		name    string
		fps     float64
		decoder []float64 // milliseconds, as OpenCV reports them
		want    []time.Duration
	}{
		{"constant", 25, []float64{0, 40, 80}, []time.Duration{0, 40 * ms, 80 * ms}},
		{"zero for the last frames", 25, []float64{0, 40, 0, 0}, []time.Duration{0, 40 * ms, 80 * ms, 120 * ms}},
		{"rounded to milliseconds", 24000.0 / 1001, []float64{0, 42, 83}, []time.Duration{0, 41708333, 83416667}},
		{"starts late", 25, []float64{200, 240, 280}, []time.Duration{0, 40 * ms, 80 * ms}},
		{"a gap", 25, []float64{0, 40, 280, 320, 0}, []time.Duration{0, 40 * ms, 280 * ms, 320 * ms, 360 * ms}},
		{"no times at all", 10, []float64{0, 0, 0}, []time.Duration{0, 100 * ms, 200 * ms}},
	} {
		c := clock{fps: test.fps}
		for i, reported := range test.decoder {
			if got := c.tick(i, reported); got != test.want[i] {
				t.Errorf("%s: frame %d is at %v, want %v", test.name, i, got, test.want[i])
			}
		}
	}
}
