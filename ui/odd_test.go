package ui

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frglab/engine"
	"frglab/ui/cli"
)

var (
	oddRed  = color.NRGBA{200, 30, 60, 255}
	oddBlue = color.NRGBA{20, 40, 220, 255}
)

// settable is a picture of any kind.
type settable interface {
	image.Image
	Set(x, y int, c color.Color)
}

// halved paints the left half red and the right half blue.
func halved[T settable](img T, alpha uint8) T {
	b := img.Bounds()
	for y := range b.Dy() {
		for x := range b.Dx() {
			c := oddRed
			if x >= (b.Dx()+1)/2 {
				c = oddBlue
			}
			c.A = alpha
			img.Set(x, y, c)
		}
	}
	return img
}

func pngData(img image.Image) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, img) // into memory: nothing can fail
	return b.Bytes()
}

func jpegData(img image.Image) []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, img, &jpeg.Options{Quality: 95})
	return b.Bytes()
}

// turnedJPEG says that it is to be turned clockwise by 90 degrees before it is shown.
func turnedJPEG(img image.Image) []byte {
	const orientation, clockwise = 0x0112, 6
	tiff := binary.BigEndian.AppendUint32([]byte("MM\x00*"), 8)
	tiff = binary.BigEndian.AppendUint16(tiff, 1)
	for _, v := range []uint16{orientation, 3, 0, 1, clockwise, 0} {
		tiff = binary.BigEndian.AppendUint16(tiff, v)
	}
	body := append([]byte("Exif\x00\x00"), tiff...)
	app1 := append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2)), body...)
	return append(append([]byte{0xff, 0xd8}, app1...), jpegData(img)[2:]...)
}

func gifData() []byte {
	var b bytes.Buffer
	first := halved(image.NewPaletted(image.Rect(0, 0, 16, 8), color.Palette{oddRed, oddBlue}), 255)
	second := image.NewPaletted(first.Rect, color.Palette{color.Black})
	_ = gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{first, second}, Delay: []int{10, 10}})
	return b.Bytes()
}

// hugePNG claims so many pixels and has none.
func hugePNG(w, h uint32) []byte {
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	head = append(binary.BigEndian.AppendUint32(head, h), 8, 2, 0, 0, 0)
	data := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
	return binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(head))
}

