package ui

import (
	"os"
	"strings"
	"sync"
	"syscall"
)

// died means that the worker did not end by itself: it crashed or was killed. Its
// first line is for everybody, the others are what the worker said.
type died struct{ text string }

func (d died) Error() string { return d.text }

// inWords says how a process ended to somebody who knows no signals.
func inWords(s *os.ProcessState, said string) string {
	status, _ := s.Sys().(syscall.WaitStatus)
	signal := syscall.Signal(0)
	if status.Signaled() {
		signal = status.Signal()
	}
	has := func(sign string) bool { return strings.Contains(said, sign) }
	switch {
	case signal == syscall.SIGKILL:
		return tr("it was killed, by hand or by the system for want of memory; a smaller batch needs less")
	case signal == syscall.SIGSEGV || signal == syscall.SIGBUS || has("SIGSEGV") || has("SIGBUS"):
		return tr("it crashed in native code (memory fault)")
	case signal == syscall.SIGABRT || has("SIGABRT"):
		return tr("it crashed in native code (abort)")
	case signal == syscall.SIGILL || has("SIGILL"):
		return tr("it crashed: the processor lacks an instruction")
	case has("panic:") || has("fatal error:"):
		return tr("it ended with an error of the program")
	case signal != 0:
		return tr("it was ended by a signal (%s)", signal)
	}
	return tr("it ended with code %d", s.ExitCode())
}

// lastWords keeps what a process said last on standard error, and the lines by which
// a crash tells its cause, which stand before long lists of goroutines and registers.
type lastWords struct {
	mu           sync.Mutex
	part         string // of a line
	causes, last []string
}

const keptLines = 6

// Write implements io.Writer.
func (l *lastWords) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := l.part + string(p)
	for {
		line, rest, whole := strings.Cut(text, "\n")
		if !whole {
			l.part = line[max(0, len(line)-4096):]
			return len(p), nil
		}
		l.add(strings.TrimSpace(line))
		text = rest
	}
}

func (l *lastWords) add(line string) {
	if line == "" {
		return
	}
	for _, sign := range []string{"frglab: ", "panic: ", "fatal error: ", "SIG", "[signal ", "runtime: ", "terminate called"} {
		if strings.HasPrefix(line, sign) && len(l.causes) < keptLines {
			l.causes = append(l.causes, line)
			return
		}
	}
	l.last = append(l.last, line)
	l.last = l.last[max(0, len(l.last)-keptLines):]
}

// String is what is worth reading.
func (l *lastWords) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.causes) > 0 {
		return strings.Join(l.causes, "\n")
	}
	return strings.Join(l.last, "\n")
}

// refusal is the worker's own message, where it ended with one; warnings are none.
func (l *lastWords) refusal() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.causes {
		switch text, own := strings.CutPrefix(line, "frglab: "); {
		case !own:
			return "" // a crash is told in other words
		case !strings.HasPrefix(text, "warning: ") && !strings.HasPrefix(text, "stopped "):
			return text
		}
	}
	return ""
}
