package dataset

import (
	"context"
	"fmt"
	"image"
	"iter"
	"runtime"
	"sync"
)

// ready is a picture of an import as it goes into the project, or why it does not.
type ready struct {
	annotated
	size    image.Point
	crops   []crop // one, or one for each box
	clipped int    // boxes that reached over the edge
	err     error
}

// cutter reads pictures and cuts their crops out. It is used by several goroutines.
type cutter struct {
	margin float64
	large  sync.Mutex // held for a picture that takes much memory: one at a time
}

// largePixels is what a large picture has: decoded it takes 40 MB.
const largePixels = 10_000_000

// read makes a picture ready.
func (k *cutter) read(ctx context.Context, a annotated) ready {
	r := ready{annotated: a}
	r.err = k.cut(ctx, &r)
	return r
}

func (k *cutter) cut(ctx context.Context, r *ready) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	m, err := measure(r.path)
	if err != nil {
		return err
	}
	if err := r.check(m.size); err != nil {
		return fmt.Errorf("%q: %w", r.path, err)
	}
	if m.size.X*m.size.Y > largePixels {
		k.large.Lock()
		defer k.large.Unlock()
	}
	img, err := ReadImage(r.path)
	if err != nil {
		return err
	}
	r.size = img.Rect.Size()
	if r.crop {
		return r.add(img, img.Rect, r.class)
	}
	boxes, clipped := r.place(r.size)
	r.clipped = clipped
	left := maxCover * r.size.X * r.size.Y
	for _, b := range boxes {
		square := CutBounds(img.Rect, b.Rectangle, k.margin)
		if left -= square.Dx() * square.Dy(); left < 0 {
			return fmt.Errorf("%q: its %d boxes cover it more than %d times: delete what is no face", r.where(), len(r.boxes), maxCover)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.add(Cut(img, b.Rectangle, k.margin), b.Rectangle, b.class); err != nil {
			return fmt.Errorf("%q: %w", r.path, err)
		}
	}
	return nil
}

// add prepares one crop.
func (r *ready) add(img image.Image, box image.Rectangle, class Class) error {
	c, err := prepare(NewSample{
		Class: class, Checked: true, Path: r.path, Title: r.title, Episode: r.episode,
		Proposer: proposerImport, Box: box, Crop: img,
	})
	c.Crop = nil // the PNG is enough; many wait at a time
	r.crops = append(r.crops, c)
	return err
}

// inOrder does the work for all items on all cores, and gives the results in the order
// of the items. Few are done ahead; when the loop ends nothing runs any more.
//
// A sequential import spent two thirds of its time on decoding and encoding.
func inOrder[A, B any](items []A, work func(A) B) iter.Seq2[int, B] {
	cores := runtime.GOMAXPROCS(0)
	ahead := 8 * cores
	return func(yield func(int, B) bool) {
		slots := make(chan struct{}, cores)
		results := make([]chan B, ahead) // of item i in i%ahead
		started := 0
		start := func() {
			done, item := make(chan B, 1), items[started]
			results[started%ahead] = done
			started++
			go func() {
				slots <- struct{}{}
				done <- work(item)
				<-slots
			}()
		}
		for i := range items {
			for started < min(len(items), i+ahead) {
				start()
			}
			if yield(i, <-results[i%ahead]) {
				continue
			}
			for i++; i < started; i++ {
				<-results[i%ahead]
			}
			return
		}
	}
}
