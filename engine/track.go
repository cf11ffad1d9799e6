package engine

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// Seen is what a detector found in one frame of a video, nothing where Found is empty.
// Frames that nobody looked at are not Seen.
type Seen struct {
	Frame int
	Found []Detection
}

// Sighting is where a track is in a frame.
type Sighting struct {
	Frame int
	Detection
	// Bridged says that the detector did not find the face here: it was looked for, and
	// box and score lie between those before and after.
	Bridged bool
}

// Track is one face on its way through a video, from its first frame to its last: a
// sighting in each frame that was looked at.
type Track struct {
	ID   int // from 1, in the order in which the tracks begin
	Path []Sighting
}

// TrackParams says what makes a track.
type TrackParams struct {
	// IoU is the least overlap of two boxes, one after the other, of the same face.
	IoU float64
	// Gap is the most frames from one sighting to the next, less one, for which a lost
	// face is the same one afterwards. Frames count, not looks.
	Gap int
}

// DefaultTrackParams are those for anime: a face that is still there overlaps itself by
// half, a blink or a turn of the head is over within half a second of 24 frames.
func DefaultTrackParams() TrackParams { return TrackParams{IoU: 0.3, Gap: 12} }

// Tracks follows the detections of a video from frame to frame. seen is in order of its
// frames. In each frame the best overlaps choose first; a detection that continues no
// track begins one. Every detection is in exactly one track.
func Tracks(seen []Seen, p TrackParams) []Track {
	var done, open []*tracking
	ids := 0
	for look, s := range seen {
		open = slices.DeleteFunc(open, func(t *tracking) bool {
			lost := s.Frame-t.last().Frame-1 > p.Gap
			if lost {
				done = append(done, t)
			}
			return lost
		})
		for i, t := range continued(open, s.Found, p.IoU) {
			d := Sighting{Frame: s.Frame, Detection: s.Found[i]}
			if t == nil {
				ids++
				t = &tracking{Track: Track{ID: ids}}
				open = append(open, t)
			} else {
				t.bridge(seen[t.look+1:look], d)
			}
			t.Path, t.look = append(t.Path, d), look
		}
	}
	done = append(done, open...)
	slices.SortFunc(done, func(a, b *tracking) int { return cmp.Compare(a.ID, b.ID) })
	tracks := make([]Track, len(done))
	for i, t := range done {
		tracks[i] = t.Track
	}
	return tracks
}

// tracking is a track that may go on.
type tracking struct {
	Track
	look int // index of the look at its last sighting
}

func (t *tracking) last() Sighting { return t.Path[len(t.Path)-1] }

// bridge fills the looks since the last sighting, on a straight line to the next one.
func (t *tracking) bridge(looks []Seen, next Sighting) {
	from := t.last()
	for _, s := range looks {
		share := float64(s.Frame-from.Frame) / float64(next.Frame-from.Frame)
		between := func(a, b int) int { return int(math.Round(float64(a) + share*float64(b-a))) }
		a, b := from.Box, next.Box
		t.Path = append(t.Path, Sighting{s.Frame, Detection{
			Box: image.Rect(between(a.Min.X, b.Min.X), between(a.Min.Y, b.Min.Y),
				between(a.Max.X, b.Max.X), between(a.Max.Y, b.Max.Y)),
			Score: from.Score + share*(next.Score-from.Score),
		}, true})
	}
}

// continued gives each detection the track that it continues, nil for none.
func continued(open []*tracking, found []Detection, least float64) []*tracking {
	type pair struct {
		track, found int
		overlap      float64
	}
	var all []pair
	for i, t := range open {
		for j, d := range found {
			if v := IoU(t.last().Box, d.Box); v >= least {
				all = append(all, pair{i, j, v})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b pair) int { return cmp.Compare(b.overlap, a.overlap) })
	of, taken := make([]*tracking, len(found)), make([]bool, len(open))
	for _, p := range all {
		if !taken[p.track] && of[p.found] == nil {
			taken[p.track], of[p.found] = true, open[p.track]
		}
	}
	return of
}
