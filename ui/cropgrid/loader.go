package cropgrid

import (
	"container/list"
	"image"
	"sync"
	"time"

	"golang.org/x/image/draw"
)

const (
	// cacheBytes holds about 6,000 crops of 64 pixels, or 380 cells of 256.
	cacheBytes = 96 << 20
	// maxSource is the longest side kept of a picture: the largest cell on a
	// screen of scale 2.
	maxSource = 2 * maxCell
	// workers decode side by side without starving the UI goroutine.
	workers = 3
	// pause is the least time between two redraws caused by loading.
	pause = 30 * time.Millisecond
)

// thumb is one cached picture. A thumb without source could not be read.
type thumb struct {
	id     int64
	source *image.RGBA // at most maxSource wide and high
	fit    *image.RGBA // source scaled to side; may be source itself
	side   int         // device pixels; 0 before the first scaling
	opaque bool        // fit covers what is under it
}

func (t *thumb) bytes() int {
	n := 64
	if t.source != nil {
		n += len(t.source.Pix)
	}
	if t.fit != nil && t.fit != t.source {
		n += len(t.fit.Pix)
	}
	return n
}

// loader reads and scales pictures on goroutines that live only while there is
// something to do. The latest list of wishes replaces the one before, so that
// cells scrolled past are forgotten and the present view comes first.
type loader struct {
	load  func(id int64) image.Image // on loader goroutines
	ready func()                     // on a loader goroutine, at most once per pause
	later func(f func())             // calls f after a pause
	limit int                        // bytes

	mu     sync.Mutex
	idle   sync.Cond // working became 0
	wishes []int64
	keep   int // so many of the latest pictures are in view and stay
	side   int
	busy   map[int64]bool // being loaded; false: forgotten since
	cache  map[int64]*list.Element
	recent *list.List // of *thumb, latest first
	bytes  int
	active int
	noted  bool // a ready call is on its way
	closed bool
}

func newLoader(load func(int64) image.Image, ready func()) *loader {
	l := &loader{
		load: load, ready: ready, limit: cacheBytes,
		later: func(f func()) { time.AfterFunc(pause, f) },
		busy:  map[int64]bool{}, cache: map[int64]*list.Element{}, recent: list.New(),
	}
	l.idle.L = &l.mu
	return l
}

// get returns what is known of a picture, nil before it was loaded. The thumb
// is a copy; its pictures are not modified later.
func (l *loader) get(id int64) *thumb {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.cache[id]
	if !ok {
		return nil
	}
	l.recent.MoveToFront(e)
	t := *e.Value.(*thumb)
	return &t
}

// wish replaces the list of pictures wanted at side device pixels, the most
// wanted first; the first inView are on the screen. ids is kept.
func (l *loader) wish(ids []int64, inView, side int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wishes, l.keep, l.side = ids, inView, side
	for ; l.active < workers && len(ids) > l.active && !l.closed; l.active++ {
		go l.work()
	}
}

// next takes the first wish that is not yet fulfilled or being worked on.
func (l *loader) next() (id int64, ok bool) {
	for len(l.wishes) > 0 {
		id, l.wishes = l.wishes[0], l.wishes[1:]
		if _, busy := l.busy[id]; busy {
			continue
		}
		e, have := l.cache[id]
		if !have {
			return id, true
		}
		if t := e.Value.(*thumb); t.source != nil && t.side != l.side {
			return id, true
		}
	}
	return 0, false
}

func (l *loader) work() {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer func() {
		if l.active--; l.active == 0 {
			l.idle.Broadcast()
		}
	}()
	for !l.closed {
		id, ok := l.next()
		if !ok {
			return
		}
		l.busy[id] = true
		t, side := thumb{id: id}, l.side
		if e, have := l.cache[id]; have {
			t.source = e.Value.(*thumb).source
		}
		l.mu.Unlock()
		if t.source == nil {
			t.source = source(l.load(id))
		}
		t.fit, t.side = fit(t.source, side), side
		t.opaque = t.fit != nil && t.fit.Opaque()
		l.mu.Lock()
		if l.busy[id] && !l.closed {
			l.put(&t)
		}
		delete(l.busy, id)
		l.note()
	}
}

func (l *loader) put(t *thumb) {
	l.drop(t.id)
	l.cache[t.id] = l.recent.PushFront(t)
	l.bytes += t.bytes()
	for l.bytes > l.limit && l.recent.Len() > max(1, l.keep) {
		l.drop(l.recent.Back().Value.(*thumb).id)
	}
}

func (l *loader) drop(id int64) {
	if e, ok := l.cache[id]; ok {
		l.bytes -= e.Value.(*thumb).bytes()
		l.recent.Remove(e)
		delete(l.cache, id)
	}
}

// note lets ready be called once for all pictures that come within a pause.
func (l *loader) note() {
	if l.noted || l.closed {
		return
	}
	l.noted = true
	l.later(func() {
		l.mu.Lock()
		l.noted = false
		tell := !l.closed
		l.mu.Unlock()
		if tell {
			l.ready()
		}
	})
}

// forget drops pictures, all where no ids are given; loads under way are
// dropped when they end.
func (l *loader) forget(ids []int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(ids) == 0 {
		clear(l.cache)
		l.recent.Init()
		l.bytes = 0
		for id := range l.busy {
			l.busy[id] = false
		}
	}
	for _, id := range ids {
		l.drop(id)
		if _, busy := l.busy[id]; busy {
			l.busy[id] = false
		}
	}
}

// close ends loading and waits for the loads under way.
func (l *loader) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed, l.wishes = true, nil
	for l.active > 0 {
		l.idle.Wait()
	}
}

// source copies a picture into the form that is cached, made smaller where it
// is larger than any cell; nil stays nil.
func source(img image.Image) *image.RGBA {
	if img == nil || img.Bounds().Empty() {
		return nil
	}
	b := img.Bounds()
	if max(b.Dx(), b.Dy()) > maxSource {
		return scale(img, maxSource)
	}
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Copy(out, image.Point{}, img, b, draw.Src, nil)
	return out
}

// fit scales a picture so that its longer side is side pixels.
func fit(img *image.RGBA, side int) *image.RGBA {
	if img == nil || side <= 0 {
		return nil
	}
	if max(img.Rect.Dx(), img.Rect.Dy()) == side {
		return img
	}
	return scale(img, side)
}

func scale(img image.Image, side int) *image.RGBA {
	out := image.NewRGBA(fitRect(img.Bounds(), side))
	draw.CatmullRom.Scale(out, out.Rect, img, img.Bounds(), draw.Src, nil)
	return out
}

// fitRect returns the size of b with its longer side made side, none below 1.
func fitRect(b image.Rectangle, side int) image.Rectangle {
	long := max(b.Dx(), b.Dy())
	return image.Rect(0, 0, max(1, b.Dx()*side/long), max(1, b.Dy()*side/long))
}
