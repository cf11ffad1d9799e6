package plot

import (
	"encoding/binary"
	"math"
	"testing"
)

// FuzzPicture draws curves through any numbers, as a log may hold them: the picture is
// there in the end, however near or far they are.
func FuzzPicture(f *testing.F) {
	points := func(vs ...float64) (data []byte) {
		for _, v := range vs {
			data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
		}
		return data
	}
	for _, logY := range []bool{false, true} {
		f.Add(points(1, 0.7, 2, 0.5, 3, 0.4), 0.0, logY)
		f.Add(points(1, 1e300, 2, -1e300), 0.9, logY)
		f.Add(points(-1e18, 0, 1e18, 5e-324), 0.5, logY)
		f.Add(points(1e16, 1, 1e16+2, 1+1e-16), 0.5, logY)
		f.Add(points(1, math.NaN(), 2, math.Inf(1)), 2.0, logY)
	}
	letters, err := NewLetters()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte, smoothing float64, logY bool) {
		fig := Figure{Title: "Loss", XLabel: "iteration", LogY: logY}
		s := fig.AddSeries("train", Style{Dots: true})
		fig.Smooth(smoothing)
		for ; len(data) >= 16; data = data[16:] {
			s.Append(math.Float64frombits(binary.LittleEndian.Uint64(data)), math.Float64frombits(binary.LittleEndian.Uint64(data[8:])))
		}
		if from, to, ok := fig.Span(); ok {
			fig.Mark(VLine{X: from + (to-from)/2, Label: "best"})
		}
		img, err := Picture(&fig, Light, letters, 160, 90, 1)
		if err != nil || img.Rect.Dx() != 160 {
			t.Fatalf("%v, %v", img, err)
		}
		frame := NewFrame(&fig, 160, 90, func(text string) float32 { return float32(5 * len(text)) })
		frame.Read(80, Light)
	})
}
