package engine

import (
	"context"
	"image"
	"math"
	"strings"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/ref"
)

// padded is a small network of FrgNet64's kind: its convolutions pad, and its last
// poolings hang over the edge.
var padded = nn.Arch{Name: "padded", Size: 16, Layers: []nn.Layer{
	{Kind: nn.Conv, Name: "conv1", Out: 6, Kernel: 5, Pad: 2, Act: nn.ReLU},
	{Kind: nn.MaxPool, Name: "pool1", Kernel: 3, Stride: 2}, // 8x8
	{Kind: nn.Conv, Name: "conv2", Out: 8, Kernel: 3, Pad: 1, Act: nn.Leaky},
	{Kind: nn.MaxPool, Name: "pool2", Kernel: 3, Stride: 2}, // 4x4
	{Kind: nn.Dense, Name: "fc3", Out: 8, Act: nn.Leaky},
	{Kind: nn.Dense, Name: "fc4", Out: 2},
}}

func checkpointOf(arch nn.Arch, seed uint64) *Checkpoint {
	return &Checkpoint{
		Arch: arch, Classes: []string{"face", "other"}, Mean: []float32{120, 128, 130}, Scale: 64,
		Weights: must(nn.NewWeights(arch, nn.He, seed)),
	}
}

func newTestMapper(t *testing.T, c *Checkpoint) *mapper {
	t.Helper()
	b := ref.New(0)
	m, err := newMapper(c, b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close(); b.Close() })
	return m
}

// Where a level is cut into tiles shows nowhere: their windows have the same pixels around
// them as in one piece.
func TestTilesDoNotShow(t *testing.T) {
	m := newTestMapper(t, checkpointOf(padded, 5))
	img := colours(image.Rect(0, 0, 210, 130))
	untiled := must(m.level(context.Background(), img, 20))
	if want := image.Pt(39, 23); untiled.count != want {
		t.Fatalf("%v windows, want %v", untiled.count, want)
	}
	for _, side := range []int{16, 40, 61, 100, 150} {
		m.tile = m.arch.MapFloats(side, side)
		tiled := must(m.level(context.Background(), img, 20))
		if tiled.size != untiled.size || tiled.count != untiled.count {
			t.Fatalf("tiles of %d: %v with %v windows, want %v and %v", side, tiled.size, tiled.count, untiled.size, untiled.count)
		}
		for i, v := range untiled.faces {
			if off := math.Abs(float64(tiled.faces[i]-v)) + math.Abs(float64(tiled.other[i]-untiled.other[i])); off > 1e-4 {
				t.Fatalf("tiles of %d: window %d of %v is off by %v", side, i, tiled.count, off)
			}
		}
	}
}

// However a level is cut, each window is in one tile, and each tile is of one size, not too
// large, and has the margin around its windows that the picture has there.
func TestTiles(t *testing.T) {
	m := &mapper{arch: nn.FrgNet64(), margin: 24, step: 1}
	for _, side := range []int{1, 120, 384} {
		m.tile = m.arch.MapFloats(side, side)
		for x := 1; x < 200; x += 3 {
			l := mappedLevel{count: image.Pt(x, 1+x*x%97)}
			l.size = image.Pt(64+8*(l.count.X-1), 64+8*(l.count.Y-1))
			xs, ys := m.tiles(l)
			checkSpans(t, xs, l.size.X, l.count.X)
			checkSpans(t, ys, l.size.Y, l.count.Y)
			least := xs[len(xs)-1].first == l.count.X-1 && ys[len(ys)-1].first == l.count.Y-1
			if m.arch.MapFloats(xs[0].pixels, ys[0].pixels) > m.tile && !least {
				t.Fatalf("%v windows: tiles of %dx%d pixels are larger than %d floats", l.count, xs[0].pixels, ys[0].pixels, m.tile)
			}
		}
	}
}

func checkSpans(t *testing.T, spans []span, px, count int) {
	t.Helper()
	next := 0
	for _, s := range spans {
		from, to := max(s.first*8-24, 0), min((s.end-1)*8+64+24, px)
		switch {
		case s.first != next || s.end <= s.first:
			t.Fatalf("%d windows: %+v after window %d", count, s, next)
		case s.from > from || s.from+s.pixels < to || s.from%8 != 0 || s.from < 0 || s.from+s.pixels > px:
			t.Fatalf("%d windows: %+v has not the pixels %d to %d of %d", count, s, from, to, px)
		case s.pixels != spans[0].pixels:
			t.Fatalf("%d windows: %+v has another size than %+v", count, s, spans[0])
		}
		next = s.end
	}
	if next != count {
		t.Fatalf("%d windows: only %d are in tiles", count, next)
	}
}

// A look computes little twice: for the sizes of window of mode shared, on a frame of 512x288
// and a square of 512.
func TestTilesOverlapLittle(t *testing.T) {
	m := newTestMapper(t, checkpointOf(nn.FrgNet64S(), 1))
	for _, c := range []struct {
		picture image.Point
		most    float64
	}{{image.Pt(512, 288), 1.1}, {image.Pt(512, 512), 1.25}} {
		once, all := 0, 0
		for _, side := range must(DefaultDetectParams(ModeShared)).fitting(c.picture.X, c.picture.Y) {
			l := m.plan(c.picture, side)
			xs, ys := m.tiles(l)
			once, all = once+l.size.X*l.size.Y, all+len(xs)*xs[0].pixels*len(ys)*ys[0].pixels
		}
		if got := float64(all) / float64(once); got > c.most {
			t.Errorf("%v: %.2f times the pixels are computed, want %.2f", c.picture, got, c.most)
		}
	}
}

// What hangs over the edge shows nowhere either.
func TestTilesMayHangOver(t *testing.T) {
	unpadded := nn.Scout32()
	m := newTestMapper(t, checkpointOf(unpadded, 5))
	if m.step != tileStep || m.margin != 0 {
		t.Fatalf("step %d, margin %d", m.step, m.margin)
	}
	for _, size := range []image.Point{{90, 50}, {97, 61}, {150, 40}} {
		img := colours(image.Rectangle{Max: size})
		m.step, m.tile = 1, tileFloats
		want := must(m.level(context.Background(), img, 36))
		m.step = tileStep
		for _, m.tile = range []int{tileFloats, m.arch.MapFloats(64, 64)} {
			got := must(m.level(context.Background(), img, 36))
			if got.size != want.size || got.count != want.count {
				t.Fatalf("%v: %v with %v windows, want %v and %v", size, got.size, got.count, want.size, want.count)
			}
			for i, v := range want.faces {
				if math.Abs(float64(got.faces[i]-v))+math.Abs(float64(got.other[i]-want.other[i])) > 1e-4 {
					t.Fatalf("%v, tiles of %d: window %d of %v is %v, want %v", size, m.tile, i, got.count, got.faces[i], v)
				}
			}
		}
	}
}

func TestMapperRefusesMeanPicture(t *testing.T) {
	c := checkpointOf(padded, 1)
	c.Mean = make([]float32, 3*16*16)
	_, err := newMapper(c, ref.New(1))
	if err == nil || !strings.Contains(err.Error(), "use mode windows") || !strings.Contains(err.Error(), "modern") {
		t.Errorf("got %v, want what to do", err)
	}
}

// level looks at windows of about side pixels, of which none was looked at before.
func (m *mapper) level(ctx context.Context, img *image.RGBA, side float64) (mappedLevel, error) {
	return m.next(ctx, &pyramid{pics: []*image.RGBA{img}}, side)
}
