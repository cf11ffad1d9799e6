package engine

import (
	"context"
	"image"
	"math"
)

// Parity is how mode shared compares with the network asked about each window for itself, at
// the same windows of a picture: those of the look, in steps of parityStep.
type Parity struct {
	Look, Network []float64 // log-odds of a face of each window, by the look at the whole picture and by the network
	// What is found by the look alone; where the network is asked about all windows that the
	// look leaves; by mode shared, which asks about the best of them that lie apart; and
	// where the network is asked about every window.
	Looked, Left, Shared, Asked []Detection
}

// parityStep is the largest step from window to window, in sides of a window: that of mode windows.
const parityStep = 0.33

// Parity compares them with the parameters of mode shared. It takes as long as mode windows.
func (d *Detector) Parity(ctx context.Context, img *image.RGBA, p DetectParams) (Parity, error) {
	p.Mode = ModeShared
	if err := p.Validate(); err != nil {
		return Parity{}, err
	}
	looked, asked, err := d.compare(ctx, img, p)
	if err != nil {
		return Parity{}, err
	}
	out := Parity{Look: looked.odds(), Network: asked.odds()}
	left, shared := sameWindows(asked), sameWindows(asked)
	var all []candidate
	at := map[image.Rectangle]float64{}
	for i, box := range asked.levels[0].windows {
		if out.Look[i] < lookMargin {
			continue
		}
		at[box] = asked.scores[i]
		all = append(all, candidate{Detection: Detection{box, out.Look[i]}})
		left.take(box, at[box])
	}
	for _, c := range p.best(all) {
		shared.take(c.Box, at[c.Box])
	}
	for s, found := range map[*Scan]*[]Detection{looked: &out.Looked, left: &out.Left, shared: &out.Shared, asked: &out.Asked} {
		if *found, err = s.Detections(p); err != nil {
			return Parity{}, err
		}
	}
	return out, nil
}

// compare gives the windows of the look the scores of the look, and of the network.
func (d *Detector) compare(ctx context.Context, img *image.RGBA, p DetectParams) (looked, asked *Scan, err error) {
	m, err := d.guide(ModeShared)
	if err != nil {
		return nil, nil, err
	}
	asked = &Scan{params: p, picture: img.Rect, levels: []level{{size: img.Rect.Size()}}}
	looked = sameWindows(asked)
	step, waiting := max(int(parityStep*float64(d.size))/m.arch.Pitch(), 1), 0
	pics := &pyramid{pics: []*image.RGBA{img}} // on the host: its pixels are looked at below
	for _, side := range p.fitting(img.Rect.Dx(), img.Rect.Dy()) {
		l, err := m.next(ctx, pics, side)
		if err != nil {
			return nil, nil, err
		}
		for i := range l.faces {
			if i%l.count.X%step != 0 || i/l.count.X%step != 0 {
				continue
			}
			if err := looked.add(l.faces[i], l.other[i]); err != nil {
				return nil, nil, err
			}
			asked.levels[0].windows = append(asked.levels[0].windows, scaled(m.window(l, i), l.size, img.Rect.Size()))
			d.encode(waiting, pics.pics[len(pics.pics)-1], m.window(l, i))
			if waiting++; waiting == chunk {
				if err := d.classify(ctx, asked, waiting); err != nil {
					return nil, nil, err
				}
				waiting = 0
			}
		}
	}
	looked.levels[0].windows = asked.levels[0].windows
	return looked, asked, d.classify(ctx, asked, waiting)
}

// sameWindows is a scan of the same picture without windows yet.
func sameWindows(s *Scan) *Scan {
	return &Scan{params: s.params, picture: s.picture, levels: []level{{size: s.levels[0].size}}}
}

// take adds a window and its score.
func (s *Scan) take(box image.Rectangle, score float64) {
	s.levels[0].windows, s.scores = append(s.levels[0].windows, box), append(s.scores, score)
}

// odds are the log-odds of all scores without the prior, within 30.
func (s *Scan) odds() (all []float64) {
	for _, v := range s.scores {
		all = append(all, max(-30, min(30, logOdds(v)-s.params.shift())))
	}
	return all
}

// Correlation is Pearson's, of two lists of one length; NaN where one of them is constant.
func Correlation(a, b []float64) float64 {
	var ma, mb, ab, aa, bb float64
	for i := range a {
		ma, mb = ma+a[i]/float64(len(a)), mb+b[i]/float64(len(b))
	}
	for i := range a {
		ab, aa, bb = ab+(a[i]-ma)*(b[i]-mb), aa+(a[i]-ma)*(a[i]-ma), bb+(b[i]-mb)*(b[i]-mb)
	}
	return ab / math.Sqrt(aa*bb)
}
