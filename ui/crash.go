package ui

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A crash leaves a report behind: Go writes the cause and the stacks, also of a crash in
// native code, to a file that is open while the program runs. The next start finds it,
// takes the names of the user out, and says where it is.

const (
	crashFolder = "crashes"
	runningMark = "running-" // of the files of programs that run: running-<process id>.txt
	keptCrashes = 10
)

// crashWatch is the file of this process.
type crashWatch struct {
	path string
	file *os.File
}

// watchCrashes begins the report that a crash will complete. It never fails: a program
// without a report is better than none.
func watchCrashes(dir, version string) *crashWatch {
	dir = filepath.Join(dir, crashFolder)
	path := filepath.Join(dir, runningMark+strconv.Itoa(os.Getpid())+".txt")
	if os.MkdirAll(dir, 0o755) != nil {
		return &crashWatch{}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return &crashWatch{}
	}
	w := &crashWatch{path, f}
	w.note("FrgLab %s, %s, %s/%s, %d processors, started %s", version, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), time.Now().Format(time.RFC3339))
	if err := debug.SetCrashOutput(f, debug.CrashOptions{}); err != nil {
		w.end()
	}
	return w
}

// note adds a line of what is good to know where it crashes, such as the device.
func (w *crashWatch) note(format string, args ...any) {
	if w != nil && w.file != nil {
		fmt.Fprintf(w.file, noteMark+format+"\n", args...)
	}
}

// noteMark begins the lines that are there without a crash.
const noteMark = "# "

// end is called where the program ends well.
func (w *crashWatch) end() {
	if w.file != nil {
		debug.SetCrashOutput(nil, debug.CrashOptions{})
		w.file.Close()
		os.Remove(w.path)
	}
}

// collectCrashes makes reports of what programs left that run no more, and returns their
// paths. Those that were just killed leave none.
func collectCrashes(dir string, now time.Time) (reports []string) {
	dir = filepath.Join(dir, crashFolder)
	left, _ := filepath.Glob(filepath.Join(dir, runningMark+"*.txt"))
	for i, path := range left {
		pid, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), runningMark), ".txt"))
		if err == nil && pid > 0 && pid != os.Getpid() && syscall.Kill(pid, 0) == nil {
			continue // it runs
		}
		text, err := os.ReadFile(path)
		if err != nil || !crashed(text) {
			os.Remove(path)
			continue
		}
		name := "crash-" + now.Format("2006-01-02-150405")
		if i > 0 {
			name += "-" + strconv.Itoa(i)
		}
		report := filepath.Join(dir, name+".txt")
		if os.WriteFile(report, []byte(homeless(string(text))), 0o600) == nil && os.Remove(path) == nil {
			reports = append(reports, report)
		}
	}
	old, _ := filepath.Glob(filepath.Join(dir, "crash-*.txt"))
	for _, path := range old[:max(0, len(old)-keptCrashes)] { // Glob sorts, and so by date
		os.Remove(path)
	}
	return reports
}

// crashed says whether there is more in a file than notes.
func crashed(text []byte) bool {
	for line := range bytes.Lines(text) {
		if !bytes.HasPrefix(line, []byte(noteMark)) && len(bytes.TrimSpace(line)) > 0 {
			return true
		}
	}
	return false
}

// homeless is a text in which the user's home is called "~".
func homeless(text string) string {
	home, err := os.UserHomeDir()
	if err != nil || len(home) < 2 {
		return text
	}
	return strings.ReplaceAll(text, home, "~")
}
