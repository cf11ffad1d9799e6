package nn

import (
	"errors"
	"fmt"
	"slices"
	"unsafe"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// graph is a network for one batch size, as gorgonia sees it: nodes over the
// buffers of the kernels, compiled into a tape machine.
type graph struct {
	net     *Net
	batch   int
	passer  Passer // of a graph whose layers pass their outputs on and keep none; else nil
	seed    uint64 // of the run; every dropout mixes its own place into it
	x       Buffer
	targets Buffer // nil outside training
	kernels []Kernel
	logits  *Var
	loss    Kernel    // nil outside training
	scratch []float32 // logits
	padded  []float32 // input of fewer crops than the batch; nil until there are some
	mean    []float32 // the loss, in memory of its own: a backend may copy from C, which must see no pointers

	vm     G.VM
	tape   []*op // what the machine ran, in its order; nil before the first run
	model  []G.ValueGrad
	solver solver

	// While the graph is built: the first error, after which every step is skipped.
	g   *G.ExprGraph
	err error
}

// newGraph builds and compiles the graph of a network for a batch of pictures of h x w
// pixels. A panic of gorgonia is returned as an error.
func newGraph(n *Net, batch, h, w int, train bool) (*graph, error) {
	return buildGraph(n, batch, h, w, train, nil)
}

func buildGraph(n *Net, batch, h, w int, train bool, passer Passer) (gr *graph, err error) {
	gr = &graph{net: n, passer: passer, batch: batch, g: G.NewGraph(), mean: make([]float32, 1), solver: solver{backend: n.backend}}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
		if err != nil {
			err = fmt.Errorf("build %s for batch %d of %dx%d: %w", n.arch.Name, batch, w, h, errors.Join(err, gr.close()))
			gr = nil
		}
	}()
	x := &Var{Name: "x"}
	x.Value = gr.buffer(batch, 3, h, w)
	gr.x = x.Value
	node := gr.leaf(x)
	var learned []*Var
	var learnedNodes G.Nodes
	for i, l := range n.arch.Layers {
		var params []*G.Node
		for _, p := range n.params[i] {
			if !train || p.Grad == nil {
				continue
			}
			params = append(params, gr.leaf(p))
			learned = append(learned, p)
		}
		learnedNodes = append(learnedNodes, params...)
		x, node = gr.layer(i, l, x, node, params, train)
	}
	if gr.err != nil {
		return gr, gr.err
	}
	gr.logits = x
	gr.scratch = make([]float32, volume(x.Value.Shape()))
	if !train {
		gr.vm = G.NewTapeMachine(gr.g, G.EvalMode())
		return gr, nil
	}
	gr.targets = gr.buffer(batch, n.arch.Classes())
	cost := gr.crossEntropy(x, node)
	if gr.err != nil {
		return gr, gr.err
	}
	// gorgonia.Grad would put one node shared by all graphs of the program in here.
	one := gr.g.AddNode(G.NewConstant(float32(1)))
	grads, err := G.Backpropagate(G.Nodes{cost}, G.Nodes{one}, learnedNodes)
	if err != nil {
		return gr, err
	}
	for i, v := range learned {
		gr.model = append(gr.model, pair{v, learnedNodes[i], grads[i]})
	}
	gr.vm = G.NewTapeMachine(gr.g)
	return gr, nil
}

func (gr *graph) buffer(shape ...int) Buffer {
	if gr.err != nil {
		return nil
	}
	b, err := gr.net.backend.NewBuffer(shape...)
	gr.err = err
	return b
}

// leaf makes the node of an input or a parameter.
func (gr *graph) leaf(v *Var) *G.Node {
	if gr.err != nil {
		return nil
	}
	t := view(v.Value)
	return G.NewTensor(gr.g, tensor.Float32, t.Dims(), G.WithShape(t.Shape()...), G.WithName(v.Name), G.WithValue(t))
}

// layer adds layer i: its kernel, the op around it, and how it is differentiated.
func (gr *graph) layer(i int, l Layer, x *Var, in *G.Node, params []*G.Node, train bool) (*Var, *G.Node) {
	if gr.err != nil {
		return nil, nil
	}
	k, err := gr.kernel(l, x, gr.net.params[i], train)
	if err != nil {
		gr.err = fmt.Errorf("layer %s: %w", l.Name, err)
		return nil, nil
	}
	gr.kernels = append(gr.kernels, k)
	forward := &op{
		ran:  gr.ran,
		name: l.Name,
		out:  view(k.Out().Value),
		do:   func() error { return k.Forward(mix(gr.seed, uint64(i))) },
		wrt:  append([]bool{x.Grad != nil}, slices.Repeat([]bool{true}, len(params))...),
	}
	forward.diff = func(inputs G.Nodes, out, grad *G.Node) (G.Nodes, error) {
		return gr.backward(l.Name, k, x, gr.net.params[i], G.Nodes{inputs[0], out, grad})
	}
	return k.Out(), forward.apply(append(G.Nodes{in}, params...)...)
}

