package engine

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// Hit is a window that scores at least the threshold, and what became of it.
type Hit struct {
	Detection                 // as reported; of one that was left out, as it would be
	Window    image.Rectangle // what the network saw, in pixels of the picture; may reach beyond it
	Raw       float64         // score before a suppression that lowers scores
	By        int             // index of the hit that it was left out for; -1: it was kept, or is outside of the picture
	index     int             // among the windows of the scan
}

// Explain is Detections with the windows that it leaves out: the first kept of the hits
// are the detections, in their order, the others follow by falling score.
func (s *Scan) Explain(p DetectParams) (hits []Hit, kept int, err error) {
	if err := p.Validate(); err != nil {
		return nil, 0, err
	}
	found, indices := s.above(p.Threshold)
	o := p.choose(found)
	hit := func(i int) Hit {
		w, fine := found[i].Box, found[i].Box
		if o.by[i] < 0 {
			fine = p.average(found, w)
		}
		if s.params.Mode == Mode2015 {
			w = s.params.original(w, s.levels[0].size, s.picture.Size())
			fine = s.params.original(fine, s.levels[0].size, s.picture.Size())
		}
		d := Detection{p.report(fine).Add(s.picture.Min).Intersect(s.picture), o.score[i]}
		return Hit{Detection: d, Window: w.Add(s.picture.Min), Raw: found[i].Score, By: o.by[i], index: indices[i]}
	}
	var order []int // hits by their index in found
	for _, i := range o.kept {
		if h := hit(i); !h.Box.Empty() {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(o.score[j], o.score[i]) })
	kept = len(order)
	for _, i := range ranked(found) {
		if o.by[i] >= 0 {
			order = append(order, i)
		}
	}
	place := map[int]int{}
	for at, i := range order {
		place[i] = at
	}
	for _, i := range order {
		h := hit(i)
		if at, ok := place[h.By]; ok {
			h.By = at
		} else {
			h.By = -1
		}
		hits = append(hits, h)
	}
	return hits, kept, nil
}

// Seen is what the network saw of a hit: size x size pixels, its input before the mean is
// subtracted. img is the picture of the scan.
func (s *Scan) Seen(img *image.RGBA, h Hit, size int) *image.RGBA {
	l, w := s.window(h.index)
	if s.params.guided() {
		g, p := s.glimpses[h.index], s.params
		if g.turn > 0 {
			p.Tilt = p.Tilt[g.turn-1 : g.turn]
		}
		return resize(p.views(img)[min(g.turn, 1)].part(g.at), size, size)
	}
	crop, pic := image.NewRGBA(image.Rect(0, 0, size, size)), l.render(img, s.params.Mode)
	if s.params.Mode == Mode2015 {
		nearest2015(crop, pic, w)
	} else {
		copyEdges(crop, pic, w.Min)
	}
	return crop
}

// window finds a window by its number.
func (s *Scan) window(i int) (level, image.Rectangle) {
	for _, l := range s.levels {
		if i < len(l.windows) {
			return l, l.windows[i]
		}
		i -= len(l.windows)
	}
	return level{}, image.Rectangle{}
}

// Layer is what is known of the windows of about one size.
type Layer struct {
	Side    float64 // of the windows, in pixels of the picture
	Windows []image.Rectangle
	Scores  []float64 // probability of a face, by window
	// Scout means that the scores are those of the look at the whole picture in modes scout
	// and shared, which says where the network looks; windows that it finds hopeless are
	// not there.
	Scout bool
}

// Layers are all windows of the scan by their size, small ones first: in modes scout and
// shared those that the look at the whole picture thought of, in the others those that
// the network was asked for.
func (s *Scan) Layers() []Layer {
	var layers []Layer
	add := func(w image.Rectangle, score float64, scout bool) {
		side := float64(max(w.Dx(), w.Dy()))
		i := slices.IndexFunc(layers, func(l Layer) bool { return math.Abs(l.Side-side) <= 1+side/50 }) // rounded differently
		if i < 0 {
			i, layers = len(layers), append(layers, Layer{Side: side, Scout: scout})
		}
		l := &layers[i]
		l.Windows, l.Scores = append(l.Windows, w.Add(s.picture.Min)), append(l.Scores, score)
	}
	if s.params.guided() {
		for _, d := range s.scouted {
			add(d.Box, faceProbability(d.Score, 0), true)
		}
	} else {
		i := 0
		for _, l := range s.levels {
			for _, w := range l.windows {
				add(s.params.original(w, l.size, s.picture.Size()), s.scores[i], false)
				i++
			}
		}
	}
	slices.SortFunc(layers, func(a, b Layer) int { return cmp.Compare(a.Side, b.Side) })
	return layers
}

// At is the window of a layer whose centre is nearest to a point of the picture, and its
// score; false where none is within half of a side.
func (l Layer) At(p image.Point) (window image.Rectangle, score float64, ok bool) {
	best := l.Side * l.Side / 4
	for i, w := range l.Windows {
		dx, dy := float64(w.Min.X+w.Max.X)/2-float64(p.X), float64(w.Min.Y+w.Max.Y)/2-float64(p.Y)
		if d := dx*dx + dy*dy; d <= best {
			best, window, score, ok = d, w, l.Scores[i], true
		}
	}
	return window, score, ok
}

// Asked are all windows that the network itself scored, whatever the threshold, best first.
func (s *Scan) Asked() []Detection {
	var all []Detection
	i := 0
	for _, l := range s.levels {
		for _, w := range l.windows {
			all = append(all, Detection{s.params.original(w, l.size, s.picture.Size()).Add(s.picture.Min), s.scores[i]})
			i++
		}
	}
	return bestFirst(all)
}
