// Package ref is the reference backend: plain Go, no assembler, no C. Every other
// backend is measured against it.
//
//	b := ref.New(0) // 0: as many threads as Go uses
//	defer b.Close()
//	net, err := nn.New(b, nn.FrgNet64(), weights)
//
// # Promises
//
// Storage is float32. Every sum (convolution, dense layer, statistics of a batch,
// loss) is kept in float64 and rounded once at its end; products of two float32
// are exact in float64. The order of a sum never depends on the number of threads:
// they share out independent results, never the terms of one. So results are
// equal bit for bit for any thread count. A forward or backward pass allocates nothing.
// Wrong shapes and other backends' memory are errors.
//
// # How it is quick
//
// Decision: convolutions and dense layers are matrix products of panels, copied to
// float64 and laid out in the order of use, with 3x2 sums held in registers
// (tile.go). Measured on a Zen 5 core with Go 1.26: 5.7e9 multiply-adds a second, against
// 2.0 to 2.5e9 for 4x4, 4x3 and 8x1, where the compiler spills sums to memory, and
// 1.7 to 2.9e9 with math.FMA, which tests for the instruction each time. Reopen when Go
// has vector instructions without an experiment flag.
package ref

import (
	"errors"
	"fmt"
	"runtime"

	"frglab/engine/nn"
)

// Backend computes on the CPU in plain Go. It holds goroutines until Close.
type Backend struct {
	team    *team
	scratch scratch
	closed  bool

	update     func(worker, i int)
	updating   tensor
	updatingBy nn.SGD
}

var errClosed = errors.New("the plain Go backend is closed")

// New starts a backend with that many threads; 0 takes as many as Go uses.
func New(threads int) *Backend {
	if threads < 1 {
		threads = runtime.GOMAXPROCS(0)
	}
	b := &Backend{team: newTeam(threads)}
	b.scratch.trios = make([][]trio, threads)
	b.update = b.updatePart
	return b
}

// Name says what computes, for people.
func (b *Backend) Name() string { return fmt.Sprintf("plain Go, %d threads", b.team.size) }

// Close ends the goroutines. Nothing can be computed afterwards.
func (b *Backend) Close() error {
	if !b.closed {
		b.closed = true
		b.team.close()
		b.scratch = scratch{}
	}
	return nil
}

// Update moves the parameters that have a gradient and a velocity.
func (b *Backend) Update(params []*nn.Var, h nn.SGD) error {
	if b.closed {
		return errClosed
	}
	b.updatingBy = h
	for _, v := range params {
		if v == nil || v.Grad == nil || v.Velocity == nil {
			continue
		}
		t, err := resolve(v)
		if err != nil {
			return fmt.Errorf("update: %w", err)
		}
		b.updating = t
		b.team.run(parts(len(t.value)), b.update)
	}
	b.updating = tensor{}
	return nil
}

func (b *Backend) updatePart(_, i int) {
	from, to := part(i, len(b.updating.value))
	w, g, v := b.updating.value[from:to], b.updating.grad[from:to], b.updating.velocity[from:to]
	rate, momentum, decay := float64(b.updatingBy.Rate), float64(b.updatingBy.Momentum), float64(b.updatingBy.Decay)
	for j := range w {
		step := momentum*float64(v[j]) - rate*(float64(g[j])+decay*float64(w[j]))
		v[j] = float32(step)
		w[j] = float32(float64(w[j]) + step)
	}
}

// scratch is memory that all kernels of a backend share, because one runs at a time.
// It grows when a kernel is made.
type scratch struct {
	padded []float32 // pictures with a frame of zeros
	masked []float32 // gradients behind an activation
	pairs  []pair    // the panels that all workers read
	trios  [][]trio  // by worker: the panels that it alone reads
	sums   []float64 // weight gradients, until all pixels are in
}

func (s *scratch) reserve(padded, masked, pairs, trios, sums int) {
	s.padded = grown(s.padded, padded)
	s.masked = grown(s.masked, masked)
	s.pairs = grown(s.pairs, pairs)
	s.sums = grown(s.sums, sums)
	for i := range s.trios {
		s.trios[i] = grown(s.trios[i], trios)
	}
}

func grown[T any](s []T, n int) []T {
	if len(s) >= n {
		return s
	}
	return make([]T, n)
}

var _ nn.Backend = (*Backend)(nil)
