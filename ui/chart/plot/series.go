package plot

import (
	"image/color"
	"math"
	"sort"
	"sync"
)

// Style says how a series is drawn.
type Style struct {
	Color     color.Color // nil: the next one of the palette for the theme
	Smoothing float64     // weight of the past in the strong line, from 0 (none) to below 1; 0.9 averages about 10 points
	Dashed    bool        // the strong line, so that colour is not the only difference
	Dots      bool        // mark each point while they are far enough apart
	Legend    string      // name in the legend; "": the series' own
	With      *Series     // the curve that this one belongs to: it has its colour and its place in the legend
}

// Series is one curve of a chart. Append, Set and Clear may be called from any
// goroutine; nothing is drawn before the chart's Refresh.
type Series struct {
	name  string
	style Style
	index int // place in the palette

	mu     sync.Mutex
	xs, ys []float64
	smooth []float64 // the debiased average at each point; empty without smoothing
	sum    float64   // weighted sum of the finite ys,
	weight float64   // and of their weights
}

// most is the largest number that a curve shows: of the sum of two there are pixels.
const most = 1e100

// Append adds a point; x must not be less than the last one's. NaN as y makes
// a gap, as does a number beyond 1e100; such an x is no point.
func (s *Series) Append(x, y float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.append(x, y)
}

func (s *Series) append(x, y float64) {
	if !(x >= -most && x <= most) {
		return
	}
	if !(y >= -most && y <= most) {
		y = math.NaN()
	}
	s.xs, s.ys = append(s.xs, x), append(s.ys, y)
	if s.style.Smoothing <= 0 {
		return
	}
	v := math.NaN()
	if finite(y) {
		b := min(s.style.Smoothing, 0.9999)
		s.sum, s.weight = s.sum*b+y*(1-b), s.weight*b+(1-b)
		v = s.sum / s.weight
	}
	s.smooth = append(s.smooth, v)
}

// Set replaces all points by as many as both slices hold; the slices are copied.
func (s *Series) Set(xs, ys []float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	for i := range min(len(xs), len(ys)) {
		s.append(xs[i], ys[i])
	}
}

// Clear removes all points.
func (s *Series) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
}

func (s *Series) clear() {
	s.xs, s.ys, s.smooth = nil, nil, nil // snapshots keep the old points
	s.sum, s.weight = 0, 0
}

// setSmoothing computes the strong line anew.
func (s *Series) setSmoothing(weight float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.style.Smoothing = weight
	xs, ys := s.xs, s.ys
	s.clear()
	for i := range xs {
		s.append(xs[i], ys[i])
	}
}

// snapshot is the points a series had at the last Refresh. The slices are
// shared with the series, which never changes a point that is in them.
type snapshot struct {
	*Series
	xs, ys, smooth []float64
}

func (s *Series) snapshot() snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.xs)
	return snapshot{s, s.xs[:n:n], s.ys[:n:n], s.smooth[:len(s.smooth):len(s.smooth)]}
}

// strong returns the values of the strong line.
func (s snapshot) strong() []float64 {
	if len(s.smooth) == len(s.ys) {
		return s.smooth
	}
	return s.ys
}

// nearest returns the index of the point nearest to x that has a value, -1 if
// there is none.
func (s snapshot) nearest(x float64) int {
	n := len(s.xs)
	i := sort.SearchFloat64s(s.xs, x)
	lo, hi := i-1, i
	for lo >= 0 && !finite(s.ys[lo]) {
		lo--
	}
	for hi < n && !finite(s.ys[hi]) {
		hi++
	}
	switch {
	case lo < 0 && hi >= n:
		return -1
	case lo < 0 || hi < n && s.xs[hi]-x < x-s.xs[lo]:
		return hi
	}
	return lo
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
