package nn

import (
	"fmt"
	"slices"
)

// Kind says what a Layer computes.
type Kind string

// The kinds of layer. Convolutions have stride 1; pooling rounds its output
// size up (chainer's cover_all), so that a window may hang over the edge.
const (
	Conv      Kind = "conv"      // Out, Kernel, Pad; parameters weight (Out,C,K,K), bias (Out)
	BatchNorm Kind = "batchnorm" // parameters weight, bias, running_mean, running_var (C)
	MaxPool   Kind = "maxpool"   // Kernel, Stride
	Dense     Kind = "dense"     // Out; parameters weight (Out,In), bias (Out); input is flattened in (C,H,W) order
	Dropout   Kind = "dropout"   // Drop; does nothing outside training
)

// Act is the activation that a layer applies to what it computed.
type Act string

// The activations. Leaky multiplies negative values by LeakySlope.
const (
	Linear Act = ""
	ReLU   Act = "relu"
	Leaky  Act = "leaky"
)

// LeakySlope is the slope of Leaky for negative values: chainer's default in 2015.
const LeakySlope = 0.2

// Slope is what the activation multiplies negative values by: 1 for Linear, 0 for ReLU.
func (a Act) Slope() float32 {
	switch a {
	case ReLU:
		return 0
	case Leaky:
		return LeakySlope
	}
	return 1
}

// BatchNormEps and BatchNormDecay are chainer's defaults in 2015: the constant
// added to the variance, and the weight of the old value in a running average.
const (
	BatchNormEps   = 2e-5
	BatchNormDecay = 0.9
)

// Layer is one step of a network. Fields that its Kind does not name are zero.
type Layer struct {
	Kind   Kind    `json:"kind"`
	Name   string  `json:"name"` // unique in the network; prefix of its parameters' names
	Out    int     `json:"out,omitempty"`
	Kernel int     `json:"kernel,omitempty"`
	Stride int     `json:"stride,omitempty"`
	Pad    int     `json:"pad,omitempty"`
	Act    Act     `json:"act,omitempty"` // Conv, BatchNorm and Dense only
	Drop   float32 `json:"drop,omitempty"`
}

// Arch describes a network as data: square pictures of 3 channels in, one logit
// per class out.
type Arch struct {
	Name   string  `json:"name"`
	Size   int     `json:"size"` // side of the input in pixels
	Layers []Layer `json:"layers"`
}

// FrgNet64 is the network of the 2015 experiment: 3x64x64 in, 40.0 M parameters.
func FrgNet64() Arch {
	return Arch{Name: "frgnet64", Size: 64, Layers: []Layer{
		{Kind: Conv, Name: "conv1", Out: 96, Kernel: 5, Pad: 2},
		{Kind: BatchNorm, Name: "bn1", Act: ReLU},
		{Kind: MaxPool, Name: "pool1", Kernel: 5, Stride: 2}, // 31x31
		{Kind: Conv, Name: "conv2", Out: 128, Kernel: 5, Pad: 2},
		{Kind: BatchNorm, Name: "bn2", Act: ReLU},
		{Kind: MaxPool, Name: "pool2", Kernel: 5, Stride: 2}, // 14x14
		{Kind: Conv, Name: "conv3", Out: 256, Kernel: 3, Pad: 1, Act: ReLU},
		{Kind: MaxPool, Name: "pool3", Kernel: 3, Stride: 2}, // 7x7
		{Kind: Conv, Name: "conv4", Out: 384, Kernel: 3, Pad: 1, Act: Leaky},
		{Kind: Dense, Name: "fc5", Out: 2048, Act: Leaky},
		{Kind: Dropout, Name: "drop5", Drop: 0.5},
		{Kind: Dense, Name: "fc6", Out: 2},
	}}
}

// FrgNet64S is FrgNet64 with fc5 in two steps of rank 128: 4.2 M parameters, a
// tenth, for the same convolutions. It is small enough to come with the program.
func FrgNet64S() Arch {
	a := FrgNet64()
	a.Name = "frgnet64s"
	i := slices.IndexFunc(a.Layers, func(l Layer) bool { return l.Name == "fc5" })
	a.Layers = slices.Insert(a.Layers, i, Layer{Kind: Dense, Name: "fc5low", Out: 128})
	return a
}

