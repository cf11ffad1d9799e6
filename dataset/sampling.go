package dataset

import (
	"image"
	"slices"
	"time"
)

// Sampling says which frames of a video a collection looks at. The zero value is for
// anime: frames that show something new, once they hold still.
type Sampling struct {
	Every int // every n-th frame; 0: on change
}

// How a change is told. Anime is drawn 8 to 12 times a second at most, so more looks see
// the same drawings. On 24 minutes that is some 1,000 frames of 34,000.
const (
	looksPerSecond = 8
	unlike         = 0.20                   // share of cells that changed: another shot, or far along a pan
	calm           = 0.05                   // the same from look to look: held, not in a fade or a smear
	alike          = 0.01                   // not worth a look: a mouth that opens, noise
	hurry          = 500 * time.Millisecond // a picture that never holds still is taken so often
	patience       = 2 * time.Second        // a small change, such as another face in the room, waits so long
	memory         = 12                     // frames taken last that a new one must differ from: shot and answer
)

// picker chooses frames by Sampling, in the order of the video.
type picker struct {
	Sampling
	taken   []mosaic // the last ones, newest last
	takenAt time.Duration
	new     bool // since newAt the frames are another shot than the last one taken
	newAt   time.Duration
	before  mosaic // the frame seen last
	seen    int
}

// wants says whether to look at the frame.
func (p *picker) wants(img *image.RGBA, at time.Duration) bool {
	t := mosaicOf(img)
	first, still := p.seen == 0, t.changed(&p.before) < calm
	p.before = t
	p.seen++
	if t.blank() || slices.ContainsFunc(p.taken, func(o mosaic) bool { return t.changed(&o) < alike }) {
		p.new = false
		return false
	}
	if p.Every == 0 && !first && !p.rested(&t, at, still) {
		return false
	}
	if len(p.taken) == memory {
		p.taken = slices.Delete(p.taken, 0, 1)
	}
	p.taken, p.takenAt, p.new = append(p.taken, t), at, false
	return true
}

// rested says that what is new in a frame has been there for long enough.
func (p *picker) rested(t *mosaic, at time.Duration, still bool) bool {
	n := len(p.taken)
	if n > 0 && t.changed(&p.taken[n-1]) < unlike {
		p.new = false
		return at-p.takenAt >= patience
	}
	if !p.new {
		p.new, p.newAt = true, at
	}
	return still || at-p.newAt >= hurry
}

// step is how many frames there are from one that wants is asked about to the next,
// where one frame takes so long.
func (s Sampling) step(frame time.Duration) int {
	if s.Every > 0 {
		return s.Every
	}
	if frame <= 0 {
		return 1
	}
	return max(1, min(int((time.Second/looksPerSecond+frame/2)/frame), 24))
}

// mosaic is a frame in 32x18 cells of mean colour. It takes 0.05 ms.
type mosaic [18][32][3]uint8

// points is how many pixels across and down a cell's mean is taken from.
const points = 4

func mosaicOf(img *image.RGBA) (t mosaic) {
	size := img.Rect.Size()
	for y := range t {
		for x := range t[y] {
			var sum [3]int
			for j := range points {
				for i := range points {
					px := img.Rect.Min.X + ((2*(x*points+i)+1)*size.X)/(2*points*len(t[y]))
					py := img.Rect.Min.Y + ((2*(y*points+j)+1)*size.Y)/(2*points*len(t))
					c := img.Pix[img.PixOffset(px, py):]
					sum[0], sum[1], sum[2] = sum[0]+int(c[0]), sum[1]+int(c[1]), sum[2]+int(c[2])
				}
			}
			for c := range sum {
				t[y][x][c] = uint8(sum[c] / (points * points))
			}
		}
	}
	return t
}

// changed is the share of cells in which some colour differs by more than 20 of 255:
// above what compression does to a held picture, below what a line of a drawing does.
func (t *mosaic) changed(o *mosaic) float64 {
	n := 0
	for y := range t {
		for x := range t[y] {
			for c, v := range t[y][x] {
				if d := int(v) - int(o[y][x][c]); d > 20 || d < -20 {
					n++
					break
				}
			}
		}
	}
	return float64(n) / float64(len(t)*len(t[0]))
}

// blank says that a frame is of one colour, as before and after a fade.
func (t *mosaic) blank() bool {
	low, high := t[0][0], t[0][0]
	for y := range t {
		for x := range t[y] {
			for c, v := range t[y][x] {
				low[c], high[c] = min(low[c], v), max(high[c], v)
			}
		}
	}
	return high[0]-low[0] < 8 && high[1]-low[1] < 8 && high[2]-low[2] < 8
}
