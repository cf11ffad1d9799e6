package ui

import (
	"context"
	"time"

	"frglab/dataset"
)

// missedWalk goes through the frames without a face, for faces that were missed.
type missedWalk struct {
	listed    bool    // the list is there
	ids       []int64 // frames: first those that were visited
	at        int     // the one on screen; len(ids) is past the end
	title     string  // what the list was asked for
	episode   string
	collected bool // frames were collected at all
	listing   *job

	checked   []int // positions that were checked in this sitting, for undo
	unchecked []int // of which undo took that back, for redo
	looked    int
	pace      speed // frames
}

func newMissedWalk() *missedWalk { return &missedWalk{pace: speed{now: time.Now}} }

// missedList is what the project answers.
type missedList struct {
	ids       []int64
	collected bool
}

// list asks for the frames again: with another title anew, else those that were visited
// stay, so that one can go back to them.
func (w *missedWalk) list(m *frameMode) {
	if w.listing != nil {
		w.listing.cancel()
	}
	p, of := m.project, m.t.filter.state
	f := dataset.FrameFilter{Missed: true, Title: of.title, Episode: of.episode}
	var mine *job
	mine = start(m.s.jobs, &job{name: tr("Missed faces"), quiet: true, of: p}, func(context.Context, *job) (l missedList, err error) {
		if l.ids, err = p.Frames(f); err != nil || len(l.ids) > 0 {
			l.collected = true
			return l, err
		}
		all, err := p.Frames(dataset.FrameFilter{Title: f.Title, Episode: f.Episode})
		l.collected = len(all) > 0
		return l, err
	}, func(l missedList, err error) {
		if w.listing == mine && err == nil && m.project == p && m.missed == w {
			w.take(m, l, f)
		}
	})
	w.listing = mine
}

func (w *missedWalk) take(m *frameMode, l missedList, f dataset.FrameFilter) {
	anew := !w.listed || w.title != f.Title || w.episode != f.Episode
	wasEnd := !anew && w.at >= len(w.ids)
	w.listed, w.title, w.episode, w.collected = true, f.Title, f.Episode, l.collected
	if anew {
		w.ids, w.at, w.checked, w.unchecked = l.ids, 0, nil, nil
	} else {
		visited := w.ids[:min(w.at+1, len(w.ids))]
		known := map[int64]bool{}
		for _, id := range visited {
			known[id] = true
		}
		ids := append([]int64(nil), visited...)
		for _, id := range l.ids {
			if !known[id] {
				ids = append(ids, id)
			}
		}
		w.ids = ids
	}
	if anew || wasEnd || m.wish.place == (place{}) {
		w.open(m)
	} else {
		m.bar.refresh()
	}
}

// open shows the frame at the present position, or that there is none.
func (w *missedWalk) open(m *frameMode) {
	m.pane.Settle()
	if w.at >= len(w.ids) {
		m.stopJobs()
		m.shot, m.wish, m.selected, m.proposals = shot{}, frameWish{}, 0, nil
		m.pane.SetImage(nil)
		m.redraw()
		return
	}
	f, err := m.project.Frame(w.ids[w.at])
	if err != nil {
		m.s.show(err)
		return
	}
	m.goTo(frameWish{place: place{f.Source, f.Frame}, fit: true, known: shot{info: f}.source()})
}

// following is where the frame after this one is read.
func (w *missedWalk) following(m *frameMode) (path string, frame int) {
	if w.at+1 >= len(w.ids) {
		return "", 0
	}
	f, err := m.project.Frame(w.ids[w.at+1])
	if err != nil {
		return "", 0 // it is said when the frame is to be shown
	}
	return f.Path, f.Frame
}

// step goes on without a verdict, or back.
func (w *missedWalk) step(m *frameMode, by int) {
	if to := w.at + by; m.project != nil && to >= 0 && to <= len(w.ids) {
		w.at = to
		w.open(m)
	}
}

// accept says that the frame on screen has no face without a box, and goes on. A frame
// that cannot be seen is passed by.
func (w *missedWalk) accept(m *frameMode) {
	if m.loading != nil || m.project == nil || w.at >= len(w.ids) {
		return
	}
	if !m.ready() {
		w.step(m, 1)
		return
	}
	if err := m.project.CheckFrame(w.ids[w.at], true, whatChecked); err != nil {
		m.s.show(err)
		return
	}
	w.checked, w.unchecked = append(w.checked, w.at), nil
	w.looked++
	w.pace.add(1)
	w.step(m, 1)
}

// walkedBack follows an undo or redo of a check to its frame; false where there was none.
func (w *missedWalk) walkedBack(m *frameMode) bool {
	is := func(list []int) (i int, checked bool) {
		i = list[len(list)-1]
		f, err := m.project.Frame(w.ids[i])
		return i, err == nil && f.State&dataset.FrameChecked != 0
	}
	if n := len(w.checked); n > 0 {
		if i, checked := is(w.checked); !checked {
			w.checked, w.unchecked = w.checked[:n-1], append(w.unchecked, i)
			w.looked--
			w.at = i
			w.open(m)
			return true
		}
	}
	if n := len(w.unchecked); n > 0 {
		if i, checked := is(w.unchecked); checked {
			w.unchecked, w.checked = w.unchecked[:n-1], append(w.checked, i)
			w.looked++
			w.at = i + 1
			w.open(m)
			return true
		}
	}
	return false
}

// progress says how far the walk is.
func (w *missedWalk) progress() string {
	if !w.listed || len(w.ids) == 0 {
		return ""
	}
	text := tr("%d of %d", min(w.at+1, len(w.ids)), len(w.ids))
	if pace := w.pace.perMinute(); pace > 0 {
		text += "  ·  " + tr("%.0f a minute", pace)
		if left := len(w.ids) - w.at; left > 0 {
			text += ", " + tr("%.0f min left", float64(left)/pace)
		}
	}
	return text
}

// nothing reports that no frames were collected yet.
func (w *missedWalk) nothing() bool { return w.listed && !w.collected && w.title == "" }

// words say why no frame is shown; "" while one is.
func (w *missedWalk) words() string {
	switch {
	case !w.listed || w.at < len(w.ids):
		return ""
	case !w.collected && w.title != "":
		return tr("No frames of this title were collected yet.\nChoose another title on the left, or collect from a video of it.")
	case !w.collected:
		return tr("No frames were collected yet.\nCollect from a video first: drop a video, a folder or pictures on this window. Frames in which no detector finds a face come here, one after another.")
	case w.looked > 0:
		return tr("That was the last frame: you looked at %d of them.\nTrain with what you found in the Train tab, or collect from more videos. {missed.back} leads back.", w.looked)
	}
	return tr("Every frame has a face, or was looked at.\nCollect from more videos, or choose another title on the left.")
}
