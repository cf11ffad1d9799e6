package dataset

import "math"

// logistic is a logistic regression on embeddings: the simplest model that has an
// opinion of its own about a label.
type logistic struct {
	mean, scale []float64 // of each number of an embedding
	weights     []float64 // of the scaled numbers; the last one is the bias
}

// logisticRidge pulls weights towards 0, so much for each sample. Four times as much, and
// an eighth, find as many flipped labels among 200, 1,000 and 8,000 crops.
const logisticRidge = 1.0 / 64

// logisticSteps bounds Newton's method, which needs about six steps.
const logisticSteps = 15

// fitLogistic fits to vectors of one size, and to targets 0 or 1. It is exact up to
// rounding, and so the same for the same data.
func fitLogistic(vectors [][]int8, targets []float64) *logistic {
	d := len(vectors[0])
	m := &logistic{mean: make([]float64, d), scale: make([]float64, d), weights: make([]float64, d+1)}
	m.standardise(vectors)
	rows := make([][]float64, len(vectors))
	for i, v := range vectors {
		rows[i] = m.row(v)
	}
	for range logisticSteps {
		step := m.newton(rows, targets)
		largest := 0.0
		for j := range m.weights {
			m.weights[j] -= step[j]
			largest = max(largest, math.Abs(step[j]))
		}
		if largest < 1e-4 {
			break
		}
	}
	return m
}

func (m *logistic) standardise(vectors [][]int8) {
	n := float64(len(vectors))
	for j := range m.mean {
		sum, squares := 0.0, 0.0
		for _, v := range vectors {
			sum += float64(v[j])
			squares += float64(v[j]) * float64(v[j])
		}
		m.mean[j] = sum / n
		m.scale[j] = 1 / math.Sqrt(max(squares/n-m.mean[j]*m.mean[j], 1e-6))
	}
}

// row is a vector in standard units, with a 1 behind it.
func (m *logistic) row(v []int8) []float64 {
	x := make([]float64, len(v)+1)
	for j := range v {
		x[j] = (float64(v[j]) - m.mean[j]) * m.scale[j]
	}
	x[len(v)] = 1
	return x
}

// newton is the step from the present weights: the gradient times the inverse Hessian.
func (m *logistic) newton(rows [][]float64, targets []float64) []float64 {
	d, ridge := len(m.weights), logisticRidge*float64(len(rows))
	gradient, hessian := make([]float64, d), make([][]float64, d)
	for j := range hessian {
		hessian[j] = make([]float64, j+1) // the lower half
		if j < d-1 {                      // not the bias
			hessian[j][j] = ridge
			gradient[j] = ridge * m.weights[j]
		}
	}
	for i, x := range rows {
		p := sigmoid(dot(m.weights, x))
		curve := max(p*(1-p), 1e-9)
		for j, v := range x {
			gradient[j] += (p - targets[i]) * v
			scaled, row := curve*v, hessian[j]
			for k := range row {
				row[k] += scaled * x[k]
			}
		}
	}
	return solve(hessian, gradient)
}

// probability is that of target 1.
func (m *logistic) probability(v []int8) float64 { return sigmoid(dot(m.weights, m.row(v))) }

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// solve returns x with a*x = b for a symmetric positive a, of which the lower half is
// given and overwritten (Cholesky).
func solve(a [][]float64, b []float64) []float64 {
	for j := range a {
		for k := range j {
			a[j][k] = (a[j][k] - dot(a[j][:k], a[k][:k])) / a[k][k]
		}
		a[j][j] = math.Sqrt(max(a[j][j]-dot(a[j][:j], a[j][:j]), 1e-12))
	}
	x := make([]float64, len(b))
	for j := range x {
		x[j] = (b[j] - dot(a[j][:j], x[:j])) / a[j][j]
	}
	for j := len(x) - 1; j >= 0; j-- {
		for k := j + 1; k < len(x); k++ {
			x[j] -= a[k][j] * x[k]
		}
		x[j] /= a[j][j]
	}
	return x
}
