// Command icon draws assets/icon.png: a face in a detection box.
//
//	go run ./.make/icon assets/icon.png
//	go run ./.make/icon small.png 64
//
// The picture is 512x512, or of the side that is asked for, with transparent corners. Shapes are big and few, so
// that it still reads as a face in a box at 32x32.
package main

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"strconv"

	"golang.org/x/image/draw"
	"golang.org/x/image/vector"
)

const side = 512 // pixels

var (
	sky    = color.RGBA{0x24, 0x2b, 0x52, 0xff}
	hair   = color.RGBA{0xff, 0x7d, 0x6b, 0xff}
	shade  = color.RGBA{0xe0, 0x5a, 0x54, 0xff}
	skin   = color.RGBA{0xff, 0xe6, 0xd3, 0xff}
	blush  = color.RGBA{0xff, 0xb3, 0xa4, 0xff}
	iris   = color.RGBA{0x2c, 0x36, 0x6e, 0xff}
	pupil  = color.RGBA{0x3f, 0x7d, 0xd8, 0xff}
	white  = color.RGBA{0xff, 0xff, 0xff, 0xff}
	mouth  = color.RGBA{0xb8, 0x3d, 0x4a, 0xff}
	finder = color.RGBA{0x5d, 0xf2, 0xc0, 0xff}
)

func main() {
	size, err := side, error(nil)
	if len(os.Args) == 3 {
		size, err = strconv.Atoi(os.Args[2])
	}
	if len(os.Args) < 2 || len(os.Args) > 3 || err != nil || size < 1 || size > side {
		fmt.Fprintln(os.Stderr, "usage: icon OUT.png [SIDE]")
		os.Exit(2)
	}
	if err := write(os.Args[1], size); err != nil {
		fmt.Fprintln(os.Stderr, "icon:", err)
		os.Exit(1)
	}
}

func write(path string, size int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	img := icon()
	if size != side {
		small := image.NewRGBA(image.Rect(0, 0, size, size))
		draw.CatmullRom.Scale(small, small.Rect, img, img.Rect, draw.Src, nil)
		img = small
	}
	if err := png.Encode(f, img); err != nil {
		return err
	}
	return f.Close()
}

// icon paints from back to front.
func icon() *image.RGBA {
	c := &canvas{image.NewRGBA(image.Rect(0, 0, side, side))}
	c.roundRect(16, 16, 496, 496, 104, sky)
	c.face()
	c.brackets()
	return c.img
}

func (c *canvas) face() {
	// Hair behind the face, then the face, then the fringe over it.
	c.fill(hair, path{}.move(256, 96).curve(380, 96, 414, 190, 410, 290).curve(408, 350, 412, 396, 390, 428).
		curve(368, 440, 336, 432, 316, 420).curve(276, 426, 236, 426, 196, 420).curve(176, 432, 144, 440, 122, 428).
		curve(100, 396, 104, 350, 102, 290).curve(98, 190, 132, 96, 256, 96))
	c.fill(skin, path{}.move(150, 236).curve(150, 180, 362, 180, 362, 236).curve(366, 330, 330, 394, 256, 412).
		curve(182, 394, 146, 330, 150, 236))
	c.ellipse(190, 358, 20, 12, blush)
	c.ellipse(322, 358, 20, 12, blush)
	for _, x := range []float32{204, 308} {
		c.ellipse(x, 304, 33, 45, iris)
		c.ellipse(x, 322, 23, 24, pupil)
		c.ellipse(x-9, 284, 13, 15, white)
	}
	c.fill(mouth, path{}.move(230, 368).curve(240, 376, 272, 376, 282, 368).curve(280, 398, 232, 398, 230, 368))
	c.fill(hair, path{}.move(256, 100).curve(368, 100, 404, 180, 398, 290).curve(376, 286, 352, 262, 338, 226).
		curve(334, 250, 326, 262, 312, 270).curve(296, 250, 284, 228, 280, 200).curve(270, 240, 236, 262, 196, 270).
		curve(200, 256, 202, 244, 200, 228).curve(176, 262, 146, 284, 114, 290).curve(108, 180, 144, 100, 256, 100))
	c.fill(shade, path{}.move(150, 176).curve(190, 128, 322, 128, 362, 176).curve(356, 182, 352, 188, 350, 194).
		curve(312, 152, 200, 152, 162, 194).curve(160, 188, 156, 182, 150, 176))
}

// brackets draws the four corners of the detection box.
func (c *canvas) brackets() {
	const near, arm, wide = 56, 100, 32
	for _, corner := range [][2]float32{{1, 1}, {-1, 1}, {1, -1}, {-1, -1}} {
		x := func(v float32) float32 { return side/2 + corner[0]*(v-side/2) }
		y := func(v float32) float32 { return side/2 + corner[1]*(v-side/2) }
		c.fill(finder, path{}.move(x(near), y(near)).line(x(near+arm), y(near)).line(x(near+arm), y(near+wide)).
			line(x(near+wide), y(near+wide)).line(x(near+wide), y(near+arm)).line(x(near), y(near+arm)))
	}
}

type canvas struct{ img *image.RGBA }

// fill paints the closed path with one colour, its edges smoothed.
func (c *canvas) fill(col color.Color, p path) {
	r := vector.NewRasterizer(side, side)
	for _, s := range p {
		switch s.kind {
		case 'm':
			r.MoveTo(s.x, s.y)
		case 'l':
			r.LineTo(s.x, s.y)
		case 'c':
			r.CubeTo(s.x1, s.y1, s.x2, s.y2, s.x, s.y)
		}
	}
	r.ClosePath()
	r.Draw(c.img, c.img.Bounds(), image.NewUniform(col), image.Point{})
}

// arc is the handle length that makes four cubic curves a circle.
const arc = 0.5523

func (c *canvas) ellipse(x, y, rx, ry float32, col color.Color) {
	c.fill(col, path{}.move(x, y-ry).
		curve(x+arc*rx, y-ry, x+rx, y-arc*ry, x+rx, y).curve(x+rx, y+arc*ry, x+arc*rx, y+ry, x, y+ry).
		curve(x-arc*rx, y+ry, x-rx, y+arc*ry, x-rx, y).curve(x-rx, y-arc*ry, x-arc*rx, y-ry, x, y-ry))
}

func (c *canvas) roundRect(x0, y0, x1, y1, r float32, col color.Color) {
	k := r * (1 - arc)
	c.fill(col, path{}.move(x0+r, y0).line(x1-r, y0).curve(x1-k, y0, x1, y0+k, x1, y0+r).
		line(x1, y1-r).curve(x1, y1-k, x1-k, y1, x1-r, y1).
		line(x0+r, y1).curve(x0+k, y1, x0, y1-k, x0, y1-r).
		line(x0, y0+r).curve(x0, y0+k, x0+k, y0, x0+r, y0))
}

type segment struct {
	kind                 byte // 'm' move, 'l' line, 'c' cubic curve
	x1, y1, x2, y2, x, y float32
}

type path []segment

func (p path) move(x, y float32) path { return append(p, segment{kind: 'm', x: x, y: y}) }
func (p path) line(x, y float32) path { return append(p, segment{kind: 'l', x: x, y: y}) }

func (p path) curve(x1, y1, x2, y2, x, y float32) path {
	return append(p, segment{'c', x1, y1, x2, y2, x, y})
}
