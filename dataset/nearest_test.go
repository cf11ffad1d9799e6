package dataset

import (
	"context"
	"image"
	"math"
	"testing"
)

// sided judges crops by their left and right halves, so that look-alikes are known.
type sided struct{ name string }

func (s sided) Name() string { return s.name }

func (s sided) Judge(_ context.Context, crops []image.Image) (faces []float64, embeddings [][]int8, err error) {
	for _, c := range crops {
		r, g, b, _ := c.At(0, 0).RGBA()
		faces = append(faces, 0.5)
		embeddings = append(embeddings, []int8{int8(r >> 9), int8(g >> 9), int8(b >> 9)})
	}
	return faces, embeddings, nil
}

func TestNearest(t *testing.T) {
	p := newProject(t)
	var samples []NewSample
	for _, c := range [][3]uint8{{255, 0, 0}, {200, 60, 0}, {0, 255, 0}, {0, 0, 255}} {
		img := image.NewRGBA(image.Rect(0, 0, 8, 8))
		for i := range img.Pix {
			img.Pix[i] = append(c[:], 255)[i%4]
		}
		samples = append(samples, NewSample{Class: Other, Checked: true, Path: "/a.png", Crop: img})
	}
	samples[3].Checked = false
	ids, err := p.Add(context.Background(), samples)
	if err != nil {
		t.Fatal(err)
	}
	if near, err := p.Nearest("a", []int8{127, 0, 0}, 5); err != nil || len(near) != 0 {
		t.Errorf("before a review: %v, %v", near, err)
	}
	if _, err := p.Review(context.Background(), sided{"a"}, nil); err != nil {
		t.Fatal(err)
	}
	near, err := p.Nearest("a", []int8{127, 0, 0}, 5)
	if err != nil || len(near) != 3 || near[0].ID != ids[0] || near[1].ID != ids[1] || near[2].ID != ids[2] {
		t.Fatalf("got %v, %v, want the red ones of %v first", near, err, ids)
	}
	if math.Abs(near[0].Like-1) > 1e-9 || near[1].Like >= 1 || near[1].Like < 0.9 || math.Abs(near[2].Like) > 1e-9 {
		t.Errorf("they are alike by %v, %v, %v", near[0].Like, near[1].Like, near[2].Like)
	}
	if near, err := p.Nearest("a", []int8{127, 0, 0}, 1); err != nil || len(near) != 1 {
		t.Errorf("one was asked for: %v, %v", near, err)
	}
	if near, err := p.Nearest("another", []int8{127, 0, 0}, 5); err != nil || len(near) != 0 {
		t.Errorf("of a model that has not judged: %v, %v", near, err)
	}
}
