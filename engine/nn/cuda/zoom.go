package cuda

import (
	"errors"
	"fmt"
	"slices"

	"frglab/engine/nn"
)

// zoom is pictures on the machine. Its memory stays for the next picture, so that nothing is
// allocated, or waited for, while the pictures keep their sizes.
type zoom struct {
	b       *Backend
	pics    []*zoomed
	count   int    // of pics that are in use
	between *block // lines of a picture that was resized in one direction
}

// zoomed is a picture of (h,w,4) bytes.
type zoomed struct {
	m          *block
	w, h       int
	table      *block // that it was made by
	cols, rows *nn.Sums
}

var _ nn.Zoomer = (*Backend)(nil)

// Zoom has no pictures yet.
func (b *Backend) Zoom() nn.Zoom { return &zoom{b: b} }

func (z *zoom) Begin(pixels []byte, w, h int) error {
	z.count = 0
	if w < 1 || h < 1 || w > maxElements/4/h || len(pixels) != 4*w*h {
		return fmt.Errorf("%d bytes for a picture of %dx%d", len(pixels), w, h)
	}
	p, err := z.next(w, h)
	if err != nil {
		return err
	}
	if err := z.b.upload(p.m.at, pixels); err != nil {
		return err
	}
	z.count = 1
	return nil
}

// next is the picture after those in use, with room for so many pixels.
func (z *zoom) next(w, h int) (*zoomed, error) {
	if z.count == len(z.pics) {
		z.pics = append(z.pics, &zoomed{})
	}
	p := z.pics[z.count]
	p.w, p.h = w, h
	return p, z.b.reserve(&p.m, 4*w*h)
}

// line is kernels' Line: where what a line is made of begins, and where its weights do.
type line struct{ first, start int32 }

func (z *zoom) Add(from int, cols, rows *nn.Sums, w, h int) error {
	wide, high := len(cols.Firsts), len(rows.Firsts)
	if from < 0 || from >= z.count || wide < 1 || high < 1 || w < wide || h < high || w > maxElements/4/h {
		return fmt.Errorf("picture %d of %d in %dx%d pixels of %dx%d", from, z.count, wide, high, w, h)
	}
	src := z.pics[from]
	if !cols.Within(src.w) || !rows.Within(src.h) {
		return fmt.Errorf("a picture of %dx%d pixels is too small for the sums that are to be made of it", src.w, src.h)
	}
	p, err := z.next(w, h)
	if err != nil {
		return err
	}
	if err := z.b.reserve(&z.between, 16*src.w*high); err != nil {
		return err
	}
	if err := z.tell(p, cols, rows); err != nil {
		return err
	}
	colLines, rowLines := p.table.at, p.table.at+uint64(8*(wide+1))
	colWeights := rowLines + uint64(8*(high+1))
	rowWeights := colWeights + uint64(4*len(cols.Weights))
	all := high * 4 * src.w
	z.count++
	return errors.Join(
		z.b.launch("zoom_rows", each(all), z.between.at, src.m.at, rowLines, rowWeights, whole(4*src.w), whole(all), over(4*src.w)),
		z.b.launch("zoom_cols", each(w*h), p.m.at, z.between.at, colLines, colWeights, whole(4*src.w), whole(wide), whole(high), whole(w), whole(w*h), over(w)))
}

// tell copies sums to the machine, unless they are there.
func (z *zoom) tell(p *zoomed, cols, rows *nn.Sums) error {
	if p.cols == cols && p.rows == rows {
		return nil
	}
	p.cols, p.rows = nil, nil
	var table []byte
	for _, s := range []*nn.Sums{cols, rows} {
		lines := make([]line, len(s.Starts))
		for i, start := range s.Starts {
			lines[i].start = start
			if i < len(s.Firsts) {
				lines[i].first = s.Firsts[i]
			}
		}
		table = append(table, bytesOf(lines)...)
	}
	table = append(append(table, bytesOf(cols.Weights)...), bytesOf(rows.Weights)...)
	if err := z.b.reserve(&p.table, len(table)); err != nil {
		return err
	}
	if err := z.b.upload(p.table.at, table); err != nil {
		return err
	}
	p.cols, p.rows = cols, rows
	return nil
}

func (z *zoom) Encode(dst nn.Buffer, picture, left, top int, mean [3]float32, scale float32) error {
	u, err := z.b.input(dst)
	if err != nil {
		return err
	}
	w, h := u.shape[3], u.shape[2]
	if picture < 0 || picture >= z.count || u.shape[0] != 1 || left < 0 || top < 0 || left+w > z.pics[picture].w || top+h > z.pics[picture].h {
		return fmt.Errorf("the part of %v from (%d,%d) on lies in none of %d pictures", u.shape, left, top, z.count)
	}
	if err := z.b.useMean(slices.Clone(mean[:])); err != nil {
		return err
	}
	p := z.pics[picture]
	return z.b.launch("encode_part", each(3*w*h), u.m.at, p.m.at, z.b.encoder.mean.at, real(float64(scale)),
		whole(left), whole(top), whole(p.w), whole(w), whole(w*h), over(w), over(w*h), whole(3*w*h))
}

func (z *zoom) Close() error {
	if z.b.closed {
		return nil
	}
	errs := []error{z.b.free(z.between)}
	for _, p := range z.pics {
		errs = append(errs, z.b.free(p.m), z.b.free(p.table))
	}
	z.pics, z.count, z.between = nil, 0, nil
	return errors.Join(errs...)
}
