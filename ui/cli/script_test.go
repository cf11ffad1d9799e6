package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"frglab/engine"
	"frglab/engine/nn"
	"frglab/engine/nn/ref"
)

// The scripts under testdata/script run the whole program with what needs OpenCV
// replaced: faces are magenta squares, and videos a line of text.

func TestMain(m *testing.M) {
	if os.Getenv(programEnv) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		os.Exit(Main(ctx, os.Args[1:], testEnv()))
	}
	testscript.Main(m, map[string]func(){
		"frglab":  func() { os.Exit(Main(context.Background(), os.Args[1:], testEnv())) },
		"records": func() { printRecords(os.Args[1]) },
	})
}

func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/script",
		Cmds:  scriptCommands,
		Setup: setup,
	})
}

// cardDevices are tried before the others; see card_test.go.
var (
	cardDevices []engine.Device
	cards       []string
)

func testEnv() Env {
	return Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Version: "1.2.3",
		Cards:   cards,
		Devices: append(cardDevices, []engine.Device{
			{Name: "absent", About: "a card that is not there", Open: func() (nn.Backend, error) { return nil, errors.New("no such card") }},
			{Name: "ref", About: "plain Go", Open: func() (nn.Backend, error) { return ref.New(2), nil }},
			{Name: "small", About: "plain Go with little memory", Open: func() (nn.Backend, error) { return small{ref.New(2)}, nil }},
		}...),
		OpenCascades: func(n int, _ float64, min int) ([]Cascade, error) {
			return slices.Repeat([]Cascade{fakeCascade{min}}, n), nil
		},
		IsVideo:   func(path string) bool { return strings.HasPrefix(firstLine(path), "video ") },
		OpenVideo: openFakeVideo,
		Libraries: []string{"OpenCV 0.0"},
		Peak:      func(threads int) (float64, error) { return 10 * float64(threads), nil },
	}
}

// small has memory for training batches of 3 crops at most.
type small struct{ nn.Backend }

func (s small) Layer(l nn.Layer, x *nn.Var, params []*nn.Var, train bool) (nn.Kernel, error) {
	if train && x.Value.Shape()[0] > 3 {
		return nil, nn.ErrMemory
	}
	return s.Backend.Layer(l, x, params, train)
}

var magenta = color.RGBA{255, 0, 255, 255}

// fakeCascade finds magenta rectangles, and says that 7 neighbours found them. With a
// minimum of 0 it also has one in the corner that nobody else saw.
type fakeCascade struct{ min int }

func (c fakeCascade) Detect(_ context.Context, img *image.RGBA) (found []engine.Detection, err error) {
	is := func(x, y int) bool { return img.RGBAAt(x, y) == magenta }
	b := img.Rect
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if !is(x, y) || is(x-1, y) || is(x, y-1) {
				continue
			}
			r := image.Rect(x, y, x+1, y+1)
			for is(r.Max.X, y) {
				r.Max.X++
			}
			for is(x, r.Max.Y) {
				r.Max.Y++
			}
			found = append(found, engine.Detection{Box: r, Score: 7})
		}
	}
	if c.min < 1 {
		found = append(found, engine.Detection{Box: image.Rect(0, 0, 8, 8), Score: 1})
	}
	return found, nil
}

func (fakeCascade) Close() error { return nil }

// fakeVideo is a file "video FRAMES FPS [broken]". Frame n has a square at x = n.
type fakeVideo struct {
	frames, fps, n int
	broken         bool
}

func openFakeVideo(path string) (Video, error) {
	v := &fakeVideo{}
	line := firstLine(path)
	v.broken = strings.HasSuffix(line, "broken")
	if _, err := fmt.Sscanf(line, "video %d %d", &v.frames, &v.fps); err != nil {
		return nil, fmt.Errorf("open video %q: damaged: get a whole copy", path)
	}
	return v, nil
}

func (v *fakeVideo) Next() (*image.RGBA, time.Duration, error) {
	if v.n == v.frames && v.broken {
		return nil, 0, fmt.Errorf("read video: it breaks off: %w", io.ErrUnexpectedEOF)
	}
	if v.n == v.frames {
		return nil, 0, io.EOF
	}
	img := drawFaces(64, 48, image.Rect(v.n, 10, v.n+24, 34))
	at := time.Duration(v.n) * time.Second / time.Duration(v.fps)
	v.n++
	return img, at, nil
}

func (v *fakeVideo) Close() error { return nil }

func firstLine(path string) string {
	data, _ := os.ReadFile(path)
	line, _, _ := strings.Cut(string(data), "\n")
	return line
}

// printRecords lists what a file of detections holds, without the times.
func printRecords(path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if len(data) > 0 && data[len(data)-1] != '\n' {
		fmt.Println("no line break at the end")
	}
	for line := range strings.Lines(string(data)) {
		var r record
		d := json.NewDecoder(strings.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&r); err != nil || r.Detections == nil || r.MS < 0 {
			fmt.Printf("bad line %q: %v\n", line, err)
			continue
		}
		fmt.Printf("%q %dx%d %s %q", r.File, r.Width, r.Height, r.Detector, r.Mode)
		for _, d := range r.Detections {
			if r.Detector == "cascade" { // the network's boxes depend on the mode's parameters
				fmt.Printf(" %v", d.Box)
			} else {
				fmt.Print(" face")
			}
		}
		fmt.Println()
	}
}
