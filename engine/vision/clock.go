package vision

import (
	"math"
	"time"
)

// clock gives each frame its time. The number of the frame and the rate say
// it; the decoder's own time is asked only to notice a file with a variable
// rate, for it is rounded to the container's clock (a millisecond in mkv) and
// OpenCV 4.6 returns 0 for the last frames of every file.
type clock struct {
	fps     float64
	start   float64       // what the decoder reports for frame 0, milliseconds
	checked int           // so many first frames were seen
	uneven  bool          // the rate is variable
	last    time.Duration // time of the latest frame
}

// tick returns the time of frame n since frame 0, for which the decoder
// reports ms milliseconds. Frames come in order; where the rate is constant
// they may start anywhere.
func (c *clock) tick(n int, ms float64) time.Duration {
	if n == c.checked {
		c.checked++
	}
	if n == 0 {
		c.start = ms
	}
	unknown := !(ms > 0)
	switch {
	case n > 0 && unknown && c.uneven:
		c.last += c.even(1)
	case unknown || c.near(n, ms):
		c.last = c.even(n)
	default:
		c.uneven = true
		c.last = time.Duration(math.Round((ms - c.start) * float64(time.Millisecond)))
	}
	return c.last
}

// even is the time of frame n at a constant rate.
func (c *clock) even(n int) time.Duration {
	return time.Duration(math.Round(float64(n) * float64(time.Second) / c.fps))
}

// near says that ms is the time of frame n rather than of its neighbours.
func (c *clock) near(n int, ms float64) bool {
	return math.Abs(ms-c.start-float64(n)*1000/c.fps) < 500/c.fps
}
