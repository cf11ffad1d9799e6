//go:build linux

package onednn

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestSignalsGoElsewhere: what a signal puts on the stack of a team's thread, the code that
// oneDNN generates may overwrite, or be overwritten by.
func TestSignalsGoElsewhere(t *testing.T) {
	before := deaf(t)
	b := open(t, 3)
	if got := deaf(t) - before; got != 2 {
		t.Errorf("%d threads of %s are spared the end of a child process, want the 2 that only compute", got, b.Name())
	}
}

// deaf counts the threads of the process that block SIGCHLD.
func deaf(t *testing.T) (n int) {
	t.Helper()
	files, err := filepath.Glob("/proc/self/task/*/status")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			continue // it has ended
		}
		_, mask, _ := strings.Cut(string(text), "SigBlk:")
		var bits uint64
		if _, err := fmt.Sscanf(mask, "%x", &bits); err != nil {
			t.Fatalf("%s: %v in %.20q", f, err, mask)
		}
		if bits>>(syscall.SIGCHLD-1)&1 != 0 {
			n++
		}
	}
	return n
}
