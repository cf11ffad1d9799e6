package vision

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// plain is a picture of one colour.
func plain(width, height int, c color.RGBA) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(img, img.Rect, image.NewUniform(c), image.Point{}, draw.Src)
	return img
}

func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestWriteVideo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "50% 顔")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "a:b.mp4")
	w, err := CreateVideo(path, 65, 49, 12)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	colours := []color.RGBA{{200, 40, 40, 255}, {40, 200, 40, 255}, {40, 40, 200, 255}}
	for i := range 12 {
		if err := w.Write(plain(65, 49, colours[i/4])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Write(plain(64, 49, colours[0])); err == nil {
		t.Error("a picture of another size was taken")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the file is there before it is finished")
	}
	if err := w.Finish(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); len(got) != 1 || got[0] != "a:b.mp4" {
		t.Errorf("the folder holds %q", got)
	}
	v := open(t, path)
	if i := v.Info(); i.Width != 64 || i.Height != 48 || i.Frames != 12 || math.Abs(i.FPS-12) > 0.01 {
		t.Errorf("what was written is %+v", i)
	}
	for i := range 12 {
		img, _, err := v.Next()
		if err != nil {
			t.Fatal(err)
		}
		got, want := img.RGBAAt(30, 20), colours[i/4]
		for _, d := range []int{int(got.R) - int(want.R), int(got.G) - int(want.G), int(got.B) - int(want.B)} {
			if d < -12 || d > 12 { // by the codec
				t.Errorf("frame %d is %v, want %v", i, got, want)
			}
		}
	}
	if w.Close() != nil || w.Write(plain(65, 49, colours[0])) == nil || w.Finish() == nil {
		t.Error("a finished video is still open")
	}
}

func TestGivenUpVideoLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.mp4")
	if err := os.WriteFile(path, []byte("an older one"), 0o644); err != nil {
		t.Fatal(err)
	}
	w, err := CreateVideo(path, 64, 48, 25)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := w.Write(plain(64, 48, color.RGBA{A: 255})); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); len(got) != 1 {
		t.Errorf("the folder holds %q", got)
	}
	if data, err := os.ReadFile(path); string(data) != "an older one" {
		t.Errorf("the older file holds %q, %v", data, err)
	}
}

func TestCreateVideoRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name, path    string
		width, height int
		fps           float64
		want          string
	}{
		{"one pixel", "x.mp4", 1, 40, 25, "1x40"},
		{"too large", "x.mp4", 1 << 20, 1 << 20, 25, "megapixels"},
		{"no rate", "x.mp4", 40, 40, 0, "frames a second"},
		{"no number", "x.mp4", 40, 40, math.NaN(), "frames a second"},
		{"no folder", "none/x.mp4", 40, 40, 25, "no such file"},
	} {
		if _, err := CreateVideo(filepath.Join(dir, c.path), c.width, c.height, c.fps); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	w, err := CreateVideo(filepath.Join(dir, "empty.mp4"), 64, 48, 25)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Finish(); err == nil {
		t.Error("a video without a picture is finished")
	}
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("the folder holds %q", got)
	}
}
