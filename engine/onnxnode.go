package engine

import (
	"encoding/binary"
	"math"

	"frglab/engine/nn"
)

// onnxGraph is a GraphProto in the making: a chain of nodes.
type onnxGraph struct {
	message
	at string // the output of the last node
}

// node adds a NodeProto behind the last one, with the tensors that it takes besides; its
// name is that of its output.
func (g *onnxGraph) node(op, name string, attributes []message, params ...nn.Tensor) {
	var n message
	n.text(1, g.at)
	for _, p := range params {
		n.text(1, p.Name)
		g.add(5, onnxTensor(p))
	}
	n.text(2, name)
	n.text(3, name)
	n.text(4, op)
	for _, a := range attributes {
		n.add(5, a)
	}
	g.add(1, n)
	g.at = name
}

// layer adds the nodes of a layer whose input has the shape in, without the batch axis.
func (g *onnxGraph) layer(l nn.Layer, in []int, params nn.Weights) {
	switch l.Kind {
	case nn.Conv:
		g.node("Conv", l.Name, []message{onnxInts("kernel_shape", l.Kernel, l.Kernel), onnxInts("pads", l.Pad, l.Pad, l.Pad, l.Pad)}, params...)
	case nn.BatchNorm:
		g.node("BatchNormalization", l.Name, []message{onnxFloat("epsilon", nn.BatchNormEps)}, params...)
	case nn.MaxPool:
		g.node("MaxPool", l.Name, []message{onnxInts("kernel_shape", l.Kernel, l.Kernel), onnxInts("strides", l.Stride, l.Stride), onnxInt("ceil_mode", 1)})
	case nn.Dense:
		if len(in) > 1 {
			g.node("Flatten", l.Name+".flat", []message{onnxInt("axis", 1)})
		}
		g.node("Gemm", l.Name, []message{onnxInt("transB", 1)}, params...)
	case nn.Dropout: // only in training
	}
	switch l.Act {
	case nn.ReLU:
		g.node("Relu", l.Name+".relu", nil)
	case nn.Leaky:
		g.node("LeakyRelu", l.Name+".leaky", []message{onnxFloat("alpha", nn.LeakySlope)})
	case nn.Linear:
	}
}

// onnxTensor makes a TensorProto of 32 bit numbers.
func onnxTensor(t nn.Tensor) (m message) {
	for _, d := range t.Shape {
		m.number(1, d)
	}
	m.number(2, 1) // FLOAT
	m.text(8, t.Name)
	raw := make([]byte, 0, 4*len(t.Data))
	for _, v := range t.Data {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	m.bytes(9, raw)
	return m
}

// onnxValue makes a ValueInfoProto of an input or output: (batch,shape...).
func onnxValue(name, about string, shape ...int) (m message) {
	var axes, tensor, kind message
	var batch message
	batch.text(2, "batch")
	axes.add(1, batch)
	for _, d := range shape {
		var dim message
		dim.number(1, d)
		axes.add(1, dim)
	}
	tensor.number(1, 1) // FLOAT
	tensor.add(2, axes)
	kind.add(1, tensor)
	m.text(1, name)
	m.add(2, kind)
	m.text(3, about)
	return m
}

// The attributes of a node: AttributeProto, whose type stands in field 20.

func onnxFloat(name string, v float32) (m message) {
	m.text(1, name)
	m.float(2, v)
	m.number(20, 1)
	return m
}

func onnxInt(name string, v int) (m message) {
	m.text(1, name)
	m.number(3, v)
	m.number(20, 2)
	return m
}

func onnxInts(name string, vs ...int) (m message) {
	m.text(1, name)
	for _, v := range vs {
		m.number(8, v)
	}
	m.number(20, 7)
	return m
}
