package cli

import (
	"fmt"
	"image"
	"io"
	"strings"
	"text/tabwriter"

	"frglab/engine"
)

// rounds of the bootstrap: enough for two figures of an interval.
const rounds = 1000

// truthReports is what eval --truth --json writes for several sets.
type truthReports struct {
	Sets []truthReport `json:"sets"`
}

// orOne is the report itself where there is only one set.
func (r truthReports) orOne() any {
	if len(r.Sets) == 1 {
		one := r.Sets[0]
		one.Truth = ""
		return one
	}
	return r
}

// truthReport is what detectors are worth on one set.
type truthReport struct {
	Truth     string                  `json:"truth,omitempty"`
	N         int                     `json:"n"`
	Detectors map[string]detectorEval `json:"detectors"`
	Sweep     []sweepPoint            `json:"sweep,omitempty"`
	Parity    *parityReport           `json:"parity,omitempty"`
}

type detectorEval struct {
	engine.ScoreReport
	Intervals   engine.Intervals    `json:"intervals"`
	At          engine.Operation    `json:"at"`
	Calibration *engine.Reliability `json:"calibration,omitempty"` // networks only
	Curve       []engine.CurvePoint `json:"curve"`                 // where recall rises
	Mistakes    []mistake           `json:"mistakes"`
	MS          float64             `json:"ms"` // mean of a picture
	Median      float64             `json:"ms_median"`
}

type mistake struct {
	File  string       `json:"file"`
	Cause engine.Cause `json:"cause"`
	Box   [4]int       `json:"box"`
	Score float64      `json:"score,omitempty"`
}

// sweepPoint is the cascade with one setting.
type sweepPoint struct {
	ScaleFactor  float64 `json:"scale_factor"`
	MinNeighbors int     `json:"min_neighbors"`
	Precision    float64 `json:"precision"`
	Recall       float64 `json:"recall"`
	F1           float64 `json:"f1"`
	FPPI         float64 `json:"fppi"`
}

// mostNeighbors is the largest number of neighbours that a sweep lists.
const mostNeighbors = 10

// report computes all figures of a set.
func (s *truthSet) report(finders []finder, seed uint64, sweep bool) truthReport {
	r := truthReport{Truth: s.truth, N: len(s.files), Detectors: map[string]detectorEval{}, Parity: s.parity}
	for i, f := range finders {
		d := detectorEval{
			ScoreReport: engine.Score(s.results[i]),
			Intervals:   engine.Bootstrap(s.results[i], rounds, seed),
			At:          engine.Operate(s.results[i], f.threshold),
			Mistakes:    []mistake{},
			Median:      median(s.took[i]),
		}
		if !f.counts() {
			r := engine.Reliable(s.results[i])
			d.Calibration = &r
		}
		last := -1
		for _, p := range d.ScoreReport.Curve {
			if p.True > last {
				d.Curve = append(d.Curve, p)
				last = p.True
			}
		}
		for _, m := range engine.Mistakes(s.results[i], f.threshold) {
			d.Mistakes = append(d.Mistakes, mistake{s.files[m.Frame], m.Cause, corner(m.Box), m.Score})
		}
		for _, ms := range s.took[i] {
			d.MS += ms / float64(len(s.took[i]))
		}
		r.Detectors[f.name] = d
		if sweep && f.scale > 0 {
			for n := range mostNeighbors + 1 {
				o := engine.Operate(s.results[i], float64(n+1)) // more than n hits
				r.Sweep = append(r.Sweep, sweepPoint{f.scale, n, o.Precision, o.Recall, o.F1, o.FPPI})
			}
		}
	}
	return r
}

func corner(b image.Rectangle) [4]int { return [4]int{b.Min.X, b.Min.Y, b.Dx(), b.Dy()} }

// print writes the tables for people.
func (r truthReports) print(w io.Writer, finders []finder) {
	for i, s := range r.Sets {
		if i > 0 {
			fmt.Fprintln(w)
		}
		d := s.Detectors[finders[0].name]
		title := ""
		if len(r.Sets) > 1 {
			title = show(s.Truth) + ": "
		}
		fmt.Fprintf(w, "%s%s, %s; %d without a face\n", title, count(s.N, "picture"), count(d.Faces, "face"), d.At.Empty)
		s.curves(w, finders)
		s.work(w, finders)
		s.groups(w, finders)
		s.reliability(w, finders)
		s.sweep(w)
		s.Parity.print(w)
	}
}

