package ref

import (
	"sync"
	"sync/atomic"
)

// team is a fixed number of goroutines that share out numbered pieces of work. The
// caller of run is worker 0.
type team struct {
	size  int
	start chan int // of a worker's number
	done  sync.WaitGroup

	work func(worker, i int)
	n    int64
	next atomic.Int64
}

func newTeam(size int) *team {
	t := &team{size: size, start: make(chan int)}
	for range size - 1 {
		go func() {
			for worker := range t.start {
				t.share(worker)
				t.done.Done()
			}
		}()
	}
	return t
}

// run calls work(worker, i) once for each i below n and returns when all are done.
// Calls with the same worker do not overlap. Keep work in a variable that outlives the
// call: a method value made on the spot would be allocated each time.
func (t *team) run(n int, work func(worker, i int)) {
	t.work, t.n = work, int64(n)
	t.next.Store(0)
	others := min(t.size, n) - 1
	for worker := 1; worker <= others; worker++ {
		t.done.Add(1)
		t.start <- worker
	}
	t.share(0)
	t.done.Wait()
	t.work = nil
}

func (t *team) share(worker int) {
	for i := t.next.Add(1) - 1; i < t.n; i = t.next.Add(1) - 1 {
		t.work(worker, int(i))
	}
}

func (t *team) close() { close(t.start) }

// A part is a run of elements that one worker does at a time, where each element
// is little work.
const partSize = 1 << 14

func parts(elements int) int { return (elements + partSize - 1) / partSize }

func part(i, elements int) (from, to int) {
	return i * partSize, min((i+1)*partSize, elements)
}
