package nntest

import (
	"math"
	"math/rand/v2"

	"frglab/engine/nn"
)

// ByteArch is a small network whose first convolutions can be computed in bytes: the third one
// puts out floats. pad is that of the first two.
func ByteArch(pad int) nn.Arch {
	return nn.Arch{Name: "bytes", Size: 20, Layers: []nn.Layer{
		{Kind: nn.Conv, Name: "conv1", Out: 10, Kernel: 5, Pad: pad},
		{Kind: nn.BatchNorm, Name: "bn1", Act: nn.ReLU},
		{Kind: nn.MaxPool, Name: "pool1", Kernel: 2, Stride: 2},
		{Kind: nn.Conv, Name: "conv2", Out: 24, Kernel: 3, Pad: pad},
		{Kind: nn.BatchNorm, Name: "bn2", Act: nn.ReLU},
		{Kind: nn.MaxPool, Name: "pool2", Kernel: 2, Stride: 2},
		{Kind: nn.Conv, Name: "conv3", Out: 33, Kernel: 3, Act: nn.Leaky},
		{Kind: nn.MaxPool, Name: "pool3", Kernel: 1, Stride: 1},
		{Kind: nn.Dense, Name: "fc4", Out: 12, Act: nn.ReLU},
		{Kind: nn.Dropout, Name: "drop4", Drop: 0.5},
		{Kind: nn.Dense, Name: "fc5", Out: 2},
	}}
}

// Uneven moves and stretches the batch normalisations of weights by channel, as training does.
func Uneven(w nn.Weights, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 2))
	for _, t := range w {
		for i := range t.Data {
			switch {
			case len(t.Shape) == 1 && t.Data[i] == 1: // scale or variance
				t.Data[i] = 0.2 + 2*rng.Float32()
			case len(t.Shape) == 1:
				t.Data[i] = rng.Float32() - 0.5
			}
		}
	}
}

// plane is numbers (N,C,H,W).
type plane struct {
	n, c, h, w int
	x          []float64
}

func newPlane(n, c, h, w int) plane { return plane{n, c, h, w, make([]float64, n*c*h*w)} }

func (p plane) at(n, c, y, x int) *float64 { return &p.x[((n*p.c+c)*p.h+y)*p.w+x] }

// Bytes computes a ByteNet as its layers say, (count,K,rows,columns).
func Bytes(net nn.ByteNet, pix []byte, count, w, h int) []float32 {
	p := newPlane(count, 4, h, w)
	for i, b := range pix {
		*p.at(i/(4*w*h), i%4, i/(4*w)%h, i/4%w) = float64(b)
	}
	for _, l := range net.Layers {
		if l.Kind == nn.MaxPool {
			p = pooled(p, l)
		} else {
			p = convolved(p, l)
		}
	}
	out := make([]float32, len(p.x))
	for i, v := range p.x {
		out[i] = float32(v)
	}
	return out
}

func pooled(p plane, l nn.ByteLayer) plane {
	out := newPlane(p.n, p.c, nn.PoolOut(p.h, l.Kernel, l.Stride), nn.PoolOut(p.w, l.Kernel, l.Stride))
	for i := range out.x {
		x, y, c, n := i%out.w, i/out.w%out.h, i/(out.w*out.h)%out.c, i/(out.w*out.h*out.c)
		best := math.Inf(-1)
		for dy := range min(l.Kernel, p.h-y*l.Stride) {
			for dx := range min(l.Kernel, p.w-x*l.Stride) {
				best = max(best, *p.at(n, c, y*l.Stride+dy, x*l.Stride+dx))
			}
		}
		out.x[i] = best
	}
	return out
}

func convolved(p plane, l nn.ByteLayer) plane {
	out := newPlane(p.n, l.Out, p.h+2*l.Pad-l.Kernel+1, p.w+2*l.Pad-l.Kernel+1)
	for i := range out.x {
		x, y, o, n := i%out.w, i/out.w%out.h, i/(out.w*out.h)%out.c, i/(out.w*out.h*out.c)
		sum := float64(l.Bias[o])
		for c := range p.c {
			for ky := range l.Kernel {
				for kx := range l.Kernel {
					at := ((o*p.c+c)*l.Kernel+ky)*l.Kernel + kx
					if iy, ix := y-l.Pad+ky, x-l.Pad+kx; iy >= 0 && iy < p.h && ix >= 0 && ix < p.w {
						sum += *p.at(n, c, iy, ix) * weight(l, at)
					}
				}
			}
		}
		if l.Scale != nil {
			sum *= float64(l.Scale[o])
		}
		if sum < 0 {
			sum *= float64(l.Act.Slope())
		}
		if l.Rounded {
			sum = math.RoundToEven(max(0, min(255, sum)))
		}
		out.x[i] = sum
	}
	return out
}

func weight(l nn.ByteLayer, i int) float64 {
	if l.Weight != nil {
		return float64(l.Weight[i])
	}
	return float64(l.Floats[i])
}
