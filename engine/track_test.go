package engine

import (
	"fmt"
	"image"
	"math/rand/v2"
	"strings"
	"testing"
)

// at is a box of 10 pixels whose left edge is x.
func at(x int) Detection { return Detection{Box: image.Rect(x, 0, x+10, 10), Score: float64(x)} }

// seenAt reads "0 | 1 20 | | -": the boxes of frames 0, 1, ..; nobody looked at "-".
func seenAt(text string) (seen []Seen) {
	for frame, boxes := range strings.Split(text, "|") {
		s := Seen{Frame: frame}
		if strings.TrimSpace(boxes) == "-" {
			continue
		}
		for _, f := range strings.Fields(boxes) {
			var x int
			fmt.Sscan(f, &x)
			s.Found = append(s.Found, at(x))
		}
		seen = append(seen, s)
	}
	return seen
}

// path writes a track as "1: 0@0 1@1 (2@2)", a bridged sighting in brackets.
func path(t Track) string {
	out := []string{fmt.Sprintf("%d:", t.ID)}
	for _, s := range t.Path {
		text := fmt.Sprintf("%d@%d", s.Box.Min.X, s.Frame)
		if s.Bridged {
			text = "(" + text + ")"
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func TestTracks(t *testing.T) {
	for _, c := range []struct{ name, seen, want string }{
		{"nothing", "", ""},
		{"nobody looked", "-|-", ""},
		{"a face that moves", "0 | 2 | 4", "1: 0@0 2@1 4@2"},
		{"two faces, listed the other way round", "0 50 | 51 1", "1: 0@0 1@1/2: 50@0 51@1"},
		{"one leaves, another comes", "0 | 0 | 50", "1: 0@0 0@1/2: 50@2"},
		{"a flicker is bridged on a line", "0 | | 4", "1: 0@0 (2@1) 4@2"},
		{"as long as the gap", "0 | | | 3", "1: 0@0 (1@1) (2@2) 3@3"},
		{"longer than the gap", "0 | | | | 0", "1: 0@0/2: 0@4"},
		{"frames nobody looked at count for the gap", "0 | - | - | - | 0", "1: 0@0/2: 0@4"},
		{"but nobody was missed there", "0 | - | - | 3", "1: 0@0 3@3"},
		{"too far away", "0 | 6", "1: 0@0/2: 6@1"},
		{"the nearer one goes on", "0 | 3 1", "1: 0@0 1@1/2: 3@1"},
		{"the nearer track goes on", "0 4 | 3", "1: 0@0/2: 4@0 3@1"},
		{"lost at the end: not bridged", "0 | 0 | |", "1: 0@0 0@1"},
		{"two gaps", "0 | | 0 | | 0", "1: 0@0 (0@1) 0@2 (0@3) 0@4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, tr := range Tracks(seenAt(c.seen), TrackParams{IoU: 0.3, Gap: 2}) {
				got = append(got, path(tr))
			}
			if s := strings.Join(got, "/"); s != c.want {
				t.Errorf("got  %s\nwant %s", s, c.want)
			}
		})
	}
}

// What is bridged has a score between those of both ends.
func TestBridgedScore(t *testing.T) {
	got := Tracks(seenAt("0 | | 4"), DefaultTrackParams())[0].Path[1]
	if !got.Bridged || got.Score != 2 {
		t.Errorf("got %+v, want a bridged one with score 2", got)
	}
}

// Whatever is found, each detection is in one track once, and the frames of a track are
// those that were looked at, without a hole.
func TestTracksKeepAllDetections(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		var seen []Seen
		looks := map[int]int{} // index of the look at a frame
		n := 0
		for frame := range 30 {
			if r.IntN(4) == 0 {
				continue
			}
			s := Seen{Frame: frame}
			for range r.IntN(4) {
				s.Found = append(s.Found, at(r.IntN(40)))
			}
			n += len(s.Found)
			looks[frame] = len(seen)
			seen = append(seen, s)
		}
		found := 0
		for _, tr := range Tracks(seen, TrackParams{IoU: 0.3, Gap: 3}) {
			for i, s := range tr.Path {
				if !s.Bridged {
					found++
				}
				if i > 0 && looks[s.Frame] != looks[tr.Path[i-1].Frame]+1 {
					t.Fatalf("track %s has a hole", path(tr))
				}
			}
			if tr.Path[0].Bridged || tr.Path[len(tr.Path)-1].Bridged {
				t.Fatalf("track %s begins or ends where nobody was seen", path(tr))
			}
		}
		if found != n {
			t.Fatalf("%d detections in tracks, want %d", found, n)
		}
	}
}