// table starts a table: columns are parted by tabs.
func table(w io.Writer, title string, columns ...string) *tabwriter.Writer {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "\n%s\t%s\n", title, strings.Join(columns, "\t"))
	return t
}

func (r truthReport) curves(w io.Writer, finders []finder) {
	t := table(w, "curves", "AP (95 %)", "recall at 0.1", "0.3", "1 false a picture", "best F1", "at", "AP at IoU 0.3", "0.5", "ms a picture (median)")
	for _, f := range finders {
		d := r.Detectors[f.name]
		fmt.Fprintf(t, "%s\t%.3f (%.2f-%.2f)\t%.3f\t%.3f\t%.3f\t%.3f\t%.3g\t%.3f\t%.3f\t%.0f (%.0f)\n", f.name,
			d.AP, d.Intervals.AP[0], d.Intervals.AP[1],
			d.RecallAtFPPI["0.1"], d.RecallAtFPPI["0.3"], d.RecallAtFPPI["1"],
			d.BestF1, d.Threshold, d.APIoU30, d.APIoU50, d.MS, d.Median)
	}
	t.Flush()
}

func (r truthReport) work(w io.Writer, finders []finder) {
	t := table(w, "at work", "threshold", "precision", "recall", "F1", "false a picture", "and without a face", "background", "duplicate", "misplaced", "missed")
	for _, f := range finders {
		o := r.Detectors[f.name].At
		fmt.Fprintf(t, "%s\t%.3g\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%d\t%d\t%d\t%d\n", f.name, o.Threshold, o.Precision, o.Recall, o.F1, o.FPPI, o.FalsePerEmpty,
			o.Causes[engine.Background], o.Causes[engine.Duplicate], o.Causes[engine.Misplaced], o.Causes[engine.Missed])
	}
	t.Flush()
}

func (r truthReport) groups(w io.Writer, finders []finder) {
	var heads []string
	for _, g := range r.Detectors[finders[0].name].At.Groups {
		heads = append(heads, fmt.Sprintf("%s (%d)", g.Name, g.Faces))
	}
	if heads == nil {
		return
	}
	t := table(w, "recall there", heads...)
	for _, f := range finders {
		fmt.Fprint(t, f.name)
		for _, g := range r.Detectors[f.name].At.Groups {
			fmt.Fprintf(t, "\t%.3f", g.Recall)
		}
		fmt.Fprintln(t)
	}
	t.Flush()
}

// reliability shows for each network how often detections with about a score are right.
func (r truthReport) reliability(w io.Writer, finders []finder) {
	heads := []string{"calibration error"}
	for i := range 10 {
		heads = append(heads, fmt.Sprintf("%.1f", float64(i)/10))
	}
	var t *tabwriter.Writer
	for _, f := range finders {
		c := r.Detectors[f.name].Calibration
		if c == nil {
			continue
		}
		if t == nil {
			t = table(w, "right of a score from", heads...)
			defer t.Flush()
		}
		fmt.Fprintf(t, "%s\t%.3f", f.name, c.ECE)
		for _, b := range c.Bins {
			if b.N == 0 {
				fmt.Fprint(t, "\t-")
			} else {
				fmt.Fprintf(t, "\t%.2f (%d)", b.Precision, b.N)
			}
		}
		fmt.Fprintln(t)
	}
}

// sweep shows F1 of the cascade's settings, and the best.
func (r truthReport) sweep(w io.Writer) {
	if r.Sweep == nil {
		return
	}
	var heads []string
	for n := range mostNeighbors + 1 {
		heads = append(heads, fmt.Sprint(n))
	}
	t := table(w, "F1 with neighbours", heads...)
	best := r.Sweep[0]
	for i, p := range r.Sweep {
		if p.MinNeighbors == 0 {
			fmt.Fprintf(t, "scale factor %g", p.ScaleFactor)
		}
		fmt.Fprintf(t, "\t%.3f", p.F1)
		if p.MinNeighbors == mostNeighbors {
			fmt.Fprintln(t)
		}
		if p.F1 > best.F1 {
			best = r.Sweep[i]
		}
	}
	t.Flush()
	fmt.Fprintf(w, "best: scale factor %g, %d neighbours: precision %.3f, recall %.3f, F1 %.3f, %.3f false a picture\n",
		best.ScaleFactor, best.MinNeighbors, best.Precision, best.Recall, best.F1, best.FPPI)
}
