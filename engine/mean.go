package engine

import (
	"context"
	"errors"
)

// Mean is the mean of crops in the size of a network's input, pixel for pixel: (3,S,S),
// 0 to 255, as a training with a mean picture and without turns subtracts it. A crop
// that cannot be read is an error.
func Mean(ctx context.Context, crops Source, size int) ([]float32, error) {
	n := crops.Len()
	if n == 0 {
		return nil, errors.New("there are no crops to take the mean of")
	}
	in := input{what: "exported", source: crops, classes: []string{"face", "other"}, size: size}
	sums := make([]uint64, in.volume())
	for part, err := range ordered(ctx, workers(), (n+lookChunk-1)/lookChunk, func(i int) (survey, error) {
		return in.lookAt(i*lookChunk, min((i+1)*lookChunk, n))
	}) {
		if err != nil {
			return nil, err
		}
		for i, s := range part.sums {
			sums[i] += s
		}
	}
	mean := make([]float32, len(sums))
	for i, v := range sums {
		mean[i] = float32(float64(v) / float64(n))
	}
	return mean, nil
}
