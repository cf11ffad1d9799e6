package vision

import (
	"image"
	"image/draw"
	_ "image/jpeg"
	_ "image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"frglab/assets"
)

// matsOpen counts the Mats that are not closed, where gocv counts them: go test
// -tags matprofile.
var matsOpen = func() int { return 0 }

func TestMain(m *testing.M) {
	code := m.Run()
	if n := matsOpen(); n != 0 {
		os.Stderr.WriteString("Mats were not closed: see gocv.MatProfile\n")
		code = 1
	}
	os.Exit(code)
}

// pictures are the bundled samples with a face or without.
var pictures = []string{
	"campus_two.jpg", "club_three.jpg", "concert_three.jpg", "empty_meadow.jpg", "lecture_four_small.jpg",
	"pair_small.png", "portrait_close.jpg", "surprise_overlap.jpg", "tilted_pair.jpg",
}

func picture(t testing.TB, name string) *image.RGBA {
	t.Helper()
	f, err := assets.Samples().Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	src, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewRGBA(src.Bounds())
	draw.Draw(img, img.Rect, src, src.Bounds().Min, draw.Src)
	return img
}

func noise(seed uint64, width, height int) *image.RGBA {
	rng := rand.New(rand.NewPCG(seed, 1))
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = byte(rng.Uint32())
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	return img
}

// ffmpeg makes a video in a temporary folder; where ffmpeg is missing the test
// is skipped.
func ffmpeg(t *testing.T, name string, args ...string) string {
	t.Helper()
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("ffmpeg is not installed: make test installs it")
	}
	out := filepath.Join(t.TempDir(), name)
	cmd := exec.Command(program, append(append([]string{"-v", "error"}, args...), out)...)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, text)
	}
	return out
}
