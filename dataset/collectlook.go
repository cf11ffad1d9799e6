package dataset

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"image"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
)

// sameFace is the IoU from which two boxes mean one face. Two detectors frame it
// differently, so it is low.
const sameFace = 0.25

// looked is what was made of a frame.
type looked struct {
	hits  int    // proposals, also those that the project has
	crops []crop // new samples, ready to be written
	skip  int    // proposals that are samples already
	both  []merged
	err   error // a detector or the project failed: the collection ends
}

// merged is a sample that the other detector has found as well now.
type merged struct {
	id    int64
	score float64 // of the network, where that is the other one
}

// looker asks the detectors.
type looker struct {
	c            CollectConfig
	cascade, cnn chan Proposer // those that are free
}

// Lookers is how many proposers of one thread each keep all cores busy: more than there
// are, since reading and writing take their turns too. 7 on 4 cores were 15 to 20 %
// quicker than 4.
func Lookers() int { return runtime.GOMAXPROCS(0)*3/2 + 1 }

// look reads frames in one goroutine and looks at them in several. They come out in the
// order in which they were read; wait for done before use. After ctx ends the channel
// closes soon.
func look(ctx context.Context, c CollectConfig, read func(*reader) error) <-chan *shot {
	l := looker{c: c, cascade: pool(c.Cascade), cnn: pool(c.CNN)}
	workers := max(len(c.Cascade), len(c.CNN), 1)
	work := make(chan *shot, workers)    // read ahead, while all of them look
	shots := make(chan *shot, 2*workers) // so that a frame that takes long, or a write, stops nobody
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for s := range work {
				s.err = safely(func() error { return l.look(ctx, s) })
				s.img = nil // it is large
				close(s.done)
			}
		})
	}
	go func() {
		r := &reader{ctx: ctx, c: c, out: func(s *shot) {
			select {
			case shots <- s:
			case <-ctx.Done():
				return
			}
			if s.img == nil {
				close(s.done)
				return
			}
			work <- s
		}}
		if err := safely(func() error { return read(r) }); err != nil && ctx.Err() == nil {
			s := &shot{clip: &clip{}, looked: looked{err: err}}
			r.file = s.clip
			r.send(s, 0)
		}
		close(work)
		wait.Wait()
		close(shots)
	}()
	return shots
}

// safely turns a panic into an error: these goroutines are nobody else's.
func safely(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v\n%s", r, debug.Stack())
		}
	}()
	return f()
}

func pool(ps []Proposer) chan Proposer {
	free := make(chan Proposer, max(1, len(ps)))
	for _, p := range ps {
		free <- p
	}
	return free
}

// look makes samples of a frame.
func (l looker) look(ctx context.Context, s *shot) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var cascade, cnn []Proposal
	var err1, err2 error
	if s.ask&LookedCascade != 0 {
		cascade, err1 = propose(ctx, l.cascade, s)
	}
	if s.ask&LookedCNN != 0 {
		cnn, err2 = propose(ctx, l.cnn, s)
	}
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	found := merge(cascade, cnn)
	s.hits = len(found)
	for _, f := range found {
		if h, ok := s.shows(f.Box); ok {
			s.skip++
			if h.proposer != f.by && (h.proposer == proposerCascade || h.proposer == proposerCNN) {
				s.both = append(s.both, merged{h.id, f.Score})
			}
			continue
		}
		if err := s.add(Face, f, Cut(s.img, f.Box, l.c.Margin)); err != nil {
			return err
		}
	}
	if len(found) > 0 || !s.free {
		return nil
	}
	return l.negatives(s)
}

// shows finds the sample of the frame that a box means.
func (s *shot) shows(box image.Rectangle) (present, bool) {
	for _, h := range s.has {
		if h.proposer != proposerRandom && iou(h.box, box) >= sameFace {
			return h, true
		}
	}
	return present{}, false
}

// negatives adds random windows of a frame in which nobody saw a face.
func (l looker) negatives(s *shot) error {
	var avoid []image.Rectangle
	for _, h := range s.has {
		avoid = append(avoid, h.box)
		if h.proposer == proposerRandom {
			return nil // it gave some
		}
	}
	for _, w := range windows(s.img, l.c.Negatives, avoid, rand.New(rand.NewPCG(l.c.Seed, s.seed()))) {
		f := found{Proposal{Box: BoxOf(w)}, proposerRandom}
		if err := s.add(Other, f, shrunk(Cut(s.img, f.Box, Margin))); err != nil {
			return err
		}
	}
	return nil
}

// add makes a sample ready.
func (s *shot) add(class Class, f found, img *image.RGBA) error {
	if img.Rect.Empty() { // a box outside of the frame
		return nil
	}
	c, err := prepare(NewSample{Class: class, Frame: s.frame, At: s.at, Box: f.Box, Proposer: f.by, Score: f.Score, Crop: img})
	if err != nil {
		return fmt.Errorf("%s, frame %d: a proposal of %s: %w", s.path, s.frame, f.by, err)
	}
	s.crops = append(s.crops, c)
	return nil
}

func propose(ctx context.Context, free chan Proposer, s *shot) ([]Proposal, error) {
	p := <-free
	defer func() { free <- p }()
	found, err := p.Propose(ctx, s.img)
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%s, frame %d: %w", s.path, s.frame, err)
	}
	return found, err
}

// seed is that of one frame's random windows: the same wherever the file lies.
func (s *shot) seed() uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s#%d", filepath.Base(s.path), s.frame)
	return h.Sum64()
}

// found is a proposal and who made it.
type found struct {
	Proposal
	by string
}

// merge makes one proposal of two that mean the same face: the cascade's box, which is
// the finer one, with the network's score, which is the surer one. Each takes part once.
func merge(cascade, cnn []Proposal) (list []found) {
	free := slices.Clone(cnn)
	for i := range free {
		free[i].Box = BoxOf(free[i].Box)
	}
	for _, p := range cascade {
		f := found{p, proposerCascade}
		best, most := -1, sameFace
		for i, o := range free {
			if v := iou(p.Box, o.Box); v >= most {
				best, most = i, v
			}
		}
		if best >= 0 {
			f.by, f.Score = proposerBoth, free[best].Score
			free = slices.Delete(free, best, best+1)
		}
		list = append(list, f)
	}
	for _, p := range free {
		list = append(list, found{p, proposerCNN})
	}
	return list
}
