package engine

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"frglab/engine/nn"
)

// EmbeddingSize is the length of the vectors that a Judge describes crops with.
const EmbeddingSize = 128

// Judge says of crops how surely they show a face, and describes each by a vector
// that is near those of crops which look alike to the network. Use it from one
// goroutine at a time.
type Judge struct {
	name  string
	net   classifier
	size  int
	mean  []float32
	scale float32
	wide  int       // K: outputs of the network
	x     []float32 // (chunk,3,S,S)
}

// NewJudge puts the network of a checkpoint on a device, which stays the caller's. The
// checkpoint must know two classes, the first one "face".
func NewJudge(c *Checkpoint, dev nn.Backend) (*Judge, error) {
	if err := usable(c); err != nil {
		return nil, fmt.Errorf("the checkpoint cannot judge crops: %w", err)
	}
	arch, weights, err := nn.Fold(c.Arch, c.Weights)
	if err != nil {
		return nil, fmt.Errorf("prepare %s to judge crops: %w", c.Arch.Name, err)
	}
	arch, weights = describe(arch, weights)
	net, err := nn.New(dev, arch, weights)
	if err != nil {
		return nil, fmt.Errorf("put %s on %s: %w", c.Arch.Name, dev.Name(), err)
	}
	s := c.Arch.Size
	return &Judge{
		name: c.Arch.Name + "-" + c.digest(), net: net, size: s, mean: c.Mean, scale: c.Scale,
		wide: arch.Classes(), x: make([]float32, chunk*3*s*s),
	}, nil
}

// describe gives the last layer more outputs behind its logits: projections of what it
// works on (the activations of fc5) on EmbeddingSize random directions, which keep
// distances about as they are (Johnson and Lindenstrauss 1984). So one pass through the
// network gives both. The directions are always the same.
func describe(a nn.Arch, w nn.Weights) (nn.Arch, nn.Weights) {
	a.Layers, w = append([]nn.Layer{}, a.Layers...), append(nn.Weights{}, w...)
	last := &a.Layers[len(a.Layers)-1]
	weight, bias := &w[len(w)-2], &w[len(w)-1]
	in := weight.Shape[1]
	rng := rand.New(rand.NewPCG(5, 128))
	data := append(make([]float32, 0, (last.Out+EmbeddingSize)*in), weight.Data...)
	for range EmbeddingSize * in {
		data = append(data, float32(rng.NormFloat64()/math.Sqrt(EmbeddingSize)))
	}
	last.Out += EmbeddingSize
	*weight = nn.Tensor{Name: weight.Name, Shape: []int{last.Out, in}, Data: data}
	*bias = nn.Tensor{Name: bias.Name, Shape: []int{last.Out}, Data: append(slices.Clone(bias.Data), make([]float32, EmbeddingSize)...)}
	return a, w
}

// digest tells networks apart that answer differently.
func (c *Checkpoint) digest() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%v %v", c.Arch, c.Scale)
	for _, t := range append(nn.Weights{{Data: c.Mean}}, c.Weights...) {
		binary.Write(sum, binary.LittleEndian, t.Data)
	}
	return hex.EncodeToString(sum.Sum(nil)[:6])
}

// Name tells this judge from one with another network.
func (j *Judge) Name() string { return j.name }

// Close frees the network on the device.
func (j *Judge) Close() error { return j.net.Close() }

// Judge returns for each crop, of any size, the probability of a face and a vector of
// EmbeddingSize numbers and length about 127, whose directions can be compared. What
// it returns is the caller's.
func (j *Judge) Judge(ctx context.Context, crops []image.Image) (faces []float64, embeddings [][]int8, err error) {
	for len(crops) > 0 {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		n := min(len(crops), chunk)
		if err := j.encode(crops[:n]); err != nil {
			return nil, nil, err
		}
		out, err := j.net.Logits(j.x[:n*3*j.size*j.size], n)
		if err != nil {
			return nil, nil, fmt.Errorf("judge %d crops: %w", n, err)
		}
		for ; len(out) > 0; out = out[j.wide:] {
			p := faceProbability(float64(out[0]), float64(out[1]))
			if math.IsNaN(p) {
				return nil, nil, errors.New("the network answers with something that is no number: its training went wrong, use an earlier checkpoint")
			}
			faces, embeddings = append(faces, p), append(embeddings, shorten(out[2:j.wide]))
		}
		crops = crops[n:]
	}
	return faces, embeddings, nil
}

// encode fills j.x. Resizing large crops takes about as long as the network, so they
// share the processors.
func (j *Judge) encode(crops []image.Image) error {
	n := 3 * j.size * j.size
	errs := make([]error, workers())
	var wg sync.WaitGroup
	for w := range errs {
		wg.Go(func() {
			for i := w; i < len(crops); i += len(errs) {
				img, err := fit(crops[i], j.size)
				if err != nil {
					errs[w] = err
					return
				}
				Encode(j.x[i*n:(i+1)*n], img, j.mean, j.scale)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// shorten brings a vector to length 127 in whole numbers.
func shorten(v []float32) []int8 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	out := make([]int8, len(v))
	if sum == 0 {
		return out
	}
	k := 127 / math.Sqrt(sum)
	for i, x := range v {
		out[i] = int8(math.Round(k * float64(x)))
	}
	return out
}
