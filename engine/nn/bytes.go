package nn

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// ByteNet is a convolutional network that computes with bytes as far as it can, for
// where it may be a little wrong: a processor multiplies two to four times as many
// of them in the same time.
type ByteNet struct {
	Size   int // of a window in pixels, without the border
	Layers []ByteLayer
	// Border is how many pixels a picture must have around it, of the mean's colour: what
	// the zeros of the first layer's padding stood for.
	Border int
}

// ByteLayer is a convolution or a pooling of a ByteNet. A convolution puts out, for sum
// being that of its products, act((sum+Bias)*Scale) of each channel, as floats, or
// rounded and cut to 0 to 255 where Rounded.
type ByteLayer struct {
	Layer
	Weight  []int8    // (Out,C,K,K), within ByteWeight; nil where the layer's input are floats
	Floats  []float32 // (Out,C,K,K) there; no Scale then
	Bias    []float32 // (Out)
	Scale   []float32 // (Out), above 0
	Rounded bool
}

// ByteWeight bounds a weight: the products of two bytes and two weights add up to 32,130
// at most, so processors that add pairs in 16 bits (AVX2) and those that do not agree.
const ByteWeight = 63

// byteSpread is how many standard deviations above its mean a channel's number is the largest
// byte; the batch normalisation before it has both. On 37 pictures the log-odds of the bundled
// network are off by 1.23 (root of the mean square) with 6, by 0.41 with 8, 0.15 with 10, 0.11 with
// 12 to 20; those of the scout by 0.10 with 6 to 12, 0.12 with 16.
const byteSpread = 12

// Byter is a Backend that computes with bytes.
type Byter interface {
	// Bytes puts a network there. The error is errors.ErrUnsupported where the processor
	// gains nothing by it.
	Bytes(ByteNet) (ByteRunner, error)
}

// ByteRunner is a ByteNet on a device. It is used from one goroutine at a time.
type ByteRunner interface {
	// Run computes count pictures of w x h pixels, borders included: pix is (count,h,w,4),
	// red, green, blue, and a fourth byte that does not matter. The logits are the caller's,
	// their shape (count,K,rows,columns).
	Run(pix []byte, count, w, h int) (logits []float32, shape []int, err error)
	Close() error
}

// InBytes makes a ByteNet of a network that takes pixels p as (p-mean)/scale; mean is one
// number a channel. The bytes of a layer hold 0 to the byteSpread-fold of what its batch
// normalisation says; from the first layer on that has none or no ReLU, floats are put out.
// The error is errors.ErrUnsupported where that is the first one.
func InBytes(a Arch, w Weights, mean []float32, scale float32) (ByteNet, error) {
	outs, err := byteOuts(a, w)
	if err != nil {
		return ByteNet{}, err
	}
	arch, ws, err := Fold(a, w)
	if err == nil {
		arch, ws, err = Convolutional(arch, ws)
	}
	if err != nil {
		return ByteNet{}, err
	}
	if len(mean) != 3 || arch.Layers[0].Kind != Conv || outs[arch.Layers[0].Name] == nil {
		return ByteNet{}, fmt.Errorf("%s in bytes: %w", a.Name, errors.ErrUnsupported)
	}
	n := ByteNet{Size: a.Size, Border: arch.Layers[0].Pad}
	in := &byteChannels{unit: []float32{1 / scale, 1 / scale, 1 / scale, 0}, middle: append(slices.Clone(mean), 0)}
	for i, l := range arch.Layers {
		if l.Kind == MaxPool {
			n.Layers = append(n.Layers, ByteLayer{Layer: l, Rounded: in != nil})
			continue
		}
		if l.Kind != Conv {
			return ByteNet{}, fmt.Errorf("%s %s in bytes: %w", l.Kind, l.Name, errors.ErrUnsupported)
		}
		weight, bias := ws[0].Data, slices.Clone(ws[1].Data)
		ws = ws[2:]
		if i == 0 {
			weight = fourChannels(weight, bias, mean, scale)
			l.Pad = 0
		}
		b := ByteLayer{Layer: l, Floats: weight, Bias: bias}
		if in != nil {
			b = toBytes(l, weight, bias, *in, outs[l.Name])
			in = outs[l.Name]
		}
		n.Layers = append(n.Layers, b)
	}
	return n, nil
}

// byteChannels is what bytes stand for, channel by channel.
type byteChannels struct {
	unit   []float32 // the number that is 1
	middle []float32 // the mean, in bytes
}

// byteOuts are the bytes that each convolution puts out that a batch normalisation with a
// ReLU follows: the normalisation says how its numbers are spread before the ReLU.
func byteOuts(a Arch, w Weights) (map[string]*byteChannels, error) {
	if err := a.Check(w); err != nil {
		return nil, err
	}
	_, specs, err := a.Specs()
	if err != nil {
		return nil, err
	}
	outs := map[string]*byteChannels{}
	for i, l := range a.Layers {
		own := w[:len(specs[i])]
		w = w[len(specs[i]):]
		if l.Kind != BatchNorm || l.Act != ReLU || i == 0 || a.Layers[i-1].Kind != Conv || a.Layers[i-1].Act != Linear {
			continue
		}
		out := &byteChannels{}
		for c, v := range own[0].Data {
			mean, deviation := float64(own[1].Data[c]), max(math.Abs(float64(v)), 1e-6)
			top := max(mean+byteSpread*deviation, deviation/16)
			x := mean / deviation
			density, below := math.Exp(-x*x/2)/math.Sqrt(2*math.Pi), math.Erfc(-x/math.Sqrt2)/2
			out.unit = append(out.unit, float32(top/255))
			out.middle = append(out.middle, float32((deviation*density+mean*below)*255/top)) // of a normal distribution cut at 0
		}
		outs[a.Layers[i-1].Name] = out
	}
	return outs, nil
}

// fourChannels gives weights over three channels, less the mean, a fourth channel, and
// takes the mean into the bias.
func fourChannels(weight, bias, mean []float32, scale float32) []float32 {
	area := len(weight) / len(bias) / 3
	all := make([]float32, 0, len(bias)*4*area)
	for o := range bias {
		sum := 0.0
		for c := range 3 {
			own := weight[(o*3+c)*area:][:area]
			all = append(all, own...)
			for _, v := range own {
				sum += float64(v) * float64(mean[c]) / float64(scale)
			}
		}
		all = append(all, make([]float32, area)...)
		bias[o] -= float32(sum)
	}
	return all
}

// toBytes is a convolution over bytes that puts out others, or floats where out is nil. What
// rounding its weights changes for a mean input is taken off its bias.
func toBytes(l Layer, weight, bias []float32, in byteChannels, out *byteChannels) ByteLayer {
	b := ByteLayer{Layer: l, Weight: make([]int8, len(weight)), Bias: bias, Scale: make([]float32, len(bias)), Rounded: out != nil}
	row := len(weight) / len(bias)
	area := row / len(in.unit)
	for o := range bias {
		own := slices.Clone(weight[o*row : (o+1)*row])
		largest := float32(1e-20)
		for i := range own {
			own[i] *= in.unit[i/area]
			largest = max(largest, own[i], -own[i])
		}
		step, shift := largest/ByteWeight, 0.0
		for i, v := range own {
			q := math.RoundToEven(float64(v / step))
			b.Weight[o*row+i] = int8(q)
			shift += (q - float64(v/step)) * float64(in.middle[i/area])
		}
		b.Bias[o] = bias[o]/step - float32(shift)
		b.Scale[o] = step
		if out != nil {
			b.Scale[o] /= out.unit[o]
		}
	}
	return b
}
