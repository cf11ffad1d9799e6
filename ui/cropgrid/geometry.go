package cropgrid

import "math"

// Cells are at least minCell and at most maxCell units wide; gap lies between
// and around them and holds the frames of selection and cursor.
const (
	minCell = 32
	maxCell = 256
	gap     = 8
)

// zooms are the sizes that a zoom step moves through: even steps of about an
// eighth, with the crop's own 64 among them.
var zooms = []int{32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256}

// stepZoom returns the size that lies steps away from size, by the list of zooms.
func stepZoom(size, steps int) int {
	at := 0
	for i, z := range zooms {
		if z <= size {
			at = i
		}
	}
	if steps < 0 && zooms[at] < size {
		steps++ // the first step down ends on the list
	}
	return zooms[min(max(at+steps, 0), len(zooms)-1)]
}

// layout places n cells in a view of w by h units. Content coordinates start
// at the first cell's upper left gap; the view shows them from an offset on.
// float64 keeps single pixels exact at 100,000 rows.
type layout struct {
	n, cell int
	w, h    float64
}

// span is a half-open range of item indices.
type span struct{ from, to int }

func (l layout) pitch() float64 { return float64(l.cell + gap) }

func (l layout) cols() int { return max(1, int((l.w-gap)/l.pitch())) }

func (l layout) rows() int { return (l.n + l.cols() - 1) / l.cols() }

// left is where the first column begins: what is left over lies on both sides.
func (l layout) left() float64 {
	return max(gap, math.Floor((l.w-float64(l.cols())*l.pitch()+gap)/2))
}

// at returns the upper left corner of cell i's picture.
func (l layout) at(i int) (x, y float64) {
	return l.left() + float64(i%l.cols())*l.pitch(), gap + float64(i/l.cols())*l.pitch()
}

// hit returns the cell whose picture contains a content point, or -1.
func (l layout) hit(x, y float64) int {
	c, r := math.Floor((x-l.left())/l.pitch()), math.Floor((y-gap)/l.pitch())
	if c < 0 || r < 0 || int(c) >= l.cols() {
		return -1
	}
	i := int(r)*l.cols() + int(c)
	if i >= l.n {
		return -1
	}
	if cx, cy := l.at(i); x >= cx+float64(l.cell) || y >= cy+float64(l.cell) {
		return -1
	}
	return i
}

// top returns the first cell of the row at the view's upper edge, n behind the last.
func (l layout) top(off float64) int { return min(int(off/l.pitch())*l.cols(), l.n) }

// visible returns the cells of which something shows at offset off, be it only
// their frame.
func (l layout) visible(off float64) span {
	first := int(max(0, math.Floor((off-gap/2)/l.pitch())))
	last := int(max(0, math.Ceil((off+l.h)/l.pitch())))
	return l.rowSpan(first, last)
}

// page returns the cells of the rows that are wholly visible at offset off, or
// of the first visible row where the view is too low for one.
func (l layout) page(off float64) span {
	const slack = 0.5 // half a unit may be cut off
	first := int(max(0, math.Ceil((off-gap-slack)/l.pitch())))
	last := int(math.Floor((off + l.h + slack) / l.pitch()))
	return l.rowSpan(first, max(last, first+1))
}

func (l layout) rowSpan(first, last int) span {
	return span{min(first*l.cols(), l.n), min(last*l.cols(), l.n)}
}

// pageRows is how many rows a page holds when the first one is at the top.
func (l layout) pageRows() int { return max(1, int((l.h+0.5)/l.pitch())) }

// limit is the largest offset that fills the view.
func (l layout) limit() float64 {
	return max(0, float64(l.rows())*l.pitch()+gap-l.h)
}

// rowOffset is the offset that brings the row of cell i to the top.
func (l layout) rowOffset(i int) float64 { return float64(i/l.cols()) * l.pitch() }

// reveal returns the offset nearest to off at which cell i is wholly visible.
func (l layout) reveal(i int, off float64) float64 {
	top := l.rowOffset(i)
	bottom := top + l.pitch() + gap - l.h
	return min(max(off, min(bottom, top)), top)
}

// move returns where a cursor on cell i goes by dx columns and dy rows. It
// stays where it is at the first and last row, and ends on the last cell when
// the row below is too short.
func (l layout) move(i, dx, dy int) int {
	if l.n == 0 {
		return -1
	}
	cols := l.cols()
	row := min(max(i/cols+dy, 0), l.rows()-1)
	return min(max(row*cols+i%cols+dx, 0), l.n-1)
}

// touched calls f for each cell whose picture meets the content rectangle.
func (l layout) touched(x0, y0, x1, y1 float64, f func(i int)) {
	cell, cols := float64(l.cell), l.cols()
	c0 := int(max(0, math.Floor((x0-l.left()-cell)/l.pitch())+1))
	c1 := int(min(float64(cols-1), math.Floor((x1-l.left())/l.pitch())))
	r0 := int(max(0, math.Floor((y0-gap-cell)/l.pitch())+1))
	r1 := int(min(float64(l.rows()-1), math.Floor((y1-gap)/l.pitch())))
	for r := r0; r <= r1; r++ {
		for c := c0; c <= c1 && r*cols+c < l.n; c++ {
			f(r*cols + c)
		}
	}
}