// TestOddPictures opens pictures of every odd kind in the window and gives them to the
// command line: both see the same pixels, or say the same reason.
func TestOddPictures(t *testing.T) {
	cmyk, err := os.ReadFile("../dataset/testdata/cmyk.jpg") // what Go cannot write
	if err != nil {
		t.Fatal(err)
	}
	plain := pngData(halved(image.NewRGBA(image.Rect(0, 0, 16, 8)), 255))
	faint := color.RGBA{227, 142, 157, 255} // half of red over white
	red := color.RGBA{200, 30, 60, 255}
	for _, c := range []struct {
		name string
		data []byte
		w, h int
		at   image.Point // a red pixel
		want color.RGBA
		fail string // why it is refused; "" where it is shown
	}{
		{"alpha.png", pngData(halved(image.NewNRGBA(image.Rect(0, 0, 16, 8)), 128)), 16, 8, image.Pt(2, 2), faint, ""},
		{"16 bit.png", pngData(halved(image.NewNRGBA64(image.Rect(0, 0, 16, 8)), 255)), 16, 8, image.Pt(2, 2), red, ""},
		{"16 bit alpha.png", pngData(halved(image.NewNRGBA64(image.Rect(0, 0, 16, 8)), 128)), 16, 8, image.Pt(2, 2), faint, ""},
		{"16 bit grey.png", pngData(halved(image.NewGray16(image.Rect(0, 0, 16, 8)), 255)), 16, 8, image.Pt(2, 2), color.RGBA{84, 84, 84, 255}, ""},
		{"cmyk.jpg", cmyk, 16, 8, image.Pt(2, 2), red, ""},
		{"animated.gif", gifData(), 16, 8, image.Pt(2, 2), red, ""},
		{"turned.jpg", turnedJPEG(halved(image.NewRGBA(image.Rect(0, 0, 64, 32)), 255)), 32, 64, image.Pt(16, 4), red, ""},
		{"one pixel.png", pngData(halved(image.NewRGBA(image.Rect(0, 0, 1, 1)), 255)), 1, 1, image.Point{}, red, ""},
		{"4K.jpg", jpegData(halved(image.NewRGBA(image.Rect(0, 0, 3840, 2160)), 255)), 3840, 2160, image.Pt(99, 99), red, ""},
		{"wide.png", pngData(halved(image.NewRGBA(image.Rect(0, 0, 20000, 8)), 255)), 20000, 8, image.Pt(9999, 7), red, ""},
		{"tall.png", pngData(halved(image.NewRGBA(image.Rect(0, 0, 8, 20000)), 255)), 8, 20000, image.Pt(3, 19999), red, ""},
		{"a png.jpg", plain, 16, 8, image.Pt(2, 2), red, ""},
		{"顔 100%20&#.png", plain, 16, 8, image.Pt(2, 2), red, ""},

		{"cut.png", plain[:50], 0, 0, image.Point{}, red, "is a PNG picture, but damaged or cut short"},
		{"huge.png", hugePNG(60000, 60000), 0, 0, image.Point{}, red, "is 60000x60000 pixels, over the limit of 100 megapixels"},
		{"empty.png", nil, 0, 0, image.Point{}, red, "is an empty file, not a picture"},
		{"text.png", []byte("no picture"), 0, 0, image.Point{}, red, "is text, not a picture"},
		{"text.mp4", []byte("no video"), 0, 0, image.Point{}, red, "is text, not a picture"},
		{"film.mp4", []byte("\x00\x00\x00\x18ftypisom and nothing else"), 0, 0, image.Point{}, red, "film.mp4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.name)
			if err := os.WriteFile(path, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			check := func(who string, img *image.RGBA, said string) {
				t.Helper()
				switch {
				case c.fail != "" && (img != nil || !strings.Contains(said, c.fail) || !strings.Contains(said, c.name)):
					t.Errorf("%s shows %v and says %q, want %q and the name", who, img != nil, said, c.fail)
				case c.fail == "" && (img == nil || said != ""):
					t.Errorf("%s does not show it: %q", who, said)
				case c.fail == "" && (img.Rect != image.Rect(0, 0, c.w, c.h) || !alike(img.RGBAAt(c.at.X, c.at.Y), c.want)):
					t.Errorf("%s shows %v with %v at %v, want %dx%d with %v", who, img.Rect, img.RGBAAt(c.at.X, c.at.Y), c.at, c.w, c.h, c.want)
				}
			}

			w, failures := openWindow(t)
			w.detect.openPaths([]string{path})
			settle(w)
			said := ""
			for _, err := range *failures {
				said += err.Error()
			}
			check("the window", w.detect.img, said)

			seen := &onlooker{}
			var stderr bytes.Buffer
			code := cli.Main(t.Context(), []string{"detect", "--detector", "cascade", path}, cli.Env{
				Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: &stderr,
				OpenCascades: func(int, float64, int) ([]cli.Cascade, error) { return []cli.Cascade{seen}, nil },
			})
			check("the command line", seen.img, stderr.String())
			if c.fail != "" && (code != 3 || strings.Count(stderr.String(), "\n") != 1) {
				t.Errorf("the command line ends with %d and says %q", code, stderr.String())
			}
		})
	}
}

// alike says whether two colours differ by no more than JPEG does to them.
func alike(a, b color.RGBA) bool {
	for _, d := range []int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B)} {
		if d < -6 || d > 6 {
			return false
		}
	}
	return a.A == b.A
}

// onlooker is a cascade that only looks.
type onlooker struct{ img *image.RGBA }

func (r *onlooker) Detect(_ context.Context, img *image.RGBA) ([]engine.Detection, error) {
	r.img = img
	return nil, nil
}

func (*onlooker) Close() error { return nil }
