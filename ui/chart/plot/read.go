package plot

import "image/color"

// Value is an x value and how a reader wants it written.
type Value struct {
	V    float64
	Text string
}

// Row is what a readout says of one series.
type Row struct {
	Color       color.Color
	Name, Value string
	Y           float32 // of the point, in units
	Dot         bool    // the point lies at the x that is read, and within the plot
}

// Read returns the x nearest to a place, in units from the left, where a series has a
// value, and a row for each series with its value nearest to there. There are none
// where the place lies beside the plot.
func (f *Frame) Read(pointer float32, c Colors) (at Value, rows []Row) {
	if !f.any || !f.roomy() || pointer < f.plot.x0-edge || pointer > f.plot.x1+edge {
		return at, nil
	}
	x, y := f.fig.FormatX, f.fig.FormatY
	if x == nil {
		x = f.x.format
	}
	if y == nil {
		y = f.y.format
	}
	want, found := f.At(pointer), false
	for _, s := range f.data {
		if i := f.nearest(s, want); i >= 0 && (!found || abs(s.xs[i]-want) < abs(at.V-want)) {
			at.V, found = s.xs[i], true
		}
	}
	if !found {
		return at, nil
	}
	if at.Text = x(at.V); f.fig.Head != nil {
		at.Text = f.fig.Head(at.V)
	}
	for _, s := range f.data {
		i := f.nearest(s, at.V)
		if i < 0 {
			continue
		}
		v := s.strong()[i]
		text := y(v)
		if len(s.smooth) > 0 {
			text += " (" + y(s.ys[i]) + ")"
		}
		near := abs(s.xs[i]-at.V)/(f.x.hi-f.x.lo)*float64(f.plot.w()) < 1
		py := f.py(v)
		rows = append(rows, Row{c.Of(s.Series), s.name, text, py, near && py >= f.plot.y0 && py <= f.plot.y1})
	}
	return at, rows
}

// nearest is the point of a series nearest to x of those that are shown, -1 if there
// is none. Only one beyond either end of the axis is there at all.
func (f *Frame) nearest(s snapshot, x float64) int {
	i := s.nearest(x)
	for _, k := range []int{i, i - 1, i + 1} {
		if i >= 0 && k >= 0 && k < len(s.xs) && f.shows(s.xs[k]) && finite(s.ys[k]) {
			return k
		}
	}
	return -1
}

// shows says whether an x value lies on the axis.
func (f *Frame) shows(x float64) bool { t := f.x.at(x); return t >= -1e-9 && t <= 1+1e-9 }

func abs(v float64) float64 { return max(v, -v) }
