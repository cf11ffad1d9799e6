package ref_test

import (
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/ref"
)

// FrgNet64 as it is trained in the 2015 experiment, and as a detector uses it:
//
//	go test -bench FrgNet64 -benchtime 5x ./engine/nn/ref

func BenchmarkFrgNet64Step(b *testing.B) {
	const batch = 10
	net := frgNet64(b)
	x, targets := make([]float32, batch*3*64*64), make([]float32, batch*2)
	for i := range x {
		x[i] = float32(i%17)/17 - 0.5
	}
	for i := range batch {
		targets[2*i+i%2] = 1
	}
	step := func() {
		if _, _, err := net.Step(x, targets, batch, nn.SGD{Rate: 1e-4, Momentum: 0.9}, 1); err != nil {
			b.Fatal(err)
		}
	}
	step() // builds the graph
	for b.Loop() {
		step()
	}
	b.ReportMetric(batch*float64(b.N)/b.Elapsed().Seconds(), "crops/s")
}

func BenchmarkFrgNet64Logits(b *testing.B) {
	const count = 32
	net := frgNet64(b)
	x := make([]float32, count*3*64*64)
	ask := func() {
		if _, err := net.Logits(x, count); err != nil {
			b.Fatal(err)
		}
	}
	ask()
	for b.Loop() {
		ask()
	}
	b.ReportMetric(count*float64(b.N)/b.Elapsed().Seconds(), "crops/s")
}

func frgNet64(b *testing.B) *nn.Net {
	weights, err := nn.NewWeights(nn.FrgNet64(), nn.He, 1)
	if err != nil {
		b.Fatal(err)
	}
	backend := ref.New(0)
	net, err := nn.New(backend, nn.FrgNet64(), weights)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { net.Close(); backend.Close() })
	return net
}
