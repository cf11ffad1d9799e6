package onednn

// #include "bytes.h"
import "C"

import (
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"frglab/engine/nn"
)

// maxByteGraphs is for how many sizes of picture a network in bytes is kept ready.
const maxByteGraphs = 16

// byteNet is a network in bytes.
type byteNet struct {
	b        *Backend
	c        *C.od_bytes  // nil once freed
	channels int          // of the output
	graphs   []*byteGraph // the one used last at the end
}

// byteGraph is such a network for count pictures of w x h pixels.
type byteGraph struct {
	count, w, h int
	c           *C.od_bytes_graph
	shape       []int // of what it puts out
}

var _ nn.Byter = (*Backend)(nil)

// Bytes puts a network in bytes here. The error is errors.ErrUnsupported where the library
// has no fast code for it on this processor.
func (b *Backend) Bytes(net nn.ByteNet) (nn.ByteRunner, error) {
	n := &byteNet{b: b}
	err := b.do(func() error {
		b.inBytes[n] = struct{}{}
		if err := check(C.od_bytes_new(b.dev, C.int(len(net.Layers)), &n.c)); err != nil {
			return err
		}
		n.channels = 4
		for _, l := range net.Layers {
			if err := n.add(l); err != nil {
				return fmt.Errorf("%s %s: %w", l.Kind, l.Name, err)
			}
		}
		return n.worth(2 * (net.Size + 2*net.Border))
	})
	if err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

// add runs on the backend's thread, as do graph, run and free.
func (n *byteNet) add(l nn.ByteLayer) error {
	s := C.od_spec{
		passing: 1, out: C.int(l.Out), kernel: C.int(l.Kernel), stride: C.int(l.Stride), pad: C.int(l.Pad),
		slope: C.float(l.Act.Slope()),
	}
	rounded := C.int(0)
	if l.Rounded {
		rounded = 1
	}
	floats := func(x []float32) *C.float { return (*C.float)(unsafe.SliceData(x)) }
	err := check(C.od_bytes_add(n.c, s, C.int(n.channels), rounded, (*C.int8_t)(unsafe.SliceData(l.Weight)),
		floats(l.Floats), floats(l.Bias), floats(l.Scale)))
	if l.Kind == nn.Conv {
		n.channels = l.Out
	}
	return err
}

// graph is the one for so many pictures of that size.
func (n *byteNet) graph(count, w, h int) (*byteGraph, error) {
	at := slices.IndexFunc(n.graphs, func(g *byteGraph) bool { return g.count == count && g.w == w && g.h == h })
	if at >= 0 {
		g := n.graphs[at]
		n.graphs = append(slices.Delete(n.graphs, at, at+1), g)
		return g, nil
	}
	if len(n.graphs) == maxByteGraphs {
		C.od_bytes_graph_free(n.graphs[0].c)
		n.graphs = slices.Delete(n.graphs, 0, 1)
	}
	g := &byteGraph{count: count, w: w, h: h}
	err := check(C.od_bytes_graph_new(n.c, C.int(count), C.int(h), C.int(w), &g.c))
	if err == nil {
		g.shape = shapeOf(C.od_bytes_output(g.c))
		if slices.Min(g.shape) < 1 {
			err = fmt.Errorf("pictures of %dx%d are too small", w, h)
		}
	}
	if err != nil {
		C.od_bytes_graph_free(g.c)
		return nil, err
	}
	n.graphs = append(n.graphs, g)
	return g, nil
}

// worth says whether the library has fast code for a picture of side x side pixels.
func (n *byteNet) worth(side int) error {
	g, err := n.graph(1, side, side)
	if err == nil && C.od_bytes_slow(g.c) != 0 {
		err = errors.ErrUnsupported
	}
	return err
}

// Run computes pictures, (count,h,w,4), borders included; what it returns is the caller's.
func (n *byteNet) Run(pix []byte, count, w, h int) (out []float32, shape []int, err error) {
	if len(pix) != 4*count*w*h || len(pix) == 0 {
		return nil, nil, fmt.Errorf("%d bytes for %d pictures of %dx%d", len(pix), count, w, h)
	}
	err = n.b.do(func() error {
		if n.c == nil {
			return ErrClosed
		}
		g, err := n.graph(count, w, h)
		if err != nil {
			return err
		}
		shape = slices.Clone(g.shape)
		out = make([]float32, shape[0]*shape[1]*shape[2]*shape[3])
		return check(C.od_bytes_run(g.c, (*C.uint8_t)(&pix[0]), (*C.float)(&out[0])))
	})
	return out, shape, err
}

// Close frees the network.
func (n *byteNet) Close() error {
	if n.b.work == nil {
		return nil
	}
	return n.b.do(func() error { n.free(); return nil })
}

func (n *byteNet) free() {
	for _, g := range n.graphs {
		C.od_bytes_graph_free(g.c)
	}
	if n.c != nil {
		C.od_bytes_free(n.c)
	}
	n.c, n.graphs = nil, nil
	delete(n.b.inBytes, n)
}
