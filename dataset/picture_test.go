package dataset

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
)

var (
	red  = color.RGBA{200, 30, 60, 255}
	blue = color.RGBA{20, 40, 220, 255}
)

// halves is 16x8: red, then blue. The files in testdata show it too; ImageMagick made them:
//
//	convert -size 8x8 xc:'rgb(200,30,60)' xc:'rgb(20,40,220)' +append h.png
//	convert h.png -sampling-factor 4:4:4 -quality 95 -strip -interlace JPEG progressive.jpg
//	convert h.png -colorspace CMYK -sampling-factor 4:4:4 -quality 95 -strip cmyk.jpg
//	convert h.png -colorspace Gray -quality 95 -strip gray.jpg
//	convert h.png -quality 95 -strip lossy.webp
//	convert h.png -define webp:lossless=true -strip lossless.webp
//	convert h.png -alpha set -channel A -evaluate set 50% +channel -quality 95 -strip alpha.webp
func halves() *image.NRGBA {
	img := filled(16, 8, red)
	for y := range 8 {
		for x := 8; x < 16; x++ {
			img.Set(x, y, blue)
		}
	}
	return img
}

// near says whether two colours differ by at most 4 in each channel.
func near(a, b color.RGBA) bool {
	for _, d := range []int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B), int(a.A) - int(b.A)} {
		if d < -4 || d > 4 {
			return false
		}
	}
	return true
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func gifOf(t testing.TB, frames ...*image.Paletted) []byte {
	t.Helper()
	var buf bytes.Buffer
	anim := gif.GIF{Config: image.Config{Width: 16, Height: 8}}
	for _, f := range frames {
		anim.Image, anim.Delay = append(anim.Image, f), append(anim.Delay, 10)
	}
	if err := gif.EncodeAll(&buf, &anim); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func paletted(r image.Rectangle, c color.Color) *image.Paletted {
	img := image.NewPaletted(r, color.Palette{c, color.Transparent})
	return img
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func bmpOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := bmp.Encode(&buf, img); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestFormats(t *testing.T) {
	deep := image.NewNRGBA64(image.Rect(0, 0, 16, 8))
	faint := image.NewNRGBA(image.Rect(0, 0, 16, 8))
	for y := range 8 {
		for x := range 16 {
			deep.Set(x, y, halves().At(x, y))
			c := halves().NRGBAAt(x, y)
			c.A = 128
			faint.SetNRGBA(x, y, c)
		}
	}
	faintRed, faintBlue := color.RGBA{227, 142, 157, 255}, color.RGBA{137, 147, 237, 255}
	white := color.RGBA{255, 255, 255, 255}
	for _, c := range []struct {
		name        string
		data        []byte
		left, right color.RGBA
	}{
		{"png", pngOf(t, halves()), red, blue},
		{"16 bit png", pngOf(t, deep), red, blue},
		{"png with alpha", pngOf(t, faint), faintRed, faintBlue},
		{"bmp", bmpOf(t, halves()), red, blue},
		{"jpeg", jpegOf(t, halves()), red, blue},
		{"progressive jpeg", file(t, "progressive.jpg"), red, blue},
		{"cmyk jpeg", file(t, "cmyk.jpg"), red, blue},
		{"gray jpeg", file(t, "gray.jpg"), color.RGBA{68, 68, 68, 255}, color.RGBA{49, 49, 49, 255}},
		{"webp", file(t, "lossy.webp"), red, blue},
		{"lossless webp", file(t, "lossless.webp"), red, blue},
		{"webp with alpha", file(t, "alpha.webp"), faintRed, faintBlue},
		{"animated gif", gifOf(t, paletted(image.Rect(0, 0, 16, 8), red), paletted(image.Rect(0, 0, 16, 8), blue)), red, red},
		{"gif smaller than its screen", gifOf(t, paletted(image.Rect(8, 0, 16, 8), blue)), white, blue},
	} {
		t.Run(c.name, func(t *testing.T) {
			// The name says nothing: content does.
			img, err := ReadImage(writeFile(t, filepath.Join(t.TempDir(), "picture.txt"), c.data))
			if err != nil {
				t.Fatal(err)
			}
			if img.Rect != image.Rect(0, 0, 16, 8) {
				t.Fatalf("bounds %v", img.Rect)
			}
			if l, r := img.RGBAAt(3, 3), img.RGBAAt(12, 3); !near(l, c.left) || !near(r, c.right) {
				t.Errorf("got %v and %v, want %v and %v", l, r, c.left, c.right)
			}
		})
	}
}

// pngHeader is a PNG that ends after its header.
func pngHeader(w, h uint32) []byte {
	ihdr := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	ihdr = binary.BigEndian.AppendUint32(ihdr, h)
	ihdr = append(ihdr, 8, 2, 0, 0, 0)
	data := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...)
	return binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(ihdr))
}

