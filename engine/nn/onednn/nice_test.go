package onednn

import (
	"syscall"
	"testing"
)

// TestWindowGoesFirst: the thread that computes, and so its team, stands behind
// whoever waits for a key.
func TestWindowGoesFirst(t *testing.T) {
	before, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0) // the kernel's 20 - nice
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(1)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var got int
	err = b.do(func() (err error) {
		got, err = syscall.Getpriority(syscall.PRIO_PROCESS, syscall.Gettid())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got >= before {
		t.Errorf("priority %d of the computing thread, %d of the test's: want less", got, before)
	}
}
