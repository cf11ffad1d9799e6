//go:build matprofile

package ui

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"syscall"

	"frglab/engine/vision"
)

// A program made with this tag says, each time it gets the signal USR1, what it holds
// after all garbage is gone: ui/smoke asks it before and after an hour of use.
func init() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	go func() {
		for range asked {
			debug.FreeOSMemory()
			_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			fmt.Fprintf(os.Stderr, "holds %d goroutines %d mats %d bytes\n", runtime.NumGoroutine(), vision.OpenMats(), m.HeapAlloc)
		}
	}()
}
