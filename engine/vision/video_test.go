package vision

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"image"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frglab/assets"
)

// frame is what a test compares of a frame.
type frame struct {
	sum uint64
	at  time.Duration
}

func sum(img *image.RGBA) uint64 {
	h := fnv.New64a()
	h.Write(img.Pix)
	return h.Sum64()
}

func sampleVideo(t testing.TB) string {
	t.Helper()
	data, err := fs.ReadFile(assets.Samples(), "sample.mp4")
	if err != nil {
		t.Fatal(err)
	}
	return writeFile(t, "sample.mp4", data)
}

func writeFile(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, path string) *Video {
	t.Helper()
	v, err := OpenVideo(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

// readAll returns the frames to the end and the error that ended them.
func readAll(v *Video) (frames []frame, err error) {
	for {
		img, at, err := v.Next()
		if err != nil {
			return frames, err
		}
		frames = append(frames, frame{sum(img), at})
	}
}

func TestSampleVideo(t *testing.T) {
	v := open(t, sampleVideo(t))
	if want := (VideoInfo{Width: 640, Height: 360, Frames: 250, FPS: 25}); v.Info() != want {
		t.Errorf("info %+v, want %+v", v.Info(), want)
	}
	frames, err := readAll(v)
	if err != io.EOF || len(frames) != 250 {
		t.Fatalf("%d frames, then %v; want 250, then io.EOF", len(frames), err)
	}
	for i, f := range frames {
		if want := time.Duration(i) * 40 * time.Millisecond; f.at != want {
			t.Errorf("frame %d is at %v, want %v", i, f.at, want)
		}
	}
	if _, _, err := v.Next(); err != io.EOF {
		t.Errorf("after the end: %v, want io.EOF again", err)
	}
}

// The colours must not be swapped on the way, nor the picture turned upside
// down: ffmpeg draws red over blue.
func TestColours(t *testing.T) {
	path := ffmpeg(t, "colours.mp4", "-f", "lavfi", "-i", "color=c=red:size=64x32:rate=5:duration=1",
		"-f", "lavfi", "-i", "color=c=blue:size=64x32:rate=5:duration=1", "-filter_complex", "vstack")
	img, _, err := open(t, path).Next()
	if err != nil {
		t.Fatal(err)
	}
	for y, want := range map[int]string{8: "red", 56: "blue"} {
		c := img.RGBAAt(30, y)
		got := "other"
		switch {
		case c.R > 200 && c.G < 60 && c.B < 60:
			got = "red"
		case c.B > 200 && c.R < 60 && c.G < 60:
			got = "blue"
		}
		if got != want || c.A != 255 {
			t.Errorf("pixel (30,%d) is %v, want an opaque %s", y, c, want)
		}
	}
}

// Seek is exact in every container, also where OpenCV's own jump is not.
func TestSeekIsExact(t *testing.T) {
	const moving = "testsrc2=size=96x64:rate=25:duration=8"
	const sparse = "select='lt(n,90)+not(mod(n,5))'" // 25 a second, then 5
	for name, args := range map[string][]string{
		"sample.mp4":    nil,
		"constant.mp4":  {"-f", "lavfi", "-i", moving, "-g", "25"},
		"constant.mkv":  {"-f", "lavfi", "-i", moving, "-g", "25"},
		"film.mkv":      {"-f", "lavfi", "-i", moving, "-r", "24000/1001"},
		"constant.webm": {"-f", "lavfi", "-i", moving, "-c:v", "libvpx", "-deadline", "realtime"},
		"constant.avi":  {"-f", "lavfi", "-i", moving, "-c:v", "mpeg4", "-g", "10"},
		"constant.ts":   {"-f", "lavfi", "-i", moving, "-g", "25"},
		"variable.mp4":  {"-f", "lavfi", "-i", moving, "-vf", sparse, "-fps_mode", "vfr", "-g", "20"},
		"variable.mkv":  {"-f", "lavfi", "-i", moving, "-vf", sparse, "-fps_mode", "vfr"},
		"one.mp4":       {"-f", "lavfi", "-i", moving, "-frames:v", "1"},
	} {
		t.Run(name, func(t *testing.T) {
			path := sampleVideo(t)
			if args != nil {
				path = ffmpeg(t, name, args...)
			}
			frames, err := readAll(open(t, path))
			if err != io.EOF {
				t.Fatalf("after %d frames: %v", len(frames), err)
			}
			checkSeeks(t, path, frames)
		})
	}
}

func checkSeeks(t *testing.T, path string, frames []frame) {
	t.Helper()
	last := len(frames) - 1
	v := open(t, path)
	for _, k := range []int{last, 0, last - 1, 100, 101, 99, 60, 17, 5, last - 10, last - 40, 1, 0} {
		if k < 0 || k > last {
			continue
		}
		if err := v.Seek(k); err != nil {
			t.Fatal(err)
		}
		for i := k; i <= min(k+1, last); i++ { // and the one after it
			img, at, err := v.Next()
			if err != nil {
				t.Fatalf("frame %d after seek to %d: %v", i, k, err)
			}
			if got := (frame{sum(img), at}); got != frames[i] {
				t.Errorf("seek to %d: frame %d at %v is not the one read in order at %v", k, i, at, frames[i].at)
			}
		}
	}
	if err := v.Seek(len(frames)); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("ends after %d frames", len(frames))) {
		t.Errorf("seek beyond the end: %v, want the number of frames", err)
	}
	if _, _, err := v.Next(); err != io.EOF {
		t.Errorf("after that: %v, want io.EOF", err)
	}
	if err := v.Seek(0); err != nil {
		t.Errorf("back to the start: %v", err)
	}
	if err := v.Seek(-1); err == nil {
		t.Error("seek to -1: no error")
	}
}

// 20 frames a second, then 25: the mean rate makes a key frame seem to be where
// it is not, and only a look at the first frames tells.
func TestSeekDistrustsTheMeanRate(t *testing.T) {
	path := ffmpeg(t, "film.mp4", "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=20",
		"-vf", "select='not(eq(mod(n,5),4))+gt(n,250)'", "-fps_mode", "vfr", "-g", "10")
	frames, err := readAll(open(t, path))
	if err != io.EOF || len(frames) != 450 {
		t.Fatalf("%d frames, then %v; want 450, then io.EOF", len(frames), err)
	}
	v := open(t, path)
	if err := v.Seek(240); err != nil {
		t.Fatal(err)
	}
	if img, at, err := v.Next(); err != nil || (frame{sum(img), at}) != frames[240] {
		t.Errorf("seek to 240: a frame at %v (%v), want the one at %v", at, err, frames[240].at)
	}
}

func TestVariableRateKeepsTheTimes(t *testing.T) {
	path := ffmpeg(t, "variable.mkv", "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=8",
		"-vf", "select='lt(n,90)+not(mod(n,5))'", "-fps_mode", "vfr")
	frames, err := readAll(open(t, path))
	if err != io.EOF || len(frames) != 112 {
		t.Fatalf("%d frames, then %v; want 112, then io.EOF", len(frames), err)
	}
	for k, want := range map[int]time.Duration{0: 0, 89: 3560 * time.Millisecond, 90: 3600 * time.Millisecond, 91: 3800 * time.Millisecond, 100: 5600 * time.Millisecond} {
		if got := frames[k].at; got != want {
			t.Errorf("frame %d is at %v, want %v", k, got, want)
		}
	}
}

func TestTurnedVideoIsUpright(t *testing.T) {
	flat := ffmpeg(t, "flat.mp4", "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=1")
	v := open(t, ffmpeg(t, "turned.mp4", "-i", flat, "-c", "copy", "-metadata:s:v", "rotate=90"))
	img, _, err := v.Next()
	if err != nil {
		t.Fatal(err)
	}
	if got, info := img.Rect.Size(), v.Info(); got != image.Pt(64, 96) || info.Width != 64 || info.Height != 96 {
		t.Errorf("picture %v, info %dx%d, want 64x96", got, info.Width, info.Height)
	}
}

func TestOpenVideoRefuses(t *testing.T) {
	sample, err := os.ReadFile(sampleVideo(t))
	if err != nil {
		t.Fatal(err)
	}
	jpg, err := fs.ReadFile(assets.Samples(), "campus_two.jpg")
	if err != nil {
		t.Fatal(err)
	}
	index := bytes.Index(sample, []byte("moov"))
	for label, test := range map[string]struct{ path, want string }{
		"missing":    {filepath.Join(t.TempDir(), "missing.mp4"), "no such file"},
		"folder":     {t.TempDir(), "not a file"},
		"empty":      {writeFile(t, "empty.mp4", nil), "no video file that FrgLab knows"},
		"text":       {writeFile(t, "text.mp4", []byte("hello")), "convert it to mp4"},
		"picture":    {writeFile(t, "picture.mp4", jpg), "no video file that FrgLab knows"},
		"play list":  {writeFile(t, "list.mp4", []byte("#EXTM3U\nhttp://127.0.0.1:1/x.ts\n")), "no video file that FrgLab knows"},
		"head only":  {writeFile(t, "head.mp4", sample[:64]), "no picture can be decoded"},
		"no index":   {writeFile(t, "noindex.mp4", sample[:min(index, len(sample)/2)]), "no picture can be decoded"},
		"zeros":      {writeFile(t, "zeros.mp4", append(sample[:32:32], make([]byte, 5000)...)), "no picture can be decoded"},
		"EBML alone": {writeFile(t, "e.mkv", []byte("\x1a\x45\xdf\xa3 and nothing")), "no picture can be decoded"},
	} {
		v, err := OpenVideo(test.path)
		if err == nil {
			v.Close()
			t.Errorf("%s: opened", label)
			continue
		}
		for _, want := range []string{test.path, test.want} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %q, want %q in it", label, err, want)
			}
		}
	}
}