func TestBadPictures(t *testing.T) {
	good := pngOf(t, halves())
	flipped := bytes.Clone(good)
	flipped[bytes.Index(flipped, []byte("IDAT"))+8] ^= 1
	hugeJPEG := jpegOf(t, halves())
	sof := bytes.Index(hugeJPEG, []byte{0xff, 0xc0})
	copy(hugeJPEG[sof+5:], []byte{0xff, 0xff, 0xff, 0xff})
	liar := file(t, "alpha.webp") // its canvas is small, its picture is not
	copy(liar[bytes.Index(liar, []byte("\x9d\x01\x2a"))+3:], []byte{0xff, 0x3f, 0xff, 0x3f})
	animated := file(t, "alpha.webp")
	animated[20] |= 2
	for _, c := range []struct {
		name  string
		data  []byte
		words string
	}{
		{"empty", nil, "is an empty file, not a picture: use a PNG"},
		{"text", []byte("I am no picture. 日本語"), "is text, not a picture"},
		{"web page", []byte("\n<!DOCTYPE html><html>"), "is a web page, not a picture"},
		{"svg", []byte(`<?xml version="1.0"?><svg/>`), "is an SVG drawing"},
		{"video", []byte("\x00\x00\x00\x18ftypisom"), "is a video (MP4), not a picture"},
		{"noise", []byte{1, 2, 3, 4}, "is of an unknown kind"},
		{"truncated png", good[:len(good)/2], "is a PNG picture, but damaged or cut short"},
		{"truncated jpeg", jpegOf(t, halves())[:sof+40], "is a JPEG picture, but damaged or cut short"},
		{"truncated webp", file(t, "lossless.webp")[:40], "is a WebP picture, but damaged or cut short"},
		{"truncated gif", gifOf(t, paletted(image.Rect(0, 0, 16, 8), red))[:30], "is a GIF picture, but damaged or cut short"},
		{"truncated bmp", bmpOf(t, halves())[:100], "is a BMP picture, but damaged or cut short"},
		{"flipped bit", flipped, "is a PNG picture, but damaged or cut short"},
		{"huge png", pngHeader(60000, 60000), "is 60000x60000 pixels, over the limit of 100 megapixels"},
		{"wide png", pngHeader(2_000_000_000, 1), "over the limit"},
		{"empty png", pngHeader(0, 5), "is a PNG picture, but damaged or cut short"},
		{"huge jpeg", hugeJPEG, "is 65535x65535 pixels"},
		{"webp with two sizes", liar, "canvas and its picture differ"},
		{"animated webp", animated, "is animated"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := writeFile(t, filepath.Join(t.TempDir(), "picture.png"), c.data)
			_, err := ReadImage(path)
			wantError(t, err, nil, path, c.words)
			_, err = DecodeImage("from memory", struct{ *bytes.Buffer }{bytes.NewBuffer(c.data)})
			wantError(t, err, nil, "from memory", c.words)
		})
	}
}

// Decoders are foreign code, and have panicked at files before (GO-2026-5061, GO-2026-5031).
func TestPanickingDecoder(t *testing.T) {
	good := formats["png"]
	t.Cleanup(func() { formats["png"] = good })
	for name, f := range map[string]format{
		"size":   {good.name, func(io.Reader) (image.Config, error) { panic("index out of range") }, good.decode},
		"pixels": {good.name, good.config, func(io.Reader) (image.Image, error) { panic("index out of range") }},
	} {
		formats["png"] = f
		_, err := DecodeImage("hostile.png", bytes.NewReader(pngOf(t, halves())))
		wantError(t, err, nil, "hostile.png", "is a PNG picture, but damaged or cut short", "its decoder failed: index out of range")
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

func TestWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	_, err := ReadImage(dir)
	wantError(t, err, nil, dir, "is a folder")
	_, err = ReadImage(filepath.Join(dir, "none.png"))
	wantError(t, err, os.ErrNotExist, "none.png")
	_, err = ReadImage(os.DevNull)
	wantError(t, err, nil, os.DevNull, "is not a file")
}

func TestLimitIsSettable(t *testing.T) {
	data := pngOf(t, halves()) // 128 pixels
	if _, err := (PictureReader{MaxPixels: 128}).Decode("a", bytes.NewReader(data)); err != nil {
		t.Error(err)
	}
	_, err := PictureReader{MaxPixels: 127}.Decode("a", bytes.NewReader(data))
	wantError(t, err, nil, "over the limit of 0.000127 megapixels")

	t.Cleanup(func() { LimitPixels(MaxPixels) })
	LimitPixels(127) // for all readers that have no limit of their own
	_, err = DecodeImage("a", bytes.NewReader(data))
	wantError(t, err, nil, "over the limit of 0.000127 megapixels")
}

// reluctant counts what is read of it.
type reluctant struct {
	*bytes.Reader
	read int
}

func (r *reluctant) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	r.read += n
	return n, err
}

// A picture that is too large is refused by its header: the bomb is not even read.
func TestSizeIsCheckedFirst(t *testing.T) {
	in := &reluctant{Reader: bytes.NewReader(append(pngHeader(20000, 20000), make([]byte, 1<<20)...))}
	_, err := DecodeImage("bomb.png", in)
	wantError(t, err, nil, "bomb.png", "20000x20000")
	if in.read > 1<<16 {
		t.Errorf("%d bytes were read", in.read)
	}
}

