package engine

import (
	"errors"
	"fmt"
	"math"
)

// Calibration turns the score of a detection into the probability that it is right: its
// log-odds are divided by Temperature ("On calibration of modern neural networks", Guo
// et al., ICML 2017) and moved by Bias, since among detections faces are
// another share than among the crops of the training (Platt, "Probabilistic outputs for
// support vector machines", 1999). The order of scores stays. The zero value changes nothing.
type Calibration struct {
	Temperature float64 `json:"temperature"`
	Bias        float64 `json:"bias"` // log-odds
	// Threshold is the probability from which a detector should report a face in this mode;
	// 0: the checkpoint's.
	Threshold float64 `json:"threshold,omitempty"`
}

// IsZero says that nothing was fitted.
func (c Calibration) IsZero() bool { return c == Calibration{} }

// Apply turns a score of 0 to 1 into a probability.
func (c Calibration) Apply(score float64) float64 {
	if c.IsZero() {
		return score
	}
	return 1 / (1 + math.Exp(-(logOdds(score)/c.Temperature + c.Bias)))
}

func (c Calibration) check() error {
	if !(c.Threshold >= 0 && c.Threshold <= 1) {
		return fmt.Errorf("calibration with threshold %g: must be 0 to 1", c.Threshold)
	}
	if c.IsZero() || c.Temperature >= 0.01 && c.Temperature <= 100 && math.Abs(c.Bias) <= 100 {
		return nil
	}
	return fmt.Errorf("calibration by temperature %g, bias %g: use 0.01 to 100, and -100 to 100", c.Temperature, c.Bias)
}

func logOdds(v float64) float64 { return math.Log(v) - math.Log1p(-v) }

// leastToCalibrate is how many right and how many wrong detections it takes.
const leastToCalibrate = 20

// Calibrate finds the calibration that makes the detections most likely (logistic
// regression of right or wrong, by the headline rule, on the log-odds of the score), with
// Platt's targets, which keep it from being too sure. Frames should be such as the
// detector will meet, and not those that it learned from.
func Calibrate(frames []FrameResult) (Calibration, error) {
	var xs, ys []float64
	right := 0
	for _, h := range matchAll(frames).hits {
		xs = append(xs, max(-30, min(30, logOdds(h.Score)))) // beyond, float64 knows no difference from 0 and 1
		y := 0.0
		if h.found() {
			right++
			y = 1
		}
		ys = append(ys, y)
	}
	wrong := len(xs) - right
	if right < leastToCalibrate || wrong < leastToCalibrate {
		return Calibration{}, fmt.Errorf("calibrate: %d right and %d wrong detections are too few: use pictures with at least %d of each", right, wrong, leastToCalibrate)
	}
	for i, y := range ys {
		ys[i] = y*float64(right+1)/float64(right+2) + (1-y)/float64(wrong+2)
	}
	slope, bias := logistic(xs, ys)
	if !(slope > 0.01) {
		return Calibration{}, errors.New("calibrate: higher scores are not more often right: this network has not learned, or the truth belongs to other pictures")
	}
	c := Calibration{Temperature: 1 / slope, Bias: bias}
	return c, c.check()
}

// logistic fits 1/(1+exp(-(slope*x+bias))) to the targets ys by Newton's method, with
// halved steps where a whole one would make it worse.
func logistic(xs, ys []float64) (slope, bias float64) {
	loss := func(a, b float64) (sum float64) {
		for i, x := range xs {
			z := a*x + b
			sum += max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) - ys[i]*z
		}
		return sum
	}
	slope = 1
	now := loss(slope, bias)
	for range 100 {
		ga, gb, haa, hab, hbb := 0.0, 0.0, 1e-9, 0.0, 1e-9
		for i, x := range xs {
			p := 1 / (1 + math.Exp(-(slope*x + bias)))
			ga, gb = ga+(p-ys[i])*x, gb+p-ys[i]
			w := p * (1 - p)
			haa, hab, hbb = haa+w*x*x, hab+w*x, hbb+w
		}
		det := haa*hbb - hab*hab
		da, db := (hbb*ga-hab*gb)/det, (haa*gb-hab*ga)/det
		step, next := 1.0, loss(slope-da, bias-db)
		for !(next <= now) && step > 1e-6 {
			step /= 2
			next = loss(slope-step*da, bias-step*db)
		}
		if !(next < now-1e-12) {
			return slope, bias
		}
		slope, bias, now = slope-step*da, bias-step*db, next
	}
	return slope, bias
}

// Reliability compares scores with how often they are right. For a calibrated detector
// they are the same in each bin.
type Reliability struct {
	// ECE is the expected calibration error of Guo et al. 2017: the mean over the
	// detections of how far the precision of their bin is from its mean score. Detections
	// below leastReliable are left out: thousands of rightly unlikely ones would hide the rest.
	ECE  float64 `json:"ece"`
	Bins []Bin   `json:"bins"`
}

// Bin is the detections with scores from From up to To.
type Bin struct {
	From      float64 `json:"from"`
	To        float64 `json:"to"`
	N         int     `json:"n"`
	Score     float64 `json:"score"`     // mean
	Precision float64 `json:"precision"` // share that finds a face
}

const (
	leastReliable = 0.05
	reliableBins  = 10
)

// Reliable makes the table. Scores are probabilities.
func Reliable(frames []FrameResult) Reliability {
	r := Reliability{Bins: make([]Bin, reliableBins)}
	for i := range r.Bins {
		r.Bins[i].From, r.Bins[i].To = float64(i)/reliableBins, float64(i+1)/reliableBins
	}
	n := 0
	for _, h := range matchAll(frames).hits {
		if h.Score < leastReliable {
			continue
		}
		n++
		b := &r.Bins[min(int(h.Score*reliableBins), reliableBins-1)]
		b.N++
		b.Score += h.Score
		if h.found() {
			b.Precision++
		}
	}
	for i := range r.Bins {
		b := &r.Bins[i]
		if b.N > 0 {
			r.ECE += (max(b.Score, b.Precision) - min(b.Score, b.Precision)) / float64(n)
			b.Score, b.Precision = b.Score/float64(b.N), b.Precision/float64(b.N)
		}
	}
	return r
}