// A file that was cut off gives what it holds, then says so.
func TestCutOffVideo(t *testing.T) {
	whole, err := os.ReadFile(ffmpeg(t, "whole.mkv", "-f", "lavfi", "-i", "testsrc2=size=96x64:rate=25:duration=8", "-g", "10"))
	if err != nil {
		t.Fatal(err)
	}
	path := writeFile(t, "cut.mkv", whole[:len(whole)/4])
	frames, err := readAll(open(t, path))
	if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), path) || len(frames) < 10 || len(frames) >= 100 {
		t.Errorf("%d frames, then %v; want 10 to 99, then io.ErrUnexpectedEOF with the name", len(frames), err)
	}
}

func TestClosedVideo(t *testing.T) {
	v := open(t, sampleVideo(t))
	if err := errors.Join(v.Close(), v.Close()); err != nil {
		t.Errorf("close twice: %v", err)
	}
	if _, _, err := v.Next(); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("next: %v, want an error that says it is closed", err)
	}
	if err := v.Seek(0); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("seek: %v, want an error that says it is closed", err)
	}
}

// A name with a colon is no protocol, and any script is fine.
func TestAnyFileName(t *testing.T) {
	dir := t.TempDir()
	data, err := fs.ReadFile(assets.Samples(), "sample.mp4")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for _, name := range []string{"http:x.mp4", "第1話 %03d.mp4", "-i.mp4", "no extension"} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if v := open(t, name); v.Info().Width != 640 {
			t.Errorf("%s: width %d, want 640", name, v.Info().Width)
		}
	}
}

