package onednn

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"frglab/engine/nn"
	"frglab/engine/nn/nntest"
)

// Operations a crop: multiply-adds counted twice; a backward pass computes two
// gradients at the forward's cost, but that of the input only one.
const (
	inferGFLOP = 0.929
	trainGFLOP = 2.727
)

var threads = flag.Int("threads", 0, "threads of the benchmarks; 0: all")

func whole(a nn.Arch, w nn.Weights) (nn.Arch, nn.Weights, error) { return a, w, nil }

func frgnet(b *testing.B, change func(nn.Arch, nn.Weights) (nn.Arch, nn.Weights, error)) *nn.Net {
	w, err := nn.NewWeights(nn.FrgNet64(), nn.He, 1)
	if err != nil {
		b.Fatal(err)
	}
	a, w, err := change(nn.FrgNet64(), w)
	if err != nil {
		b.Fatal(err)
	}
	net, err := nn.New(open(b, *threads), a, w)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { net.Close() })
	return net
}

// measure runs step and reports its rate: by the clock, of the fastest step, which is
// what to hold against a peak that is the best of many too, and by the processor's
// time, for -threads 1 on a machine that does other things.
func measure(b *testing.B, batch int, gflop float64, step func() error) {
	once := func() {
		if err := step(); err != nil {
			b.Fatal(err)
		}
	}
	once()
	b.ReportAllocs()
	busy, best := processor(), time.Hour
	for b.Loop() {
		start := time.Now()
		once()
		best = min(best, time.Since(start))
	}
	busy = processor() - busy
	crops := float64(batch * b.N)
	rate := crops / b.Elapsed().Seconds()
	b.ReportMetric(rate, "crops/s")
	b.ReportMetric(rate*gflop, "GFLOP/s")
	b.ReportMetric(float64(batch)*gflop/best.Seconds(), "GFLOP/s-best")
	b.ReportMetric(crops/busy*gflop, "GFLOP/cpu-s")
}

// processor is how many seconds of its time this process has used.
func processor() float64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e9
}

func BenchmarkTrain(b *testing.B) {
	for _, batch := range []int{10, 64} {
		b.Run(fmt.Sprint(batch), func(b *testing.B) {
			net := frgnet(b, whole)
			x, targets := nntest.Stripes(rand.New(rand.NewPCG(1, 1)), 64, batch)
			measure(b, batch, trainGFLOP, func() error {
				_, _, err := net.Step(x, targets, batch, nn.SGD{Rate: 1e-4, Momentum: 0.9, Decay: 1e-4}, 1)
				return err
			})
		})
	}
}

func BenchmarkInfer(b *testing.B) {
	for _, batch := range []int{1, 64} {
		b.Run(fmt.Sprint(batch), func(b *testing.B) {
			net := frgnet(b, nn.Fold)
			x, _ := nntest.Stripes(rand.New(rand.NewPCG(1, 1)), 64, batch)
			measure(b, batch, inferGFLOP, func() error {
				_, err := net.Logits(x, batch)
				return err
			})
		})
	}
}

func BenchmarkPeak(b *testing.B) {
	for _, threads := range []int{1, *threads} {
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
