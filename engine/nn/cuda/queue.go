package cuda

import (
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
)

// Launch is a kernel on a grid of blocks of 256 threads. Each parameter takes eight bytes: an
// address, a whole number or the bits of a float64.
type Launch struct {
	Kernel string
	Grid   [3]int
	Params []uint64
}

// Piece is launches that a Machine has made one of.
type Piece interface {
	Run() error
	Close() error
}

// queue holds launches until somebody needs what they compute. What was asked for before, the
// same kernels in the same order with the same parameters, as each step of a training is,
// becomes a piece and costs one call of the driver. So nothing that changes from step
// to step may be a parameter: see knob.
type queue struct {
	m       Machine
	waiting []Launch
	known   map[uint64]*sequence // by hash of what was asked for
	clock   int
	refused error // why the machine makes no pieces; nil: it may
}

// sequence is launches that were asked for at once.
type sequence struct {
	launches []Launch
	piece    Piece // nil: not made yet
	used     int
}

// maxSequences bounds what a queue remembers: a training's step, a few batch sizes, and the
// levels of a pyramid in detection.
const maxSequences = 64

func newQueue(m Machine) *queue { return &queue{m: m, known: map[uint64]*sequence{}} }

// run gives the machine all that waits. Nothing waits afterwards, whatever happens.
func (q *queue) run() error {
	all := q.waiting
	q.waiting = q.waiting[len(q.waiting):]
	if len(all) < 2 || q.refused != nil {
		return q.plain(all)
	}
	s := q.find(all)
	if s.used == 0 { // the first time kernels may still be compiled, which cannot be recorded
		s.used = q.tick()
		return q.plain(all)
	}
	s.used = q.tick()
	if s.piece == nil {
		if s.piece, q.refused = q.m.Record(all); q.refused != nil {
			s.piece = nil
			return q.plain(all)
		}
	}
	return s.piece.Run()
}

func (q *queue) tick() int {
	q.clock++
	return q.clock
}

func (q *queue) plain(all []Launch) error {
	for _, l := range all {
		if err := q.m.Launch(l); err != nil {
			return fmt.Errorf("%s: %w", l.Kernel, err)
		}
	}
	return nil
}

// find is the sequence of such launches, a new one where there was none.
func (q *queue) find(all []Launch) *sequence {
	key := hash(all)
	if s := q.known[key]; s != nil && slices.EqualFunc(s.launches, all, sameLaunch) {
		return s
	}
	q.forget(key, maxSequences-1)
	s := &sequence{launches: slices.Clone(all)}
	q.known[key] = s
	return s
}

// forget drops the sequence of a hash, and of the others those used longest ago until there
// are at most so many.
func (q *queue) forget(key uint64, most int) {
	q.drop(key)
	for len(q.known) > most {
		oldest := key
		for k, s := range q.known {
			if o := q.known[oldest]; o == nil || s.used < o.used {
				oldest = k
			}
		}
		q.drop(oldest)
	}
}

func (q *queue) drop(key uint64) {
	s := q.known[key]
	delete(q.known, key)
	if s != nil && s.piece != nil && q.refused == nil {
		q.refused = s.piece.Close() // a machine that fails here is asked for no more
	}
}

func (q *queue) close() error {
	var errs []error
	for _, s := range q.known {
		if s.piece != nil {
			errs = append(errs, s.piece.Close())
		}
	}
	q.known, q.waiting = nil, nil
	return errors.Join(errs...)
}

func sameLaunch(a, b Launch) bool {
	return a.Kernel == b.Kernel && a.Grid == b.Grid && slices.Equal(a.Params, b.Params)
}

var hashSeed = maphash.MakeSeed()

func hash(all []Launch) uint64 {
	var h uint64
	add := func(v uint64) { h = (h ^ v) * 0x9e3779b97f4a7c15; h ^= h >> 29 }
	for _, l := range all {
		add(maphash.String(hashSeed, l.Kernel))
		for _, n := range l.Grid {
			add(uint64(n))
		}
		for _, p := range l.Params {
			add(p)
		}
	}
	return h
}