func (gr *graph) kernel(l Layer, x *Var, params []*Var, train bool) (Kernel, error) {
	if gr.passer != nil {
		return gr.passer.Passing(l, x, params)
	}
	return gr.net.backend.Layer(l, x, params, train)
}

// backward adds the one op that runs a kernel's backward pass, and for every
// parameter an op that hands on the gradient which that pass left in it.
func (gr *graph) backward(name string, k Kernel, x *Var, params []*Var, after G.Nodes) (G.Nodes, error) {
	back := &op{ran: gr.ran, name: name + ".back", do: k.Backward, out: scalar()}
	if x.Grad != nil {
		back.out = view(x.Grad)
	}
	node := back.apply(after...)
	grads := G.Nodes{node}
	for _, p := range params {
		if p.Grad == nil {
			continue
		}
		side := &op{name: p.Name + ".grad", out: view(p.Grad)}
		grads = append(grads, side.apply(node))
	}
	return grads, nil
}

func (gr *graph) crossEntropy(logits *Var, in *G.Node) *G.Node {
	if gr.err != nil {
		return nil
	}
	k, err := gr.net.backend.Loss(logits, gr.targets)
	if err != nil {
		gr.err = fmt.Errorf("loss: %w", err)
		return nil
	}
	gr.loss = k
	gr.kernels = append(gr.kernels, k)
	cost := &op{ran: gr.ran, name: "loss", out: scalar(), do: func() error { return k.Forward(0) }, wrt: []bool{true}}
	cost.diff = func(_ G.Nodes, out, grad *G.Node) (G.Nodes, error) {
		return gr.backward("loss", k, logits, nil, G.Nodes{out, grad})
	}
	return cost.apply(in)
}

// run computes the whole graph once. The first run is gorgonia's, and shows the order;
// later ones repeat it without what the machine allocates for every op.
func (gr *graph) run(seed uint64) error {
	gr.seed = seed
	if gr.tape == nil {
		gr.vm.Reset()
		err := gr.vm.RunAll()
		if err != nil {
			gr.tape = nil
		}
		return err
	}
	for _, o := range gr.tape {
		if err := o.run(); err != nil {
			return err
		}
	}
	return nil
}

// ran notes an op that the machine runs.
func (gr *graph) ran(o *op) { gr.tape = append(gr.tape, o) }

func (gr *graph) readLoss() (float64, error) {
	err := gr.loss.Out().Value.Read(gr.mean)
	return float64(gr.mean[0]), err
}

// readLogits returns a slice that the next call overwrites.
func (gr *graph) readLogits() ([]float32, error) {
	return gr.scratch, gr.logits.Value.Read(gr.scratch)
}

func (gr *graph) update(h SGD) error {
	gr.solver.sgd = h
	return gr.solver.Step(gr.model)
}

func (gr *graph) close() error {
	var errs []error
	if gr.vm != nil {
		errs = append(errs, gr.vm.Close())
	}
	for _, k := range gr.kernels {
		errs = append(errs, k.Close())
	}
	errs = append(errs, closeAll(gr.x, gr.targets))
	gr.kernels, gr.x, gr.targets = nil, nil, nil
	return errors.Join(errs...)
}

// view is a gorgonia value over a buffer's memory. No kernel computes through it:
// gorgonia only hands it from op to op.
func view(b Buffer) tensor.Tensor {
	shape := b.Shape()
	p, n, host := b.Memory()
	if !host {
		return tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(shape...),
			tensor.WithEngine(elsewhere{}), tensor.FromMemory(uintptr(p), uintptr(4*n)))
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(unsafe.Slice((*float32)(p), volume(shape))))
}

// elsewhere is memory that Go cannot reach: gorgonia must hand it on and not look.
type elsewhere struct{ tensor.StdEng }

func (elsewhere) AllocAccessible() bool { return false }

// scalar stands for a value that nothing reads.
func scalar() G.Value { return G.NewF32(0) }

// mix is splitmix64 (Steele, Lea, Flood 2014) over a pair: neighbouring seeds and
// places give unrelated results.
func mix(seed, place uint64) uint64 {
	z := seed + (place+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
