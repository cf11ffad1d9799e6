package engine

import (
	"context"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"frglab/assets"
	"frglab/engine/nn"
	"frglab/engine/nn/onednn"
)

// Levels lie beside each other and not upon each other, at windows' distance, in little more
// room than they take.
func TestPack(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	m := &mapper{arch: nn.Scout32()}
	for i := range 200 {
		picture := image.Pt(60+rng.IntN(2000), 60+rng.IntN(2000))
		var sizes []image.Point
		area := 0
		for _, side := range must(DefaultDetectParams(ModeScout)).fitting(picture.X, picture.Y) {
			l := m.plan(picture, side)
			sizes, area = append(sizes, l.size), area+l.size.X*l.size.Y
		}
		if len(sizes) == 0 { // too narrow
			continue
		}
		at, size := pack(sizes, 4)
		if len(at) != len(sizes) || size.X%sheetStep != 0 || size.Y%sheetStep != 0 {
			t.Fatalf("%v: %v in %v", sizes, at, size)
		}
		for k, s := range sizes {
			r := image.Rectangle{at[k], at[k].Add(s)}
			if !r.In(image.Rectangle{Max: size}) || r.Min.X%4 != 0 || r.Min.Y%4 != 0 {
				t.Fatalf("%v lies in %v of %v", s, r, size)
			}
			for j := range k {
				if o := (image.Rectangle{at[j], at[j].Add(sizes[j])}); o.Overlaps(r) {
					t.Fatalf("%v lies upon %v", r, o)
				}
			}
		}
		if waste := float64(size.X*size.Y) / float64(area+50*(size.X+size.Y)); waste > 1.3 {
			t.Errorf("picture %d, %v: %.2f times the pixels", i, picture, waste)
		}
	}
}

// inBytesTest is the bundled detector on a processor that computes with bytes.
func inBytesTest(t *testing.T) *Detector {
	t.Helper()
	if assets.Model() == nil || assets.Scout() == nil {
		t.Skip("no bundled networks")
	}
	b, err := onednn.New(2)
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewScouted(must(ParseCheckpoint(assets.Model())), assets.Scout(), b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close(); b.Close() })
	if d.scout.net.bytes == nil {
		t.Skip("this processor gains nothing by bytes")
	}
	return d
}

// In bytes the bundled scout sees what it sees in floats, wherever a band of rows ends.
func TestScoutInBytes(t *testing.T) {
	m := inBytesTest(t).scout.net
	inBytes := m.bytes
	for _, name := range []string{"campus_two.jpg", "portrait_close.jpg"} {
		img := sample(t, name)
		sides := preset(t, ModeScout).fitting(img.Rect.Dx(), img.Rect.Dy())
		look := func() []Detection { return must(m.look(context.Background(), img, sides, math.Inf(-1))) }
		got := look()
		inBytes.pixels = 1 << 17
		if !slices.Equal(look(), got) {
			t.Errorf("%s: in bands it says something else", name)
		}
		inBytes.pixels, m.bytes = sheetPixels, nil
		want := look()
		m.bytes = inBytes
		if len(got) != len(want) {
			t.Fatalf("%s: %d windows, want %d", name, len(got), len(want))
		}
		off, n := 0.0, 0
		for i, w := range want {
			if got[i].Box != w.Box {
				t.Fatalf("%s: window %d is %v, want %v", name, i, got[i].Box, w.Box)
			}
			if w.Score >= lookMargin {
				off, n = off+math.Pow(got[i].Score-w.Score, 2), n+1
			}
		}
		if rms := math.Sqrt(off / float64(n)); n == 0 || rms > 0.12 {
			t.Errorf("%s: the log-odds of %d windows are off by %.3f", name, n, rms)
		}
	}
}

// In bytes the bundled network says nearly the same of the candidates.
func TestNetworkInBytes(t *testing.T) {
	d := inBytesTest(t)
	scout, shared := preset(t, ModeScout), preset(t, ModeShared)
	for _, name := range []string{"campus_two.jpg", "portrait_close.jpg"} {
		all := must(d.candidates(context.Background(), sample(t, name), scout))
		found := scout.best(all)[:7] // a round, and most of one
		got, want := must(d.logits(context.Background(), scout, found)), must(d.logits(context.Background(), shared, found))
		if d.bytes == nil {
			t.Fatal("mode scout asks in floats")
		}
		for i, f := range found {
			odds, exact := float64(got[2*i]-got[2*i+1]), float64(want[2*i]-want[2*i+1])
			if off := math.Abs(odds - exact); off == 0 || off > 0.3+0.05*math.Abs(exact) {
				t.Errorf("%s: the log-odds of %v are %.2f, in floats %.2f", name, f.Box, odds, exact)
			}
		}
	}
}

// A network whose dense layers are large stays in floats, where its weights are already.
func TestLargeNetworksStayInFloats(t *testing.T) {
	b, err := onednn.New(1)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	arch := nn.FrgNet64()
	for _, out := range []int{64, 2048} {
		arch.Layers[slices.IndexFunc(arch.Layers, func(l nn.Layer) bool { return l.Name == "fc5" })].Out = out
		got, err := newByteClassifier(checkpointOf(arch, 1), b)
		if err != nil || (got != nil) != (out == 64) {
			t.Errorf("fc5 of %d: %v, %v", out, got != nil, err)
		}
	}
}
