package cli

import (
	"context"
	"fmt"
	"image"
	"path/filepath"
	"testing"

	"frglab/dataset"
	"frglab/engine"
)

func TestNumbers(t *testing.T) {
	for _, tt := range []struct {
		text string
		want string
	}{
		{"7", "map[7:true]"},
		{"7,12-14", "map[7:true 12:true 13:true 14:true]"},
		{"0", ""},
		{"5-4", ""},
		{"", ""},
		{"a", ""},
		{"1-", ""},
		{"1-99999999", ""},
		{"-3", ""},
	} {
		var n numbers
		err := n.Set(tt.text)
		if got := fmt.Sprint(map[int64]bool(n)); (err == nil) != (tt.want != "") || err == nil && got != tt.want {
			t.Errorf("%q: %v, %v, want %v", tt.text, got, err, tt.want)
		}
	}
}

// TestFreshenedCrops: a new example is a quarter of its class, and the rest still comes.
func TestFreshenedCrops(t *testing.T) {
	p, err := dataset.Create(filepath.Join(t.TempDir(), "p.frglab"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	var samples []dataset.NewSample
	for i := range 200 {
		img := image.NewRGBA(image.Rect(0, 0, 8, 8))
		img.Pix[0], img.Pix[3] = uint8(i), 255
		samples = append(samples, dataset.NewSample{Path: "/a.png", Class: dataset.Class(i % 2), Checked: true, Crop: img})
	}
	ids, err := p.Add(context.Background(), samples)
	if err != nil {
		t.Fatal(err)
	}
	view, err := p.View(dataset.Train)
	if err != nil {
		t.Fatal(err)
	}
	f := freshen(view, numbers{ids[1]: true})
	var _ engine.Source = f
	seen := map[int64]int{}
	for i := range f.Len() {
		seen[f.ID(i)]++
		if _, class, err := f.At(i); err != nil || class != int(ids[0]+f.ID(i))%2 {
			t.Fatalf("crop %d is of class %d, %v", f.ID(i), class, err)
		}
	}
	if len(seen) != 200 || seen[ids[1]] != 33 || f.Len() != 232 {
		t.Errorf("%d crops of %d, the new one %d times; want 232 of 200, 33 times", f.Len(), len(seen), seen[ids[1]])
	}
	if got := len(thin(make([]int, 5000), engine.QuickCrops/2)); got != engine.QuickCrops/2 {
		t.Errorf("%d of many are kept, want %d", got, engine.QuickCrops/2)
	}
}
