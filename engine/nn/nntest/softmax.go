package nntest

import "math"

// Softmax turns rows of k logits into probabilities, in place.
func Softmax(logits []float32, k int) {
	for ; len(logits) >= k; logits = logits[k:] {
		row := logits[:k]
		top := row[0]
		for _, v := range row {
			top = max(top, v)
		}
		sum := 0.0
		for _, v := range row {
			sum += math.Exp(float64(v - top))
		}
		for i, v := range row {
			row[i] = float32(math.Exp(float64(v-top)) / sum)
		}
	}
}
