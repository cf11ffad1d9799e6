package ref

// Matrix products here are c[i][j] = Σ over k of a[i][k]·b[j][k]. Rows i are taken by
// three, columns j by two; a panel holds, for each k, the three or two numbers that
// are needed together.
type (
	trio = [3]float64
	pair = [2]float64
)

func trios(rows int) int    { return (rows + 2) / 3 }
func pairs(columns int) int { return (columns + 1) / 2 }

// tile multiplies two panels. Six sums and five factors are what Go's compiler
// keeps in registers without spilling; panels of arrays need no bounds tests.
func tile(a []trio, b []pair) (c [3][2]float64) {
	var c00, c01, c10, c11, c20, c21 float64
	b = b[:len(a)]
	for k := range a {
		x, y := &a[k], &b[k]
		y0, y1 := y[0], y[1]
		x0, x1, x2 := x[0], x[1], x[2]
		c00 += x0 * y0
		c01 += x0 * y1
		c10 += x1 * y0
		c11 += x1 * y1
		c20 += x2 * y0
		c21 += x2 * y1
	}
	return [3][2]float64{{c00, c01}, {c10, c11}, {c20, c21}}
}
