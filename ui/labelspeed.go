package ui

import "time"

// speed measures labels per minute over the last minutes of work.
type speed struct {
	now    func() time.Time
	stamps []stamp // of the present sitting, oldest first
}

type stamp struct {
	at time.Time
	n  int
}

const (
	speedWindow = 5 * time.Minute
	speedPause  = 2 * time.Minute // without a label ends a sitting
)

func (s *speed) reset() { s.stamps = nil }

// add counts n labels made now.
func (s *speed) add(n int) {
	now := s.now()
	if k := len(s.stamps); k > 0 && now.Sub(s.stamps[k-1].at) > speedPause {
		s.stamps = nil
	}
	s.stamps = append(s.stamps, stamp{now, n})
	for len(s.stamps) > 1 && now.Sub(s.stamps[0].at) > speedWindow {
		s.stamps = s.stamps[1:]
	}
}

// perMinute is the present speed; 0 while nobody can tell. The first act of the
// window is when the clock starts: its labels took their time before that.
func (s *speed) perMinute() float64 {
	if len(s.stamps) < 2 {
		return 0
	}
	took := s.stamps[len(s.stamps)-1].at.Sub(s.stamps[0].at)
	if took < 2*time.Second {
		return 0
	}
	n := 0
	for _, st := range s.stamps[1:] {
		n += st.n
	}
	return float64(n) / took.Minutes()
}
