package nn

import (
	"errors"
	"fmt"
	"unsafe"
)

// Net is a network on a backend: its parameters, and a graph for every batch size
// that was asked for. It is used from one goroutine at a time. The backend stays
// the caller's.
type Net struct {
	arch    Arch
	backend Backend
	params  [][]*Var // by layer, in the order of Arch.Specs
	train   *graph   // for the last batch size trained with
	infer   map[int]*graph
	maps    []*graph // of Map, the one used last at the end
}

// New copies the weights to the backend. They must be those of the architecture.
func New(b Backend, a Arch, w Weights) (*Net, error) {
	if err := a.Check(w); err != nil {
		return nil, err
	}
	n := &Net{arch: a, backend: b, infer: map[int]*graph{}}
	if err := n.load(w); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

// load makes the parameters from weights that fit.
func (n *Net) load(w Weights) error {
	_, specs, err := n.arch.Specs()
	if err != nil {
		return err
	}
	n.params = make([][]*Var, len(specs))
	for l, layer := range specs {
		for i, s := range layer {
			value, err := n.backend.NewBuffer(s.Shape...)
			if err != nil {
				return fmt.Errorf("memory for %s: %w", s.Name, err)
			}
			n.params[l] = append(n.params[l], &Var{Name: s.Name, Value: value})
			if err := value.Write(w[i].Data); err != nil {
				return fmt.Errorf("copy %s: %w", s.Name, err)
			}
		}
		w = w[len(layer):]
	}
	return nil
}

// Arch is the network's description.
func (n *Net) Arch() Arch { return n.arch }

// Step trains on one batch and returns the mean loss and the logits (batch,K) from
// before the update; they are overwritten by the next call. x is (batch,3,S,S),
// targets (batch,K), each row a distribution over the classes. The seed decides
// what dropout drops. An error that is ErrMemory means that nothing was computed: a
// smaller batch may fit.
func (n *Net) Step(x, targets []float32, batch int, h SGD, seed uint64) (loss float64, logits []float32, err error) {
	return n.step(func(to Buffer) error { return to.Write(x) }, targets, batch, h, seed)
}

// step is Step with an input that fill writes.
func (n *Net) step(fill func(x Buffer) error, targets []float32, batch int, h SGD, seed uint64) (loss float64, logits []float32, err error) {
	if n.train == nil || n.train.batch != batch {
		if err := n.retrain(batch); err != nil {
			return 0, nil, err
		}
	}
	g := n.train
	if err := errors.Join(g.targets.Write(targets), fill(g.x)); err != nil {
		return 0, nil, err
	}
	// All is asked for before anything is read: a device then does it in one go.
	if err := g.run(seed); err != nil {
		return 0, nil, err
	}
	if err := g.update(h); err != nil {
		return 0, nil, err
	}
	if loss, err = g.readLoss(); err != nil {
		return 0, nil, err
	}
	logits, err = g.readLogits()
	return loss, logits, err
}

// retrain builds the training graph for a batch size. Only one is kept: its
// activations are most of the memory that training takes.
func (n *Net) retrain(batch int) (err error) {
	if err := n.wantGradients(); err != nil {
		return err
	}
	if n.train != nil {
		err = n.train.close()
		n.train = nil
	}
	if err == nil {
		n.train, err = newGraph(n, batch, n.arch.Size, n.arch.Size, true)
	}
	return err
}

// wantGradients gives every trained parameter its gradient and velocity.
func (n *Net) wantGradients() error {
	_, specs, err := n.arch.Specs()
	if err != nil {
		return err
	}
	for i, layer := range specs {
		for j, s := range layer {
			v := n.params[i][j]
			if s.State || v.Grad != nil {
				continue
			}
			grad, err1 := n.backend.NewBuffer(s.Shape...)
			velocity, err2 := n.backend.NewBuffer(s.Shape...)
			if err := errors.Join(err1, err2); err != nil {
				closeAll(grad, velocity)
				return fmt.Errorf("memory to train %s: %w", s.Name, err)
			}
			v.Grad, v.Velocity = grad, velocity
		}
	}
	return nil
}

// Weights copies the parameters and running averages off the backend.
func (n *Net) Weights() (Weights, error) {
	return n.read(func(v *Var) Buffer { return v.Value }, contents)
}

// Look is Weights and Velocity at once, without copies where the backend's memory
// is the host's: to write them somewhere before the next Step or Close, read only.
func (n *Net) Look() (weights, velocity Weights, err error) {
	if err := n.wantGradients(); err != nil {
		return nil, nil, err
	}
	weights, err1 := n.read(func(v *Var) Buffer { return v.Value }, look)
	velocity, err2 := n.read(func(v *Var) Buffer { return v.Velocity }, look)
	return weights, velocity, errors.Join(err1, err2)
}

// Velocity copies the momentum of the trained parameters off the backend: all
// zero before the first Step.
func (n *Net) Velocity() (Weights, error) {
	if err := n.wantGradients(); err != nil {
		return nil, err
	}
	return n.read(func(v *Var) Buffer { return v.Velocity }, contents)
}

// SetVelocity puts back what Velocity returned, to go on with a training.
func (n *Net) SetVelocity(w Weights) error {
	if err := n.wantGradients(); err != nil {
		return err
	}
	for _, v := range n.vars() {
		if v.Velocity == nil {
			continue
		}
		if len(w) == 0 || w[0].Name != v.Name {
			return fmt.Errorf("velocity of %s is missing", v.Name)
		}
		if err := v.Velocity.Write(w[0].Data); err != nil {
			return fmt.Errorf("velocity of %s: %w", v.Name, err)
		}
		w = w[1:]
	}
	if len(w) > 0 {
		return fmt.Errorf("velocity of %s belongs to no parameter", w[0].Name)
	}
	return nil
}

// read gets one buffer of every variable that has it.
func (n *Net) read(of func(*Var) Buffer, get func(Buffer) ([]float32, error)) (Weights, error) {
	var ws Weights
	for _, v := range n.vars() {
		b := of(v)
		if b == nil {
			continue
		}
		data, err := get(b)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", v.Name, err)
		}
		ws = append(ws, Tensor{Name: v.Name, Shape: b.Shape(), Data: data})
	}
	return ws, nil
}

