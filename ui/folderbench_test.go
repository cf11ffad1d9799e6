package ui

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/image/draw"

	"frglab/assets"
	"frglab/engine"
	"frglab/engine/nn"
	"frglab/engine/nn/onednn"
	"frglab/engine/vision"
)

// BenchmarkDetectInAll looks at pictures of 1280x720 pixels as the strip of a folder does, and
// compares that with reading each, asking the cascade and asking the CNN in turn (of-in-turn,
// less than 1 where it is quicker).
func BenchmarkDetectInAll(b *testing.B) {
	model, err := engine.ParseCheckpoint(assets.Model())
	if err != nil {
		b.Fatal(err)
	}
	params, err := engine.DefaultDetectParams(engine.ModeScout)
	if err != nil {
		b.Fatal(err)
	}
	f := &finder{devices: []engine.Device{{Name: "cpu", Open: func() (nn.Backend, error) { return onednn.New(0) }}}}
	defer f.close()
	w := folderWork{files: largePictures(b), set: detectSetup{model, params, vision.DefaultCascadeParams()}, look: f.look}
	var all, turns time.Duration
	for b.Loop() {
		began := time.Now()
		if r, err := w.run(b.Context(), &job{js: &jobs{onUI: func(func()) {}}}); err != nil || r.looked != len(w.files) {
			b.Fatal(r, err)
		}
		all += time.Since(began)
		began = time.Now()
		for _, p := range w.files {
			pic, err := p.read(b.Context(), 0)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := f.lookInTurn(b.Context(), pic.img, w.set); err != nil {
				b.Fatal(err)
			}
			thumbnail(pic.img)
		}
		turns += time.Since(began)
	}
	b.ReportMetric(float64(b.N*len(w.files))/all.Seconds(), "pictures/s")
	b.ReportMetric(all.Seconds()/turns.Seconds(), "of-in-turn")
	b.ReportMetric(0, "ns/op")
}

// largePictures are frames of the bundled video, enlarged.
func largePictures(b *testing.B) (files []picture) {
	b.Helper()
	everyNthOf(b, sampleVideo(b), 12, func(img *image.RGBA) {
		large := image.NewRGBA(image.Rect(0, 0, 1280, 720))
		draw.ApproxBiLinear.Scale(large, large.Rect, img, img.Rect, draw.Src, nil)
		path := filepath.Join(b.TempDir(), fmt.Sprintf("%d.png", len(files)))
		out, err := os.Create(path)
		if err != nil {
			b.Fatal(err)
		}
		defer out.Close()
		if err := png.Encode(out, large); err != nil {
			b.Fatal(err)
		}
		files = append(files, picture{name: filepath.Base(path), path: path})
	})
	return files
}
