package engine

import (
	"context"
	"encoding/json"
	"image"
	"image/draw"
	_ "image/jpeg"
	_ "image/png"
	"io/fs"
	"math"
	"slices"
	"testing"

	"frglab/assets"
	"frglab/engine/nn/onednn"
	"frglab/engine/nn/ref"
)

// oddsOf compares what mode shared says of windows with what the network says of each
// for itself: log-odds of a face, of each window of a level.
func oddsOf(t *testing.T, d *Detector, img *image.RGBA, side float64) (shared, single []float64) {
	t.Helper()
	m, err := d.openMapper()
	if err != nil {
		t.Fatal(err)
	}
	d.mapper = m
	l := must(m.level(context.Background(), img, side))
	pic := resize(img, l.size.X, l.size.Y)
	n := 0
	for i := range l.faces {
		d.encode(n, pic, m.window(l, i))
		shared = append(shared, float64(l.faces[i]-l.other[i]))
		if n++; n == chunk || i+1 == len(l.faces) {
			for x := must(d.net.Logits(d.x[:n*3*d.size*d.size], n)); len(x) > 0; x = x[2:] {
				single = append(single, float64(x[0]-x[1]))
			}
			n = 0
		}
	}
	return shared, single
}

// What mode shared reports are the network's own scores of the windows, at the places
// that the look at the whole picture liked best.
func TestSharedReportsWhatTheNetworkSays(t *testing.T) {
	b := ref.New(0)
	defer b.Close()
	d, err := NewDetector(checkpointOf(padded, 3), b)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	img := colours(image.Rect(30, 20, 190, 120))
	p := preset(t, ModeShared)
	p.Candidates, p.Settled, p.Threshold, p.Prior, p.Suppress = 7, 0, 0, 0, SuppressNone
	found := detect(t, d, img, p)
	if len(found) != 7 || d.Stats().Windows != 7 {
		t.Fatalf("%d found, stats %+v, want 7", len(found), d.Stats())
	}
	for _, f := range found {
		x := make([]float32, 3*16*16)
		Encode(x, resize(img.SubImage(f.Box).(*image.RGBA), 16, 16), d.mean, d.scale)
		logits := must(d.net.Logits(x, 1))
		if want := faceProbability(float64(logits[0]), float64(logits[1])); math.Abs(f.Score-want) > 1e-5 {
			t.Errorf("%v scores %v, want %v", f.Box, f.Score, want)
		}
	}
	look := must(d.mapper.look(context.Background(), img, p.fitting(160, 100), math.Inf(-1)))
	best := bestFirst(look)[0].Box.Add(img.Rect.Min)
	if !slices.ContainsFunc(found, func(f Detection) bool { return f.Box == best }) {
		t.Errorf("found %v, want %v among them, the best of %d", found, best, len(look))
	}
}

// Without padding the scores of mode shared are those of the network for each window,
// and with it they are where the window is all of the picture.
func TestSharedIsExactWithoutPadding(t *testing.T) {
	b := ref.New(0)
	defer b.Close()
	unpadded := padded
	unpadded.Layers = append(unpadded.Layers[:0:0], padded.Layers...)
	for i := range unpadded.Layers {
		unpadded.Layers[i].Pad = 0
	}
	unpadded.Layers[1].Kernel, unpadded.Layers[3].Kernel = 2, 2
	for _, c := range []struct {
		name string
		*Checkpoint
		bounds image.Rectangle
	}{
		{"without padding", checkpointOf(unpadded, 3), image.Rect(0, 0, 120, 90)},
		{"one window", checkpointOf(padded, 3), image.Rect(0, 0, 24, 24)},
	} {
		d, err := NewDetector(c.Checkpoint, b)
		if err != nil {
			t.Fatal(err)
		}
		shared, single := oddsOf(t, d, colours(c.bounds), 24)
		for i := range shared {
			if math.Abs(shared[i]-single[i]) > 1e-4 {
				t.Errorf("%s: window %d of %d has %v, want %v", c.name, i, len(shared), shared[i], single[i])
				break
			}
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}

// With padding a window sees what is around it where the network was trained to see
// zeros, so the look says something else than the network. To say where to look it must
// still agree with it, and what mode shared finds must be as good as what the network finds
// that is asked about each of these windows.
func TestSharedAgreesWithWindows(t *testing.T) {
	if assets.Model() == nil {
		t.Skip("no bundled model")
	}
	b, err := onednn.New(0)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	d, err := NewDetector(must(ParseCheckpoint(assets.Model())), b)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	p := preset(t, ModeShared)
	p.MinSize, p.Threshold = 90, 1e-6 // of 512: fewer windows, and all the faces of these pictures
	var look, network []float64
	var left, shared, asked []FrameResult
	for _, name := range []string{"campus_two.jpg", "portrait_close.jpg", "club_three.jpg"} {
		got := must(d.Parity(context.Background(), sample(t, name), p))
		look, network = append(look, got.Look...), append(network, got.Network...)
		truth := sampleTruth(t, name)
		left, shared, asked = append(left, FrameResult{got.Left, truth}), append(shared, FrameResult{got.Shared, truth}), append(asked, FrameResult{got.Asked, truth})
	}
	got, all, most, apart := Correlation(look, network), Score(asked), Score(left), Score(shared)
	t.Logf("correlation %.4f over %d windows, AP %.3f of every window, %.3f left by the look, %.3f in mode shared", got, len(look), all.AP, most.AP, apart.AP)
	if got < 0.85 || len(look) < 500 {
		t.Errorf("correlation %.4f over %d windows, want 0.85 or more over 500", got, len(look))
	}
	if all.AP < 0.5 || math.Abs(most.AP-all.AP) > 0.01 {
		t.Errorf("AP %.3f for the windows left by the look and %.3f for every window, want them within 0.01", most.AP, all.AP)
	}
	if apart.AP < all.AP-0.01 {
		t.Errorf("AP %.3f in mode shared and %.3f for every window, want it no lower", apart.AP, all.AP)
	}
}

// sampleTruth are the faces of a bundled picture.
func sampleTruth(t *testing.T, name string) (truth []Truth) {
	t.Helper()
	var all struct {
		Images []struct {
			ID   int
			File string `json:"file_name"`
		}
		Annotations []struct {
			Image int        `json:"image_id"`
			Box   [4]float64 `json:"bbox"`
		}
	}
	if err := json.Unmarshal(must(fs.ReadFile(assets.Samples(), "annotations.json")), &all); err != nil {
		t.Fatal(err)
	}
	for _, im := range all.Images {
		for _, a := range all.Annotations {
			if im.File == name && a.Image == im.ID {
				truth = append(truth, Truth{Box: a.Box})
			}
		}
	}
	if len(truth) == 0 {
		t.Fatalf("%s has no faces", name)
	}
	return truth
}

// sample is a bundled picture.
func sample(t testing.TB, name string) *image.RGBA {
	t.Helper()
	f, err := assets.Samples().Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewRGBA(img.Bounds())
	draw.Draw(out, out.Rect, img, out.Rect.Min, draw.Src)
	return out
}
