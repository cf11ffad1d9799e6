package engine

import (
	"image"
	"syscall"
	"testing"
	"time"

	"frglab/assets"
	"frglab/engine/nn/onednn"
)

// BenchmarkModes looks at bundled pictures, shrunk to 512x288, with the bundled networks.
// cpu-ms/pic is the processor time of a picture, which a busy machine changes less.
func BenchmarkModes(b *testing.B) {
	if assets.Model() == nil || assets.Scout() == nil {
		b.Skip("no bundled model")
	}
	dev, err := onednn.New(0)
	if err != nil {
		b.Fatal(err)
	}
	defer dev.Close()
	d, err := NewScouted(must(ParseCheckpoint(assets.Model())), assets.Scout(), dev)
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	var pics []*image.RGBA
	for _, name := range []string{"campus_two.jpg", "club_three.jpg", "empty_meadow.jpg"} {
		pics = append(pics, resize(sample(b, name), 512, 288))
	}
	for _, mode := range []string{ModeScout, ModeShared, ModeWindows} {
		p := must(DefaultDetectParams(mode))
		b.Run(mode, func(b *testing.B) {
			var sum DetectStats
			n, from := 0.0, processorTime(b)
			for b.Loop() {
				for _, img := range pics {
					must(d.Detect(b.Context(), img, p))
					s := d.Stats()
					sum.Windows, sum.Scout, sum.Network, sum.Prepare = sum.Windows+s.Windows, sum.Scout+s.Scout, sum.Network+s.Network, sum.Prepare+s.Prepare
					n++
				}
			}
			b.ReportMetric((processorTime(b)-from).Seconds()*1000/n, "cpu-ms/pic")
			b.ReportMetric(sum.Scout.Seconds()*1000/n, "look-ms/pic")
			b.ReportMetric(sum.Network.Seconds()*1000/n, "net-ms/pic")
			b.ReportMetric(sum.Prepare.Seconds()*1000/n, "prepare-ms/pic")
			b.ReportMetric(float64(sum.Windows)/n, "windows/pic")
		})
	}
}

func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
