package onednn

// #include "onednn.h"
import "C"

import (
	"errors"
	"runtime"
	"time"
	"unsafe"
)

// PeakGFLOPS measures what the processor can do at most: the library's own product
// of two matrices of 2048 rows, in 1e9 operations a second (a multiply-add is two),
// with so many threads; 0 means as many as the process may use. It takes about a
// second and returns the best of many products, because what else runs only slows it.
func PeakGFLOPS(threads int) (float64, error) {
	const n, least, lasting = 2048, 8, 600 * time.Millisecond
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	type result struct {
		best float64
		err  error
	}
	done := make(chan result)
	go func() {
		runtime.LockOSThread() // and its team of threads ends with it
		m := make([]float32, 3*n*n)
		for i := range m {
			m[i] = float32(i%7) - 3
		}
		at := func(i int) *C.float { return (*C.float)(unsafe.Pointer(&m[i*n*n])) }
		var r result
		for i, start := 0, time.Now(); r.err == nil && (i < least || time.Since(start) < lasting); i++ {
			seconds := float64(C.od_sgemm(C.int(threads), n, at(0), at(1), at(2)))
			if seconds < 0 {
				r.err = errors.New("oneDNN cannot multiply matrices")
			}
			r.best = max(r.best, 2*n*n*n/seconds/1e9)
		}
		done <- r
	}()
	r := <-done
	return r.best, r.err
}
