//go:build gpu

package driver

// #cgo LDFLAGS: -L${SRCDIR}/lib -ldl
// #include "lazy.h"
import "C"

import (
	"bytes"
	"cmp"
	"compress/gzip"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"unsafe"

	"gorgonia.org/cu"

	"frglab/engine/nn"
	"frglab/engine/nn/cuda"
)

// The kernels in NVIDIA's portable assembler, which the driver compiles for its card: for
// compute capability 7.0 and later, and with tensor cores for tf32 from 8.0.
var (
	//go:embed kernels70.ptx.gz
	ptx70 []byte
	//go:embed kernels80.ptx.gz
	ptx80 []byte
)

// Open makes a backend of the fastest card.
func Open(p cuda.Precision) (nn.Backend, error) {
	cards, err := Cards()
	if err != nil {
		return nil, err
	}
	m, err := cards[0].Open()
	if err != nil {
		return nil, err
	}
	return cuda.New(m, p), nil
}

// Card is one that the driver knows.
type Card struct {
	Name         string
	Memory       int64 // bytes
	Major, Minor int   // compute capability
	Processors   int   // streaming multiprocessors
	dev          cu.Device
}

// Cards lists the cards that can be used, the fastest first: by processors and
// generation.
func Cards() ([]Card, error) {
	n, err := cu.NumDevices()
	if err != nil {
		return nil, fmt.Errorf("count the NVIDIA cards: %w", err)
	}
	var cards []Card
	for i := range n {
		c, err := card(i)
		if err != nil {
			return nil, fmt.Errorf("NVIDIA card %d: %w", i, err)
		}
		if c.Major >= 7 {
			cards = append(cards, c)
		}
	}
	slices.SortStableFunc(cards, func(a, b Card) int {
		return cmp.Or(cmp.Compare(b.Processors, a.Processors), cmp.Compare(b.Major, a.Major))
	})
	if n > 0 && len(cards) == 0 {
		return nil, errors.New("the NVIDIA cards here are older than compute capability 7.0 (2017): use the processor")
	}
	if n == 0 {
		return nil, errors.New(C.GoString(C.frg_cuda_why()))
	}
	return cards, nil
}

func card(i int) (Card, error) {
	dev, err := cu.GetDevice(i)
	if err != nil {
		return Card{}, err
	}
	c := Card{dev: dev}
	var err1, err2, err3, err4 error
	c.Name, err1 = dev.Name()
	c.Memory, err2 = dev.TotalMem()
	c.Major, c.Minor, err3 = dev.ComputeCapability()
	c.Processors, err4 = dev.Attribute(cu.MultiprocessorCount)
	return c, errors.Join(err1, err2, err3, err4)
}

// Machine is an open card. It is a cuda.Machine.
type Machine struct {
	card      Card
	ctx       cu.CUContext
	module    cu.Module
	functions map[string]cu.Function
	params    []unsafe.Pointer
	closed    bool
}

// Open makes the card ready: the driver compiles the kernels, which it remembers for the
// next time.
func (c Card) Open() (_ *Machine, err error) {
	m := &Machine{card: c, functions: map[string]cu.Function{}}
	code := ptx70
	if m.Tensor() {
		code = ptx80
	}
	text, err := unzip(code)
	if err != nil {
		return nil, fmt.Errorf("the kernels in this program: %w", err)
	}
	if m.ctx, err = c.dev.RetainPrimaryCtx(); err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	if err := m.do(func() (err error) { m.module, err = cu.LoadData(text); return err }); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: compile the kernels: %w", c.Name, err), c.dev.ReleasePrimaryCtx())
	}
	return m, nil
}

func unzip(data []byte) (string, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(z)
	return string(text), err
}

// do calls f on a thread that has the card's context.
func (m *Machine) do(f func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cu.SetCurrentContext(m.ctx); err != nil {
		return err
	}
	return f()
}

// Name is the card's.
func (m *Machine) Name() string { return m.card.Name }

// Processors is how many streaming multiprocessors the card has.
func (m *Machine) Processors() int { return m.card.Processors }

// Tensor is whether the card multiplies tf32.
func (m *Machine) Tensor() bool { return m.card.Major >= 8 }

// Alloc makes zeroed memory.
func (m *Machine) Alloc(bytes int) (uint64, error) {
	var p cu.DevicePtr
	err := m.do(func() (err error) {
		words := (int64(bytes) + 3) / 4
		if p, err = cu.MemAlloc(4 * words); err != nil {
			return err
		}
		if err := cu.MemsetD32(p, 0, words); err != nil {
			return errors.Join(err, cu.MemFree(p))
		}
		return nil
	})
	if errors.Is(err, cu.OutOfMemory) {
		err = nn.ErrMemory
	}
	return uint64(p), err
}

// Free gives memory back, after what uses it has run.
func (m *Machine) Free(p uint64) error {
	return m.do(func() error { return cu.MemFree(cu.DevicePtr(p)) })
}

// Upload copies to the card.
func (m *Machine) Upload(p uint64, src []byte) error {
	if len(src) == 0 {
		return nil
	}
	return m.do(func() error {
		return cu.MemcpyHtoD(cu.DevicePtr(p), unsafe.Pointer(unsafe.SliceData(src)), int64(len(src)))
	})
}

// Download copies from the card, after what was launched has run.
func (m *Machine) Download(dst []byte, p uint64) error {
	if len(dst) == 0 {
		return nil
	}
	return m.do(func() error {
		return cu.MemcpyDtoH(unsafe.Pointer(unsafe.SliceData(dst)), cu.DevicePtr(p), int64(len(dst)))
	})
}

// Launch starts a kernel behind what was launched before.
func (m *Machine) Launch(kernel string, grid [3]int, threads int, params []uint64) error {
	return m.do(func() error {
		f, ok := m.functions[kernel]
		if !ok {
			var err error
			if f, err = m.module.Function(kernel); err != nil {
				return err
			}
			m.functions[kernel] = f
		}
		m.params = m.params[:0]
		for i := range params {
			m.params = append(m.params, unsafe.Pointer(&params[i]))
		}
		return f.Launch(grid[0], grid[1], grid[2], threads, 1, 1, 0, cu.NoStream, m.params)
	})
}

// Close gives the card back.
func (m *Machine) Close() error {
	if m.closed {
		return nil
	}
	m.closed = true
	return m.card.dev.ReleasePrimaryCtx()
}
