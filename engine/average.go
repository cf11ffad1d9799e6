package engine

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// Average is the network with the mean of the weights of several, of which one was
// trained on from another (Wortsman et al., "Model soups: averaging weights of multiple
// fine-tuned models improves accuracy without increasing inference time", ICML 2022).
// Networks that began with random weights of their own have no useful mean. What is no
// weight is that of the last one; none of them is changed.
func Average(networks ...*Checkpoint) (*Checkpoint, error) {
	if len(networks) == 0 {
		return nil, errors.New("average of no networks")
	}
	mean := *networks[len(networks)-1]
	mean.Weights = mean.Weights.Clone()
	for i, t := range mean.Weights {
		sums := make([]float64, len(t.Data))
		for _, c := range networks {
			if !reflect.DeepEqual(c.Arch, mean.Arch) || !slices.Equal(c.Mean, mean.Mean) || c.Scale != mean.Scale {
				return nil, fmt.Errorf("average %s with %s: they see different numbers for the same crop: take networks of which one goes on from the other", c.Arch.Name, mean.Arch.Name)
			}
			for k, v := range c.Weights[i].Data {
				sums[k] += float64(v)
			}
		}
		for k, v := range sums {
			t.Data[k] = float32(v / float64(len(networks)))
		}
	}
	return &mean, nil
}
