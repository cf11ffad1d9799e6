package engine

import (
	"context"
	"image"
	"iter"
	"slices"
	"sync"

	"frglab/engine/nn"
)

// batch is what one iteration learns from.
type batch struct {
	x       []float32   // (N,3,S,S); nil where there are pixels
	pixels  []byte      // (N,S,S,4), for a device that makes numbers of them
	changes []nn.Change // N, for a device that keeps the crops
	targets []float32   // (N,K): 1 for the crop's class
	classes []int       // N
}

// drawer decides which crop comes when. It is a pure function of the seed and the
// number of the draw, counted from the start of the training, so nothing of it needs
// to be saved.
type drawer struct {
	seed    uint64
	replace bool
	turns   int     // 1 or 4
	pools   [][]int // crops by class, or all in one where classes are not balanced
}

func newDrawer(c Config, labels []int) drawer {
	d := drawer{seed: c.Seed, replace: c.Draw == DrawReplace, turns: 1, pools: make([][]int, 1)}
	if c.Turns {
		d.turns = 4
	}
	if c.Balance {
		d.pools = make([][]int, slices.Max(labels)+1)
	}
	for i, class := range labels {
		if !c.Balance {
			class = 0
		}
		d.pools[class] = append(d.pools[class], i)
	}
	return d
}

// draw returns the crop of draw n and how many quarter turns it makes. The pools
// take turns; each is gone through in the order of a shuffle of its own.
func (d drawer) draw(n int) (crop, turn int) {
	which := n % len(d.pools)
	pool := d.pools[which]
	all := len(pool) * d.turns
	var i int
	if d.replace {
		i = random(d.seed, streamDraw, n).IntN(all)
	} else {
		k := n / len(d.pools)
		i = permute(k%all, all, mix(d.seed, streamOrder, uint64(which), uint64(k/all)))
	}
	return pool[i/d.turns], i % d.turns
}

// feed makes the batches of a training.
type feed struct {
	input
	config Config
	drawer drawer
	labels []int     // class of each crop
	pixels bool      // whether batches are pixels
	kept   nn.Crops  // the crops on the device; nil: it is sent them
	spare  sync.Pool // of *batch
}

// from yields the batches of the iterations first to last-1, which fall under one cut,
// each ready to be learned from. A batch is good until the loop goes on.
func (f *feed) from(ctx context.Context, first, last int, c cut) iter.Seq2[*batch, error] {
	return func(yield func(*batch, error) bool) {
		for b, err := range ordered(ctx, workers(), last-first, func(i int) (*batch, error) { return f.batch(c.draws(first+i), c.Batch) }) {
			if !yield(b, err) {
				return
			}
			if b != nil {
				f.spare.Put(b)
			}
		}
	}
}

// batch makes a batch of n crops that begins at a draw.
func (f *feed) batch(first, n int) (*batch, error) {
	k, v := len(f.classes), f.volume()
	b, _ := f.spare.Get().(*batch)
	if b == nil || len(b.classes) != n || (b.changes != nil) != (f.kept != nil) {
		b = &batch{targets: make([]float32, n*k), classes: make([]int, n)}
		switch {
		case f.kept != nil:
			b.changes = make([]nn.Change, n)
		case f.pixels:
			b.pixels = make([]byte, n*4*f.size*f.size)
		default:
			b.x = make([]float32, n*v)
		}
	}
	clear(b.targets)
	plain := f.config.plainFrom(f.source.Len())
	for i := range n {
		draw := first + i
		crop, turn := f.drawer.draw(draw)
		class := f.labels[crop]
		jitter := newJitter(f.config, turn, random(f.config.Seed, streamAugment, draw))
		if draw >= plain {
			jitter = jitter.asItIs()
		}
		if f.kept != nil {
			b.changes[i] = jitter.change(crop)
		} else if err := f.fill(b, i, jitter, crop); err != nil {
			return nil, err
		}
		b.targets[i*k+class] = 1
		b.classes[i] = class
	}
	return b, nil
}

// fill makes crop number i of a batch.
func (f *feed) fill(b *batch, i int, j jitter, crop int) error {
	img, _, err := f.at(crop)
	if err != nil {
		return err
	}
	v := f.volume()
	img = j.apply(img)
	if f.pixels {
		copyPixels(b.pixels[i*v/3*4:], img)
	} else {
		Encode(b.x[i*v:(i+1)*v], img, f.mean, f.scale)
	}
	return nil
}

// copyPixels writes a picture's pixels row by row.
func copyPixels(dst []byte, img *image.RGBA) {
	row := 4 * img.Rect.Dx()
	for y := range img.Rect.Dy() {
		copy(dst[y*row:(y+1)*row], img.Pix[y*img.Stride:])
	}
}
