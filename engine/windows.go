package engine

import (
	"fmt"
	"image"
	"math"
)

// level is the picture at one size and the windows to look at there.
type level struct {
	size    image.Point       // of the picture at this level, in pixels
	windows []image.Rectangle // in pixels of this level; may reach beyond the picture
}

// maxWindows and maxLevel bound what one picture may ask for: some hours of work
// for FrgNet64 on a CPU, and 256 MiB for the largest resized picture.
const (
	maxWindows = 1 << 20
	maxLevel   = 1 << 26 // pixels
)

// levels plans the windows of a picture of w x h pixels for a network whose input
// is input x input. A picture that no window fits has none.
func (p DetectParams) levels(w, h, input int) ([]level, error) {
	var ls []level
	var err error
	if p.Mode == Mode2015 {
		ls, err = p.levels2015(w, h)
	} else {
		ls, err = p.levelsGeometric(w, h, input)
	}
	if err != nil {
		return nil, fmt.Errorf("windows of a picture of %dx%d pixels: %w", w, h, err)
	}
	return ls, nil
}

// levels2015 is the plan of the 2015 code: the picture shrunk to a width, never
// enlarged, and in it every size at x and y = 0, stride, 2*stride, … below the last place
// where it fits, column by column. The last place itself, flush with the right and
// lower border, was left out.
func (p DetectParams) levels2015(w, h int) ([]level, error) {
	l := level{size: image.Pt(w, h)}
	if p.Width > 0 && w > p.Width {
		l.size = image.Pt(p.Width, p.Width*h/w)
	}
	var room budget
	for _, s := range p.Sizes {
		nx, ny := max(l.size.X-s.Size+s.Stride-1, 0)/s.Stride, max(l.size.Y-s.Size+s.Stride-1, 0)/s.Stride
		if err := room.take(l.size, nx, ny); err != nil {
			return nil, err
		}
		for x := 0; x < l.size.X-s.Size; x += s.Stride {
			for y := 0; y < l.size.Y-s.Size; y += s.Stride {
				l.windows = append(l.windows, image.Rect(x, y, x+s.Size, y+s.Size))
			}
		}
	}
	if l.windows == nil {
		return nil, nil
	}
	return []level{l}, nil
}

// levelsGeometric makes one level for each of the window sizes, which grow by equal
// factors of at most p.Factor from the smallest to exactly the largest. At its level
// every window is input pixels wide, and the steps between windows are equal and
// at most p.Stride of that; the first and the last lie flush with the borders.
// A window larger than the picture reaches beyond it on both sides.
func (p DetectParams) levelsGeometric(w, h, input int) ([]level, error) {
	smallest, largest := p.sides(w, h)
	stride := p.Stride * float64(input)
	var ls []level
	var room budget
	for _, side := range geometric(smallest, largest, p.Factor) {
		scale := float64(input) / side
		l := level{size: image.Pt(round(float64(w)*scale), round(float64(h)*scale))}
		nx, ny := places(l.size.X, input, stride), places(l.size.Y, input, stride)
		if err := room.take(l.size, nx, ny); err != nil {
			return nil, err
		}
		for j := range ny {
			y := place(j, ny, l.size.Y-input)
			for i := range nx {
				x := place(i, nx, l.size.X-input)
				l.windows = append(l.windows, image.Rect(x, y, x+input, y+input))
			}
		}
		ls = append(ls, l)
	}
	return ls, nil
}

// sides are those of the smallest and the largest window, in pixels of a picture of
// w x h.
func (p DetectParams) sides(w, h int) (smallest, largest float64) {
	zoom := 1.0
	if long := max(w, h); p.Width > 0 && long > p.Width {
		zoom = float64(long) / float64(p.Width)
	}
	return float64(p.MinSize) * zoom, p.MaxSize * float64(min(w, h))
}

// fitting are the sides of the windows that fit into a picture of w x h pixels, in its
// pixels.
func (p DetectParams) fitting(w, h int) []float64 {
	smallest, largest := p.sides(w, h)
	return geometric(smallest, min(largest, float64(min(w, h))), p.Factor)
}

// geometric are numbers from smallest to largest that grow by equal factors of at most
// factor; none where largest is below smallest.
func geometric(smallest, largest, factor float64) []float64 {
	if largest < smallest {
		return nil
	}
	steps := math.Ceil(math.Log(largest/smallest)/math.Log(factor) - 1e-9)
	var all []float64
	for i := 0.0; i < steps; i++ {
		all = append(all, smallest*math.Pow(largest/smallest, i/steps))
	}
	return append(all, largest)
}

// places is how many windows of size input cover n pixels in steps of at most
// stride. For n < input they slide over the window, not the window over them.
func places(n, input int, stride float64) int {
	return int(math.Ceil(math.Abs(float64(n-input))/stride)) + 1
}

// place is where window i of n begins, if free is the length of the picture less
// that of the window.
func place(i, n, free int) int {
	if n == 1 {
		return 0
	}
	return min(free, 0) + round(math.Abs(float64(free))*float64(i)/float64(n-1))
}

// budget counts windows.
type budget int

func (b *budget) take(size image.Point, nx, ny int) error {
	if size.X > maxLevel/max(size.Y, 1) || nx > maxWindows/max(ny, 1) {
		*b = maxWindows + 1
	} else {
		*b += budget(nx * ny)
	}
	if *b > maxWindows {
		return fmt.Errorf("more than %d windows: set a width for the picture, or larger windows or strides", maxWindows)
	}
	return nil
}

// Windows lists what Detect looks at in modes windows and 2015, in a picture of w x h
// pixels with a network whose input is input x input: boxes in pixels of the picture, in the
// order in which they are looked at. In mode windows they may reach beyond the picture.
func (p DetectParams) Windows(w, h, input int) ([]image.Rectangle, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	ls, err := p.levels(w, h, input)
	var boxes []image.Rectangle
	for _, l := range ls {
		for _, r := range l.windows {
			boxes = append(boxes, p.original(r, l.size, image.Pt(w, h)))
		}
	}
	return boxes, err
}

// original maps a box from a level of a picture to the picture. Mode 2015 does it
// as that code did: by the ratio of the widths in both directions, cut to whole pixels.
func (p DetectParams) original(r image.Rectangle, level, picture image.Point) image.Rectangle {
	if p.Mode == Mode2015 {
		sx := float64(picture.X) / float64(level.X)
		cut := func(v int) int { return int(float64(v) * sx) }
		return image.Rect(cut(r.Min.X), cut(r.Min.Y), cut(r.Max.X), cut(r.Max.Y))
	}
	return scaled(r, level, picture)
}

// scaled maps a box from a picture of one size to the same picture in another.
func scaled(r image.Rectangle, from, to image.Point) image.Rectangle {
	sx, sy := float64(to.X)/float64(from.X), float64(to.Y)/float64(from.Y)
	return image.Rect(
		round(float64(r.Min.X)*sx), round(float64(r.Min.Y)*sy),
		round(float64(r.Max.X)*sx), round(float64(r.Max.Y)*sy))
}

func round(v float64) int { return int(math.Round(v)) }
