package dataset

import (
	"bufio"
	"fmt"
	"image"
	"io"
	"os"
)

// measured is what a picture's first bytes say.
type measured struct {
	format string      // a key of formats
	size   image.Point // upright
	turned bool        // the pixels in the file are not upright
}

// CheckImage says of a file, by its first bytes, why ReadImage would refuse it; nil where it
// is a picture, though its pixels may yet turn out broken.
func CheckImage(path string) error {
	_, err := measure(path)
	return err
}

// measure reads format and size of a picture file without decoding it. What it
// refuses, ReadImage refuses with the same words.
func measure(path string) (m measured, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("read picture %q: %w", path, err)
		}
	}()
	if info, err := os.Stat(path); err != nil {
		return m, err
	} else if !info.Mode().IsRegular() {
		return m, fmt.Errorf("is not a file: name a picture")
	}
	f, err := os.Open(path)
	if err != nil {
		return m, err
	}
	defer f.Close()
	in := bufio.NewReader(f)
	head, err := in.Peek(512)
	if err != nil && err != io.EOF {
		return m, err
	}
	var what string
	m.format, what = sniff(head)
	format, ok := formats[m.format]
	if !ok {
		return m, fmt.Errorf("is %s, not a picture: use a PNG, JPEG, GIF, WebP or BMP file", what)
	}
	size, err := format.config(in)
	if err != nil {
		return m, broken(format, err)
	}
	if err := (PictureReader{}).checkSize(size.Width, size.Height); err != nil {
		return m, err
	}
	m.size = image.Pt(size.Width, size.Height)
	if m.format != "jpeg" {
		return m, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return m, err
	}
	in.Reset(f)
	turn := orientation(in)
	if m.turned = turn > 1; turn >= 5 {
		m.size.X, m.size.Y = m.size.Y, m.size.X
	}
	return m, nil
}
