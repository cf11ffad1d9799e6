package plot

import (
	"encoding/csv"
	"image/color"
	"io"
	"slices"
	"strconv"
)

// VLine marks an x value, such as the best epoch.
type VLine struct {
	X     float64
	Label string      // above the line; may be empty
	Color color.Color // nil: the foreground's
}

// Figure is series over a common x axis, and how they are shown.
type Figure struct {
	Title, XLabel, YLabel string
	// Empty is shown in the middle while no series has a point.
	Empty string
	// LogY scales the y axis by logarithm; values of 0 and less are not drawn.
	LogY bool
	// MinY and MaxY fix the y axis where MinY < MaxY; otherwise it follows the
	// points. With LogY a MinY of 0 or less fixes nothing.
	MinY, MaxY float64
	// From and To are the part of the x axis that is shown where From < To; else all.
	From, To float64
	// FormatX and FormatY write values for a reader; nil: as many digits as the axis
	// makes useful.
	FormatX, FormatY func(v float64) string
	// Head writes the first line of a readout, behind XLabel, for a place on the x axis;
	// nil: FormatX.
	Head func(x float64) string

	series []*Series
	added  int // colours ever given
	vlines []VLine
}

// AddSeries adds a curve; its name is shown in legend and readout.
func (f *Figure) AddSeries(name string, style Style) *Series {
	s := &Series{name: name, style: style, index: f.added}
	if style.With != nil {
		s.index = style.With.index
	} else {
		f.added++
	}
	f.series = append(f.series, s)
	return s
}

// RemoveSeries removes a curve; once none is left, colours start anew.
func (f *Figure) RemoveSeries(s *Series) {
	f.series = slices.DeleteFunc(f.series, func(o *Series) bool { return o == s })
	if len(f.series) == 0 {
		f.added = 0
	}
}

// Smooth changes the smoothing of every series that has some. A weight of 0 would
// take their strong lines for good: it becomes a weight too small to see.
func (f *Figure) Smooth(weight float64) {
	for _, s := range f.series {
		if s.style.Smoothing > 0 {
			s.setSmoothing(max(weight, 1e-9))
		}
	}
}

// Mark replaces the vertical marks.
func (f *Figure) Mark(lines ...VLine) { f.vlines = lines }

// Span is what the x axis would show in full; ok is false while there is no point.
func (f *Figure) Span() (from, to float64, ok bool) {
	all := *f
	all.From, all.To = 0, 0
	r := Frame{fig: &all}
	for _, s := range f.series {
		r.data = append(r.data, s.snapshot())
	}
	r.ranges()
	return r.x.lo, r.x.hi, r.any
}

// CSV writes all points, one a line: series, x, y. Raw values, whatever is shown.
func (f *Figure) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	x := f.XLabel
	if x == "" {
		x = "x"
	}
	if err := out.Write([]string{"series", x, "value"}); err != nil {
		return err
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	for _, s := range f.series {
		d := s.snapshot()
		for i, x := range d.xs {
			if err := out.Write([]string{s.name, number(x), number(d.ys[i])}); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}
