package smoke

import (
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPixelLimit sets the size from which pictures are refused.
func TestPixelLimit(t *testing.T) {
	bin := os.Getenv("FRGLAB_BIN")
	if bin == "" {
		t.Skip("needs the program: make ui-smoke")
	}
	picture := filepath.Join(t.TempDir(), "large.png")
	f, err := os.Create(picture)
	if err != nil {
		t.Fatal(err)
	}
	err = png.Encode(f, image.NewGray(image.Rect(0, 0, 1500, 1000))) // 1.5 megapixels
	if cerr := f.Close(); err != nil || cerr != nil {
		t.Fatal(err, cerr)
	}
	for _, c := range []struct{ limit, says string }{
		{"", ""},
		{"2", ""},
		{"1", "large.png"},
		{"none", "FRGLAB_MAX_MEGAPIXELS"},
		{"0", "FRGLAB_MAX_MEGAPIXELS"},
	} {
		cmd := exec.Command(bin, "detect", "--detector", "cascade", picture)
		cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "FRGLAB_MAX_MEGAPIXELS="+c.limit)
		var stderr strings.Builder
		cmd.Stderr = &stderr
		err := cmd.Run()
		if (err != nil) != (c.says != "") || !strings.Contains(stderr.String(), c.says) {
			t.Errorf("limit %q: %v, %s", c.limit, err, &stderr)
		}
	}
}
