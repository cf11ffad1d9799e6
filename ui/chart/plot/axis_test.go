package plot

import (
	"math"
	"strings"
	"testing"
)

func labels(ts []tick) string {
	var out []string
	for _, t := range ts {
		out = append(out, t.label)
	}
	return strings.Join(out, " ")
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		name string
		a    axis
		n    int
		want string
	}{
		{"accuracy", axis{lo: 0, hi: 1}, 5, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{"few", axis{lo: 0, hi: 1}, 2, "0.0 0.5 1.0"},
		{"around zero", axis{lo: -1, hi: 1}, 4, "-1.0 -0.5 0.0 0.5 1.0"},
		{"narrow", axis{lo: 0.981, hi: 0.999}, 4, "0.985 0.990 0.995"},
		{"steps", axis{lo: 0, hi: 20000}, 4, "0 5k 10k 15k 20k"},
		{"millions", axis{lo: 0, hi: 4e6}, 4, "0 1M 2M 3M 4M"},
		{"half thousands", axis{lo: 0, hi: 2000}, 4, "0 500 1000 1500 2000"},
		{"tiny", axis{lo: 0, hi: 4e-8}, 4, "0 1e-08 2e-08 3e-08 4e-08"},
		{"first epochs", axis{lo: 0, hi: 2, whole: true}, 8, "0 1 2"},
		{"log decades", axis{lo: 0.0008, hi: 12, log: true}, 6, "0.001 0.01 0.1 1 10"},
		{"log short", axis{lo: 0.09, hi: 1.1, log: true}, 6, "0.1 0.2 0.5 1"},
		{"log long", axis{lo: 1e-9, hi: 1, log: true}, 4, "1e-9 1e-6 0.001 1"},
		{"log within a decade", axis{lo: 0.31, hi: 0.39, log: true}, 4, "0.32 0.34 0.36 0.38"},
	} {
		if got := labels(c.a.ticks(c.n)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAxisRanges(t *testing.T) {
	for _, c := range []struct {
		name   string
		got    axis
		lo, hi float64
	}{
		{"x near zero begins there", xAxis(1, 100), 0, 100},
		{"x far from zero", xAxis(50, 100), 50, 100},
		{"one x", xAxis(3, 3), 2.5, 3.5},
		{"y shows zero", yAxis(0.1, 1), 0, 1.045},
		{"y keeps off zero", yAxis(0.9, 1), 0.895, 1.005},
		{"flat y", yAxis(2, 2), 1.8, 2.2},
		{"all zero", yAxis(0, 0), -1e-9, 1e-9},
		{"log", logAxis(0.1, 10), 0.1 / math.Pow(100, 0.05), 10 * math.Pow(100, 0.05)},
		{"flat log", logAxis(1, 1), 1 / math.Sqrt2, math.Sqrt2},
	} {
		if math.Abs(c.got.lo-c.lo) > 1e-12 || math.Abs(c.got.hi-c.hi) > 1e-12 {
			t.Errorf("%s: got %v to %v, want %v to %v", c.name, c.got.lo, c.got.hi, c.lo, c.hi)
		}
	}
}

func TestAxisValueIsInverse(t *testing.T) {
	for _, a := range []axis{{lo: -3, hi: 9}, {lo: 0.01, hi: 20, log: true}} {
		for _, v := range []float64{0.02, 0.5, 7} {
			if got := a.value(a.at(v)); math.Abs(got-v) > 1e-12 {
				t.Errorf("%+v: value(at(%v)) = %v", a, v, got)
			}
		}
	}
	if a := (axis{lo: 1, hi: 10, log: true}); !math.IsNaN(a.at(0)) || !math.IsNaN(a.at(-1)) {
		t.Error("values without a logarithm have a place on a log axis")
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		a    axis
		v    float64
		want string
	}{
		{axis{lo: 0, hi: 1}, 0.96812, "0.968"},
		{axis{lo: 0.98, hi: 1}, 0.996, "0.99600"},
		{axis{lo: 0, hi: 30000, whole: true}, 12345, "12345"},
		{axis{lo: 0, hi: 2, whole: true}, 1, "1"},
		{axis{lo: 0.001, hi: 10, log: true}, 0.0123456, "0.01235"},
	} {
		if got := c.a.format(c.v); got != c.want {
			t.Errorf("%v on %v to %v: got %q, want %q", c.v, c.a.lo, c.a.hi, got, c.want)
		}
	}
}

// Where a float has no room between two ticks they come to an end all the same.
func TestTicksEnd(t *testing.T) {
	for _, a := range []axis{{lo: 1e17, hi: 1e17 + 64}, {lo: -1e17 - 64, hi: -1e17, whole: true}} {
		if n := len(a.ticks(50)); n > 204 {
			t.Errorf("%v has %d ticks", a, n)
		}
	}
}
