package chart

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

var _ fyne.Widget = (*Chart)(nil)

// show puts a chart of 400 by 300 units into a window.
func show(t *testing.T, c *Chart) *renderer {
	t.Helper()
	test.NewTempApp(t)
	w := test.NewTempWindow(t, c)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(400, 300))
	return test.WidgetRenderer(c).(*renderer)
}

// words returns the texts that are shown.
func words(r *renderer) string {
	var out []string
	for _, t := range r.texts[:r.used] {
		if !t.Hidden {
			out = append(out, t.Text)
		}
	}
	return strings.Join(out, "|")
}

var red = color.NRGBA{255, 0, 0, 255}

// reddish counts the pixels of a column that show the red series, with at
// least the given opacity.
func reddish(img *image.RGBA, x int, alpha uint8) (n int) {
	for y := range img.Rect.Dy() {
		if c := img.RGBAAt(x, y); c.A >= alpha && c.R > 2*c.G && c.R > 2*c.B {
			n++
		}
	}
	return n
}

func TestEmptyChartSaysSo(t *testing.T) {
	c := New()
	c.Title, c.Empty = "Loss", "no run yet"
	c.AddSeries("train", Style{})
	if got := words(show(t, c)); got != "Loss|train|no run yet" {
		t.Errorf("got %q", got)
	}
}

func TestTextsFollowThePoints(t *testing.T) {
	c := New()
	c.Title, c.XLabel, c.YLabel, c.MaxY = "Accuracy", "epoch", "share", 1
	s := c.AddSeries("valid", Style{})
	r := show(t, c)
	s.Set([]float64{0, 1, 2}, []float64{0.5, 0.7, 0.9})
	if strings.Contains(words(r), "0.5") {
		t.Error("points were drawn before Refresh")
	}
	c.SetVLines(VLine{X: 1, Label: "best"}, VLine{X: 7, Label: "outside"})
	got := words(r)
	for _, want := range []string{"Accuracy", "valid", "0.0|", "1.0", "share", "epoch", "best", "|0|1|2|"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
	if strings.Contains(got, "outside") {
		t.Error("a mark outside the axis is labelled")
	}
}

// TestCurveWithAnother: what belongs to a curve has its colour, and no name of its own
// in the legend.
func TestCurveWithAnother(t *testing.T) {
	c := New()
	a := c.AddSeries("one train", Style{Legend: "one"})
	b := c.AddSeries("one valid", Style{With: a, Dashed: true})
	d := c.AddSeries("two", Style{})
	for _, s := range []*Series{a, b, d} {
		s.Set([]float64{0, 1}, []float64{0, 1})
	}
	r := show(t, c)
	if got := words(r); !strings.HasPrefix(got, "one|two|") || strings.Contains(got, "valid") {
		t.Errorf("the legend is in %q", got)
	}
	if r.colors.Of(a) != r.colors.Of(b) || r.colors.Of(a) == r.colors.Of(d) {
		t.Error("the colours do not tell the curves apart")
	}
	c.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(r.frame.X(1), 150)}})
	if got := r.readout.names[1].Text; got != "one valid" {
		t.Errorf("the readout names %q", got)
	}
}

func TestTextsStayInside(t *testing.T) {
	c := New()
	c.Title, c.XLabel = "Loss", "step"
	for _, n := range []string{"first series", "second series", "third series", "fourth"} {
		c.AddSeries(n, Style{}).Set([]float64{0, 123456}, []float64{1e-7, 1234567})
	}
	r := show(t, c)
	for _, size := range []fyne.Size{{Width: 160, Height: 110}, {Width: 260, Height: 200}, {Width: 900, Height: 300}} {
		c.Resize(size)
		for _, x := range r.texts[:r.used] {
			end := x.Position().Add(x.Size())
			if x.Position().X < 0 || x.Position().Y < 0 || end.X > size.Width+1 || end.Y > size.Height+1 {
				t.Errorf("%v: %q lies at %v to %v", size, x.Text, x.Position(), end)
			}
		}
	}
}

