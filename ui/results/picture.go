package results

import (
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/google/renameio/v2"
	"golang.org/x/image/draw"

	"frglab/dataset"
)

// Picture is a picture and what was found in it.
type Picture struct {
	Out     string      // what files made from it are called, without ending: see Names
	JPEG    bool        // its copies may be lossy, as it was itself
	Img     *image.RGBA // only read
	Records []Record    // one a detector
}

// Annotate writes a copy with all boxes into a folder: OUT.jpg or OUT.png.
func (p Picture) Annotate(dir string) error {
	img, err := Draw(p.Img, p.Records)
	if err != nil {
		return fmt.Errorf("draw on %q: %w", p.Out, err)
	}
	if !p.JPEG {
		return WritePNG(filepath.Join(dir, p.Out+".png"), img)
	}
	return WriteFile(filepath.Join(dir, p.Out+".jpg"), func(w io.Writer) error {
		return jpeg.Encode(w, img, &jpeg.Options{Quality: 92}) // lines and letters stay clean
	})
}

// Crops writes every detection as a picture of its own: OUT_cnn_01.png, best first.
func (p Picture) Crops(dir string, c Crop) error {
	for _, r := range p.Records {
		for i, d := range r.Detections {
			img := c.Cut(p.Img, d.Box)
			if img.Rect.Empty() {
				continue
			}
			if err := WritePNG(filepath.Join(dir, fmt.Sprintf("%s_%s_%02d.png", p.Out, r.Detector, i+1)), img); err != nil {
				return err
			}
		}
	}
	return nil
}

// Crop says how faces are cut out.
type Crop struct {
	Margin float64 // sides of what is cut out, in sides of the box; 1: the box itself
	Square bool    // about the box's longer side; moved, and made smaller, where it leaves the picture
	Size   int     // resized to this longer side, in pixels; 0: as it is
}

// Validate says which value cannot be used, and what can.
func (c Crop) Validate() error {
	switch {
	case !(c.Margin >= 0.1 && c.Margin <= 10): // so written, it refuses NaN
		return fmt.Errorf("margin %v: use 0.1 to 10", c.Margin)
	case c.Size < 0 || c.Size > 4096:
		return fmt.Errorf("size %d: use 1 to 4096 pixels, or 0 for as it is", c.Size)
	}
	return nil
}

// Cut is a copy of a box's place in a picture. It is empty where the box lies outside.
func (c Crop) Cut(img *image.RGBA, box image.Rectangle) *image.RGBA {
	var crop *image.RGBA
	if c.Square {
		crop = dataset.Cut(img, box, c.Margin)
	} else {
		more := image.Pt(int(float64(box.Dx())*(c.Margin-1)/2), int(float64(box.Dy())*(c.Margin-1)/2))
		part := image.Rectangle{box.Min.Sub(more), box.Max.Add(more)}.Intersect(img.Rect)
		crop = image.NewRGBA(image.Rectangle{Max: part.Size()})
		draw.Draw(crop, crop.Rect, img, part.Min, draw.Src)
	}
	w, h := crop.Rect.Dx(), crop.Rect.Dy()
	if c.Size == 0 || w == 0 || h == 0 || max(w, h) == c.Size {
		return crop
	}
	longer := max(w, h)
	sized := image.NewRGBA(image.Rect(0, 0, max(1, w*c.Size/longer), max(1, h*c.Size/longer)))
	draw.CatmullRom.Scale(sized, sized.Rect, crop, crop.Rect, draw.Src, nil)
	return sized
}

// WritePNG is WriteFile for a picture.
func WritePNG(path string, img image.Image) error {
	return WriteFile(path, func(w io.Writer) error { return png.Encode(w, img) })
}

// WriteFile puts a file in place when it is whole, and not before.
func WriteFile(path string, write func(io.Writer) error) error {
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
		return fmt.Errorf("write %s: %w: free some room or name another place", path, Cause(err))
	}
	return nil
}

// Cause is what the system said about a file, without the operation and the name.
func Cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
