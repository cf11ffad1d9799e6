package onednn

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"testing"

	"frglab/engine/nn"
	"frglab/engine/nn/nntest"
)

// TestRefusedThreads runs a child that the system gives no thread more: before the
// backend starts, which must be an error that says what to do, or after, which must not
// matter.
func TestRefusedThreads(t *testing.T) {
	if when := os.Getenv("FRGLAB_TEST_REFUSE"); when != "" {
		refused(t, when)
		return
	}
	for when, want := range map[string]string{
		"before": "error: start oneDNN: the system gives 1 of 4 threads: end other programs, or compute with fewer threads",
		"after":  "lost nothing",
	} {
		child(t, when, want)
	}
}

// child runs this test once more, in a process of its own that must say what is wanted.
func child(t *testing.T, when, want string) {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	c.Env = append(os.Environ(), "FRGLAB_TEST_REFUSE="+when)
	out, err := c.CombinedOutput()
	if err != nil || !strings.Contains(string(out), want) {
		t.Errorf("%s: %v\n%.2000s\nwant %q", when, err, out, want)
	}
}

// refused is the child.
func refused(t *testing.T, when string) {
	keepThreads(8)
	if when == "before" {
		refuseThreads(t)
		_, err := New(4)
		fmt.Println("error:", err)
		nntest.Losses(t, open(t, 0), nntest.Small(), 10, 3) // all that there are
		return
	}
	b := open(t, 4)
	refuseThreads(t)
	want := nntest.Losses(t, b, nntest.Small(), 10, 3)
	for _, batch := range []int{1, 3, 2, 10} { // loops that grow and shrink
		nntest.Losses(t, b, nntest.Small(), batch, 3)
	}
	if got := nntest.Losses(t, b, nntest.Small(), 10, 3); got[2] != want[2] {
		t.Errorf("loss %v, and %v the second time", want[2], got[2])
	}
	fmt.Println("lost nothing")
}

// keepThreads has Go's runtime make threads that it keeps for what comes: it ends the
// program when it is refused one, which is not the backend's doing.
func keepThreads(n int) {
	var busy, done sync.WaitGroup
	busy.Add(n)
	for range n {
		done.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			busy.Done()
			busy.Wait()
		})
	}
	done.Wait()
}

// refuseThreads is for good. Root is refused nothing, so it becomes somebody else first.
func refuseThreads(t *testing.T) {
	if os.Getuid() == 0 {
		if err := syscall.Setuid(54321); err != nil {
			t.Skip("cannot leave root:", err)
		}
	}
	const nproc = 6 // RLIMIT_NPROC on amd64 and arm64, which package syscall does not name
	if err := syscall.Setrlimit(nproc, &syscall.Rlimit{Cur: 1, Max: 1}); err != nil {
		t.Fatal(err)
	}
}

// TestRefusedMemory fills what the system gives a child, up to the last buffer. The
// library must have room left, which it would die without; to build a net must be an
// error, and work again once there is memory.
func TestRefusedMemory(t *testing.T) {
	if os.Getenv("FRGLAB_TEST_REFUSE") == "" {
		child(t, "memory", "lost nothing")
		return
	}
	debug.SetGCPercent(-1) // Go's own want of memory ends the program
	keepThreads(8)
	b := open(t, 4)
	limit := uint64(status(t, "VmSize"))<<10 + 600<<20
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
		t.Fatal(err)
	}
	var full []nn.Buffer
	for _, size := range []int{4 << 20, 1 << 10} {
		for {
			m, err := b.NewBuffer(size)
			if err != nil {
				break
			}
			full = append(full, m)
		}
	}
	const left = 32 << 20 // Go and the heap take some too
	p, err := syscall.Mmap(-1, 0, left, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		t.Fatalf("buffers took the last %d MB: %v", left>>20, err)
	}
	if err := syscall.Munmap(p); err != nil {
		t.Fatal(err)
	}
	w, err := nn.NewWeights(nntest.Small(), nn.He, 5)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := nn.New(b, nntest.Small(), w); !errors.Is(err, nn.ErrMemory) {
		t.Errorf("with %d buffers nothing is left, but a net gives error %v", len(full), err)
	}
	for _, m := range full {
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
	nntest.Losses(t, b, nntest.Small(), 10, 3)
	fmt.Println("lost nothing")
}
