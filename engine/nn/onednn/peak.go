package onednn

// #include "onednn.h"
import "C"

import (
	"errors"
	"time"
	"unsafe"
)

// PeakGFLOPS measures what the processor can do at most: the library's own product
// of two matrices of 2048 rows, in 1e9 operations a second (a multiply-add is two),
// with so many threads; 0 means as many as the process may use. It takes about a
// second and returns the best of many products, because what else runs only slows it.
func PeakGFLOPS(threads int) (best float64, err error) {
	b, err := New(threads)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	return best, b.do(func() error {
		best, err = b.peak()
		return err
	})
}

func (b *Backend) peak() (best float64, err error) {
	const n, least, lasting = 2048, 8, 600 * time.Millisecond
	m := make([]float32, 3*n*n)
	for i := range m {
		m[i] = float32(i%7) - 3
	}
	at := func(i int) *C.float { return (*C.float)(unsafe.Pointer(&m[i*n*n])) }
	for i, start := 0, time.Now(); i < least || time.Since(start) < lasting; i++ {
		seconds := float64(C.od_sgemm(n, at(0), at(1), at(2)))
		if seconds < 0 {
			return 0, errors.New("oneDNN cannot multiply matrices")
		}
		best = max(best, 2*n*n*n/seconds/1e9)
	}
	return best, nil
}
