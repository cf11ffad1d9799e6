package ui

import (
	"context"
	"maps"
	"slices"

	"frglab/engine"
)

// The lanes of a ribbon.
const (
	laneCNN = iota
	laneCascade
	lanes
)

// mark is what a lane of a ribbon shows of a frame. Of several in one place the highest is
// shown.
type mark uint8

const (
	notLooked mark = iota
	nobody         // is there
	flicker        // nothing was found, but before and after
	agreed         // all that was found, the other detector found as well
	alone          // some of it only this one
)

// ribbonCell is a frame in a lane. Where nobody looked at it, it has the mark of a frame nearby.
type ribbonCell struct {
	mark
	looked bool
}

// videoRecord is what both detectors found in the frames of a video, as far as anybody
// looked at them.
type videoRecord struct {
	asked detectSetup
	looks map[int]finding // by frame
	found map[int]boxesOf // chosen from looks, by frame

	// What trace makes of it.
	frames []int                            // that were looked at, in order
	seen   [lanes]map[int][]engine.Sighting // with the flicker bridged
	marks  [lanes]map[int]mark              // of frames
	tracks [lanes]int
}

func newVideoRecord(set detectSetup) *videoRecord {
	return &videoRecord{asked: set, looks: map[int]finding{}, found: map[int]boxesOf{}}
}

// put notes what was found in a frame, where it was asked for as the rest was, and chooses
// boxes at the parameters of now.
func (r *videoRecord) put(frame int, f finding, set, now detectSetup) error {
	if !set.sameWork(r.asked) || !f.complete(set) {
		return nil
	}
	cnn, cascade, err := f.detections(now)
	r.looks[frame], r.found[frame] = f, boxesOf{laneCNN: cnn, laneCascade: cascade}
	return err
}

// complete says that all detectors that were asked have answered.
func (r finding) complete(set detectSetup) bool {
	return r.cascade.took > 0 && (r.cnn.scan != nil || set.model == nil)
}

// boxesOf is what both detectors found in a frame, at some parameters.
type boxesOf [lanes][]engine.Detection

// choose makes boxes of the scores at these parameters: of thousands of frames that takes
// a second.
func choose(ctx context.Context, looks map[int]finding, set detectSetup) (map[int]boxesOf, error) {
	found := make(map[int]boxesOf, len(looks))
	for n, f := range looks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		cnn, cascade, err := f.detections(set)
		if err != nil {
			return nil, err
		}
		found[n] = boxesOf{laneCNN: cnn, laneCascade: cascade}
	}
	return found, nil
}

// trace follows the faces through the boxes: it takes some 10 ms for 10,000 frames.
func (r *videoRecord) trace() {
	r.frames = slices.Sorted(maps.Keys(r.found))
	var seen [lanes][]engine.Seen
	for _, n := range r.frames {
		for lane, boxes := range r.found[n] {
			if lane == laneCascade || r.asked.model != nil {
				seen[lane] = append(seen[lane], engine.Seen{Frame: n, Found: boxes})
			}
		}
	}
	r.follow(seen)
}

// follow bridges the flicker in what each detector saw, and compares them.
func (r *videoRecord) follow(found [lanes][]engine.Seen) {
	for lane, seen := range found {
		tracks := engine.Tracks(seen, engine.DefaultTrackParams())
		r.tracks[lane] = len(tracks)
		r.seen[lane], r.marks[lane] = map[int][]engine.Sighting{}, map[int]mark{}
		for _, s := range seen {
			r.marks[lane][s.Frame] = nobody
		}
		for _, t := range tracks {
			for _, s := range t.Path {
				r.seen[lane][s.Frame] = append(r.seen[lane][s.Frame], s)
			}
		}
	}
	for lane := range lanes {
		for n := range r.marks[lane] {
			r.marks[lane][n] = markOf(r.seen[lane][n], r.seen[lanes-1-lane][n])
		}
	}
}

// markOf compares what one detector found in a frame with what the other one did.
func markOf(seen, others []engine.Sighting) mark {
	m := nobody
	for _, s := range seen {
		switch {
		case s.Bridged:
			m = max(m, flicker)
		case slices.ContainsFunc(others, func(o engine.Sighting) bool { return engine.IoU(s.Box, o.Box) >= agreement }):
			m = max(m, agreed)
		default:
			m = max(m, alone)
		}
	}
	return m
}

// disagree says that one detector found something in a frame that the other one did not,
// nor shortly before and after.
func (r *videoRecord) disagree(frame int) bool {
	return len(r.marks[laneCNN]) > 0 && (r.marks[laneCNN][frame] == alone || r.marks[laneCascade][frame] == alone)
}

// next is the first frame after one, or before it, from which on they disagree, -1 for
// none: of several in a row only the first one looked at counts.
func (r *videoRecord) next(frame, by int) int {
	i, here := slices.BinarySearch(r.frames, frame)
	if by > 0 && !here {
		i-- // the look before the frame
	}
	for i += by; i >= 0 && i < len(r.frames); i += by {
		n := r.frames[i]
		if r.disagree(n) && (i == 0 || !r.disagree(r.frames[i-1])) {
			return n
		}
	}
	return -1
}

// reach is how far around a frame that was looked at its marks are drawn, where nobody
// looked nearer: half the first stride of looking a video through.
const reach = 16

// lane is all frames of a video.
func (r *videoRecord) lane(lane, frames int) []ribbonCell {
	cells := make([]ribbonCell, frames)
	for i, n := range r.frames {
		m, from, to := r.marks[lane][n], n-reach, n+reach
		if i > 0 {
			from = max(from, (r.frames[i-1]+n)/2+1)
		}
		if i+1 < len(r.frames) {
			to = min(to, (n+r.frames[i+1])/2)
		}
		for k := max(0, from); k <= min(to, frames-1); k++ {
			cells[k] = ribbonCell{m, k == n}
		}
	}
	return cells
}
