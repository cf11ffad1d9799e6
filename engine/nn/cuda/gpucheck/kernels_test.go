//go:build gpu

package gpucheck

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"frglab/engine/nn"
	"frglab/engine/nn/cuda"
	"frglab/engine/nn/cuda/driver"
	"frglab/engine/nn/nntest"
)

// kernelTime is a launch of a step of training.
type kernelTime struct {
	Batch  int     `json:"batch"`
	Kernel string  `json:"kernel"`
	Grid   [3]int  `json:"grid"`
	Micros float64 `json:"us"`
	TFLOPS float64 `json:"tflops,omitempty"`
	driver.Resources
}

// listing notes what is launched one by one.
type listing struct {
	cuda.Machine
	all []cuda.Launch
}

func (l *listing) Launch(k cuda.Launch) error {
	l.all = append(l.all, k)
	return l.Machine.Launch(k)
}

// TestCardKernels times each kernel of a step by itself, in the order of the step: where its time goes.
func TestCardKernels(t *testing.T) {
	a, batches := nn.FrgNet64(), []int{10, 256}
	if quick {
		a, batches = nntest.Small(), []int{2}
	}
	for _, batch := range batches {
		m := card(t)
		l := &listing{Machine: m}
		b := cuda.New(l, cuda.TF32)
		if err := errors.Join(stepOnce(b, a, batch), timeKernels(m, l.all, batch), b.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// stepOnce learns from a batch. Its memory stays until the backend is closed.
func stepOnce(b *cuda.Backend, a nn.Arch, batch int) error {
	w, err := nn.NewWeights(a, nn.He, 1)
	if err != nil {
		return err
	}
	net, err := nn.New(b, a, w)
	if err != nil {
		return err
	}
	crops, changes, err := keep(net, batch)
	if err != nil {
		return err
	}
	_, _, err = net.StepCrops(crops, changes, make([]float32, 3), 64, make([]float32, 2*batch), nn.SGD{Rate: 1e-6}, 1)
	return err
}

// keep has a card keep some crops of noise, and draws changes of them.
func keep(net *nn.Net, batch int) (nn.Crops, []nn.Change, error) {
	crops, err := net.Keep(batch)
	if err != nil {
		return nil, nil, err
	}
	rng, side := rand.New(rand.NewPCG(1, 2)), net.Arch().Size
	pixels, changes := make([]byte, batch*side*side*3), make([]nn.Change, batch)
	for i := range pixels {
		pixels[i] = uint8(rng.Uint32())
	}
	for i := range changes {
		changes[i] = nn.Change{Crop: i, Zoom: 1.1, DX: 3.3, Contrast: 1.1, Recolor: true, CosColor: 0.7, SinColor: 0.2}
	}
	return crops, changes, crops.Write(0, pixels)
}

func timeKernels(m *watched, all []cuda.Launch, batch int) error {
	some, err := m.Alloc(4)
	if err != nil {
		return err
	}
	wait := func() error { return m.Download(make([]byte, 4), some) }
	for _, l := range all {
		const times = 20
		piece, err := m.Record(slices.Repeat([]cuda.Launch{l}, times))
		if err != nil {
			return fmt.Errorf("%s: %w", l.Kernel, err)
		}
		best, empty := math.Inf(1), math.Inf(1)
		for range 4 {
			start := time.Now()
			err1 := wait()
			middle := time.Now()
			if err := errors.Join(err1, piece.Run(), wait()); err != nil {
				return fmt.Errorf("%s: %w", l.Kernel, err)
			}
			empty, best = min(empty, middle.Sub(start).Seconds()), min(best, time.Since(middle).Seconds())
		}
		if err := piece.Close(); err != nil {
			return err
		}
		k := kernelTime{Batch: batch, Kernel: l.Kernel, Grid: l.Grid, Micros: max(best-empty, 0) / times * 1e6}
		if strings.HasPrefix(l.Kernel, "conv_") || strings.HasPrefix(l.Kernel, "dense_") {
			rows, cols, deep := float64(l.Params[5]), float64(l.Params[6]), float64(l.Params[10]) // as package cuda gives them
			k.TFLOPS = 2 * rows * cols * deep / max(k.Micros, 1e-3) / 1e6
		}
		if d, ok := m.Machine.(*driver.Machine); ok {
			if k.Resources, err = d.Resources(l.Kernel); err != nil {
				return err
			}
		}
		found.Kernels = append(found.Kernels, k)
	}
	return m.Free(some)
}

// printKernels tells the slowest launches of each batch, and what spills.
func (r *report) printKernels() {
	sums := map[int]float64{}
	for _, k := range r.Kernels {
		sums[k.Batch] += k.Micros
	}
	sorted := slices.Clone(r.Kernels)
	slices.SortStableFunc(sorted, func(a, b kernelTime) int { return int(1000 * (b.Micros - a.Micros)) })
	for _, batch := range slices.Sorted(maps.Keys(sums)) {
		sum := sums[batch]
		fmt.Printf("a step of batch %d, kernel by kernel: %.0f us in all\n", batch, sum)
		shown := 0
		for _, k := range sorted {
			if k.Batch == batch && shown < 12 {
				shown++
				fmt.Printf("  %-24s %-16s %8.1f us %3.0f %% %6.1f TFLOP/s, %d registers, %d bytes spilled\n", k.Kernel, strings.Trim(fmt.Sprint(k.Grid), "[]"),
					k.Micros, 100*k.Micros/max(sum, 1e-9), k.TFLOPS, k.Registers, k.Local)
			}
		}
	}
}
