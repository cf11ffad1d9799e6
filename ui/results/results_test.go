package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frglab/dataset"
	"frglab/engine"
)

func grey(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.NewUniform(color.Gray{128}), image.Point{}, draw.Src)
	return img
}

// marked is grey with a black pixel at its place.
func marked(w, h, x, y int) *image.RGBA {
	img := grey(w, h)
	img.Set(x, y, color.Black)
	return img
}

func TestDraw(t *testing.T) {
	img := grey(300, 200)
	part := img.SubImage(image.Rect(100, 50, 300, 200)).(*image.RGBA) // does not begin at 0,0
	out, err := Draw(part, []Record{
		{Detector: CNN, Mode: "windows", Detections: []engine.Detection{
			{Box: image.Rect(150, 100, 190, 140), Score: 0.5}, {Box: image.Rect(230, 52, 260, 82), Score: 0.5},
		}},
		{Detector: Cascade, Detections: []engine.Detection{{Box: image.Rect(110, 52, 140, 82), Score: 9}, {Box: image.Rect(230, 150, 260, 198), Score: 9}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	plain := color.RGBA{128, 128, 128, 255}
	for _, c := range []struct {
		what string
		x, y int
		want color.RGBA
	}{
		{"corner of the box", 50, 50, colours[CNN]},
		{"last pixel of the box", 89, 89, colours[CNN]},
		{"line of 2 pixels", 51, 70, colours[CNN]},
		{"inside", 52, 70, plain},
		{"behind", 90, 70, plain},
		{"plate above", 51, 49, colours[CNN]},
		{"plate inside, no room above", 132, 8, colours[CNN]},
		{"plate of the second below", 11, 33, colours[Cascade]},
		{"plate inside, no room below", 131, 149, colours[Cascade]},
		{"legend", 199, 151, legendBG},
		{"its first colour", 5, 160, colours[CNN]},
	} {
		if got := out.RGBAAt(c.x, c.y); got != c.want {
			t.Errorf("%s at %d,%d is %v, want %v", c.what, c.x, c.y, got, c.want)
		}
	}
	if img.RGBAAt(150, 100) != plain {
		t.Error("the picture itself was drawn on")
	}
	if _, err := Draw(grey(1, 1), []Record{{Detector: CNN, Detections: []engine.Detection{{Box: image.Rect(0, 0, 1, 1)}}}}); err != nil {
		t.Error(err)
	}
}

func TestCut(t *testing.T) {
	box := image.Rect(20, 30, 40, 70) // 20x40
	for _, c := range []struct {
		name string
		crop Crop
		w, h int
		x, y int // where the pixel at 25,35 ends up; -1 where it is resized away
	}{
		{"the box itself", Crop{Margin: 1}, 20, 40, 5, 5},
		{"half more", Crop{Margin: 1.5}, 30, 60, 10, 15},
		{"at the edge", Crop{Margin: 4}, 70, 100, 25, 35}, // 80x160, cut off left, above and below
		{"square", Crop{Margin: 1, Square: true}, 40, 40, 15, 5},
		{"square, moved inside", Crop{Margin: 2, Square: true}, 80, 80, 25, 25},
		{"square, larger than the picture", Crop{Margin: 9, Square: true}, 100, 100, 25, 35},
		{"made smaller", Crop{Margin: 1, Size: 20}, 10, 20, -1, 0},
		{"made larger", Crop{Margin: 1, Size: 80, Square: true}, 80, 80, -1, 0},
	} {
		got := c.crop.Cut(marked(120, 100, 25, 35), box)
		if got.Rect != image.Rect(0, 0, c.w, c.h) {
			t.Errorf("%s: %v, want %dx%d", c.name, got.Rect, c.w, c.h)
		} else if c.x >= 0 && got.RGBAAt(c.x, c.y) != (color.RGBA{A: 255}) {
			t.Errorf("%s: the pixel is not at %d,%d", c.name, c.x, c.y)
		}
	}
	for _, c := range []Crop{{Margin: 1}, {Margin: 1, Square: true}, {Margin: 2, Size: 64}} {
		if got := c.Cut(grey(120, 100), image.Rect(200, 0, 220, 20)); !got.Rect.Empty() {
			t.Errorf("%+v: outside of the picture there are %v pixels", c, got.Rect)
		}
	}
	for want, c := range map[string]Crop{"margin 0: use 0.1 to 10": {}, "size -1: use 1 to 4096": {Margin: 1, Size: -1}} {
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", c, err, want)
		}
	}
}

// found are two detectors' words on two pictures, one of which has an awkward name.
var found = []Record{
	{File: "a <b>.png", Width: 100, Height: 80, Detector: CNN, Mode: "scout", MS: 1.5, Detections: []engine.Detection{
		{Box: image.Rect(10, 20, 40, 60), Score: 0.75}, {Box: image.Rect(0, 0, 9, 9), Score: 0.5},
	}},
	{File: "=1+1.png", Width: 50, Height: 40, Detector: CNN, Mode: "scout"},
}

func TestLists(t *testing.T) {
	var lines, table, coco bytes.Buffer
	if err := errors.Join(WriteLines(&lines, found), WriteCSV(&table, found), WriteCOCO(&coco, found)); err != nil {
		t.Fatal(err)
	}
	wantLines := `{"file":"a <b>.png","width":100,"height":80,"detector":"cnn","mode":"scout","ms":1.5,"detections":[{"box":[10,20,30,40],"score":0.75},{"box":[0,0,9,9],"score":0.5}]}
{"file":"=1+1.png","width":50,"height":40,"detector":"cnn","mode":"scout","ms":0,"detections":[]}
`
	if lines.String() != wantLines {
		t.Errorf("JSON lines:\n%s", lines.String())
	}
	wantTable := `file,width,height,class,x,y,w,h,score,detector
a <b>.png,100,80,face,10,20,30,40,0.75,cnn
a <b>.png,100,80,face,0,0,9,9,0.5,cnn
'=1+1.png,50,40,,,,,,,cnn
`
	if table.String() != wantTable {
		t.Errorf("CSV:\n%s", table.String())
	}
	truth, err := dataset.ParseTruth(coco.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if len(truth.Images) != 2 || len(truth.Warnings) > 0 || truth.Images[0].Faces[0].Box != [4]float64{10, 20, 30, 40} || truth.Images[1].Width != 50 || len(truth.Images[1].Faces) > 0 {
		t.Errorf("COCO, read again: %+v", truth)
	}
	var file struct{ Annotations []struct{ Score float64 } }
	if err := json.Unmarshal(coco.Bytes(), &file); err != nil || len(file.Annotations) != 2 || file.Annotations[1].Score != 0.5 {
		t.Errorf("COCO's scores: %+v, %v", file, err)
	}
}

// TestImportAgain: what detectors found becomes labels, if one likes.
func TestImportAgain(t *testing.T) {
	dir := t.TempDir()
	pictures := []Record{found[0], {File: "b.png", Width: 50, Height: 40, Detector: CNN}}
	for i, r := range pictures {
		f, err := os.Create(filepath.Join(dir, r.File))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(png.Encode(f, marked(r.Width, r.Height, i, 0)), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		format dataset.Format
		write  func(b *bytes.Buffer) error
	}{
		{dataset.FormatCSV, func(b *bytes.Buffer) error { return WriteCSV(b, pictures) }},
		{dataset.FormatCOCO, func(b *bytes.Buffer) error { return WriteCOCO(b, pictures) }},
	} {
		var b bytes.Buffer
		if err := c.write(&b); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "found")
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := dataset.Create(filepath.Join(t.TempDir(), "p.frglab"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := p.Import(t.Context(), path, c.format, nil)
		if err != nil || r.Added != 2 || len(r.Failed) > 0 {
			t.Errorf("%s: %+v, %v; want 2 added", c.format, r, err)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestNothingHalfWritten(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "list.csv")
	for _, before := range []string{"", "old"} {
		if before != "" {
			if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		err := WriteFile(path, func(w io.Writer) error { w.Write([]byte("new")); return errors.New("no") })
		if err == nil || !strings.Contains(err.Error(), "list.csv: no: free some room") {
			t.Errorf("error %v", err)
		}
		if got, _ := os.ReadFile(path); string(got) != before {
			t.Errorf("the file holds %q, want %q", got, before)
		}
	}
	if names, _ := os.ReadDir(dir); len(names) != 1 {
		t.Errorf("it left %v", names)
	}
}
