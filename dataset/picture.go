package dataset

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"

	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"
)

// MaxPixels is the size from which pictures are refused unless told otherwise:
// 100 megapixels, which take 400 MB once decoded.
const MaxPixels = 100_000_000

// maxPixels is the limit of readers that have none of their own.
var maxPixels = MaxPixels

// LimitPixels sets another limit than MaxPixels for readers that have none of their own.
// Call it before the first picture is read.
func LimitPixels(n int) { maxPixels = n }

// maxFile limits what is read of a stream that cannot seek.
const maxFile = 1 << 30

// PictureReader reads pictures with a limit of its own; the zero value has that of LimitPixels.
type PictureReader struct {
	MaxPixels int // width times height; 0 is the package's limit
}

// ReadImage reads a picture file: PNG, JPEG, GIF (its first frame), WebP or BMP, known
// by content, whatever the name says. The result is upright (EXIF), opaque
// (transparency over white), starts at (0,0), and is the caller's. Errors name the file.
func ReadImage(path string) (*image.RGBA, error) { return PictureReader{}.Read(path) }

// DecodeImage is ReadImage for data from elsewhere; name stands for it in errors.
func DecodeImage(name string, r io.Reader) (*image.RGBA, error) {
	return PictureReader{}.Decode(name, r)
}

// Read is ReadImage with the reader's limit.
func (p PictureReader) Read(path string) (*image.RGBA, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read picture: %w", err)
	case info.IsDir():
		return nil, fmt.Errorf("read picture %q: is a folder: name the files in it", path)
	case !info.Mode().IsRegular(): // opening a pipe would wait for ever
		return nil, fmt.Errorf("read picture %q: is not a file: save the picture to a file first", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	defer f.Close()
	return p.Decode(path, f)
}

// Decode is DecodeImage with the reader's limit.
func (p PictureReader) Decode(name string, r io.Reader) (*image.RGBA, error) {
	img, err := p.decode(r)
	if err != nil {
		return nil, fmt.Errorf("read picture %q: %w", name, err)
	}
	return img, nil
}

// format is a kind of picture file that can be read.
type format struct {
	name   string
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

// The formats, by the names that sniff gives.
var formats = map[string]format{
	"png":  {"a PNG picture", png.DecodeConfig, png.Decode},
	"jpeg": {"a JPEG picture", jpeg.DecodeConfig, jpeg.Decode},
	"gif":  {"a GIF picture", gif.DecodeConfig, gif.Decode},
	"webp": {"a WebP picture", webpConfig, webp.Decode},
	"bmp":  {"a BMP picture", bmp.DecodeConfig, bmp.Decode},
}

func (p PictureReader) decode(r io.Reader) (*image.RGBA, error) {
	in, start, err := seekable(r)
	if err != nil {
		return nil, err
	}
	rewound := func() io.Reader {
		if _, err := in.Seek(start, io.SeekStart); err != nil {
			return bytes.NewReader(nil) // reads as a file that ends too early
		}
		return bufio.NewReader(in)
	}
	head := make([]byte, 512)
	n, _ := io.ReadFull(in, head)
	kind, what := sniff(head[:n])
	f, ok := formats[kind]
	if !ok {
		return nil, fmt.Errorf("is %s, not a picture: use a PNG, JPEG, GIF, WebP or BMP file", what)
	}
	// The size comes first: nothing is decoded of a picture that is too large.
	size, err := guarded(f.config, rewound())
	if err != nil {
		return nil, broken(f, err)
	}
	if err := p.checkSize(size.Width, size.Height); err != nil {
		return nil, err
	}
	img, err := guarded(f.decode, rewound())
	if err != nil {
		return nil, broken(f, err)
	}
	turn := 1
	switch kind {
	case "gif": // a frame may be a part of the screen
		img = onScreen(img, size)
	case "webp":
		img = fullRange(img)
	case "jpeg":
		turn = orientation(rewound())
	}
	return orient(flatten(img), turn), nil
}

// guarded calls a decoder, and turns a panic into an error: some files have made x/image panic.
func guarded[T any](decode func(io.Reader) (T, error), r io.Reader) (out T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("its decoder failed: %v", p)
		}
	}()
	return decode(r)
}

// checkSize refuses what is empty or too large.
func (p PictureReader) checkSize(w, h int) error {
	limit := p.MaxPixels
	if limit <= 0 {
		limit = maxPixels
	}
	if w <= 0 || h <= 0 {
		return fmt.Errorf("has no pixels (%dx%d): save it anew from the original", w, h)
	}
	if w > limit/h {
		return fmt.Errorf("is %dx%d pixels, over the limit of %g megapixels: make it smaller first", w, h, float64(limit)/1e6)
	}
	return nil
}

// broken says what a decoder's error means to the file's owner.
func broken(f format, err error) error {
	return fmt.Errorf("is %s, but damaged or cut short: copy it or save it anew (%w)", f.name, err)
}

// seekable is r and where it stands, if it can seek, else what it holds, in memory.
func seekable(r io.Reader) (io.ReadSeeker, int64, error) {
	if s, ok := r.(io.ReadSeeker); ok {
		if start, err := s.Seek(0, io.SeekCurrent); err == nil {
			return s, start, nil
		}
	}
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("is larger than %d MB: save it to a file first", maxFile>>20)
	}
	return bytes.NewReader(data), 0, err
}
