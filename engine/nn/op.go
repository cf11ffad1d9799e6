package nn

import (
	"fmt"
	"hash"
	"hash/fnv"
	"slices"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// op is the one gorgonia operation of this package: it runs do and puts out a
// value that never moves.
type op struct {
	name string
	out  G.Value
	do   func() error // nil: nothing to do
	ran  func(*op)    // told when gorgonia's machine runs the op; nil where do is

	in   []int // dimensions of the inputs, set by apply
	wrt  []bool
	diff func(in G.Nodes, out, grad *G.Node) (G.Nodes, error)
}

// apply adds the op to the graph of its inputs.
func (o *op) apply(in ...*G.Node) *G.Node {
	for _, n := range in {
		o.in = append(o.in, n.Dims())
	}
	return G.Must(G.ApplyOp(o, in...)) // newGraph recovers
}

func (o *op) Arity() int { return len(o.in) }

func (o *op) Type() hm.Type {
	var ts []hm.Type
	for _, d := range slices.Concat(o.in, []int{o.out.Shape().Dims()}) {
		if d == 0 {
			ts = append(ts, tensor.Float32)
		} else {
			ts = append(ts, G.TensorType{Dims: d, Of: tensor.Float32})
		}
	}
	return hm.NewFnType(ts...)
}

func (o *op) InferShape(...G.DimSizer) (tensor.Shape, error) { return o.out.Shape().Clone(), nil }

// Do is called by gorgonia's machine.
func (o *op) Do(...G.Value) (G.Value, error) {
	if o.do == nil {
		return o.out, nil
	}
	o.ran(o)
	return o.out, o.run()
}

// run does the op. The machine calls it on a goroutine of its own, where a panic
// could not be caught.
func (o *op) run() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: %v", o.name, r)
		}
	}()
	if err := o.do(); err != nil {
		return fmt.Errorf("%s: %w", o.name, err)
	}
	return nil
}

func (o *op) ReturnsPtr() bool     { return true }
func (o *op) CallsExtern() bool    { return false } // true would make the machine allocate the output
func (o *op) OverwritesInput() int { return -1 }
func (o *op) String() string       { return o.name }

// WriteHash keeps gorgonia from merging ops: each is itself.
func (o *op) WriteHash(h hash.Hash) { fmt.Fprintf(h, "%s%p", o.name, o) }

func (o *op) Hashcode() uint32 {
	h := fnv.New32a()
	o.WriteHash(h)
	return h.Sum32()
}

func (o *op) DiffWRT(int) []bool { return o.wrt }

func (o *op) SymDiff(in G.Nodes, out, grad *G.Node) (G.Nodes, error) { return o.diff(in, out, grad) }

// pair is a parameter with its gradient, as gorgonia's solvers take them.
type pair struct {
	v          *Var
	node, grad *G.Node
}

func (p pair) Value() G.Value         { return p.node.Value() }
func (p pair) Grad() (G.Value, error) { return p.grad.Value(), nil }

// solver is momentum SGD on the backend, as a gorgonia.Solver. gorgonia's own
// lets weight decay shrink the velocity in place of the weight.
type solver struct {
	backend Backend
	sgd     SGD
	vars    []*Var
}

// Step updates the parameters of the model, all of them pairs.
func (s *solver) Step(model []G.ValueGrad) error {
	s.vars = s.vars[:0]
	for _, m := range model {
		s.vars = append(s.vars, m.(pair).v)
	}
	return s.backend.Update(s.vars, s.sgd)
}

var (
	_ G.SDOp   = (*op)(nil)
	_ G.Solver = (*solver)(nil)
)
