package smoke

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"frglab/dataset"
)

// TestLargeProject labels 500 crops by keyboard, card after card, in a project of
// 100,000, and prints a JSON line for each: from the start of the program to the first
// crop on screen, from a key to the next crop on screen, memory. A verdict must be in
// the file when the next crop is on screen; the times assert nothing: `make bench-ui`.
func TestLargeProject(t *testing.T) {
	if os.Getenv("FRGLAB_BENCH") == "" {
		t.Skip("measures for make bench-ui")
	}
	const samples, keys = 100_000, 500
	path := filepath.Join(t.TempDir(), "large.frglab")
	makeProject(t, path, samples)
	began := time.Now()
	p := start(t, path)
	p.until("the project", func() bool { return strings.Contains(p.title(), "large") })
	p.value("label/100k/window_and_project", time.Since(began).Seconds(), "s")
	p.run("xdotool", "windowfocus", "--sync", p.id())
	k, err := newKeyboard()
	if err != nil {
		t.Fatal(err)
	}
	defer k.conn.Close()
	eye := newEye(p, k.conn)
	p.until("a crop", func() bool { return eye.sees() != nil })
	p.value("label/100k/first_crop", time.Since(began).Seconds(), "s")
	var pages []time.Duration
	for range 50 {
		before, at := eye.rests(), time.Now()
		if err := k.press(0xff56); err != nil { // Page Down
			t.Fatal(err)
		}
		eye.waits("a page", before, at)
		pages = append(pages, time.Since(at))
	}
	p.quantiles("label/100k/page_down", pages)
	p.key("Home")
	grid := eye.rests()
	p.key("2")
	p.until("the card", func() bool { return !bytes.Equal(eye.sees(), grid) })

	project, err := dataset.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer project.Close()
	var took []time.Duration
	for n := range keys {
		before := eye.rests()
		at := time.Now()
		if err := k.press([]rune("ofu")[n%3]); err != nil {
			t.Fatal(err)
		}
		eye.waits(fmt.Sprintf("key %d", n), before, at)
		took = append(took, time.Since(at))
		if c, err := project.Counts(); err != nil || c.Samples-c.Unchecked != n+1 {
			t.Fatalf("crop %d is on screen, and %d verdicts are in the file (%v)", n+2, c.Samples-c.Unchecked, err)
		}
	}
	p.quantiles("label/100k/key_to_next", took)
	p.value("label/100k/memory", p.memory("VmRSS"), "MB")
	p.value("label/100k/memory_peak", p.memory("VmHWM"), "MB")
	p.quit()
}

// makeProject makes a project of n unchecked crops, no two of which are alike.
func makeProject(t *testing.T, path string, n int) {
	t.Helper()
	p, err := dataset.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	const batch = 5000
	for from := 0; from < n; from += batch {
		var list []dataset.NewSample
		for i := from; i < min(n, from+batch); i++ {
			list = append(list, dataset.NewSample{
				Path: fmt.Sprintf("/show/%02d.mp4", i/2000), Frame: i % 2000, Proposer: "cascade",
				Box: image.Rect(10, 10, 74, 74), Crop: stripes(i),
			})
		}
		if _, err := p.Add(context.Background(), list); err != nil {
			t.Fatal(err)
		}
	}
}

// stripes writes a number in stripes: 64x64 pixels, of another colour than those of
// the numbers beside it.
func stripes(n int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for x := range 64 {
		c := color.RGBA{uint8(40 + n%5*40), uint8(n % 7 * 36), 0, 255}
		if n>>(x/3)&1 != 0 {
			c.G, c.R = 255-c.G, 255-c.R
		}
		for y := range 64 {
			c.B = uint8(n%3*60 + 2*y) // nowhere of one colour
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

// eye looks at a small part of the window, where the card is.
type eye struct {
	p    *program
	conn *xgb.Conn
	x, y int16
}

func newEye(p *program, conn *xgb.Conn) *eye {
	g, err := xproto.GetGeometry(conn, xproto.Drawable(p.window)).Reply()
	if err != nil {
		p.Fatal(err)
	}
	return &eye{p: p, conn: conn, x: int16(g.Width) * 2 / 5, y: int16(g.Height) / 2}
}

// sees is what is there now: nil while it is of one colour, as it is without a crop.
func (e *eye) sees() []byte {
	const side = 24
	r, err := xproto.GetImage(e.conn, xproto.ImageFormatZPixmap, xproto.Drawable(e.p.window), e.x, e.y, 4*side, side, 1<<32-1).Reply()
	if err != nil {
		e.p.Fatal(err)
	}
	if bytes.Count(r.Data, r.Data[:4])*4 >= len(r.Data) {
		return nil
	}
	return r.Data
}

// rests waits until the picture stays as it is for a while.
func (e *eye) rests() []byte {
	last, since := e.sees(), time.Now()
	for time.Since(since) < 80*time.Millisecond {
		if now := e.sees(); !bytes.Equal(now, last) {
			last, since = now, time.Now()
		}
		time.Sleep(5 * time.Millisecond)
	}
	return last
}

// waits until there is something else than before.
func (e *eye) waits(what string, before []byte, since time.Time) {
	for bytes.Equal(e.sees(), before) {
		if time.Since(since) > 10*time.Second {
			e.p.photo("stuck")
			e.p.Fatalf("%s had no effect", what)
		}
		time.Sleep(time.Millisecond) // or the X server has no time for the program
	}
}

// memory is a line of the program's status in megabytes.
func (p *program) memory(line string) float64 {
	p.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), line+":")
	fields := strings.Fields(rest)
	kb, err := strconv.Atoi(fields[0])
	if err != nil {
		p.Fatal(err)
	}
	return float64(kb) / 1024
}
