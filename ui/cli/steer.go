package cli

import (
	"bufio"
	"context"
	"io"
	"os/signal"
	"strings"
	"sync"
	"syscall"
)

// The commands of train --steer, a line each.
const (
	SteerPause  = "pause"
	SteerResume = "resume"
	SteerStop   = "stop"
)

// steering is a training that another process leads by lines on standard input. The
// end of the input means that this process is gone: the training is saved and stops.
type steering struct {
	stop context.CancelCauseFunc

	mu   sync.Mutex
	gate chan struct{} // open while paused, else nil
}

// steer begins to read commands. It never ends before its input does, which no
// reader can be called back from.
func steer(in io.Reader, stop context.CancelCauseFunc) *steering {
	signal.Ignore(syscall.SIGPIPE) // whoever read our output may be gone, and the state is to be saved all the same
	s := &steering{stop: stop}
	go s.listen(in)
	return s
}

func (s *steering) listen(in io.Reader) {
	for lines := bufio.NewScanner(in); lines.Scan(); {
		s.obey(strings.TrimSpace(lines.Text()))
	}
	s.obey(SteerStop)
}

func (s *steering) obey(command string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch command {
	case SteerPause:
		if s.gate == nil {
			s.gate = make(chan struct{})
		}
	case SteerResume:
		if s.gate != nil {
			close(s.gate)
			s.gate = nil
		}
	case SteerStop:
		s.stop(errAsked)
	}
}

// wait is what the training asks before each iteration: nil, or what to wait for.
func (s *steering) wait() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gate == nil {
		return nil
	}
	return s.gate
}