func TestIsVideo(t *testing.T) {
	ftyp := func(brand string) []byte { return []byte("\x00\x00\x00\x18ftyp" + brand + "\x00\x00\x00\x00") }
	every := func(step, first int) []byte {
		data := make([]byte, 600)
		for i := first; i < len(data); i += step {
			data[i] = 0x47
		}
		return data
	}
	for _, test := range []struct {
		name string
		head []byte
		want bool
	}{
		{"mp4", ftyp("isom"), true},
		{"mov", ftyp("qt  "), true},
		{"old mov", []byte("\x00\x00\x10\x00moov...."), true},
		{"heic", ftyp("heic"), false},
		{"avif", ftyp("avif"), false},
		{"m4a", ftyp("M4A "), false},
		{"short ftyp", []byte("\x00\x00\x00\x18ftyp"), false},
		{"mkv", []byte("\x1a\x45\xdf\xa3\x93\x42\x82"), true},
		{"avi", []byte("RIFF\x00\x10\x00\x00AVI LIST"), true},
		{"wav", []byte("RIFF\x00\x10\x00\x00WAVEfmt "), false},
		{"webp", []byte("RIFF\x00\x10\x00\x00WEBPVP8 "), false},
		{"ts", every(188, 0), true},
		{"m2ts", every(192, 4), true},
		{"one G", []byte("Gone with the wind"), false},
		{"mpg", []byte("\x00\x00\x01\xba\x44"), true},
		{"wmv", []byte("\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9"), true},
		{"flv", []byte("FLV\x01\x05"), true},
		{"png", []byte("\x89PNG\r\n\x1a\n"), false},
		{"jpeg", []byte("\xff\xd8\xff\xe0"), false},
		{"empty", nil, false},
	} {
		path := writeFile(t, "file.dat", test.head)
		if got := IsVideo(path); got != test.want {
			t.Errorf("%s: IsVideo %v, want %v", test.name, got, test.want)
		}
	}
	if IsVideo(filepath.Join(t.TempDir(), "missing.mp4")) || IsVideo(t.TempDir()) {
		t.Error("a missing file or a folder is taken for a video")
	}
	if !IsVideo(sampleVideo(t)) {
		t.Error("sample.mp4 is not taken for a video")
	}
}

// The decoder writes to the process's standard error, so a process of its own
// reads a damaged file here.
func TestDecoderIsSilent(t *testing.T) {
	if path := os.Getenv("FRGLAB_TEST_DAMAGED"); path != "" {
		frames, err := readAll(open(t, path))
		fmt.Println("frames:", len(frames), err)
		return
	}
	data, err := os.ReadFile(sampleVideo(t))
	if err != nil {
		t.Fatal(err)
	}
	for i := 30_000; i < len(data)-50_000; i += 4000 {
		data[i] ^= 0xff
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run=^TestDecoderIsSilent$")
	cmd.Env = append(os.Environ(), "FRGLAB_TEST_DAMAGED="+writeFile(t, "damaged.mp4", data))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s%s", err, &stdout, &stderr)
	}
	if !strings.HasPrefix(stdout.String(), "frames: ") || stderr.Len() > 0 {
		t.Errorf("the decoder prints %.300q and %.300q, want nothing", &stdout, &stderr)
	}
}

func BenchmarkNext(b *testing.B) {
	v := open(b, sampleVideo(b)) // 640x360
	for b.Loop() {
		if _, _, err := v.Next(); err == io.EOF {
			if err := v.Seek(0); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	path := sampleVideo(b)
	for b.Loop() {
		v, err := OpenVideo(path)
		if err != nil {
			b.Fatal(err)
		}
		v.Close()
	}
}