// exif makes the APP1 segment of an orientation.
func exif(order binary.AppendByteOrder, mark string, orientation uint16) []byte {
	tiff := order.AppendUint32([]byte(mark), 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, e := range [][2]uint16{{0x0100, 5}, {0x0112, orientation}} {
		tiff = order.AppendUint16(order.AppendUint16(tiff, e[0]), 3)
		tiff = order.AppendUint16(order.AppendUint32(tiff, 1), e[1])
		tiff = append(tiff, 0, 0)
	}
	body := append([]byte("Exif\x00\x00"), tiff...)
	return append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2)), body...)
}

// turned is a JPEG with an orientation.
func turned(t testing.TB, img image.Image, orientation uint16, order binary.AppendByteOrder, mark string) []byte {
	plain := jpegOf(t, img)
	app0 := []byte{0xff, 0xe0, 0, 4, 1, 2} // another segment comes first
	return append(append(append([]byte{0xff, 0xd8}, app0...), exif(order, mark, orientation)...), plain[2:]...)
}

// The picture that is stored has a dark corner; upright it is at the top left, as
// EXIF 2.3 defines the eight orientations by where row 0 and column 0 are.
func TestOrientation(t *testing.T) {
	for orientation, c := range map[uint16]struct {
		corner image.Point // of the stored picture, which is shown at the top left
		second image.Point // and of what is shown at the top right
	}{
		0: {image.Pt(0, 0), image.Pt(1, 0)},
		1: {image.Pt(0, 0), image.Pt(1, 0)},
		2: {image.Pt(1, 0), image.Pt(0, 0)},
		3: {image.Pt(1, 1), image.Pt(0, 1)},
		4: {image.Pt(0, 1), image.Pt(1, 1)},
		5: {image.Pt(0, 0), image.Pt(0, 1)},
		6: {image.Pt(0, 1), image.Pt(0, 0)},
		7: {image.Pt(1, 1), image.Pt(1, 0)},
		8: {image.Pt(1, 0), image.Pt(1, 1)},
		9: {image.Pt(0, 0), image.Pt(1, 0)},
	} {
		stored := filled(64, 32, color.White) // corners of 16x16, so that JPEG keeps them
		for y := range 16 {
			for x := range 16 {
				stored.Set(x+48*c.corner.X, y+16*c.corner.Y, red)
				stored.Set(x+48*c.second.X, y+16*c.second.Y, blue)
			}
		}
		for mark, order := range map[string]binary.AppendByteOrder{"II*\x00": binary.LittleEndian, "MM\x00*": binary.BigEndian} {
			img, err := DecodeImage("turned.jpg", bytes.NewReader(turned(t, stored, orientation, order, mark)))
			if err != nil {
				t.Fatal(err)
			}
			want := image.Rect(0, 0, 64, 32)
			if orientation >= 5 && orientation <= 8 {
				want = image.Rect(0, 0, 32, 64)
			}
			if img.Rect != want || !near(img.RGBAAt(2, 2), red) || !near(img.RGBAAt(img.Rect.Dx()-3, 2), blue) {
				t.Errorf("orientation %d, %q: %v with %v and %v at the top", orientation, mark[:2], img.Rect,
					img.RGBAAt(2, 2), img.RGBAAt(img.Rect.Dx()-3, 2))
			}
		}
	}
}

func FuzzOrientation(f *testing.F) {
	f.Add(turned(f, halves(), 6, binary.LittleEndian, "II*\x00")[:80])
	f.Add(turned(f, halves(), 3, binary.BigEndian, "MM\x00*")[:80])
	f.Add([]byte{0xff, 0xd8, 0xff, 0xff, 0xff, 0xe1, 0, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		if o := orientation(bytes.NewReader(data)); o < 1 || o > 8 {
			t.Errorf("orientation %d", o)
		}
	})
}

func FuzzDecodeImage(f *testing.F) {
	for _, name := range []string{"progressive.jpg", "cmyk.jpg", "lossy.webp", "lossless.webp", "alpha.webp"} {
		f.Add(file(f, name))
	}
	f.Add(pngOf(f, halves()))
	f.Add(bmpOf(f, halves()))
	f.Add(gifOf(f, paletted(image.Rect(8, 0, 16, 8), blue)))
	f.Add(turned(f, halves(), 6, binary.LittleEndian, "II*\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := PictureReader{MaxPixels: 1 << 16}.Decode("fuzz", bytes.NewReader(data))
		if err != nil {
			if !strings.Contains(err.Error(), `"fuzz"`) || errors.Unwrap(err) == nil {
				t.Errorf("error %v", err)
			}
			return
		}
		if img.Rect.Min != (image.Point{}) || img.Rect.Empty() || img.Rect.Dx()*img.Rect.Dy() > 1<<16 || !img.Opaque() {
			t.Errorf("got %v, opaque %v", img.Rect, img.Opaque())
		}
	})
}
