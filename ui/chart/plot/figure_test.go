package plot

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"
)

func width(s string) float32 { return float32(len(s)) * 6 }

func frameOf(fig *Figure) Frame { return NewFrame(fig, 400, 300, width) }

func TestLogAxisLeavesOutWhatHasNoLogarithm(t *testing.T) {
	fig := Figure{LogY: true}
	fig.AddSeries("loss", Style{}).Set([]float64{0, 1, 2, 3}, []float64{0, 0.01, -1, 1})
	f := frameOf(&fig)
	if lo := f.y.lo; !(lo > 0.005 && lo < 0.01) {
		t.Errorf("axis begins at %v, want just below 0.01", lo)
	}
	f.Draw(image.NewRGBA(image.Rect(0, 0, 400, 300)), Light, 1) // must not loop or panic on NaN
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestPaletteIsLegible(t *testing.T) {
	for name, ground := range map[string]color.Color{
		"dark": color.Gray{0x17}, "light": color.White, // Fyne's backgrounds
	} {
		for i, p := range NewColors(color.Gray{0x80}, ground).palette { // 3 is what WCAG asks of graphics
			if got := contrast(p, ground); got < 3 {
				t.Errorf("%s colour %d: contrast %.2f, want 3", name, i, got)
			}
		}
	}
}

func TestSmooth(t *testing.T) {
	var fig Figure
	s, plain := fig.AddSeries("a", Style{Smoothing: 0.9}), fig.AddSeries("b", Style{})
	s.Set([]float64{0, 1}, []float64{0, 1})
	plain.Set([]float64{0, 1}, []float64{0, 1})
	fig.Smooth(0)
	if got := s.smooth[1]; math.Abs(got-1) > 1e-6 {
		t.Errorf("without smoothing the strong line is at %v, want 1", got)
	}
	if len(plain.smooth) != 0 {
		t.Error("a series without smoothing got some")
	}
}

// TestZoomedFrame: axes follow what is shown, lines go on to the edges, and dense
// points beyond the edges do not pile up on them.
func TestZoomedFrame(t *testing.T) {
	var fig Figure
	s := fig.AddSeries("a", Style{Color: color.NRGBA{255, 0, 0, 255}})
	for i := range 1001 {
		y := 0.5
		if i < 400 || i > 600 {
			y = 100 * float64(i%2)
		}
		s.Append(float64(i), y)
	}
	fig.From, fig.To = 450, 550
	f := frameOf(&fig)
	if f.x.lo != 450 || f.x.hi != 550 || f.y.hi > 1 {
		t.Errorf("axes %+v and %+v, want 450 to 550 and about 0.5", f.x, f.y)
	}
	if n := len(f.data[0].xs); n != 103 {
		t.Errorf("%d points, want 101 and one beyond either end", n)
	}
	from, to, ok := fig.Span()
	if from != 0 || to != 1000 || !ok {
		t.Errorf("the whole is %v to %v", from, to)
	}
	fig.From, fig.To = 401, 599
	f = frameOf(&fig)
	cols := decimate([]float64{-1e6, 0, 1, 1e6}, []float64{9, 1, 1, 9}, 10, place{kx: 1, ky: 1})
	if cols[0].max != 1 || cols[9].any {
		t.Errorf("points beyond the edges were drawn on them: %+v", cols)
	}
}

func TestReadKeepsToWhatIsShown(t *testing.T) {
	var fig Figure
	fig.AddSeries("a", Style{}).Set([]float64{0, 10, 20}, []float64{1, 2, 3})
	fig.From, fig.To = 8, 19
	f := frameOf(&fig)
	if at, rows := f.Read(f.X(18.9), Light); at.V != 10 || len(rows) != 1 {
		t.Errorf("read %v with %d rows, want 10: 20 is not shown", at, len(rows))
	}
}

func TestPicture(t *testing.T) {
	fig := Figure{Title: "Loss", XLabel: "iteration", Empty: "nothing"}
	letters, err := NewLetters()
	if err != nil {
		t.Fatal(err)
	}
	for _, scale := range []float64{1, 2} {
		img, err := Picture(&fig, Light, letters, 300, 200, scale)
		if err != nil {
			t.Fatal(err)
		}
		if want := image.Rect(0, 0, int(300*scale), int(200*scale)); img.Rect != want {
			t.Errorf("a picture of %v, want %v", img.Rect, want)
		}
		dark := 0
		for y := range int(30 * scale) { // of the title
			for x := range int(60 * scale) {
				if img.RGBAAt(x, y).R < 128 {
					dark++
				}
			}
		}
		if dark < 40 {
			t.Errorf("scale %v: the title has %d dark pixels", scale, dark)
		}
	}
}

func TestCSV(t *testing.T) {
	fig := Figure{XLabel: "iteration"}
	fig.AddSeries("train, 1", Style{Smoothing: 0.9}).Set([]float64{1, 2}, []float64{0.5, math.NaN()})
	fig.AddSeries("valid", Style{}).Set([]float64{2}, []float64{0.25})
	var b bytes.Buffer
	if err := fig.CSV(&b); err != nil {
		t.Fatal(err)
	}
	want := []string{"series,iteration,value", `"train, 1",1,0.5`, `"train, 1",2,NaN`, "valid,2,0.25", ""}
	if got := strings.Split(b.String(), "\n"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
