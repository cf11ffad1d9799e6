//go:build gpu

package driver

// #include "record.h"
import "C"

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"runtime"
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

// Machine is an open card. It is a cuda.Machine.
type Machine struct {
	card      Card
	ctx       cu.CUContext
	module    cu.Module
	functions map[string]cu.Function
	params    []unsafe.Pointer
	stream    cu.Stream // all that the machine is asked for, in order
	pinned    []byte    // on the way to and from the card; nil where there is none to be had
	filled    int       // bytes of pinned that are still being copied
	closed    bool
}

// pinnedBytes is more than a batch of 256 crops of FrgNet64 in float32.
const pinnedBytes = 16 << 20

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
	err = m.do(func() (err error) {
		if m.stream, err = cu.MakeStream(cu.NonBlocking); err != nil {
			return err
		}
		if m.module, err = cu.LoadData(text); err != nil {
			return fmt.Errorf("compile the kernels: %w", err)
		}
		if p := C.frg_pinned(pinnedBytes); p != nil {
			m.pinned = unsafe.Slice((*byte)(p), pinnedBytes)
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", c.Name, err), m.Close())
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
		if err := cu.MemsetD32Async(p, 0, words, m.stream); err != nil {
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

// Upload copies to the card. It may still be on its way when Upload returns.
func (m *Machine) Upload(p uint64, src []byte) error {
	return m.do(func() error {
		for len(src) > 0 {
			part := src
			if m.pinned != nil {
				if m.filled == len(m.pinned) {
					if err := m.wait(); err != nil {
						return err
					}
				}
				free := m.pinned[m.filled:]
				part = free[:copy(free, src)]
				m.filled += len(part)
			}
			// Of memory that is not pinned the driver makes a copy before it returns.
			if err := cu.MemcpyHtoDAsync(cu.DevicePtr(p), unsafe.Pointer(unsafe.SliceData(part)), int64(len(part)), m.stream); err != nil {
				return err
			}
			src, p = src[len(part):], p+uint64(len(part))
		}
		return nil
	})
}

// Download copies from the card, after all that was asked for before.
func (m *Machine) Download(dst []byte, p uint64) error {
	return m.do(func() error {
		for len(dst) > 0 {
			part := dst
			if m.pinned != nil { // uploads that still read it come first: all goes in order
				part = m.pinned[:min(len(dst), len(m.pinned))]
			}
			if err := cu.MemcpyDtoHAsync(unsafe.Pointer(unsafe.SliceData(part)), cu.DevicePtr(p), int64(len(part)), m.stream); err != nil {
				return err
			}
			if err := m.wait(); err != nil {
				return err
			}
			if m.pinned != nil {
				copy(dst, part)
			}
			dst, p = dst[len(part):], p+uint64(len(part))
		}
		return nil
	})
}

// wait waits for all that was asked for.
func (m *Machine) wait() error {
	m.filled = 0
	return m.stream.Synchronize()
}

// Launch starts a kernel behind what was asked for before.
func (m *Machine) Launch(l cuda.Launch) error { return m.do(func() error { return m.launch(l) }) }

func (m *Machine) launch(l cuda.Launch) error {
	f, ok := m.functions[l.Kernel]
	if !ok {
		var err error
		if f, err = m.module.Function(l.Kernel); err != nil {
			return err
		}
		m.functions[l.Kernel] = f
	}
	m.params = m.params[:0]
	for i := range l.Params {
		m.params = append(m.params, unsafe.Pointer(&l.Params[i]))
	}
	return f.Launch(l.Grid[0], l.Grid[1], l.Grid[2], threads, 1, 1, 0, m.stream, m.params)
}

// threads of a block, as in the kernels.
const threads = 256

// Record makes a CUDA graph of the launches, which costs the host one launch. Drivers
// before 2021 cannot.
func (m *Machine) Record(all []cuda.Launch) (cuda.Piece, error) {
	p := &piece{m: m}
	err := m.do(func() error {
		stream := C.CUstream(unsafe.Pointer(m.stream.C()))
		if failed := C.frg_record(stream); failed != 0 {
			return refused(failed)
		}
		var err error
		for _, l := range all {
			if err = m.launch(l); err != nil {
				break
			}
		}
		if failed := C.frg_recorded(stream, &p.graph); failed != 0 && err == nil {
			err = refused(failed)
		}
		return err
	})
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func refused(failed C.int) error { return fmt.Errorf("record launches: driver error %d", failed) }

// piece is a CUDA graph.
type piece struct {
	m     *Machine
	graph C.CUgraphExec
}

func (p *piece) Run() error {
	return p.m.do(func() error {
		if failed := C.frg_replay(p.graph, C.CUstream(unsafe.Pointer(p.m.stream.C()))); failed != 0 {
			return fmt.Errorf("run what was recorded: driver error %d", failed)
		}
		return nil
	})
}

func (p *piece) Close() error {
	graph := p.graph
	p.graph = nil
	if graph == nil || p.m.closed {
		return nil
	}
	return p.m.do(func() error {
		if failed := C.frg_forget(graph); failed != 0 {
			return fmt.Errorf("forget what was recorded: driver error %d", failed)
		}
		return nil
	})
}

// Close gives the card back.
func (m *Machine) Close() error {
	if m.closed {
		return nil
	}
	m.closed = true
	var errs []error
	if m.stream != cu.NoStream {
		errs = append(errs, m.do(func() error {
			err := m.stream.Destroy()
			if m.pinned != nil {
				err = errors.Join(err, cu.MemFreeHost(unsafe.Pointer(unsafe.SliceData(m.pinned))))
			}
			return err
		}))
	}
	return errors.Join(append(errs, m.card.dev.ReleasePrimaryCtx())...)
}
