package engine

import (
	"maps"
	"math"
	"slices"
)

// Operation is a detector at work: what it reports with one threshold, by the
// headline rule of ScoreReport.
type Operation struct {
	Threshold float64 `json:"threshold"` // least score
	Precision float64 `json:"precision"` // share of the reported boxes that find a face; 1 where there are none
	Recall    float64 `json:"recall"`    // share of the faces that are found
	F1        float64 `json:"f1"`        // their harmonic mean
	FPPI      float64 `json:"fppi"`      // false positives a picture
	// Empty counts the pictures without any box in the truth, ignored ones included, and
	// FalsePerEmpty the false positives in one of those.
	Empty         int           `json:"empty"`
	FalsePerEmpty float64       `json:"false_per_empty"`
	Causes        map[Cause]int `json:"causes"` // of its mistakes, all four
	// Groups are the faces by their size, then by view and turn where the truth tells
	// them. Groups without faces are left out.
	Groups []Group `json:"recall_by"`
}

// Group is how a detector does on faces of one kind.
type Group struct {
	Name   string  `json:"group"` // "width<60", "width 60-150", "width 150-400", "width>=400", "tilted>20", or a view
	Faces  int     `json:"faces"`
	Found  int     `json:"found"`
	Recall float64 `json:"recall"` // Found of Faces
}

// Operate says how a detector does that reports what scores at least threshold.
func Operate(frames []FrameResult, threshold float64) Operation {
	o := Operation{Threshold: threshold, Causes: map[Cause]int{}}
	for _, c := range Causes() {
		o.Causes[c] = 0
	}
	groups := map[string]*Group{}
	right, wrong, wrongEmpty, faces := 0, 0, 0, 0
	for i, f := range frames {
		missed := map[int]bool{}
		for _, m := range f.mistakes(i, threshold) {
			o.Causes[m.Cause]++
			switch {
			case m.Cause == Missed:
				missed[m.face] = true
			case len(f.Truth) == 0:
				wrongEmpty++
				fallthrough
			default:
				wrong++
			}
		}
		for k, t := range f.Truth {
			if t.Ignore {
				continue
			}
			faces++
			if !missed[k] {
				right++
			}
			t.count(groups, !missed[k])
		}
		if len(f.Truth) == 0 {
			o.Empty++
		}
	}
	o.Precision = ratio(right, right+wrong, 1)
	o.Recall = ratio(right, faces, 0)
	o.F1 = ratio(2*right, right+wrong+faces, 0)
	o.FPPI = ratio(wrong, len(frames), 0)
	o.FalsePerEmpty = ratio(wrongEmpty, o.Empty, 0)
	o.Groups = inOrder(groups)
	return o
}

// ratio is a of b, or what it is without any b.
func ratio(a, b int, without float64) float64 {
	if b == 0 {
		return without
	}
	return float64(a) / float64(b)
}

// The borders of the groups of faces by the width of the truth box, in pixels, and the
// turn from which a face counts as tilted, in degrees. 60 px and 20 degrees are about where
// the cascade, which learned upright faces, begins to fail.
var groupWidths = []struct {
	name string
	to   float64
}{{"width<60", 60}, {"width 60-150", 150}, {"width 150-400", 400}, {"width>=400", math.Inf(1)}}

const (
	tilted      = 20
	groupTilted = "tilted>20"
)

// count adds a face to the groups that it belongs to.
func (t Truth) count(groups map[string]*Group, found bool) {
	var names []string
	for _, w := range groupWidths {
		if t.Box[2] < w.to {
			names = append(names, w.name)
			break
		}
	}
	if t.View != "" {
		names = append(names, t.View)
	}
	if math.Abs(t.Rotation) > tilted {
		names = append(names, groupTilted)
	}
	for _, name := range names {
		g := groups[name]
		if g == nil {
			g = &Group{Name: name}
			groups[name] = g
		}
		g.Faces++
		if found {
			g.Found++
		}
	}
}

// inOrder lists the groups: sizes, views by their name, tilted ones.
func inOrder(groups map[string]*Group) []Group {
	var names []string
	for _, w := range groupWidths {
		names = append(names, w.name)
	}
	views := slices.Sorted(maps.Keys(groups))
	views = slices.DeleteFunc(views, func(v string) bool { return slices.Contains(names, v) || v == groupTilted })
	names = append(append(names, views...), groupTilted)
	list := []Group{}
	for _, name := range names {
		if g := groups[name]; g != nil {
			g.Recall = ratio(g.Found, g.Faces, 0)
			list = append(list, *g)
		}
	}
	return list
}
