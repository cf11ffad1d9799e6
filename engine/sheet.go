package engine

import (
	"context"
	"fmt"
	"image"
	"math"
	"slices"

	"frglab/engine/nn"
)

// sheet is a network in bytes with the levels of a pyramid side by side in one picture: it
// goes over all of them at once, which keeps all threads busy, and over each pixel once.
// There is nothing between the levels: windows that reach from one into another are not used.
type sheet struct {
	net    nn.ByteRunner
	pix    []byte
	pixels int // most that are computed at once, but for one row of windows

	sizes, at []image.Point // of the levels that were there last, and their places
	size      image.Point   // of all of them
}

// sheetPixels bounds what is computed at once: 24 bytes a pixel for the scout.
const sheetPixels = 4 << 20

// sheetStep is what a sheet's sides are rounded up to: see tileStep.
const sheetStep = 32

// newSheet puts the network of a scout on a device in bytes; nil where that cannot be.
func newSheet(c *Checkpoint, dev nn.Backend) (*sheet, error) {
	net, border, err := inBytes(c, dev)
	if net == nil {
		return nil, err
	}
	if border > 0 { // there would have to be one between the levels
		return nil, net.Close()
	}
	return &sheet{net: net, pixels: sheetPixels}, nil
}

// lookBytes is look on a sheet.
func (m *mapper) lookBytes(ctx context.Context, img *image.RGBA, sides []float64, margin float64) ([]Detection, error) {
	var levels []mappedLevel
	var sizes []image.Point
	for _, side := range sides {
		l, err := m.checked(img, side)
		if err != nil {
			return nil, err
		}
		levels, sizes = append(levels, l), append(sizes, l.size)
	}
	if len(levels) == 0 {
		return nil, nil
	}
	at, size := m.bytes.packed(sizes, m.arch.Pitch())
	pic := m.bytes.picture(size)
	var pics []*image.RGBA
	for i, s := range sizes {
		pics = append(pics, pic.SubImage(image.Rectangle{at[i], at[i].Add(s)}).(*image.RGBA))
	}
	(&pyramid{pics: []*image.RGBA{img}}).fill(pics)
	odds, err := m.odds(ctx, pic)
	if err != nil {
		return nil, err
	}
	var found []Detection
	row := m.arch.MapSize(size.X, size.Y).X
	for k, l := range levels {
		first := at[k].Div(m.arch.Pitch())
		for i := range l.count.X * l.count.Y {
			v := odds[(first.Y+i/l.count.X)*row+first.X+i%l.count.X]
			if float64(v) >= margin {
				found = append(found, Detection{scaled(m.window(l, i), l.size, img.Rect.Size()), float64(v)})
			}
		}
	}
	return found, nil
}

// packed is pack, which takes 0.4 ms, done anew only for other sizes than the last ones.
func (s *sheet) packed(sizes []image.Point, pitch int) (at []image.Point, size image.Point) {
	if !slices.Equal(sizes, s.sizes) {
		s.sizes = sizes
		s.at, s.size = pack(sizes, pitch)
	}
	return s.at, s.size
}

// picture is the memory of a sheet as a picture, whatever it shows.
func (s *sheet) picture(size image.Point) *image.RGBA {
	if n := 4 * size.X * size.Y; cap(s.pix) < n {
		s.pix = make([]byte, n)
	} else {
		s.pix = s.pix[:n]
	}
	return &image.RGBA{Pix: s.pix, Stride: 4 * size.X, Rect: image.Rectangle{Max: size}}
}

// odds are the log-odds of all windows of a sheet, row by row, computed in bands of rows.
func (m *mapper) odds(ctx context.Context, pic *image.RGBA) ([]float32, error) {
	w, h, pitch := pic.Rect.Dx(), pic.Rect.Dy(), m.arch.Pitch()
	all := m.arch.MapSize(w, h)
	rows := min(all.Y, max((m.bytes.pixels/w-m.arch.Size)/pitch+1, 1)) // of windows in a band
	odds := make([]float32, all.X*all.Y)
	for first := 0; first < all.Y; first += rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		from := min(first, all.Y-rows)
		tall := (rows-1)*pitch + m.arch.Size
		if rows == all.Y {
			tall = h
		}
		logits, shape, err := m.bytes.net.Run(pic.Pix[from*pitch*pic.Stride:][:tall*pic.Stride], 1, w, tall)
		if err != nil {
			return nil, fmt.Errorf("look at %dx%d pixels: %w", w, tall, err)
		}
		m.gflop += m.arch.MapGFLOP(w, tall)
		other := logits[shape[2]*shape[3]:]
		for y := range rows { // a pooling that hangs over the edge may have added windows
			for x := range all.X {
				odds[(from+y)*all.X+x] = logits[y*shape[3]+x] - other[y*shape[3]+x]
			}
		}
	}
	return odds, nil
}

// pack places rectangles in one without overlaps, the first in its corner, corners at multiples of
// pitch: each as high as it can go, and of some widths of the whole the one that makes it smallest.
func pack(sizes []image.Point, pitch int) (at []image.Point, size image.Point) {
	best := math.MaxInt
	for _, s := range append([]image.Point{{}}, sizes[1:]...) {
		width := up(sizes[0].X, pitch) + s.X
		places, h := stack(sizes, up(width, sheetStep)/pitch, pitch)
		if area := up(width, sheetStep) * up(h, sheetStep); area < best {
			best, at, size = area, places, image.Pt(up(width, sheetStep), up(h, sheetStep))
		}
	}
	return at, size
}

// stack is pack into so many columns, each pitch wide.
func stack(sizes []image.Point, columns, pitch int) (at []image.Point, height int) {
	tops := make([]int, columns)
	for _, s := range sizes {
		wide, x, y := up(s.X, pitch)/pitch, 0, math.MaxInt
		for from := range columns - wide + 1 {
			if top := slices.Max(tops[from : from+wide]); top < y {
				x, y = from, top
			}
		}
		for i := range wide {
			tops[x+i] = y + up(s.Y, pitch)
		}
		at = append(at, image.Pt(x*pitch, y))
		height = max(height, y+s.Y)
	}
	return at, height
}

// up is the next multiple of step.
func up(n, step int) int { return (n + step - 1) / step * step }
