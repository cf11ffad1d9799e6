package cli

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frglab/dataset"
	"frglab/engine"
)

// Frames of videos are read in one go for each file, and come out as they are.
func TestExportOfVideos(t *testing.T) {
	dir := t.TempDir()
	film := filepath.Join(dir, "film.mp4")
	project := filepath.Join(dir, "p.frglab")
	if err := os.WriteFile(film, []byte("video 30 10\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := dataset.Create(project)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{25, 3, 40} { // the last one is not in the film
		img := drawFaces(64, 48, image.Rect(n, 10, n+24, 34))
		s := dataset.NewSample{Checked: true, Path: film, Frame: n, Box: image.Rect(n, 10, n+24, 34), Crop: dataset.Cut(img, image.Rect(n, 10, n+20, 30), 1+float64(n)/100)}
		if _, err := p.Add(t.Context(), []dataset.NewSample{s}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	opened := 0
	env := testEnv()
	var out, errs bytes.Buffer
	env.Stdout, env.Stderr = &out, &errs
	env.OpenVideo = func(path string) (Video, error) { opened++; return openFakeVideo(path) }
	code := Main(context.Background(), []string{"export", "--project", project, "--format", "voc", filepath.Join(dir, "out")}, env)
	if code != exitSome || opened != 1 || !strings.Contains(errs.String(), "film.mp4: ends at frame 30, but frame 40 was labelled") {
		t.Errorf("code %d, %d times opened, said %s", code, opened, errs.String())
	}
	for _, n := range []int{3, 25} {
		img, err := dataset.ReadImage(filepath.Join(dir, "out", "JPEGImages", map[int]string{3: "film-f000003.png", 25: "film-f000025.png"}[n]))
		if err != nil || !bytes.Equal(img.Pix, drawFaces(64, 48, image.Rect(n, 10, n+24, 34)).Pix) {
			t.Errorf("frame %d: %v", n, err)
		}
	}
}

// TestWriteNPY reads the file as NumPy's format 1.0 says.
func TestWriteNPY(t *testing.T) {
	var buf bytes.Buffer
	data := []float32{1, -2.5, math.Pi, 0, 255, 1e-9}
	if err := writeNPY(&buf, data, 1, 2, 3); err != nil {
		t.Fatal(err)
	}
	b := buf.Bytes()
	n := 10 + int(binary.LittleEndian.Uint16(b[8:]))
	if string(b[:8]) != "\x93NUMPY\x01\x00" || n%64 != 0 || b[n-1] != '\n' || len(b) != n+4*len(data) {
		t.Fatalf("got %q", b)
	}
	if got, want := strings.TrimSpace(string(b[10:n])), "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3), }"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for i, want := range data {
		if got := math.Float32frombits(binary.LittleEndian.Uint32(b[n+4*i:])); got != want {
			t.Errorf("number %d is %v, want %v", i, got, want)
		}
	}
}

// The mean picture is that of the training list, squashed to 64x64.
func TestWriteMean(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(makeCrops(dir, 5, 1), os.Rename(filepath.Join(dir, "list.txt"), filepath.Join(dir, "train.txt"))); err != nil {
		t.Fatal(err)
	}
	if err := WriteMean(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	list, err := dataset.ReadList(filepath.Join(dir, "train.txt"))
	if err != nil {
		t.Fatal(err)
	}
	mean, err := engine.Mean(t.Context(), list, 64)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "mean.npy"))
	if err != nil {
		t.Fatal(err)
	}
	numbers := data[len(data)-4*len(mean):]
	for i, want := range mean {
		if got := math.Float32frombits(binary.LittleEndian.Uint32(numbers[4*i:])); got != want {
			t.Fatalf("number %d is %v, want %v", i, got, want)
		}
	}
	img, err := dataset.ReadImage(filepath.Join(dir, "mean.png"))
	if err != nil || math.Abs(float64(img.Pix[0])-float64(mean[0])) > 0.51 {
		t.Errorf("mean.png begins with %d, want %v: %v", img.Pix[0], mean[0], err)
	}
	if err := WriteMean(t.Context(), t.TempDir()); err != nil {
		t.Errorf("without a list: %v", err)
	}
}
