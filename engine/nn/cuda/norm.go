package cuda

import "frglab/engine/nn"

// newNorm makes batch normalisation with its activation. x and y: (N,C,H,W), scale, offset
// and the running averages: (C).
func newNorm(k *kernel) error {
	if err := k.fit(); err != nil {
		return err
	}
	n, channels, plane := k.x.shape[0], k.x.shape[1], k.x.shape[2]*k.x.shape[3]
	// Every channel is shared by so many blocks that they fill the machine a few times.
	shares := max(1, min(n, 16*k.b.m.Processors()/channels, 64))
	grid := [3]int{channels, shares, 1}
	used, err := k.memory(16 * channels) // mean and 1/sqrt(variance+eps) last used
	if err != nil {
		return err
	}
	var parts *block // sums of each share; nil: the running averages are used
	if k.train {
		if parts, err = k.memory(16 * channels * shares); err != nil {
			return err
		}
	}
	scale, offset, mean, variance := k.params[0], k.params[1], k.params[2], k.params[3]
	size := []uint64{whole(n), whole(channels), whole(plane)}
	k.forward = func(uint64) error {
		if k.train {
			if err := k.b.launch("norm_sums", grid, parts.at, k.x.value.at, size[0], size[1], size[2]); err != nil {
				return err
			}
		}
		return k.b.launch("norm_forward", grid, k.y.value.at, used.at, mean.value.at, variance.value.at, at(parts), k.x.value.at,
			scale.value.at, offset.value.at, real(nn.BatchNormEps), real(nn.BatchNormDecay), k.slope(), size[0], size[1], size[2])
	}
	k.backward = func() error {
		err := k.b.launch("norm_gradients", grid, parts.at, k.y.grad.at, k.y.value.at, k.x.value.at, used.at, k.slope(), size[0], size[1], size[2])
		if err != nil {
			return err
		}
		return k.b.launch("norm_backward", grid, at(k.x.grad), at(scale.grad), at(offset.grad), parts.at, k.y.grad.at, k.y.value.at,
			k.x.value.at, scale.value.at, used.at, k.slope(), size[0], size[1], size[2])
	}
	return nil
}
