package engine

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"frglab/engine/nn"
)

// ONNX files are of version 7 with the operators of version 13, both of 2021: what
// OpenCV 4.6 reads, and any runtime since. Nothing of later versions is needed here.
const (
	onnxIR     = 7
	onnxOpset  = 13
	onnxInput  = "pixels"
	onnxOutput = "probabilities"
)

// onnxAbout is the text for people in the file.
const onnxAbout = "Probabilities of the classes for square pictures. " +
	onnxInput + ": (batch,3,S,S), red, green, blue, each number 0 to 255 as in the picture: the graph itself subtracts the mean and divides by the scale. " +
	onnxOutput + ": (batch,classes), in the order of the metadata \"classes\", for crops of which about half show a face; " +
	"a detector that slides over pictures makes p*q/(p*q+(1-p)*(1-q)) of a face's p, with the metadata \"prior\" as q, and compares that with \"threshold\"."

// WriteONNX writes the network for other programs: probabilities of the classes for
// (batch,3,S,S) pictures of raw pixels, with any batch size. The mean and the scale are
// nodes of the graph, batch normalisations are in the convolutions' weights, dropouts are
// gone. The checkpoint's metadata become the model's metadata_props. The same checkpoint
// gives the same bytes.
func (c *Checkpoint) WriteONNX(w io.Writer) error {
	if err := c.check(); err != nil {
		return fmt.Errorf("write ONNX: %w", err)
	}
	model, err := c.onnxModel()
	if err != nil {
		return fmt.Errorf("write ONNX: %w", err)
	}
	out := bufio.NewWriterSize(w, 1<<20)
	if err := model.writeTo(out); err != nil {
		return err
	}
	return out.Flush()
}

// onnxModel makes a ModelProto. Its field numbers, and those below, are those of
// onnx.proto.
func (c *Checkpoint) onnxModel() (message, error) {
	graph, err := c.onnxGraph()
	if err != nil {
		return message{}, err
	}
	meta, err := c.onnxMeta()
	if err != nil {
		return message{}, err
	}
	var opset, m message
	opset.number(2, onnxOpset)
	m.number(1, onnxIR)
	m.text(2, "FrgLab")
	m.text(6, onnxAbout)
	m.add(7, graph)
	m.add(8, opset)
	for _, key := range slices.Sorted(maps.Keys(meta)) {
		var prop message
		prop.text(1, key)
		prop.text(2, meta[key])
		m.add(14, prop)
	}
	return m, nil
}

// onnxMeta is a checkpoint's metadata, and what its tensor says about the mean.
func (c *Checkpoint) onnxMeta() (map[string]string, error) {
	meta, err := c.meta("frglab-onnx")
	if err != nil {
		return nil, err
	}
	meta["input"] = fmt.Sprintf("RGB 0 to 255, NCHW, %dx%d; mean and scale are applied by the graph", c.Arch.Size, c.Arch.Size)
	windows, err := DefaultDetectParams(ModeWindows)
	if err != nil {
		return nil, err
	}
	meta["prior"] = strconv.FormatFloat(windows.Prior, 'g', -1, 64)
	meta["mean"] = "one number a pixel: see the tensor \"mean\""
	if len(c.Mean) == 3 {
		text, err := json.Marshal(c.Mean)
		if err != nil {
			return nil, err
		}
		meta["mean"] = string(text)
	}
	return meta, nil
}

// onnxGraph makes a GraphProto out of the folded network.
func (c *Checkpoint) onnxGraph() (message, error) {
	arch, weights, err := nn.Fold(c.Arch, c.Weights)
	if err != nil {
		return message{}, err
	}
	outs, params, err := arch.Specs()
	if err != nil {
		return message{}, err
	}
	g := onnxGraph{at: onnxInput}
	g.text(2, arch.Name)
	g.add(11, onnxValue(onnxInput, "red, green, blue, 0 to 255", 3, arch.Size, arch.Size))
	g.add(12, onnxValue(onnxOutput, "in the order of the classes", arch.Classes()))
	g.node("Sub", "centred", nil, nn.Tensor{Name: meanTensor, Shape: c.meanAxes(), Data: c.Mean})
	g.node("Div", "scaled", nil, nn.Tensor{Name: "scale", Shape: []int{1}, Data: []float32{c.Scale}})
	in := []int{3, arch.Size, arch.Size}
	for i, l := range arch.Layers {
		n := len(params[i])
		g.layer(l, in, weights[:n])
		weights, in = weights[n:], outs[i]
	}
	g.node("Softmax", onnxOutput, []message{onnxInt("axis", 1)})
	return g.message, nil
}

// meanAxes is the mean's shape as it is subtracted: (3,1,1) or (3,S,S). With a batch axis
// of 1 before them OpenCV 4.6 takes one picture at a time only.
func (c *Checkpoint) meanAxes() []int {
	if len(c.Mean) == 3 {
		return []int{3, 1, 1}
	}
	return c.meanShape()
}
