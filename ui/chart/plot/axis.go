package plot

import (
	"math"
	"strconv"
	"strings"
)

// tick is a value with a grid line and a label.
type tick struct {
	v     float64
	label string
}

// axis maps values to 0..1 along it.
type axis struct {
	lo, hi float64 // the values at its ends, lo < hi
	log    bool    // lo > 0
	whole  bool    // ticks are whole numbers: steps and epochs
}

// at returns the place of v, NaN where v has none.
func (a axis) at(v float64) float64 {
	if a.log {
		if v <= 0 {
			return math.NaN()
		}
		return math.Log(v/a.lo) / math.Log(a.hi/a.lo)
	}
	return (v - a.lo) / (a.hi - a.lo)
}

// value is the inverse of at.
func (a axis) value(t float64) float64 {
	if a.log {
		return a.lo * math.Pow(a.hi/a.lo, t)
	}
	return a.lo + t*(a.hi-a.lo)
}

// xAxis spans the x values; one that begins near 0 begins at 0.
func xAxis(lo, hi float64) axis {
	if lo > 0 && lo <= hi*0.05 {
		lo = 0
	}
	if least := max(math.Abs(lo), math.Abs(hi)) * 1e-12; hi-lo <= least {
		lo, hi = lo-max(0.5, least), hi+max(0.5, least)
	}
	return axis{lo: lo, hi: hi}
}

// yAxis spans the y values with room above and below; positive values that
// come near 0 get their zero line.
func yAxis(lo, hi float64) axis {
	if hi-lo < 1e-12*max(math.Abs(lo), math.Abs(hi), 1e-300) {
		d := max(math.Abs(lo)*0.1, 1e-9)
		return axis{lo: lo - d, hi: hi + d}
	}
	pad := (hi - lo) * 0.05
	if lo >= 0 && lo < 0.3*hi {
		return axis{lo: 0, hi: hi + pad}
	}
	return axis{lo: lo - pad, hi: hi + pad}
}

// logAxis spans positive values with room above and below, at least a factor
// of two.
func logAxis(lo, hi float64) axis {
	room := max(math.Pow(hi/lo, 0.05), 1.1)
	if hi/lo < 2 {
		room = max(room, math.Sqrt2)
	}
	return axis{lo: lo / room, hi: hi * room, log: true}
}

// ticks returns about n ticks at round values.
func (a axis) ticks(n int) []tick {
	if a.log {
		if t := a.logTicks(n); len(t) >= 2 {
			return t
		}
	}
	step := niceStep((a.hi - a.lo) / float64(max(n, 1)))
	if a.whole {
		step = max(step, 1)
	}
	var out []tick
	for k := math.Ceil(a.lo/step - 1e-9); k*step <= a.hi+step*1e-9 && len(out) < 4*n+4; k++ { // or k is too large to grow
		out = append(out, tick{k * step, tickLabel(k*step, step)})
	}
	return out
}

// niceStep returns the least of 1, 2 and 5 times a power of ten that is not
// below v.
func niceStep(v float64) float64 {
	p := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if v <= m*p*(1+1e-9) {
			return m * p
		}
	}
	return 10 * p
}

// logTicks returns powers of ten, with 2 and 5 between them where there is
// room, or each second, third … power where there is not.
func (a axis) logTicks(n int) []tick {
	decades := math.Log10(a.hi / a.lo)
	parts := []float64{1}
	if decades*3 <= float64(n) {
		parts = []float64{1, 2, 5}
	}
	skip := max(1, int(math.Ceil(decades/float64(max(n, 1)))))
	var out []tick
	for e := int(math.Floor(math.Log10(a.lo))); e <= int(math.Ceil(math.Log10(a.hi))); e++ {
		if e%skip != 0 {
			continue
		}
		for _, m := range parts {
			if v := m * math.Pow(10, float64(e)); v >= a.lo*(1-1e-9) && v <= a.hi*(1+1e-9) {
				out = append(out, tick{v, logLabel(v)})
			}
		}
	}
	return out
}

// tickLabel writes v with as many digits as the step needs; large round
// numbers in thousands or millions.
func tickLabel(v, step float64) string {
	unit, suffix := 1.0, ""
	switch {
	case step >= 1e6:
		unit, suffix = 1e6, "M"
	case step >= 1e3:
		unit, suffix = 1e3, "k"
	}
	if v == 0 {
		suffix = ""
	}
	if step < 1e-6 {
		return strconv.FormatFloat(v+0, 'g', 3, 64)
	}
	digits := max(0, int(math.Ceil(-math.Log10(step/unit)-1e-9)))
	return strconv.FormatFloat(v/unit+0, 'f', digits, 64) + suffix
}

func logLabel(v float64) string {
	if v < 1e-4 || v >= 1e5 {
		return strings.Replace(strconv.FormatFloat(v, 'e', 0, 64), "e-0", "e-", 1)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// format writes a value for the readout with one digit more than the axis
// could tell apart, the same number for all values of the axis.
func (a axis) format(v float64) string {
	span := a.hi - a.lo
	if a.log {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	digits := min(max(0, 3-int(math.Floor(math.Log10(span)))), 9)
	if a.whole && v == math.Trunc(v) {
		digits = 0
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}