func TestRawCurveStaysVisible(t *testing.T) {
	c := New()
	s := c.AddSeries("loss", Style{Color: red, Smoothing: 0.99})
	for i := range 5000 {
		s.Append(float64(i), 0.5+0.4*float64(i%2))
	}
	img := show(t, c).generate(400, 300).(*image.RGBA)
	strong, faint := reddish(img, 200, 250), reddish(img, 200, 40)
	if strong < 1 || strong > 6 {
		t.Errorf("strong line is %d pixels high, want about 2", strong)
	}
	if faint < 80 {
		t.Errorf("raw curve covers %d pixels of a column, want its whole height", faint)
	}
}

func TestGapIsEmpty(t *testing.T) {
	c := New()
	s := c.AddSeries("loss", Style{Color: red})
	for i := range 1000 {
		y := 0.5
		if i >= 400 && i < 600 {
			y = math.NaN()
		}
		s.Append(float64(i), y)
	}
	r := show(t, c)
	img := r.generate(400, 300).(*image.RGBA)
	at := func(x float64) int { return int(r.frame.X(x)) }
	for _, c := range []struct {
		x    float64
		want bool
	}{{200, true}, {500, false}, {800, true}} {
		if got := reddish(img, at(c.x), 200) > 0; got != c.want {
			t.Errorf("at %v: drawn is %v, want %v", c.x, got, c.want)
		}
	}
}

func TestHiDPI(t *testing.T) {
	c := New()
	c.AddSeries("loss", Style{Color: red}).Set([]float64{0, 1}, []float64{1, 1})
	r := show(t, c)
	if one, two := reddish(r.generate(400, 300).(*image.RGBA), 200, 128), reddish(r.generate(800, 600).(*image.RGBA), 400, 128); two != 2*one {
		t.Errorf("line is %d pixels high at scale 1 and %d at scale 2", one, two)
	}
}

func TestReadout(t *testing.T) {
	c := New()
	c.XLabel = "epoch"
	c.AddSeries("train", Style{Smoothing: 0.5}).Set([]float64{0, 1, 2}, []float64{0, 3, 3})
	c.AddSeries("valid", Style{}).Set([]float64{0, 2}, []float64{1, 2})
	r := show(t, c)
	hover := func(x float64) {
		c.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(r.frame.X(x)+2, 150)}})
	}
	hover(1)
	if !r.readout.layer.Visible() || r.readout.head.Text != "epoch 1" {
		t.Fatalf("readout at epoch 1 says %q", r.readout.head.Text)
	}
	if got := r.readout.values[0].Text; got != "2.000 (3.000)" {
		t.Errorf("smoothed and raw value: got %q", got)
	}
	if !r.readout.dots[1].Hidden {
		t.Error("a dot is shown for a series without a point there")
	}
	for _, x := range []float64{0, 1, 2} {
		hover(x)
		if p, s := r.readout.plate.Position(), r.readout.plate.Size(); p.X < 0 || p.X+s.Width > 400 {
			t.Errorf("plate at epoch %v lies at %v, %v wide", x, p.X, s.Width)
		}
	}
	c.MouseOut()
	if r.readout.layer.Visible() {
		t.Error("readout stays after the pointer left")
	}
}

func TestColoursFollowTheTheme(t *testing.T) {
	c := New()
	line := c.AddSeries("a", Style{})
	line.Set([]float64{0, 1}, []float64{0, 1})
	r := show(t, c)
	seen := map[fyne.ThemeVariant]color.Color{}
	for _, v := range []fyne.ThemeVariant{theme.VariantLight, theme.VariantDark} {
		fyne.CurrentApp().Settings().SetTheme(variant{test.Theme(), v})
		c.Refresh()
		seen[v] = r.colors.Of(line)
	}
	if seen[theme.VariantLight] == seen[theme.VariantDark] {
		t.Error("the palette does not follow the theme")
	}
}

