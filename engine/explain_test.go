package engine

import (
	"context"
	"image"
	"slices"
	"testing"
)

// looks are a detector whose network's answer is the mean of a window, its scan of a
// picture of noise, and what the network was given, window by window.
func looks(t *testing.T, mode string) (s *Scan, img *image.RGBA, p DetectParams, inputs [][]float32) {
	t.Helper()
	img = image.NewRGBA(image.Rect(5, 3, 205, 143))
	for i := range img.Pix {
		img.Pix[i] = uint8(i*i>>7) | 1
	}
	d, _ := fakeDetector(func(x []float32) float32 {
		inputs = append(inputs, slices.Clone(x))
		return brightness(x)
	})
	p = must(DefaultDetectParams(mode))
	p.Threshold = 0.001
	if mode == ModeScout {
		d.scout = brightScout(t)
		img = whiteSquare(img.Rect, image.Rect(60, 40, 120, 100))
	}
	return must(d.Scan(context.Background(), img, p)), img, p, inputs
}

func TestExplainSaysWhoLostToWhom(t *testing.T) {
	for _, mode := range []string{ModeWindows, Mode2015, ModeScout} {
		s, img, p, inputs := looks(t, mode)
		for _, how := range Suppressions() {
			p.Suppress, p.Sigma = how, 0.5
			hits, kept, err := s.Explain(p)
			if err != nil {
				t.Fatal(err)
			}
			found := must(s.Detections(p))
			if len(found) != kept || kept == 0 {
				t.Fatalf("%s, %s: %d detections, %d kept", mode, how, len(found), kept)
			}
			for i, h := range hits {
				switch {
				case i < kept && (h.By != -1 || h.Detection != found[i]):
					t.Errorf("%s, %s: hit %d is %+v, but detection %v", mode, how, i, h, found[i])
				case i >= kept && (h.By < 0 || IoU(hits[h.By].Window, h.Window) == 0):
					t.Errorf("%s, %s: %+v was left out for %d, which it does not touch", mode, how, h, h.By)
				case i >= kept && how == SuppressGreedy && (h.By >= kept || hits[h.By].Raw < h.Raw):
					t.Errorf("%s: greedy leaves %+v out for %+v", mode, h, hits[h.By])
				}
			}
			if how == SuppressNone && kept != len(hits) {
				t.Errorf("%s: none leaves %d of %d out", mode, len(hits)-kept, len(hits))
			}
		}
		p.Suppress = SuppressNone
		hits, _, _ := s.Explain(p)
		got := make([]float32, 3*16*16)
		for _, h := range hits[:min(len(hits), 5)] {
			Encode(got, s.Seen(img, h, 16), make([]float32, 3), 255)
			if !slices.ContainsFunc(inputs, func(x []float32) bool { return slices.Equal(x, got) }) {
				t.Errorf("%s: the network was never given what it is said to have seen of %v", mode, h.Window)
			}
		}
	}
}

func TestLayers(t *testing.T) {
	s, img, p, inputs := looks(t, ModeWindows)
	layers := s.Layers()
	n := 0
	for i, l := range layers {
		n += len(l.Windows)
		if len(l.Windows) != len(l.Scores) || l.Scout || i > 0 && l.Side <= layers[i-1].Side {
			t.Errorf("layer %d: side %v, %d windows, %d scores, scout %v", i, l.Side, len(l.Windows), len(l.Scores), l.Scout)
		}
	}
	if n != len(inputs) || len(layers) != scales(p) {
		t.Errorf("%d layers with %d windows of %d", len(layers), n, len(inputs))
	}
	first := layers[0]
	w := first.Windows[3]
	at := image.Pt((w.Min.X+w.Max.X)/2, (w.Min.Y+w.Max.Y)/2)
	if got, score, ok := first.At(at); !ok || got != w || score != first.Scores[3] {
		t.Errorf("at its centre is %v with %v (%v), want %v with %v", got, score, ok, w, first.Scores[3])
	}
	if _, _, ok := first.At(img.Rect.Max.Add(image.Pt(500, 500))); ok {
		t.Error("there is a window far outside of the picture")
	}
	if asked := s.Asked(); len(asked) != n || asked[0].Score < asked[n-1].Score {
		t.Errorf("%d windows asked about, want %d, best first", len(asked), n)
	}
	scouted, _, _, _ := looks(t, ModeScout)
	for _, l := range scouted.Layers() {
		if !l.Scout {
			t.Errorf("the layer of %v is not the scout's", l.Side)
		}
	}
	if len(scouted.Layers()) == 0 {
		t.Error("the scout thought of nothing")
	}
}

// scales is how many sizes of windows there are in a picture of 200 by 140.
func scales(p DetectParams) int {
	from, to := p.sides(200, 140)
	return len(geometric(from, to, p.Factor))
}
