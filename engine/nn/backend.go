package nn

import (
	"errors"
	"unsafe"
)

// ErrMemory is what an error of a backend is, by errors.Is, where the device lacks the
// memory that a buffer or a kernel takes. Memory is taken where those are made, never
// where they compute.
var ErrMemory = errors.New("out of memory")

// Buffer is a backend's memory for one tensor of float32. Its shape is logical,
// its layout the backend's own; Read and Write use plain row-major order. A buffer
// is used from one goroutine at a time. One of NewBuffer lives until its Close or
// its backend's, that of a Kernel as long as the Kernel, which closes it.
type Buffer interface {
	Shape() []int
	Read(dst []float32) error  // len(dst) = product of Shape
	Write(src []float32) error // likewise
	// Memory is where the n floats lie (n may exceed the product of Shape where
	// the layout pads). On-device memory must not be touched from Go: host is false.
	Memory() (p unsafe.Pointer, n int, host bool)
	Close() error // gives the memory back; nothing that uses it may run any more
}

// Var is a value that flows through a network, or one of its parameters.
type Var struct {
	Name  string
	Value Buffer
	Grad  Buffer // shape of Value; nil where no gradient is wanted
	// Velocity is the momentum of a trained parameter; nil for anything else.
	Velocity Buffer
}

// Kernel computes one layer on fixed buffers.
type Kernel interface {
	// Out is what Forward fills. Out().Grad is nil in a kernel made without train.
	Out() *Var
	// Forward computes Out().Value from the input's Value. The seed decides what a
	// dropout drops: the same seed drops the same. BatchNorm made with train
	// uses the batch's statistics and moves the running averages.
	Forward(seed uint64) error
	// Backward follows a Forward. It reads Out().Grad and overwrites (never adds
	// to) the Grad of the input, if it has one, and of every parameter that has one.
	Backward() error
	Close() error // frees what the kernel allocated, Out included
}

// SGD is one update by momentum: v = Momentum*v - Rate*(g + Decay*w); w = w + v.
type SGD struct {
	Rate, Momentum, Decay float32
}

// Backend makes memory and kernels on one device. Its methods, and those of what
// it makes, may be called from any one goroutine at a time; a backend moves the
// work to a thread of its own where its library wants that. A failure of the
// device is an error, never a panic or an abort.
type Backend interface {
	Name() string // for people: "oneDNN 2.6, 4 threads"
	// NewBuffer makes zeroed memory in plain layout for parameters, inputs and targets.
	NewBuffer(shape ...int) (Buffer, error)
	// Layer makes the kernel of one layer. x is (N,C,H,W) or (N,C); params follow the
	// order of Arch.Specs. Without train, BatchNorm uses its running averages, Dropout
	// does nothing and Backward is an error.
	Layer(l Layer, x *Var, params []*Var, train bool) (Kernel, error)
	// Loss makes mean softmax cross entropy. logits and targets are (N,K), each row
	// of targets a distribution over the K classes. Out is (1): the mean over
	// the batch. Backward fills logits.Grad.
	Loss(logits *Var, targets Buffer) (Kernel, error)
	// Update moves parameters that have a Grad and a Velocity.
	Update(params []*Var, h SGD) error
	Close() error
}