type variant struct {
	fyne.Theme
	v fyne.ThemeVariant
}

func (v variant) Color(n fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	return theme.DefaultTheme().Color(n, v.v)
}

func TestRemoveSeries(t *testing.T) {
	c := New()
	a := c.AddSeries("a", Style{})
	c.AddSeries("b", Style{})
	r := show(t, c)
	c.RemoveSeries(a)
	c.Refresh()
	if got := words(r); got != "b" {
		t.Errorf("got %q, want b", got)
	}
}

var sink image.Image

// TestZoom drags over the middle half, wheels out again, and double-clicks.
func TestZoom(t *testing.T) {
	c := New()
	s := c.AddSeries("a", Style{})
	for i := range 101 {
		s.Append(float64(i), float64(i*i))
	}
	var told [][2]float64
	c.OnZoom = func(from, to float64) { told = append(told, [2]float64{from, to}) }
	r := show(t, c)
	drag := func(from, to float64) {
		a, b := r.frame.X(from), r.frame.X(to)
		for _, x := range []float32{a + (b-a)/2, b} {
			c.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, 100)}, Dragged: fyne.NewDelta((b-a)/2, 0)})
		}
		c.DragEnd()
	}
	near := func(what string, from, to float64) {
		t.Helper()
		if math.Abs(c.From-from) > 0.5 || math.Abs(c.To-to) > 0.5 {
			t.Errorf("%s: shows %v to %v, want %v to %v", what, c.From, c.To, from, to)
		}
	}
	drag(75, 25)
	near("dragged", 25, 75)
	if texts := words(r); strings.Contains(texts, "10k") || !strings.Contains(texts, "|40|60") {
		t.Errorf("the axes do not follow: %s", texts)
	}
	drag(50, 50.1)
	near("a drag of no length", 25, 75)
	wheel := func(dy float32) {
		c.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(r.frame.X(50), 100)}, Scrolled: fyne.NewDelta(0, dy)})
	}
	wheel(10)
	near("wheel up", 30, 70)
	for range 10 {
		wheel(-10)
	}
	near("wheel down", 0, 0)
	drag(25, 75)
	c.DoubleTapped(nil)
	near("double click", 0, 0)
	if n := len(told); n < 5 || told[n-1] != [2]float64{} {
		t.Errorf("told %v", told)
	}
}

func TestPicked(t *testing.T) {
	c := New()
	c.AddSeries("a", Style{}).Set([]float64{0, 10, 20}, []float64{1, 2, 3})
	var at []float64
	c.OnPicked = func(x float64) { at = append(at, x) }
	r := show(t, c)
	c.Tapped(&fyne.PointEvent{Position: fyne.NewPos(r.frame.X(11), 100)})
	if len(at) != 1 || at[0] != 10 {
		t.Errorf("picked %v, want 10", at)
	}
}

// One redraw of two series with 100,000 points each, as during a long training:
// Refresh and the raster. The aim is well below 20 ms.
func BenchmarkRedraw(b *testing.B) {
	test.NewTempApp(b)
	c := New()
	c.Title, c.XLabel = "Loss", "step"
	r := rand.New(rand.NewPCG(1, 2))
	for _, style := range []Style{{Smoothing: 0.98}, {}} {
		s := c.AddSeries("series", style)
		for i := range 100_000 {
			s.Append(float64(i), math.Exp(-float64(i)/30000)+0.1*r.NormFloat64())
		}
	}
	c.Resize(fyne.NewSize(1200, 400))
	w := test.WidgetRenderer(c).(*renderer)
	for b.Loop() {
		w.Refresh()
		sink = w.generate(1200, 400)
	}
}

func BenchmarkAppend(b *testing.B) {
	s := New().AddSeries("train", Style{Smoothing: 0.98})
	for i := 0; b.Loop(); i++ {
		s.Append(float64(i), 1)
	}
}
