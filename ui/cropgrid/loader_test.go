package cropgrid

import (
	"image"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

// rig is a loader whose loads wait for a token each.
type rig struct {
	*loader
	t     *testing.T
	mu    sync.Mutex
	order []int64
	token chan bool
	ready chan bool
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t, token: make(chan bool), ready: make(chan bool, 1000)}
	r.loader = newLoader(func(id int64) image.Image {
		r.mu.Lock()
		r.order = append(r.order, id)
		r.mu.Unlock()
		<-r.token
		if id < 0 {
			return nil
		}
		return image.NewGray(image.Rect(0, 0, 10, 20))
	}, func() { r.ready <- true })
	t.Cleanup(func() {
		close(r.token)
		r.close()
	})
	return r
}

// let allows n loads to end.
func (r *rig) let(n int) {
	r.t.Helper()
	for range n {
		select {
		case r.token <- true:
		case <-time.After(20 * time.Second):
			r.t.Fatalf("no load is under way; so far: %v", r.started())
		}
	}
}

// has waits until all of ids are known, scaled to side.
func (r *rig) has(side int, ids ...int64) {
	r.t.Helper()
	for _, id := range ids {
		for got := r.get(id); got == nil || got.side != side; got = r.get(id) {
			select {
			case <-r.ready:
			case <-time.After(20 * time.Second):
				r.t.Fatalf("picture %d never came", id)
			}
		}
	}
}

func (r *rig) started() []int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.order)
}

// begun waits until n loads are under way or done.
func (r *rig) begun(n int) {
	for len(r.started()) < n {
		runtime.Gosched()
	}
}

func ids(from, to int64) (out []int64) {
	for ; from < to; from++ {
		out = append(out, from)
	}
	return out
}

func TestLatestWishesComeFirst(t *testing.T) {
	r := newRig(t)
	r.wish(ids(0, 500), 500, 64) // a view scrolled past
	r.begun(workers)
	r.wish(ids(900, 910), 10, 64)
	r.let(workers + 10) // what had begun, then the new view
	r.has(64, ids(900, 910)...)
	for _, id := range r.started() {
		if id >= workers && id < 500 {
			t.Errorf("picture %d of the old view was loaded", id)
		}
	}
}

func TestResultsAreCoalesced(t *testing.T) {
	r := newRig(t)
	later := make(chan func(), 1000)
	r.later = func(f func()) { later <- f }
	for round := range 2 {
		from := int64(100 * round)
		r.wish(ids(from, from+100), 100, 64)
		r.let(100)
		(<-later)()
		if len(later) != 0 || len(r.ready) != 1 {
			t.Fatalf("round %d: told %d times of 100 pictures, %d more to come", round, len(r.ready), len(later))
		}
		<-r.ready
	}
}

func TestThumbIsScaledToFit(t *testing.T) {
	r := newRig(t)
	r.wish([]int64{1}, 1, 64)
	r.let(1)
	r.has(64, 1)
	got := r.get(1)
	if got.side != 64 || got.fit.Rect != image.Rect(0, 0, 32, 64) {
		t.Errorf("10x20 picture for side 64: %v", got.fit.Rect)
	}
	r.wish([]int64{1}, 1, 128) // from the source, without loading again
	r.has(128, 1)
	if got := r.get(1); got.fit.Rect != image.Rect(0, 0, 64, 128) {
		t.Errorf("zoomed to 128: %v", got.fit.Rect)
	}
	if n := len(r.started()); n != 1 {
		t.Errorf("loaded %d times", n)
	}
}

func TestUnreadableIsRemembered(t *testing.T) {
	r := newRig(t)
	r.wish([]int64{-1}, 1, 64)
	r.let(1)
	r.has(64, -1)
	if got := r.get(-1); got == nil || got.source != nil {
		t.Fatalf("got %v, want a thumb without picture", got)
	}
	r.wish([]int64{-1, 2}, 2, 64)
	r.let(1)
	r.has(64, 2)
	if got := r.started(); !equal(got, []int64{-1, 2}) {
		t.Errorf("loads: %v, want no second try of -1", got)
	}
}

func TestForgetDropsLoadsUnderWay(t *testing.T) {
	for name, what := range map[string][]int64{"one": {1}, "all": nil} {
		r := newRig(t)
		r.wish([]int64{1}, 1, 64)
		r.begun(1)
		r.forget(what)
		r.let(1)
		<-r.ready
		if r.get(1) != nil {
			t.Errorf("forget %s: the old picture came back", name)
			continue
		}
		r.wish([]int64{1}, 1, 64)
		r.let(1)
		r.has(64, 1)
	}
}

func TestCacheIsBounded(t *testing.T) {
	r := newRig(t)
	r.limit = 20 * (64 + 4*10*20 + 4*32*64)
	for i := int64(0); i < 100; i += 10 {
		r.wish(ids(i, i+10), 10, 64)
		r.let(10)
		r.has(64, ids(i, i+10)...)
	}
	r.close()
	if r.bytes > r.limit {
		t.Errorf("%d bytes, limit %d", r.bytes, r.limit)
	}
	sum := 0
	for e := r.recent.Front(); e != nil; e = e.Next() {
		sum += e.Value.(*thumb).bytes()
	}
	if sum != r.bytes || r.recent.Len() != len(r.cache) {
		t.Errorf("counted %d bytes in %d, books say %d in %d", sum, r.recent.Len(), r.bytes, len(r.cache))
	}
	if r.get(99) == nil || r.get(0) != nil {
		t.Error("the oldest picture stayed, or the latest went")
	}
}

// A view with more pictures than the limit holds must not load them in a circle.
func TestPicturesInViewStay(t *testing.T) {
	r := newRig(t)
	r.limit = 1
	r.wish(ids(0, 50), 50, 64)
	r.let(50)
	r.has(64, ids(0, 50)...)
	r.wish(ids(0, 50), 50, 64)
	r.wish(ids(50, 51), 1, 64)
	r.let(1)
	r.has(64, 50)
	if n := len(r.started()); n != 51 {
		t.Errorf("%d loads of 51 pictures", n)
	}
}

func TestCloseWaitsForLoads(t *testing.T) {
	r := newRig(t)
	r.wish(ids(0, 10), 10, 64)
	r.begun(workers)
	done := make(chan bool)
	go func() {
		r.close()
		close(done)
	}()
	for closing := false; !closing; runtime.Gosched() {
		r.loader.mu.Lock()
		closing = r.closed
		r.loader.mu.Unlock()
	}
	for range workers {
		select {
		case <-done:
			t.Fatal("closed while loads were under way")
		case r.token <- true:
		}
	}
	<-done
	r.wish(ids(20, 30), 10, 64)
	if n := len(r.started()); n != workers {
		t.Errorf("%d loads after close", n-workers)
	}
}

func TestSourceIsKeptSmall(t *testing.T) {
	if got := source(image.NewGray(image.Rect(5, 5, 5+2*maxSource, 5+maxSource))); got.Rect != image.Rect(0, 0, maxSource, maxSource/2) {
		t.Errorf("got %v", got.Rect)
	}
	if source(image.NewGray(image.Rectangle{})) != nil {
		t.Error("an empty picture is no picture")
	}
}
