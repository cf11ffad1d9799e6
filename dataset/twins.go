package dataset

import (
	"context"
	"math"
	"runtime"
	"sync"
)

// What makes two crops twins. Measured on 20,000 faces of different pictures: 97 pairs
// pass, each of them one drawing in two versions (recoloured, another mouth, mirrored).
// Of their altered copies pass all that were saved again as JPEG of quality 10, turned,
// mirrored, made half as large or darker by 40 %, 94 % of those moved by a pixel of 64, and
// 88 % of those cut 3 % tighter on each side. Of 39,602 windows of backgrounds, bodies and
// ornaments 436 are folded, about one in eight of them wrongly: shapes with little in them.
const (
	nearBits = 10 // prints of one picture, moved by a pixel, differ by up to so many
	// Correlation of the details of thumbs: what is left without the mean of 5x5 pixels.
	nearDetail = 0.75
	// Where the detail sits in a corner of an empty crop, different pictures correlate
	// as well: what is asked for, and the share of the crop below which it is.
	sureDetail  = 0.95
	sparseShare = 0.12
	// A crop is flat where the details' root mean square is below so many of 256 grey
	// values: then there is nothing to compare, and it is nobody's twin.
	flatDetail = 2
	// Different pictures with one shape (a line through a brown and through a white
	// area) differ in brightness and contrast by more than a copy does.
	nearMean     = 90
	nearContrast = 1.8
)

// sketch is what twins are told by.
type sketch struct {
	print    Print
	mean     float32
	contrast float32 // standard deviation of the grey values
	detail   [thumbSide * thumbSide]int8
	length   float32 // of detail as a vector; 0 where the crop is flat
	need     float32 // least correlation
}

// newSketch compares in whole numbers as long as it can, so that the sketch of a turned
// thumb is the turned sketch.
func newSketch(p Print, t *thumb) sketch {
	s := sketch{print: p, need: nearDetail}
	var sum, squares int
	for _, v := range t {
		sum += int(v)
		squares += int(v) * int(v)
	}
	const n = float64(len(t))
	mean := float64(sum) / n
	s.mean, s.contrast = float32(mean), float32(math.Sqrt(max(0, float64(squares)/n-mean*mean)))
	var detail [len(t)]float64
	var power, peak float64
	for i := range t {
		detail[i] = t.detail(i)
		power += detail[i] * detail[i]
		peak = max(peak, math.Abs(detail[i]))
	}
	if math.Sqrt(power/n) < flatDetail {
		return s
	}
	var fourth float64
	var length int
	for i, d := range detail {
		fourth += d * d * d * d
		s.detail[i] = int8(math.Round(127 * d / peak))
		length += int(s.detail[i]) * int(s.detail[i])
	}
	if power*power/fourth < sparseShare*n { // how many pixels share the power
		s.need = sureDetail
	}
	s.length = float32(math.Sqrt(float64(length)))
	return s
}

// detail is pixel i without the mean of the 5x5 around it.
func (t *thumb) detail(i int) float64 {
	x, y := i%thumbSide, i/thumbSide
	sum, n := 0, 0
	for v := max(0, y-2); v <= min(thumbSide-1, y+2); v++ {
		for u := max(0, x-2); u <= min(thumbSide-1, x+2); u++ {
			sum += int(t[v*thumbSide+u])
			n++
		}
	}
	return float64(n*int(t[i])-sum) / float64(n)
}

// alike says whether s, turned, is b. The prints were compared already.
func (s *sketch) alike(b *sketch, by turn) bool {
	lo, hi := min(s.contrast, b.contrast), max(s.contrast, b.contrast)
	if s.length == 0 || b.length == 0 || hi > nearContrast*lo || max(s.mean-b.mean, b.mean-s.mean) > nearMean {
		return false
	}
	dot := int32(0)
	for i, k := range turnedFrom[by] {
		dot += int32(s.detail[k]) * int32(b.detail[i])
	}
	return float32(dot) >= max(s.need, b.need)*s.length*b.length
}

