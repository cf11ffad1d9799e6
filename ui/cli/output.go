package cli

import (
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
)

// makeOutputs makes the folders that pictures are written to. None of them may be
// a folder that an input lies in: sources are never overwritten.
func makeOutputs(list []input, dirs ...string) error {
	sources := map[string]bool{}
	for _, in := range list {
		if in.fsys != nil || in.err != nil {
			continue
		}
		sources[filepath.Dir(in.name)] = true
		if real, err := filepath.EvalSymlinks(in.name); err == nil {
			sources[filepath.Dir(real)] = true
		}
	}
	for _, dir := range dirs {
		if dir == "" {
			continue
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("make folder %s: %w: name another", show(dir), cause(err))
		}
		out, err := os.Stat(dir)
		if err != nil {
			return err
		}
		for s := range sources {
			if info, err := os.Stat(s); err == nil && os.SameFile(info, out) {
				return usagef("%s holds pictures to work on: name another folder for what is written", show(dir))
			}
		}
	}
	return nil
}

func isJPEG(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".jpg" || ext == ".jpeg"
}

// annotate writes a copy of a picture with all boxes into a folder.
func annotate(dir string, p picture, rs []record) error {
	img, err := drawBoxes(p.img, rs)
	if err != nil {
		return fmt.Errorf("draw on %s: %w", show(p.name), err)
	}
	if !p.jpeg {
		return writePNG(filepath.Join(dir, p.out+".png"), img)
	}
	return writeFile(filepath.Join(dir, p.out+".jpg"), func(w io.Writer) error {
		return jpeg.Encode(w, img, &jpeg.Options{Quality: 92}) // lines and letters stay clean
	})
}

// crops writes every detection as a picture of its own: NAME_cnn_01.png, best first.
func crops(dir string, p picture, rs []record) error {
	for _, r := range rs {
		for i, d := range r.Detections {
			b := d.Box.Intersect(p.img.Rect)
			if b.Empty() {
				continue
			}
			img := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
			draw.Draw(img, img.Rect, p.img, b.Min, draw.Src)
			name := fmt.Sprintf("%s_%s_%02d.png", p.out, r.Detector, i+1)
			if err := writePNG(filepath.Join(dir, name), img); err != nil {
				return err
			}
		}
	}
	return nil
}

func writePNG(path string, img image.Image) error {
	return writeFile(path, func(w io.Writer) error { return png.Encode(w, img) })
}

// writeFile puts a file in place when it is whole, and not before.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)), renameio.WithPermissions(0o644))
	if err == nil {
		if err = write(f); err == nil {
			err = f.CloseAtomicallyReplace()
		}
		if err != nil {
			err = errors.Join(err, f.Cleanup())
		}
	}
	if err != nil {
		return fmt.Errorf("write %s: %w: free some room or name another place", show(path), cause(err))
	}
	return nil
}