// FrgNet128 is the larger network of the 2015 repository: 3x128x128 in.
func FrgNet128() Arch {
	return Arch{Name: "frgnet128", Size: 128, Layers: []Layer{
		{Kind: Conv, Name: "conv1", Out: 128, Kernel: 7, Pad: 3},
		{Kind: BatchNorm, Name: "bn1", Act: ReLU},
		{Kind: MaxPool, Name: "pool1", Kernel: 5, Stride: 3}, // 42x42
		{Kind: Conv, Name: "conv2", Out: 256, Kernel: 5, Pad: 2},
		{Kind: BatchNorm, Name: "bn2", Act: ReLU},
		{Kind: MaxPool, Name: "pool2", Kernel: 5, Stride: 3}, // 14x14
		{Kind: Conv, Name: "conv3", Out: 256, Kernel: 5, Pad: 2, Act: ReLU},
		{Kind: MaxPool, Name: "pool3", Kernel: 3, Stride: 2}, // 7x7
		{Kind: Conv, Name: "conv4", Out: 512, Kernel: 3, Pad: 1, Act: ReLU},
		{Kind: MaxPool, Name: "pool4", Kernel: 3, Stride: 2}, // 3x3
		{Kind: Conv, Name: "conv5", Out: 512, Kernel: 3, Pad: 1, Act: ReLU},
		{Kind: Dense, Name: "fc6", Out: 4096, Act: ReLU},
		{Kind: Dropout, Name: "drop6", Drop: 0.5},
		{Kind: Dense, Name: "fc7", Out: 4096, Act: ReLU},
		{Kind: Dropout, Name: "drop7", Drop: 0.5},
		{Kind: Dense, Name: "fc8", Out: 2},
	}}
}

// Scout32 is a small network for 3x32x32 pictures that sees where a face may be: 10
// million multiply-adds a window, 1 % of FrgNet64. Nothing in it is padded, so that Map
// gives each window exactly what Logits gives it.
func Scout32() Arch {
	return Arch{Name: "scout32", Size: 32, Layers: []Layer{
		{Kind: Conv, Name: "conv1", Out: 24, Kernel: 5}, // 28x28
		{Kind: BatchNorm, Name: "bn1", Act: ReLU},
		{Kind: MaxPool, Name: "pool1", Kernel: 2, Stride: 2}, // 14x14
		{Kind: Conv, Name: "conv2", Out: 32, Kernel: 3},      // 12x12
		{Kind: BatchNorm, Name: "bn2", Act: ReLU},
		{Kind: MaxPool, Name: "pool2", Kernel: 2, Stride: 2}, // 6x6
		{Kind: Conv, Name: "conv3", Out: 64, Kernel: 3},      // 4x4
		{Kind: BatchNorm, Name: "bn3", Act: ReLU},
		{Kind: Dense, Name: "fc4", Out: 64, Act: ReLU},
		{Kind: Dropout, Name: "drop4", Drop: 0.2},
		{Kind: Dense, Name: "fc5", Out: 2},
	}}
}

// Names lists the built-in architectures, for flags and menus.
func Names() []string { return []string{"frgnet64", "frgnet64s", "frgnet128", "scout32"} }

// Lookup returns the built-in architecture of that name.
func Lookup(name string) (Arch, error) {
	for _, a := range []Arch{FrgNet64(), FrgNet64S(), FrgNet128(), Scout32()} {
		if a.Name == name {
			return a, nil
		}
	}
	return Arch{}, fmt.Errorf("unknown architecture %q: use one of %v", name, Names())
}

// ParamSpec is the name and shape of one tensor that a network keeps.
type ParamSpec struct {
	Name  string // layer's name, a dot, and weight, bias, running_mean or running_var
	Shape []int
	State bool // a running average: kept in checkpoints, not trained
}

