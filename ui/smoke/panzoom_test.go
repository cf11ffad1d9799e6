package smoke

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// TestPanZoom measures how many steps of the wheel, and of an arrow key, a second come to
// the screen one after the other, with a picture of 3840x2160 in both panes, and prints a
// JSON line for each. It asserts nothing: `make bench-ui`.
func TestPanZoom(t *testing.T) {
	if os.Getenv("FRGLAB_BENCH") == "" {
		t.Skip("measures for make bench-ui")
	}
	path := filepath.Join(t.TempDir(), "4k.png")
	blocks(t, path, 3840, 2160)
	p := start(t, path)
	p.until("the picture", func() bool { return strings.Contains(p.title(), "4k.png") })
	p.run("xdotool", "windowfocus", "--sync", p.id())
	p.run("xdotool", "mousemove", "--window", p.id(), "250", "330") // over the left pane
	k, err := newKeyboard()
	if err != nil {
		t.Fatal(err)
	}
	defer k.conn.Close()
	eye := newEye(p, k.conn)
	p.until("the picture", func() bool { return eye.sees() != nil })
	time.Sleep(5 * time.Second) // both detectors look at it

	const steps = 20 // there, and as many back
	measure := func(name string, there, back func() error) {
		var took time.Duration
		for i := range 2 * steps {
			act := there
			if i >= steps {
				act = back
			}
			before, at := eye.rests(), time.Now()
			if err := act(); err != nil {
				t.Fatal(err)
			}
			eye.waits(fmt.Sprintf("%s, step %d", name, i), before, at)
			took += time.Since(at)
		}
		p.value("detect/4k/"+name, 2*steps/took.Seconds(), "steps/s")
	}
	wheel := func(button byte) func() error {
		return func() error {
			for _, event := range []byte{xproto.ButtonPress, xproto.ButtonRelease} {
				if err := xtest.FakeInputChecked(k.conn, event, button, 0, k.root, 0, 0, 0).Check(); err != nil {
					return err
				}
			}
			return nil
		}
	}
	press := func(key rune) func() error { return func() error { return k.press(key) } }
	const up, down, left, right = 4, 5, 0xff51, 0xff53
	measure("zoom", wheel(up), wheel(down))
	p.key("1")
	measure("pan", press(right), press(left))
	p.quit()
}

// blocks writes a picture of small squares of many colours.
func blocks(t *testing.T, path string, w, h int) {
	t.Helper()
	img, rng := image.NewRGBA(image.Rect(0, 0, w, h)), rand.New(rand.NewPCG(1, 2))
	for y := 0; y < h; y += 6 {
		for x := 0; x < w; x += 6 {
			c := color.RGBA{uint8(rng.Uint32()), uint8(rng.Uint32()), uint8(rng.Uint32()), 255}
			for dy := range min(6, h-y) {
				for dx := range min(6, w-x) {
					img.SetRGBA(x+dx, y+dy, c)
				}
			}
		}
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(png.Encode(f, img), f.Close()); err != nil {
		t.Fatal(err)
	}
}
