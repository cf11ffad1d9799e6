package engine

import (
	"context"
	"iter"
	"sync"
)

// ordered computes f(0) to f(n-1) in a few goroutines, ahead of the loop that takes
// the results, and yields them in order. It is how decoding keeps pace with
// training. It stops at the first error, at the loop's end, or with ctx.Err(), and
// has no goroutine running when it returns.
func ordered[T any](ctx context.Context, ahead, n int, f func(i int) (T, error)) iter.Seq2[T, error] {
	type result struct {
		value T
		err   error
	}
	return func(yield func(T, error) bool) {
		inner, cancel := context.WithCancel(ctx)
		var wg sync.WaitGroup
		defer wg.Wait()
		defer cancel()
		queue := make(chan chan result, ahead) // its length bounds the work begun
		wg.Go(func() {
			defer close(queue)
			for i := range n {
				slot := make(chan result, 1)
				select {
				case <-inner.Done():
					return
				case queue <- slot:
				}
				wg.Go(func() {
					v, err := f(i)
					slot <- result{v, err}
				})
			}
		})
		for slot := range queue {
			r := <-slot
			if err := ctx.Err(); err != nil {
				r = result{err: err}
			}
			if !yield(r.value, r.err) || r.err != nil {
				return
			}
		}
		if err := ctx.Err(); err != nil { // the feeder stopped early
			var none T
			yield(none, err)
		}
	}
}
