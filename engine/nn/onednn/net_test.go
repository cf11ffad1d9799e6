package onednn

import (
	"fmt"
	"testing"

	"frglab/engine/nn/nntest"
	"frglab/engine/nn/ref"
)

func TestTrainingFollowsReference(t *testing.T) {
	oracle := ref.New(0)
	defer oracle.Close()
	nntest.Follow(t, open(t, 0), oracle, 50, 1e-3)
}

func TestSameSeedSameLosses(t *testing.T) {
	for _, threads := range []int{1, 3, 4} {
		t.Run(fmt.Sprint(threads), func(t *testing.T) {
			first := nntest.Losses(t, open(t, threads), nntest.Small(), 10, 20)
			second := nntest.Losses(t, open(t, threads), nntest.Small(), 10, 20)
			for i := range first {
				if first[i] != second[i] {
					t.Fatalf("loss of step %d is %v, and %v the second time", i, first[i], second[i])
				}
			}
		})
	}
}
