package dataset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// numbered is a crop that differs from those with other numbers.
func numbered(n int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 8, 8))
	for i := range img.Pix {
		img.Pix[i] = uint8(n >> (8 * (i % 3)))
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	return img
}

// newProject is an empty project that closes with the test.
func newProject(t testing.TB) *Project {
	t.Helper()
	p, err := Create(filepath.Join(t.TempDir(), "test.frglab"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// addTo adds n unchecked samples of one source, numbered from first.
func addTo(t testing.TB, p *Project, path string, first, n int) []int64 {
	t.Helper()
	var samples []NewSample
	for i := range n {
		samples = append(samples, NewSample{Path: path, Proposer: "cascade", Crop: numbered(first + i)})
	}
	ids, err := p.Add(context.Background(), samples)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// stateText is all that labels, adding, removing and splitting can change.
func stateText(t testing.TB, p *Project) string {
	t.Helper()
	ids, err := p.IDs(Filter{})
	if err != nil {
		t.Fatal(err)
	}
	samples, err := p.Samples(ids)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, s := range samples {
		fmt.Fprintln(&b, s.ID, s.Class, s.Checked, s.Split)
	}
	return b.String()
}

// label is Label for one sample, and fails the test.
func label(t testing.TB, p *Project, id int64, c Class) {
	t.Helper()
	if err := p.Label(map[int64]Class{id: c}, "label"); err != nil {
		t.Fatal(err)
	}
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// writeFile makes a file and the folders on its way.
func writeFile(t testing.TB, path string, data []byte) string {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, 0o644)); err != nil {
		t.Fatal(err)
	}
	return path
}

// filled is a picture of one colour.
func filled(w, h int, c color.Color) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, c)
		}
	}
	return img
}

// wantError checks an error's sentinel, if one is given, and words in its text.
func wantError(t testing.TB, err, sentinel error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("got no error, want one with %q", words)
	}
	if sentinel != nil && !errors.Is(err, sentinel) {
		t.Errorf("got error %v, want %v", err, sentinel)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("got error %q, want %q in it", err, w)
		}
	}
}
