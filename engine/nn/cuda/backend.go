package cuda

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"unsafe"

	"frglab/engine/nn"
)

// Precision is what convolutions and dense layers multiply in.
type Precision string

// The precisions.
const (
	TF32    Precision = "tf32"
	Float32 Precision = "fp32"
)

// Backend computes on a Machine. It is used from one goroutine at a time.
type Backend struct {
	m       Machine
	queue   *queue
	knobs   []*knob         // that launches in the queue read
	kernels string          // suffix of the product kernels: "tf32" or "f32"
	blocks  map[*block]bool // all memory that is in use
	work    *block          // parts of sums, shared by all kernels because one runs at a time
	grads   *block          // gradients behind an activation, likewise
	table   *block          // of Update: what moves, for the parameters in moved
	moved   []*nn.Var
	tabled  int   // stretches in table
	rates   *knob // of Update; nil before the first
	encoder encoder
	closed  bool
}

var errClosed = errors.New("the CUDA backend is closed")

var _ nn.Backend = (*Backend)(nil)

// New makes a backend that owns the machine.
func New(m Machine, p Precision) *Backend {
	b := &Backend{m: m, queue: newQueue(m), kernels: "f32", blocks: map[*block]bool{}}
	if p == TF32 && m.Tensor() {
		b.kernels = "tf32"
	}
	return b
}

// Name says what computes, for people.
func (b *Backend) Name() string {
	if b.kernels == "f32" {
		return b.m.Name() + ", float32"
	}
	return b.m.Name() + ", " + b.kernels
}

// Close gives all memory and the machine back. Nothing can be computed afterwards.
func (b *Backend) Close() error {
	if b.closed {
		return nil
	}
	errs := []error{b.flush(), b.queue.close()}
	b.closed = true
	for m := range b.blocks {
		errs = append(errs, b.m.Free(m.at))
		m.at = 0
	}
	b.blocks, b.work, b.grads, b.table, b.rates, b.encoder = nil, nil, nil, nil, nil, encoder{}
	return errors.Join(append(errs, b.m.Close())...)
}

// block is memory of the machine.
type block struct {
	at    uint64
	bytes int
}

func (b *Backend) alloc(bytes int) (*block, error) {
	if b.closed {
		return nil, errClosed
	}
	at, err := b.m.Alloc(bytes)
	if err != nil {
		return nil, fmt.Errorf("%d MB on %s: %w", bytes>>20, b.m.Name(), err)
	}
	m := &block{at, bytes}
	b.blocks[m] = true
	return m, nil
}

// free gives a block back; nil and one that is gone already are none.
func (b *Backend) free(m *block) error {
	if m == nil || !b.blocks[m] {
		return nil
	}
	delete(b.blocks, m)
	return errors.Join(b.flush(), b.m.Free(m.at)) // what waits may use it
}

// reserve makes shared memory at least so large.
func (b *Backend) reserve(m **block, bytes int) error {
	if *m != nil && (*m).bytes >= bytes {
		return nil
	}
	if err := b.free(*m); err != nil {
		return err
	}
	*m = nil
	grown, err := b.alloc(bytes)
	*m = grown
	return err
}

// threads is how many a block has, of every kernel.
const threads = 256

// launch runs a kernel, at the latest when something is read. Parameters are addresses, or
// what whole and real make of numbers.
func (b *Backend) launch(kernel string, grid [3]int, params ...uint64) error {
	if b.closed {
		return errClosed
	}
	b.queue.waiting = append(b.queue.waiting, Launch{kernel, grid, params})
	return nil
}

func (b *Backend) upload(p uint64, src []byte) error {
	if err := b.flush(); err != nil {
		return err
	}
	return b.m.Upload(p, src)
}

// each is the grid of a kernel with a thread for each of n numbers.
func each(n int) [3]int { return [3]int{(n + threads - 1) / threads, 1, 1} }

// over is what kernels divide by d with: a factor of 32 bits and, above it, how far to shift the product,
// which is right for numbers below 2^31 (Granlund and Montgomery 1994, "Division by Invariant Integers
// using Multiplication").
func over(d int) uint64 {
	shift := 31 + bits.Len(uint(d-1))
	return uint64(shift)<<32 | (1<<shift+uint64(d)-1)/uint64(d)
}

func whole(n int) uint64    { return uint64(n) }
func real(v float64) uint64 { return math.Float64bits(v) }

// at is the address of a block, 0 for none.
func at(m *block) uint64 {
	if m == nil {
		return 0
	}
	return m.at
}

// bytesOf is memory of Go seen as bytes.
func bytesOf[T any](s []T) []byte {
	var t T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(t)))
}

// stretch is kernels' Stretch: a part of a parameter that one block moves.
type stretch struct {
	value, grad, velocity uint64
	count                 int64
}

const stretchLength = 1 << 14

// Update moves the parameters that have a gradient and a velocity.
func (b *Backend) Update(params []*nn.Var, h nn.SGD) error {
	if !slices.Equal(params, b.moved) || b.table == nil {
		if err := b.tabulate(params); err != nil {
			return fmt.Errorf("update: %w", err)
		}
	}
	if b.tabled == 0 {
		return nil
	}
	if b.rates == nil {
		var err error
		if b.rates, err = b.knob(3); err != nil {
			return fmt.Errorf("update: %w", err)
		}
	}
	if err := b.rates.set(real(float64(h.Rate)), real(float64(h.Momentum)), real(float64(h.Decay))); err != nil {
		return fmt.Errorf("update: %w", err)
	}
	return b.launch("sgd", [3]int{b.tabled, 1, 1}, b.table.at, b.rates.at())
}

func (b *Backend) tabulate(params []*nn.Var) error {
	b.moved = nil
	var all []stretch
	for _, v := range params {
		if v == nil || v.Grad == nil || v.Velocity == nil {
			continue
		}
		t, err := b.resolve(v)
		if err != nil {
			return err
		}
		n := volume(t.shape)
		for from := 0; from < n; from += stretchLength {
			skip := uint64(4 * from)
			all = append(all, stretch{t.value.at + skip, t.grad.at + skip, t.velocity.at + skip, int64(min(stretchLength, n-from))})
		}
	}
	b.tabled = len(all)
	upload := b.m.Upload
	if b.table != nil { // a launch that waits may read it
		upload = b.upload
	}
	if err := b.reserve(&b.table, max(len(all), 1)*int(unsafe.Sizeof(stretch{}))); err != nil {
		return err
	}
	if len(all) > 0 {
		if err := upload(b.table.at, bytesOf(all)); err != nil {
			return err
		}
	}
	b.moved = slices.Clone(params)
	return nil
}
