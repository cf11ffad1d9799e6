package cuda_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/cuda"
	"frglab/engine/nn/cuda/shim"
	"frglab/engine/nn/nntest"
)

// counter counts what another machine is asked for.
type counter struct {
	cuda.Machine
	launches, pieces int      // calls of the driver
	open, mostOpen   int      // pieces that were not closed
	kernels          []string // launched one by one or in a piece
	noRecord         error
}

func (c *counter) Launch(l cuda.Launch) error {
	c.launches++
	c.kernels = append(c.kernels, l.Kernel)
	return c.Machine.Launch(l)
}

func (c *counter) Record(all []cuda.Launch) (cuda.Piece, error) {
	if c.noRecord != nil {
		return nil, c.noRecord
	}
	p, err := c.Machine.Record(all)
	c.open++
	c.mostOpen = max(c.mostOpen, c.open)
	return countedPiece{p, c, len(all)}, err
}

type countedPiece struct {
	cuda.Piece
	c       *counter
	kernels int
}

func (p countedPiece) Run() error {
	p.c.pieces++
	return p.Piece.Run()
}

func (p countedPiece) Close() error {
	p.c.open--
	return p.Piece.Close()
}

// TestPiecesAreForgotten asks for more different things than are worth remembering, each of them
// often.
func TestPiecesAreForgotten(t *testing.T) {
	c := &counter{Machine: &blank{}}
	b := cuda.New(c, cuda.Float32)
	for range 150 {
		x, err := b.NewBuffer(1, 3, 4, 4)
		if err != nil {
			t.Fatal(err)
		}
		k, err := b.Layer(nn.Layer{Kind: nn.MaxPool, Kernel: 2, Stride: 2}, &nn.Var{Value: x}, nil, false)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := errors.Join(k.Forward(0), k.Forward(0), k.Out().Value.Read(make([]float32, 12))); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := b.Close(); err != nil || c.pieces != 300 || c.open != 0 || c.mostOpen != 64 {
		t.Errorf("%d pieces ran, want 300; %d were open at once and %d after the end, want 64 and 0 (%v)", c.pieces, c.mostOpen, c.open, err)
	}
}

// TestPieces trains and infers through pieces, and without: the bits are the same, and from the
// second step on a step is one call.
func TestPieces(t *testing.T) {
	t.Parallel()
	var want []float64
	for _, refused := range []error{errors.New("an old driver"), nil} {
		c := &counter{Machine: &shim.Machine{}, noRecord: refused}
		b := cuda.New(c, cuda.Float32)
		losses := nntest.Losses(t, b, nntest.Small(), 3, 5)
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if refused != nil {
			want = losses
			if c.pieces > 0 {
				t.Errorf("%d pieces of a machine that makes none", c.pieces)
			}
			continue
		}
		if !slices.Equal(losses, want) {
			t.Errorf("losses %v in pieces, %v one by one", losses, want)
		}
		if each := len(c.kernels); c.pieces != 4 || c.launches != each {
			t.Errorf("5 steps were %d launches and %d pieces, want those of one step and 4", c.launches, c.pieces)
		}
	}
}

// blank is a large card that computes nothing.
type blank struct{ next uint64 }

func (*blank) Name() string                  { return "blank" }
func (*blank) Processors() int               { return 132 } // of an H100
func (*blank) Tensor() bool                  { return true }
func (m *blank) Alloc(n int) (uint64, error) { m.next += uint64(n); return m.next, nil }
func (*blank) Free(uint64) error             { return nil }
func (*blank) Upload(uint64, []byte) error   { return nil }
func (*blank) Download(b []byte, _ uint64) error {
	clear(b)
	return nil
}
func (*blank) Launch(cuda.Launch) error                   { return nil }
func (m *blank) Record([]cuda.Launch) (cuda.Piece, error) { return blankPiece{}, nil }
func (*blank) Close() error                               { return nil }

type blankPiece struct{}

func (blankPiece) Run() error   { return nil }
func (blankPiece) Close() error { return nil }

// TestLaunchBudget is the promise of doc.go.
func TestLaunchBudget(t *testing.T) {
	for batch, most := range map[int]int{10: 51, 64: 48, 256: 46} {
		c := &counter{Machine: &blank{}}
		b := cuda.New(c, cuda.TF32)
		a := nn.FrgNet64()
		_, specs, err := a.Specs()
		if err != nil {
			t.Fatal(err)
		}
		var w nn.Weights
		for _, s := range slices.Concat(specs...) {
			n := 1
			for _, d := range s.Shape {
				n *= d
			}
			w = append(w, nn.Tensor{Name: s.Name, Shape: s.Shape, Data: make([]float32, n)})
		}
		net, err := nn.New(b, a, w)
		if err != nil {
			t.Fatal(err)
		}
		for step := range 3 {
			before := c.launches + c.pieces
			pixels := nn.Pixels{Data: make([]byte, batch*4*64*64), Mean: make([]float32, 3), Scale: 1}
			_, _, err := net.StepPixels(pixels, make([]float32, 2*batch), batch, nn.SGD{Rate: float32(step)}, uint64(step))
			if err != nil {
				t.Fatal(err)
			}
			switch calls := c.launches + c.pieces - before; {
			case step > 0 && calls != 1:
				t.Errorf("batch %d: step %d is %d calls of the driver, want 1", batch, step, calls)
			case step == 0 && calls > most:
				t.Errorf("batch %d: a step is %d kernels, want at most %d: %s", batch, calls, most, fmt.Sprint(c.kernels))
			}
		}
		if err := errors.Join(net.Close(), b.Close()); err != nil {
			t.Error(err)
		}
	}
}
