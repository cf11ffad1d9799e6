package dataset

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// drawing is a picture of coloured tiles, which differ with n, and of faces: magenta
// squares.
func drawing(n int, faces ...image.Rectangle) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 320, 180))
	for y := 0; y < 180; y += 20 {
		for x := 0; x < 320; x += 20 {
			v := uint8(n*83 + x*7 + y*11)
			draw.Draw(img, image.Rect(x, y, x+20, y+20), image.NewUniform(color.RGBA{v, v * 3, 255 - v, 255}), image.Point{}, draw.Src)
		}
	}
	for _, f := range faces {
		draw.Draw(img, f, image.NewUniform(magenta), image.Point{}, draw.Src)
	}
	return img
}

var magenta = color.RGBA{255, 0, 255, 255}

// film is a video of drawings at 24 a second.
type film struct {
	frames []*image.RGBA
	pos    int
	broken bool
	read   int // frames that were decoded
}

func (f *film) Next() (*image.RGBA, time.Duration, error) {
	if f.pos >= len(f.frames) && f.broken {
		return nil, 0, fmt.Errorf("it breaks off: %w", io.ErrUnexpectedEOF)
	} else if f.pos >= len(f.frames) {
		return nil, 0, io.EOF
	}
	f.pos++
	f.read++
	return f.frames[f.pos-1], time.Duration(f.pos-1) * time.Second / 24, nil
}

func (f *film) Skip(n int) error {
	f.pos += n
	return nil // the next Next says what is wrong
}

func (f *film) Len() int { return len(f.frames) }

// held makes each drawing last n frames.
func held(n int, drawings ...*image.RGBA) *film {
	f := &film{}
	for _, d := range drawings {
		f.frames = append(f.frames, slices.Repeat([]*image.RGBA{d}, n)...)
	}
	return f
}

// finds is a detector of magenta squares. It moves its boxes by so many pixels, and
// sees every n-th frame only, by the picture's first pixel.
type finds struct {
	score float64
	move  int
	asked *atomic.Int32
	stop  func(n int) error // called with the number of the call; may be nil
}

func (d finds) Propose(ctx context.Context, img *image.RGBA) (list []Proposal, err error) {
	n := d.asked.Add(1)
	if d.stop != nil {
		if err := d.stop(int(n)); err != nil {
			return nil, err
		}
	}
	is := func(x, y int) bool { return image.Pt(x, y).In(img.Rect) && img.RGBAAt(x, y) == magenta }
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
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
			list = append(list, Proposal{Box: r.Add(image.Pt(d.move, 0)), Score: d.score})
		}
	}
	return list, ctx.Err()
}

// collecting has films by path and detectors that count how often they are asked.
type collecting struct {
	CollectConfig
	films        map[string]*film
	cascade, cnn atomic.Int32
}

func newCollecting(films map[string]*film) *collecting {
	c := &collecting{films: films}
	c.Cascade = []Proposer{finds{score: 7, asked: &c.cascade}}
	c.IsVideo = func(path string) bool { return filepath.Ext(path) == ".mp4" }
	c.OpenVideo = func(path string) (Frames, error) {
		f := films[filepath.Base(path)]
		if f == nil {
			return nil, fmt.Errorf("open video %q: damaged: get a whole copy", path)
		}
		f.pos = 0
		return f, nil
	}
	return c
}

// network makes it ask one.
func (c *collecting) network(move int) {
	c.CNN = []Proposer{finds{score: 0.9, move: move, asked: &c.cnn}}
}

func (c *collecting) collect(t testing.TB, p *Project, paths ...string) CollectReport {
	t.Helper()
	for i := range paths {
		paths[i] = "/show/" + filepath.Base(paths[i])
	}
	r, err := p.Collect(context.Background(), paths, c.CollectConfig)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// all are the samples of a project, without their numbers.
func all(t testing.TB, p *Project) []Sample {
	t.Helper()
	ids, err := p.IDs(Filter{})
	if err != nil {
		t.Fatal(err)
	}
	list, err := p.Samples(ids)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		list[i].ID, list[i].Source = 0, 0
	}
	return list
}

// frames are the numbers of a project's frames.
func frames(t testing.TB, p *Project, f FrameFilter) (list []int) {
	t.Helper()
	ids, err := p.Frames(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		frame, err := p.Frame(id)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, frame.Frame)
	}
	return list
}

var face = image.Rect(100, 60, 140, 100)
