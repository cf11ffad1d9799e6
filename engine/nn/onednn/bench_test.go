package onednn

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"frglab/engine/nn"
)

// Operations a crop: multiply-adds counted twice; a backward pass computes two
// gradients at the forward's cost, but that of the input only one.
const (
	inferGFLOP = 0.928
	trainGFLOP = 2.725
)

func frgnet(b *testing.B) *nn.Net {
	w, err := nn.NewWeights(nn.FrgNet64(), nn.He, 1)
	if err != nil {
		b.Fatal(err)
	}
	net, err := nn.New(open(b, 0), nn.FrgNet64(), w)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { net.Close() })
	return net
}

func report(b *testing.B, batch int, gflop float64) {
	rate := float64(batch*b.N) / b.Elapsed().Seconds()
	b.ReportMetric(rate, "crops/s")
	b.ReportMetric(rate*gflop, "GFLOP/s")
}

func BenchmarkTrain(b *testing.B) {
	for _, batch := range []int{10, 64} {
		b.Run(fmt.Sprint(batch), func(b *testing.B) {
			net := frgnet(b)
			x, targets := stripes(rand.New(rand.NewPCG(1, 1)), 64, batch)
			step := func() {
				if _, _, err := net.Step(x, targets, batch, nn.SGD{Rate: 1e-4, Momentum: 0.9, Decay: 1e-4}, 1); err != nil {
					b.Fatal(err)
				}
			}
			step()
			b.ReportAllocs()
			for b.Loop() {
				step()
			}
			report(b, batch, trainGFLOP)
		})
	}
}

func BenchmarkInfer(b *testing.B) {
	for _, batch := range []int{1, 64} {
		b.Run(fmt.Sprint(batch), func(b *testing.B) {
			net := frgnet(b)
			x, _ := stripes(rand.New(rand.NewPCG(1, 1)), 64, batch)
			infer := func() {
				if _, err := net.Logits(x, batch); err != nil {
					b.Fatal(err)
				}
			}
			infer()
			b.ReportAllocs()
			for b.Loop() {
				infer()
			}
			report(b, batch, inferGFLOP)
		})
	}
}

func BenchmarkPeak(b *testing.B) {
	for _, threads := range []int{1, 0} {
		b.Run(fmt.Sprint(threads), func(b *testing.B) {
			var best float64
			for b.Loop() {
				g, err := PeakGFLOPS(threads)
				if err != nil {
					b.Fatal(err)
				}
				best = max(best, g)
			}
			b.ReportMetric(best, "GFLOP/s")
		})
	}
}