// Specs returns the shape that every layer puts out, without the batch axis, and
// the parameters of every layer. It fails on a network that cannot be built.
func (a Arch) Specs() (outs [][]int, params [][]ParamSpec, err error) {
	if a.Size < 1 || a.Size > 4096 || len(a.Layers) == 0 || len(a.Layers) > 256 {
		return nil, nil, fmt.Errorf("architecture %q: size %d with %d layers cannot be built", a.Name, a.Size, len(a.Layers))
	}
	seen := map[string]bool{}
	in, pitch := []int{3, a.Size, a.Size}, 1
	for _, l := range a.Layers {
		out, ps, err := l.specs(in)
		if err == nil && (l.Name == "" || seen[l.Name]) {
			err = fmt.Errorf("its name is empty or used twice")
		}
		if l.Kind == MaxPool && err == nil { // see Pitch
			if pitch *= l.Stride; pitch > a.Size {
				err = fmt.Errorf("its steps are %d pixels of a picture of %d", pitch, a.Size)
			}
		}
		if err != nil {
			return nil, nil, fmt.Errorf("architecture %q, layer %q: %w", a.Name, l.Name, err)
		}
		seen[l.Name] = true
		outs, params, in = append(outs, out), append(params, ps), out
	}
	return outs, params, nil
}

// Classes is the number of logits of a valid architecture.
func (a Arch) Classes() int { return a.Layers[len(a.Layers)-1].Out }

const maxWidth = 1 << 16

func (l Layer) specs(in []int) (out []int, ps []ParamSpec, err error) {
	name := func(s string) string { return l.Name + "." + s }
	if !slices.Contains([]Act{Linear, ReLU, Leaky}, l.Act) {
		return nil, nil, fmt.Errorf("unknown activation %q", l.Act)
	}
	if l.Out < 0 || l.Out > maxWidth || l.Kernel < 0 || l.Kernel > 64 || l.Pad < 0 || l.Pad > 64 || l.Stride < 0 || l.Stride > 64 {
		return nil, nil, fmt.Errorf("a size is out of range: out %d, kernel %d, pad %d, stride %d", l.Out, l.Kernel, l.Pad, l.Stride)
	}
	spatial := len(in) == 3
	switch {
	case l.Kind == Conv && spatial && l.Out > 0 && l.Kernel > 0 && l.Stride <= 1:
		h, w := in[1]+2*l.Pad-l.Kernel+1, in[2]+2*l.Pad-l.Kernel+1
		if h < 1 || w < 1 {
			return nil, nil, fmt.Errorf("kernel %d does not fit %v", l.Kernel, in)
		}
		return []int{l.Out, h, w}, []ParamSpec{
			{Name: name("weight"), Shape: []int{l.Out, in[0], l.Kernel, l.Kernel}},
			{Name: name("bias"), Shape: []int{l.Out}},
		}, nil
	case l.Kind == BatchNorm && spatial:
		c := []int{in[0]}
		return in, []ParamSpec{
			{Name: name("weight"), Shape: c},
			{Name: name("bias"), Shape: c},
			{Name: name("running_mean"), Shape: c, State: true},
			{Name: name("running_var"), Shape: c, State: true},
		}, nil
	case l.Kind == MaxPool && spatial && l.Kernel > 0 && l.Stride > 0 && l.Stride <= l.Kernel && l.Act == Linear:
		if in[1] < l.Kernel || in[2] < l.Kernel {
			return nil, nil, fmt.Errorf("kernel %d does not fit %v", l.Kernel, in)
		}
		return []int{in[0], PoolOut(in[1], l.Kernel, l.Stride), PoolOut(in[2], l.Kernel, l.Stride)}, nil, nil
	case l.Kind == Dense && l.Out > 0:
		n := 1
		for _, d := range in {
			n *= d
		}
		return []int{l.Out}, []ParamSpec{
			{Name: name("weight"), Shape: []int{l.Out, n}},
			{Name: name("bias"), Shape: []int{l.Out}},
		}, nil
	case l.Kind == Dropout && l.Drop >= 0 && l.Drop < 1 && l.Act == Linear:
		return in, nil, nil
	}
	return nil, nil, fmt.Errorf("%q after %v cannot be built with out %d, kernel %d, pad %d, stride %d, drop %g, activation %q", l.Kind, in, l.Out, l.Kernel, l.Pad, l.Stride, l.Drop, l.Act)
}

// PoolOut is the output size of ceil-mode pooling over n pixels.
func PoolOut(n, kernel, stride int) int { return (n-kernel+stride-1)/stride + 1 }

func volume(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
