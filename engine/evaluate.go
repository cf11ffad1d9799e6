package engine

import (
	"context"
	"errors"
	"fmt"
	"math"

	"frglab/engine/nn"
)

// Report is how a network does on a set of crops.
type Report struct {
	N         int     `json:"n"`
	Loss      float64 `json:"loss"`      // mean softmax cross entropy
	Accuracy  float64 `json:"accuracy"`  // share of crops whose best class is the right one
	Confusion [][]int `json:"confusion"` // rows: the truth; columns: the best class

	// Crop by crop, in the source's order: the score of class 0, 0 to 1, the class
	// given, and the one found.
	Scores    []float64 `json:"-"`
	Truth     []int     `json:"-"`
	Predicted []int     `json:"-"`
}

// Evaluate runs a checkpoint over every crop of a source. Crops are resized as in
// training and not changed otherwise. report, if not nil, is called on the same
// goroutine after each batch.
func Evaluate(ctx context.Context, c *Checkpoint, dev nn.Backend, s Source, report func(done, total int)) (Report, error) {
	if s.Len() == 0 {
		return Report{}, errors.New("there are no crops to evaluate: label some, or check the list file")
	}
	net, err := nn.New(dev, c.Arch, c.Weights)
	if err != nil {
		return Report{}, fmt.Errorf("put %s on the device: %w", c, err)
	}
	in := input{"evaluation", s, c.Classes, c.Arch.Size, c.Mean, c.Scale}
	r, err := in.evaluate(ctx, net, report)
	return r, errors.Join(err, net.Close())
}

// evaluate runs a network over every crop.
func (in input) evaluate(ctx context.Context, net *nn.Net, report func(done, total int)) (Report, error) {
	r := Report{Confusion: make([][]int, len(in.classes))}
	for i := range r.Confusion {
		r.Confusion[i] = make([]int, len(in.classes))
	}
	n := in.source.Len()
	parts := (n + nn.MaxBatch - 1) / nn.MaxBatch
	for b, err := range ordered(ctx, workers(), parts, func(i int) (*batch, error) {
		return in.plain(i*nn.MaxBatch, min((i+1)*nn.MaxBatch, n))
	}) {
		if err != nil {
			return Report{}, err
		}
		logits, err := net.Logits(b.x, len(b.classes))
		if err != nil {
			return Report{}, fmt.Errorf("%s crops from %d on: %w", in.what, r.N, err)
		}
		for i, class := range b.classes {
			r.add(logits[i*len(in.classes):(i+1)*len(in.classes)], class)
		}
		if report != nil {
			report(r.N, n)
		}
	}
	r.Loss /= float64(r.N)
	r.Accuracy /= float64(r.N)
	if !isFinite(r.Loss) {
		return Report{}, errNotFinite
	}
	return r, nil
}

// plain makes a batch of crops as they are.
func (in input) plain(from, to int) (*batch, error) {
	v := in.volume()
	b := &batch{x: make([]float32, (to-from)*v), classes: make([]int, to-from)}
	for i := range b.classes {
		img, class, err := in.at(from + i)
		if err != nil {
			return nil, err
		}
		Encode(b.x[i*v:(i+1)*v], img, in.mean, in.scale)
		b.classes[i] = class
	}
	return b, nil
}

// add counts one crop. Loss and Accuracy are sums until the end.
func (r *Report) add(logits []float32, class int) {
	best, sum := argmax(logits), 0.0
	top := float64(logits[best])
	for _, v := range logits {
		sum += math.Exp(float64(v) - top)
	}
	r.N++
	r.Loss += math.Log(sum) - (float64(logits[class]) - top)
	if best == class {
		r.Accuracy++
	}
	r.Confusion[class][best]++
	r.Scores = append(r.Scores, math.Exp(float64(logits[0])-top)/sum)
	r.Truth = append(r.Truth, class)
	r.Predicted = append(r.Predicted, best)
}

// errNotFinite means that the weights or the pictures are beyond all bounds.
var errNotFinite = errors.New("the network's loss is not a finite number")

func isFinite(v float64) bool { return v-v == 0 }

// argmax is the place of the largest number, the first of equals.
func argmax(vs []float32) int {
	best := 0
	for i, v := range vs {
		if v > vs[best] {
			best = i
		}
	}
	return best
}