// foldBlock is how many sketches are looked up at a time, in parallel.
const foldBlock = 1024

// fold gives each sketch its leader, itself where it has none: the first before it that
// is a leader and alike. So all of a group are alike to its leader, and there are no
// chains from one picture to quite another.
func fold(ctx context.Context, sketches []sketch, report func(done int)) ([]int32, error) {
	leader := make([]int32, len(sketches))
	ix := newIndex(sketches)
	for from := 0; from < len(sketches); from += foldBlock {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		to := min(from+foldBlock, len(sketches))
		parallel(runtime.GOMAXPROCS(0), to-from, func(i int) { leader[from+i] = ix.find(&sketches[from+i]) })
		for i := from; i < to; i++ {
			if leader[i] < 0 {
				leader[i] = ix.findNew(int32(from), int32(i), leader)
			}
		}
		for i := from; i < to; i++ {
			if leader[i] == int32(i) {
				ix.add(int32(i))
			}
		}
		report(to)
	}
	return leader, nil
}

// parallel runs f(0) to f(n-1) on so many goroutines.
func parallel(workers, n int, f func(i int)) {
	var wg sync.WaitGroup
	for w := range min(workers, n) {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				f(i)
			}
		})
	}
	wg.Wait()
}

// index finds prints that are near in a few look-ups: of two that differ in nearBits
// bits, at least one quarter differs in nearBits/4 or fewer (Norouzi et al. 2012,
// multi-index hashing). The quarters' lists are linked through next.
type index struct {
	sketches []sketch
	heads    [4][]int32 // by quarter and its 16 bits: the newest leader, or -1
	next     [4][]int32 // by quarter and leader
}

func newIndex(sketches []sketch) *index {
	ix := &index{sketches: sketches}
	for q := range ix.heads {
		ix.heads[q], ix.next[q] = make([]int32, 1<<16), make([]int32, len(sketches))
		for i := range ix.heads[q] {
			ix.heads[q][i] = -1
		}
	}
	return ix
}

// probes are what the nearest quarter can differ by: none, one or two bits, since
// nearBits/4 is 2.
var probes = func() (ps []uint16) {
	ps = []uint16{0}
	for i := range 16 {
		ps = append(ps, 1<<i)
		for j := range i {
			ps = append(ps, 1<<i|1<<j)
		}
	}
	return ps
}()

func quarter(p Print, q int) uint16 { return uint16(p >> (16 * q)) }

func (ix *index) add(i int32) {
	for q := range ix.heads {
		head := &ix.heads[q][quarter(ix.sketches[i].print, q)]
		ix.next[q][i], *head = *head, i
	}
}

// find is the first leader in the index that is alike, or -1.
func (ix *index) find(s *sketch) int32 {
	best := int32(math.MaxInt32)
	if s.length == 0 {
		return -1
	}
	for t := range turn(turns) {
		p := s.print.turned(t)
		for q := range ix.heads {
			part := quarter(p, q)
			for _, flip := range probes {
				for i := ix.heads[q][part^flip]; i >= 0; i = ix.next[q][i] {
					if b := &ix.sketches[i]; i < best && p.Distance(b.print) <= nearBits && s.alike(b, t) {
						best = i
					}
				}
			}
		}
	}
	if best == math.MaxInt32 {
		return -1
	}
	return best
}

// findNew is the first leader from number from on that is alike to sketch i, or i.
func (ix *index) findNew(from, i int32, leader []int32) int32 {
	s := &ix.sketches[i]
	if s.length == 0 {
		return i
	}
	var turned [turns]Print
	for t := range turned {
		turned[t] = s.print.turned(turn(t))
	}
	for k := from; k < i; k++ {
		if leader[k] != k {
			continue
		}
		b := &ix.sketches[k]
		for t, p := range turned {
			if p.Distance(b.print) <= nearBits && s.alike(b, turn(t)) {
				return k
			}
		}
	}
	return i
}
