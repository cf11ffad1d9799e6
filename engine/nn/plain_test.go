package nn_test

import (
	"math"

	"frglab/engine/nn"
)

// plainLayer computes a layer in training as its definition reads, in float64 and
// without any thought for speed: what the backends are compared with.
// values are the input of that shape and the parameters.
func plainLayer(l nn.Layer, shape []int, values [][]float64, seed uint64) []float64 {
	x := values[0]
	var y []float64
	switch l.Kind {
	case nn.Conv:
		y = plainConv(l, [4]int(shape), x, values[1], values[2])
	case nn.BatchNorm:
		y = plainNorm([4]int(shape), x, values[1], values[2])
	case nn.MaxPool:
		y = plainPool(l, [4]int(shape), x)
	case nn.Dense:
		y = plainDense(l, shape[0], x, values[1], values[2])
	case nn.Dropout:
		for i, v := range x {
			if !nn.Keep(seed, i, l.Drop) {
				v = 0
			}
			y = append(y, v/(1-float64(l.Drop)))
		}
	}
	for i, v := range y {
		if v < 0 {
			y[i] = v * float64(l.Act.Slope())
		}
	}
	return y
}

func plainConv(l nn.Layer, s [4]int, x, weight, bias []float64) (y []float64) {
	n, c, h, w, k := s[0], s[1], s[2], s[3], l.Kernel
	for n := range n {
		for out := range l.Out {
			for oy := range h + 2*l.Pad - k + 1 {
				for ox := range w + 2*l.Pad - k + 1 {
					sum := bias[out]
					for c1 := range c {
						for ky := range k {
							for kx := range k {
								iy, ix := oy+ky-l.Pad, ox+kx-l.Pad
								if iy >= 0 && iy < h && ix >= 0 && ix < w {
									sum += x[((n*c+c1)*h+iy)*w+ix] * weight[((out*c+c1)*k+ky)*k+kx]
								}
							}
						}
					}
					y = append(y, sum)
				}
			}
		}
	}
	return y
}

func plainNorm(s [4]int, x, scale, offset []float64) []float64 {
	n, c, plane := s[0], s[1], s[2]*s[3]
	y := make([]float64, len(x))
	for c1 := range c {
		var at []int // of the channel's numbers
		for n1 := range n {
			for p := range plane {
				at = append(at, (n1*c+c1)*plane+p)
			}
		}
		mean, variance := 0.0, 0.0
		for _, i := range at {
			mean += x[i] / float64(len(at))
		}
		for _, i := range at {
			variance += (x[i] - mean) * (x[i] - mean) / float64(len(at))
		}
		for _, i := range at {
			y[i] = (x[i]-mean)/math.Sqrt(variance+nn.BatchNormEps)*scale[c1] + offset[c1]
		}
	}
	return y
}

func plainPool(l nn.Layer, s [4]int, x []float64) (y []float64) {
	h, w := s[2], s[3]
	for plane := range s[0] * s[1] {
		for oy := 0; oy*l.Stride < h-l.Kernel+l.Stride; oy++ {
			for ox := 0; ox*l.Stride < w-l.Kernel+l.Stride; ox++ {
				top := math.Inf(-1)
				for iy := oy * l.Stride; iy < min(h, oy*l.Stride+l.Kernel); iy++ {
					for ix := ox * l.Stride; ix < min(w, ox*l.Stride+l.Kernel); ix++ {
						top = max(top, x[(plane*h+iy)*w+ix])
					}
				}
				y = append(y, top)
			}
		}
	}
	return y
}

func plainDense(l nn.Layer, n int, x, weight, bias []float64) (y []float64) {
	in := len(x) / n
	for n := range n {
		for out := range l.Out {
			sum := bias[out]
			for i := range in {
				sum += x[n*in+i] * weight[out*in+i]
			}
			y = append(y, sum)
		}
	}
	return y
}
