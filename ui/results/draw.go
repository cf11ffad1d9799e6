package results

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Colours of the detectors, those of the window: blue and orange stay apart for
// colour-blind eyes too (Okabe and Ito 2008).
var (
	colours  = map[string]color.RGBA{CNN: {0x56, 0xb4, 0xe9, 255}, Cascade: {0xe6, 0x9f, 0x00, 255}}
	ink      = color.RGBA{20, 20, 20, 255}
	legendBG = color.RGBA{245, 245, 245, 255}
)

// parsed is the typeface of the labels; parsing takes longer than drawing.
var parsed = sync.OnceValues(func() (*opentype.Font, error) { return opentype.Parse(goregular.TTF) })

// pen draws on a picture in sizes that fit it.
type pen struct {
	img  *image.RGBA
	face font.Face
	line int // width of a line in pixels
	text int // height of a line of text in pixels
}

// Draw returns a copy of a picture with the boxes of all records and their
// scores, and below it a line that says which colour is whose.
func Draw(img *image.RGBA, rs []Record) (*image.RGBA, error) {
	f, err := parsed()
	if err != nil {
		return nil, err
	}
	b := img.Bounds()
	short := min(b.Dx(), b.Dy())
	points := float64(min(max(short/36, 11), 64))
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: points, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, err
	}
	defer face.Close()
	p := pen{face: face, line: max(short/240, 2), text: int(points * 1.4)}
	p.img = image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()+p.text+p.text/2))
	draw.Draw(p.img, p.img.Rect, image.NewUniform(legendBG), image.Point{}, draw.Src)
	draw.Draw(p.img, image.Rect(0, 0, b.Dx(), b.Dy()), img, b.Min, draw.Src)
	for _, r := range rs {
		for _, d := range r.Detections {
			p.box(d.Box.Sub(b.Min), colours[r.Detector])
		}
	}
	for i, r := range rs { // plates lie above all boxes
		for _, d := range r.Detections {
			p.plate(d.Box.Sub(b.Min), score(d.Score), colours[r.Detector], b.Dy(), i > 0)
		}
	}
	p.legend(rs, b.Dy())
	return p.img, nil
}

// score is a probability with two digits, or a count of neighbours.
func score(v float64) string {
	if v > 1 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func (p *pen) fill(r image.Rectangle, c color.Color) {
	draw.Draw(p.img, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// box draws the outline inside r.
func (p *pen) box(r image.Rectangle, c color.Color) {
	n := min(p.line, r.Dx(), r.Dy())
	p.fill(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+n), c)
	p.fill(image.Rect(r.Min.X, r.Max.Y-n, r.Max.X, r.Max.Y), c)
	p.fill(image.Rect(r.Min.X, r.Min.Y, r.Min.X+n, r.Max.Y), c)
	p.fill(image.Rect(r.Max.X-n, r.Min.Y, r.Max.X, r.Max.Y), c)
}

// plate writes text on a patch of colour above box r, or below it, so that two detectors
// who mean one face can both be read; inside where there is no room. bottom is the
// picture's lower edge.
func (p *pen) plate(r image.Rectangle, text string, c color.Color, bottom int, below bool) {
	w := p.width(text) + p.text/2
	x := min(r.Min.X, max(p.img.Rect.Max.X-w, 0))
	y := r.Min.Y - p.text
	switch {
	case below:
		y = max(min(r.Max.Y, bottom-p.text), 0)
	case y < 0:
		y = min(r.Min.Y, max(bottom-p.text, 0))
	}
	p.fill(image.Rect(x, y, x+w, y+p.text), c)
	p.write(text, x+p.text/4, y)
}

// legend says below the picture what each detector found.
func (p *pen) legend(rs []Record, y int) {
	x, gap := p.text/4, p.text/4
	for _, r := range rs {
		p.fill(image.Rect(x, y+gap, x+p.text, y+gap+p.text), colours[r.Detector])
		x += p.text + gap
		text := r.Summary()
		if r.Mode != "" {
			text = strings.Replace(text, r.Detector, r.Detector+" ("+r.Mode+")", 1)
		}
		p.write(text, x, y+gap)
		x += p.width(text) + 2*p.text
	}
}

func (p *pen) width(text string) int { return font.MeasureString(p.face, text).Ceil() }

// write puts text into the line whose upper left corner is x, y.
func (p *pen) write(text string, x, y int) {
	m := p.face.Metrics()
	base := y + (p.text+(m.Ascent-m.Descent).Round())/2
	d := font.Drawer{Dst: p.img, Src: image.NewUniform(ink), Face: p.face, Dot: fixed.P(x, base)}
	d.DrawString(text)
}
