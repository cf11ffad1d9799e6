package onednn

// #cgo CFLAGS: -O3 -fopenmp
// #cgo LDFLAGS: -ldnnl -lm
// #include "onednn.h"
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"strings"

	"frglab/engine/nn"
)

// ErrClosed is returned by whatever is used after its backend was closed.
var ErrClosed = errors.New("oneDNN backend is closed")

// Backend computes on the processor. It is used from one goroutine at a time.
type Backend struct {
	dev     *C.od_dev
	threads int
	work    chan func() error // to the thread; nil once closed
	done    chan error
	buffers map[*buffer]struct{} // of NewBuffer
	kernels map[*kernel]struct{}
	inBytes map[*byteNet]struct{}

	update struct { // the arguments of move, which a closure would allocate
		params []*nn.Var
		h      nn.SGD
		move   func() error
	}
}

var _ nn.Backend = (*Backend)(nil)

// MaxThreads is how many threads a backend can have.
const MaxThreads = 1024

// New starts a backend that computes with so many threads, and fails where the system
// gives fewer. 0 means as many as the process may use, or half of those that the system
// gives where it refuses some: the program needs others too. Name says how many there
// are. Close it to give its memory and its threads back.
func New(threads int) (*Backend, error) {
	if threads < 0 || threads > MaxThreads {
		return nil, fmt.Errorf("oneDNN with %d threads: use 0 for all cores, or up to %d", threads, MaxThreads)
	}
	if threads > 0 {
		b, _, err := start(threads)
		return b, err
	}
	b, given, err := start(min(runtime.GOMAXPROCS(0), MaxThreads))
	if given > 0 {
		b, _, err = start((given + 1) / 2)
	}
	return b, err
}

// start also returns how many threads the system gives where those are too few, or else 0.
func start(threads int) (*Backend, int, error) {
	b := &Backend{
		threads: threads,
		work:    make(chan func() error),
		done:    make(chan error),
		buffers: map[*buffer]struct{}{},
		kernels: map[*kernel]struct{}{},
		inBytes: map[*byteNet]struct{}{},
	}
	b.update.move = b.move
	go b.thread()
	var given C.int
	if err := b.do(func() error { return check(C.od_open(C.int(threads), &b.dev, &given)) }); err != nil {
		return nil, int(given), fmt.Errorf("start oneDNN: %w", errors.Join(err, b.Close()))
	}
	return b, 0, nil
}

// thread is where all of the library's code runs: OpenMP keeps a team of threads
// for every thread that calls it. Unlocking is left out so that it ends with the
// goroutine, and its team with it.
func (b *Backend) thread() {
	runtime.LockOSThread()
	for f := range b.work {
		b.done <- f()
	}
	close(b.done)
}

// do runs f on the backend's thread and waits for it.
func (b *Backend) do(f func() error) error {
	if b.work == nil {
		return ErrClosed
	}
	b.work <- f
	return <-b.done
}

// check turns a message of the C code into an error.
func check(e C.od_err) error {
	if e == nil {
		return nil
	}
	if text := C.GoString(e); strings.Contains(text, noMemory) {
		return memoryError(text)
	} else {
		return errors.New(text)
	}
}

// noMemory is in every message of the C code about a want of memory.
const noMemory = "out of memory"

type memoryError string

func (e memoryError) Error() string { return string(e) }

func (e memoryError) Is(target error) bool { return target == nn.ErrMemory }

// Name says which library computes and with how many threads.
func (b *Backend) Name() string {
	return fmt.Sprintf("%s, %d threads", C.GoString(C.od_version()), b.threads)
}

// Update moves the parameters that have a gradient and a velocity.
func (b *Backend) Update(params []*nn.Var, h nn.SGD) error {
	b.update.params, b.update.h = params, h
	return b.do(b.update.move)
}

func (b *Backend) move() error {
	h := b.update.h
	for _, p := range b.update.params {
		if p.Grad == nil || p.Velocity == nil {
			continue
		}
		w, ok1 := p.Value.(*buffer)
		g, ok2 := p.Grad.(*buffer)
		v, ok3 := p.Velocity.(*buffer)
		if !ok1 || !ok2 || !ok3 || !w.like(g) || !w.like(v) || !w.alive() || !g.alive() || !v.alive() {
			return fmt.Errorf("update %s: its buffers are not of one shape and of this backend", p.Name)
		}
		C.od_sgd(w.c, g.c, v.c, C.float(h.Rate), C.float(h.Momentum), C.float(h.Decay))
	}
	return nil
}

// Close frees the kernels and buffers that are left and ends the threads. What was
// made by the backend must not be used again; closing it is allowed.
func (b *Backend) Close() error {
	if b.work == nil {
		return nil
	}
	err := b.do(func() error {
		for k := range b.kernels {
			k.free()
		}
		for n := range b.inBytes {
			n.free()
		}
		for m := range b.buffers {
			m.free()
		}
		if b.dev != nil {
			C.od_close(b.dev)
		}
		return nil
	})
	close(b.work)
	<-b.done
	b.work, b.dev = nil, nil
	return err
}