// contents is a copy of a buffer.
func contents(b Buffer) ([]float32, error) {
	data := make([]float32, volume(b.Shape()))
	return data, b.Read(data)
}

// look is a buffer of NewBuffer itself, which is in plain layout, or a copy.
func look(b Buffer) ([]float32, error) {
	if p, n, host := b.Memory(); host && p != nil && n >= volume(b.Shape()) {
		return unsafe.Slice((*float32)(p), volume(b.Shape())), nil
	}
	return contents(b)
}

func (n *Net) vars() []*Var {
	var vs []*Var
	for _, layer := range n.params {
		vs = append(vs, layer...)
	}
	return vs
}

// Close gives back all that the network took of its backend. Closing twice is allowed.
func (n *Net) Close() error {
	var errs []error
	for _, v := range n.vars() { // first, so that no layer computes a gradient that it has put off
		errs = append(errs, closeAll(v.Value, v.Grad, v.Velocity))
	}
	if n.train != nil {
		errs = append(errs, n.train.close())
	}
	for _, g := range n.infer {
		errs = append(errs, g.close())
	}
	for _, g := range n.maps {
		errs = append(errs, g.close())
	}
	n.train, n.infer, n.maps, n.params = nil, nil, nil, nil
	return errors.Join(errs...)
}

// closeAll closes the buffers that are there.
func closeAll(buffers ...Buffer) error {
	var errs []error
	for _, b := range buffers {
		if b != nil {
			errs = append(errs, b.Close())
		}
	}
	return errors.Join(errs...)
}
