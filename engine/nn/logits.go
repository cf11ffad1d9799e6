package nn

import (
	"errors"
	"fmt"
)

// MaxBatch is how many crops Logits computes at a time: beyond it nothing gets
// faster, only larger.
const MaxBatch = 64

// inferBatch is a batch size of Logits.
type inferBatch struct{ size, cost int }

// inferBatches are the largest first: few, because each is a graph in memory. The costs
// are in eighths of a batch of 16. Measured with FrgNet64 on oneDNN with one thread: 249,
// 66.6, 23.7 and 8.3 ms.
var inferBatches = []inferBatch{{MaxBatch, 30}, {16, 8}, {4, 3}, {1, 1}}

// next is the batch to compute first of count crops. It is larger than count where to
// fill it up costs no more than smaller ones: for 63 crops 64 take 249 ms and 16+16+16+4+
// 4+4+1+1+1 take 291, for 33 crops 64 take 249 and 16+16+1 141.
func next(batches []inferBatch, count int) int {
	b := batches[0]
	if count >= b.size || cost(batches[1:], count) >= b.cost {
		return b.size
	}
	return next(batches[1:], count)
}

// cost is what count crops cost in these batches.
func cost(batches []inferBatch, count int) int {
	if len(batches) == 0 {
		return 0
	}
	b := batches[0]
	whole := count / b.size * b.cost
	if rest := count % b.size; rest > 0 {
		whole += min(b.cost, cost(batches[1:], rest))
	}
	return whole
}

// Logits computes the network outside training. x is (count,3,S,S) for any count,
// the result (count,K) is the caller's. Where
// memory lacks it computes fewer crops at a time.
func (n *Net) Logits(x []float32, count int) ([]float32, error) {
	crop, classes := 3*n.arch.Size*n.arch.Size, n.arch.Classes()
	if len(x) != count*crop {
		return nil, fmt.Errorf("%d numbers for %d crops of %d", len(x), count, crop)
	}
	batches := inferBatches
	if n.train != nil { // the training graph holds most of the memory: keep those beside it small
		batches = batches[1:]
	}
	out := make([]float32, 0, count*classes)
	for len(x) > 0 {
		g, err := n.inferGraph(next(batches, len(x)/crop))
		if errors.Is(err, ErrMemory) && len(batches) > 1 {
			batches = batches[1:]
			continue
		}
		if err != nil {
			return nil, err
		}
		real := min(len(x)/crop, g.batch)
		if err := g.fill(x[:real*crop]); err != nil {
			return nil, err
		}
		x = x[real*crop:]
		if err := g.run(0); err != nil {
			return nil, err
		}
		logits, err := g.readLogits()
		if err != nil {
			return nil, err
		}
		out = append(out, logits[:real*classes]...)
	}
	return out, nil
}

// fill writes the input; what is missing in x becomes 0.
func (gr *graph) fill(x []float32) error {
	if whole := volume(gr.x.Shape()); len(x) < whole {
		if gr.padded == nil {
			gr.padded = make([]float32, whole)
		}
		clear(gr.padded[copy(gr.padded, x):])
		x = gr.padded
	}
	return gr.x.Write(x)
}

func (n *Net) inferGraph(batch int) (*graph, error) {
	if g := n.infer[batch]; g != nil {
		return g, nil
	}
	g, err := newGraph(n, batch, n.arch.Size, n.arch.Size, false)
	if err == nil {
		n.infer[batch] = g
	}
	return g, err
}
