package nn

import "math"

// Fold returns an equal network for use outside training: each batch normalisation
// that follows a convolution without activation goes into its weights, dropouts
// go away. The weights returned share memory with the ones given where they are
// the same.
func Fold(a Arch, w Weights) (Arch, Weights, error) {
	if err := a.Check(w); err != nil {
		return Arch{}, nil, err
	}
	_, specs, err := a.Specs()
	if err != nil {
		return Arch{}, nil, err
	}
	out := Arch{Name: a.Name, Size: a.Size}
	var ow Weights
	for i, l := range a.Layers {
		own := w[:len(specs[i])]
		w = w[len(specs[i]):]
		last := len(out.Layers) - 1
		switch {
		case l.Kind == Dropout:
		case l.Kind == BatchNorm && last >= 0 && out.Layers[last].Kind == Conv && a.Layers[i-1].Kind == Conv && out.Layers[last].Act == Linear:
			out.Layers[last].Act = l.Act
			weight, bias := &ow[len(ow)-2], &ow[len(ow)-1]
			*weight, *bias = foldPair(*weight, *bias, own)
		default:
			out.Layers = append(out.Layers, l)
			ow = append(ow, own...)
		}
	}
	return out, ow, nil
}

// foldPair scales weight (O,C,K,K) and bias (O) by the normalisation's scale,
// offset, mean and variance.
func foldPair(weight, bias Tensor, bn Weights) (Tensor, Tensor) {
	both := Weights{weight, bias}.Clone()
	weight, bias = both[0], both[1]
	n := len(weight.Data) / len(bias.Data)
	for c := range bias.Data {
		scale := float64(bn[0].Data[c]) / math.Sqrt(float64(bn[3].Data[c])+BatchNormEps)
		for i := c * n; i < (c+1)*n; i++ {
			weight.Data[i] = float32(float64(weight.Data[i]) * scale)
		}
		bias.Data[c] = float32((float64(bias.Data[c])-float64(bn[2].Data[c]))*scale + float64(bn[1].Data[c]))
	}
	return weight, bias
}
