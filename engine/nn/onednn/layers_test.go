package onednn

import (
	"fmt"
	"testing"
	"time"

	"frglab/engine/nn"
)

// BenchmarkLayers times every layer of FrgNet64 alone, forward and backward: the
// fastest of many runs, because what else the machine does only slows it.
func BenchmarkLayers(b *testing.B) {
	for _, batch := range []int{10, 64} {
		dev := open(b, *threads)
		x := variable(b, dev, false, batch, 3, 64, 64)
		for i, l := range nn.FrgNet64().Layers {
			_, shapes, err := l.Over(x.Value.Shape())
			if err != nil {
				b.Fatal(err)
			}
			var ps []*nn.Var
			for j, s := range shapes {
				ps = append(ps, variable(b, dev, j < 2, s...))
			}
			k, err := dev.Layer(l, x, ps, true)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%d/%s", batch, l.Name), func(b *testing.B) {
				forward := func() error { return k.Forward(uint64(i)) }
				update := func() error { return dev.Update(ps, nn.SGD{Rate: 1e-4, Momentum: 0.9}) }
				best := [3]time.Duration{time.Hour, time.Hour, time.Hour}
				for b.Loop() {
					for j, f := range []func() error{forward, k.Backward, update} {
						start := time.Now()
						if err := f(); err != nil {
							b.Fatal(err)
						}
						best[j] = min(best[j], time.Since(start))
					}
				}
				b.ReportMetric(0, "ns/op")
				for j, unit := range []string{"ms-forward", "ms-backward", "ms-update"} {
					b.ReportMetric(best[j].Seconds()*1e3, unit)
				}
			})
			x = k.Out()
		}
	}
}

// variable holds zeros, which cost as much to compute with as anything else.
func variable(b *testing.B, dev *Backend, train bool, shape ...int) *nn.Var {
	v := &nn.Var{}
	for i, m := range []*nn.Buffer{&v.Value, &v.Grad, &v.Velocity} {
		if i > 0 && !train {
			break
		}
		var err error
		if *m, err = dev.NewBuffer(shape...); err != nil {
			b.Fatal(err)
		}
	}
	return v
}
