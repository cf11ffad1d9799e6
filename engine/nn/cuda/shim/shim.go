// Package shim runs the GPU's kernels on the processor, from the same sources: for tests
// on machines without a GPU. It is slow and thorough: blocks one after another, the
// threads of a block as fibres that wait for each other at barriers.
package shim

// #cgo CXXFLAGS: -std=c++20 -O3 -Wall -Wno-unknown-pragmas -U_FORTIFY_SOURCE
// #include <stdlib.h>
// #include "launch.h"
import "C"

import (
	"fmt"
	"slices"
	"unsafe"

	"frglab/engine/nn"
	"frglab/engine/nn/cuda"
)

// Machine is a GPU that the processor plays. It is used from one goroutine at a time.
type Machine struct {
	// Limit is how many bytes Alloc gives out in all, beyond which its error is nn.ErrMemory; 0: as many
	// as there are.
	Limit int
	used  map[uint64]int
}

// Name says what computes.
func (m *Machine) Name() string { return "kernels on the processor" }

// Processors is how many blocks the machine is said to run side by side: few, so that small tests
// cover all ways to share out the work.
func (m *Machine) Processors() int { return 4 }

// Tensor says that products of tf32 can be had.
func (m *Machine) Tensor() bool { return true }

// Alloc gives zeroed memory.
func (m *Machine) Alloc(bytes int) (uint64, error) {
	all := bytes
	for _, n := range m.used {
		all += n
	}
	if m.Limit > 0 && all > m.Limit {
		return 0, nn.ErrMemory
	}
	p := uint64(uintptr(C.calloc(1, C.size_t(bytes))))
	if p == 0 {
		return 0, nn.ErrMemory
	}
	if m.used == nil {
		m.used = map[uint64]int{}
	}
	m.used[p] = bytes
	return p, nil
}

// Free gives memory of Alloc back.
func (m *Machine) Free(p uint64) error {
	if _, ok := m.used[p]; !ok {
		return fmt.Errorf("free memory at %#x that was not allocated", p)
	}
	delete(m.used, p)
	C.free(pointer(p))
	return nil
}

// Left is how many pieces of memory were not freed.
func (m *Machine) Left() int { return len(m.used) }

// Upload copies to the machine.
func (m *Machine) Upload(p uint64, src []byte) error {
	copy(m.view(p, len(src)), src)
	return nil
}

// Download copies from the machine.
func (m *Machine) Download(dst []byte, p uint64) error {
	copy(dst, m.view(p, len(dst)))
	return nil
}

// Launch runs a kernel to its end.
func (m *Machine) Launch(l cuda.Launch) error {
	name := C.CString(l.Kernel)
	defer C.free(unsafe.Pointer(name))
	r := C.frg_launch(name, C.int(l.Grid[0]), C.int(l.Grid[1]), C.int(l.Grid[2]),
		(*C.uint64_t)(unsafe.SliceData(l.Params)), C.int(len(l.Params)))
	switch {
	case r > 0:
		return fmt.Errorf("no kernel %q", l.Kernel)
	case r < 0:
		return fmt.Errorf("kernel %q takes %d parameters, got %d", l.Kernel, -r, len(l.Params))
	}
	return nil
}

// Record keeps a copy of the launches.
func (m *Machine) Record(all []cuda.Launch) (cuda.Piece, error) {
	p := piece{m: m}
	for _, l := range all {
		l.Params = slices.Clone(l.Params)
		p.launches = append(p.launches, l)
	}
	return p, nil
}

type piece struct {
	m        *Machine
	launches []cuda.Launch
}

func (p piece) Run() error {
	for _, l := range p.launches {
		if err := p.m.Launch(l); err != nil {
			return err
		}
	}
	return nil
}

func (piece) Close() error { return nil }

// Close has nothing to do.
func (m *Machine) Close() error { return nil }

func (m *Machine) view(p uint64, n int) []byte { return unsafe.Slice((*byte)(pointer(p)), n) }

// pointer makes an address of C's memory a pointer, in a way that go vet takes no offence at.
func pointer(p uint64) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }
