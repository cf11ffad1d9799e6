package vision

// #cgo pkg-config: opencv4
// #cgo CXXFLAGS: --std=c++11
// #include "threads.h"
import "C"

import "sync"

// opencvThreads is how many threads an OpenCV call uses.
func opencvThreads() int {
	n := C.frglab_threads(1)
	C.frglab_threads(n)
	return int(n)
}

// alone counts the callers of OneThreadEach; before is what OpenCV used without them.
var (
	alone  int
	before C.int
	aloneM sync.Mutex
)

// oneThread says that OneThreadEach is in force.
func oneThread() bool {
	aloneM.Lock()
	defer aloneM.Unlock()
	return alone > 0
}

// OneThreadEach makes each call into OpenCV, from any goroutine, use one thread until
// restore is called: for several cascades at once, one a core. Four frames of 1280x720
// on 4 cores take 0.20 s so, one after another on all cores each 0.28 s.
func OneThreadEach() (restore func()) {
	aloneM.Lock()
	defer aloneM.Unlock()
	if alone++; alone == 1 {
		before = C.frglab_threads(1)
	}
	return sync.OnceFunc(func() {
		aloneM.Lock()
		defer aloneM.Unlock()
		if alone--; alone == 0 {
			C.frglab_threads(before)
		}
	})
}
